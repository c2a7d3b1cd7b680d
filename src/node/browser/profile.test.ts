import assert from 'node:assert/strict'
import { once } from 'node:events'
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { UserError } from '../../shared/userError'
import { machineId } from '../machine/processIdentity'
import { defaultProfileDir, lockProfile } from './profile'
import { temporaryFolder } from './testing/rig'

describe('the browser profile', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let profile: string
  let lock: string
  beforeEach(() => {
    folder = temporaryFolder()
    profile = path.join(folder.path, 'data', 'profile')
    lock = path.join(profile, 'tapedeck.lock')
  })
  afterEach(() => {
    folder.remove()
  })
  const inUse = (part: string) => (error: unknown) =>
    error instanceof UserError && error.code === 'profile_in_use' && error.message.includes(part)

  it('lies in the data folder of the person', () => {
    assert.equal(defaultProfileDir({ XDG_DATA_HOME: '/data' }), '/data/tapedeck/browser-profile')
    assert.ok(defaultProfileDir({}).endsWith('/.local/share/tapedeck/browser-profile'))
  })

  it('is private, taken by one capture at a time, and given back', () => {
    const unlock = lockProfile(profile, 'first')
    assert.equal(statSync(profile).mode & 0o777, 0o700)
    assert.equal(statSync(lock).mode & 0o777, 0o600)
    assert.throws(() => lockProfile(profile, 'second'), inUse('first'))
    unlock()
    assert.deepEqual(readdirSync(profile), [])
    lockProfile(profile, 'second')()
  })

  it('is taken over from a process that is gone', async () => {
    const unlock = lockProfile(profile, 'first')
    const held = JSON.parse(readFileSync(lock, 'utf8')) as Record<string, unknown>
    unlock()
    const child = spawn(process.execPath, ['-e', ''])
    await once(child, 'exit')
    for (const stale of [
      { ...held, pid: child.pid },
      { ...held, pid_start: 'another start' },
    ]) {
      writeFileSync(lock, JSON.stringify(stale))
      const release = lockProfile(profile, 'second')
      assert.ok(readFileSync(lock, 'utf8').includes('second'))
      release()
    }
    writeFileSync(lock, 'damaged')
    lockProfile(profile, 'third')()
    assert.deepEqual(readdirSync(profile), [])
  })

  it('is left alone where another machine has it', () => {
    lockProfile(profile, 'first')()
    writeFileSync(lock, JSON.stringify({ pid: 1, pid_start: 'x', machine: `${machineId()}-other`, capture_id: 'far' }))
    assert.throws(() => lockProfile(profile, 'second'), inUse('another machine'))
    assert.throws(() => lockProfile(profile, 'second'), inUse(lock))
    assert.ok(existsSync(lock))
  })

  it('gives back only its own lock', () => {
    const unlock = lockProfile(profile, 'first')
    writeFileSync(lock, readFileSync(lock, 'utf8').replace('first', 'other'))
    unlock()
    assert.ok(existsSync(lock))
  })

  it('is refused while a browser that is not ours has it open', () => {
    lockProfile(profile, 'first')()
    symlinkSync(`${hostname()}-${String(process.pid)}`, path.join(profile, 'SingletonLock'))
    assert.throws(() => lockProfile(profile, 'second'), inUse(`process ${String(process.pid)}`))
    assert.ok(!existsSync(lock))
  })

  it('says so when its folder cannot be made', () => {
    const file = path.join(folder.path, 'file')
    writeFileSync(file, '')
    assert.throws(
      () => lockProfile(path.join(file, 'profile'), 'first'),
      (error) => error instanceof UserError && error.code === 'profile',
    )
  })
})

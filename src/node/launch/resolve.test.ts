import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { launchRequestSchema, type LaunchConfiguration } from '../../shared/launch'
import { UserError } from '../../shared/userError'
import { resolveLaunch } from './resolve'

describe('resolving a launch', () => {
  let folder: string

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-resolve-'))
    await mkdir(path.join(folder, 'sub'))
    await writeFile(path.join(folder, '.env'), 'A=1\nB="two words"\n')
    await writeFile(path.join(folder, 'bad.env'), 'A=1\nnonsense\n')
    await writeFile(path.join(folder, 'large.env'), `A=${'x'.repeat(1024 * 1024)}`)
  })

  after(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const resolve = (configuration: Partial<LaunchConfiguration>, more = {}) =>
    resolveLaunch(
      { name: 'train', command: 'python', ...configuration },
      { folder, logDirectory: path.join(folder, '.tapedeck'), unbuffered: true, ...more },
    )

  it('fills in what is not said', async () => {
    const request = await resolve({})
    assert.deepEqual(launchRequestSchema.parse(request), request)
    assert.deepEqual(request, {
      kind: 'launch',
      logDirectory: path.join(folder, '.tapedeck'),
      title: 'train',
      command: 'python',
      args: [],
      cwd: folder,
      env: {},
      unbuffered: true,
      logs: [],
      results: [],
      stopSignal: 'SIGINT',
      stopTimeoutMs: 5000,
    })
  })

  it('hands on what is said', async () => {
    const request = await resolve(
      {
        args: ['a'],
        cwd: 'sub',
        env: { A: 'own', C: null },
        envFile: '../.env',
        shell: true,
        pty: true,
        results: ['*.json'],
        stopSignal: 'SIGTERM',
        stopTimeoutMs: 1,
      },
      { title: 'train · x', named: true, rerunOf: 'id', unbuffered: false },
    )
    assert.deepEqual(request, {
      kind: 'launch',
      logDirectory: path.join(folder, '.tapedeck'),
      title: 'train · x',
      configuration: 'train',
      command: 'python',
      args: ['a'],
      cwd: path.join(folder, 'sub'),
      env: { A: 'own', B: 'two words', C: null },
      shell: true,
      pty: true,
      unbuffered: false,
      logs: [],
      results: ['*.json'],
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 1,
      rerunOf: 'id',
    })
  })

  const wrong: readonly (readonly [Partial<LaunchConfiguration>, RegExp])[] = [
    [{ command: ' ' }, /"command": it is empty/],
    [{ cwd: 'gone' }, /"cwd": \/.*\/gone does not exist/],
    [{ cwd: '.env' }, /"cwd": \/.*\.env is a file, not a folder/],
    [{ envFile: 'gone.env' }, /"envFile": \/.*\/gone\.env does not exist/],
    [{ envFile: 'sub' }, /"envFile": \/.*\/sub can't be read/],
    [{ envFile: 'bad.env' }, /"envFile": line 2 of \/.*bad\.env is not KEY=value/],
    [{ envFile: 'large.env' }, /"envFile": .*larger than 1 MB/],
    [{ results: ['{a'] }, /"results": of "\{a": its \{ is never closed/],
    [{ logs: [']'] }, /"logs": of "\]"/],
    [{ env: { 'A=B': 'x' } }, /"env": "A=B" can't be a variable/],
    [{ env: { A: 'x\0' } }, /"env": "A" can't be a variable/],
  ]
  for (const [configuration, pattern] of wrong) {
    it(`refuses ${JSON.stringify(configuration)}`, async () => {
      await assert.rejects(resolve(configuration), (error) => {
        assert.ok(error instanceof UserError)
        assert.match(error.message, /^The launch "train" can't start\. /)
        assert.match(error.message, pattern)
        return true
      })
    })
  }
})

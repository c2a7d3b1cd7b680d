import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import path from 'node:path'
import { temporaryFolder, testHead } from '../../../test/fakes/logs'
import type { RegistryEntry } from '../../shared/control'
import { UserError } from '../../shared/userError'
import { bootId, machineId, processStart } from '../machine/processIdentity'
import { ControlClient } from './client'
import { readMessages } from './lines'
import {
  activeDirectory,
  claimLostRuns,
  hasLostRuns,
  listEntries,
  livenessOf,
  makeRegistry,
  readEntry,
  removeEntry,
  writeEntry,
} from './registry'
import { ControlServer } from './server'

const TOKEN = 'a token'
const ID = '2026-11-20T03-30-05Z-abc123'

const closeOf = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('close', () => {
      resolve()
    })
  })

function entryFor(values: Partial<RegistryEntry> = {}): RegistryEntry {
  return {
    ...testHead(),
    log_path: '/nowhere',
    pid: process.pid,
    pid_start: processStart(process.pid) ?? '',
    machine: machineId(),
    boot: bootId(),
    address: '',
    token: TOKEN,
    protocol: 1,
    tool_version: '0',
    ...values,
  }
}

const written = (count: number) => ({
  bytes: count * 10,
  count,
  lastTime: 1,
  phaseCounts: { log_line: count },
  levelCounts: {},
})

describe('the control socket', () => {
  const folder = temporaryFolder()
  const sockets = new Set<Socket>()
  let server: ControlServer
  let stops: string[]
  let marks: string[]

  const address = (): string => path.join(folder.path, 's')
  const entry = (token = TOKEN): RegistryEntry => entryFor({ capture_id: ID, address: address(), token })
  const stranger = async (): Promise<Socket> => {
    const socket = createConnection(address())
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    await once(socket, 'connect')
    return socket
  }

  beforeEach(async () => {
    stops = []
    marks = []
    server = await ControlServer.listen(address(), ID, TOKEN, {
      stop: (how) => stops.push(how),
      mark: (name) => marks.push(name),
    })
  })
  afterEach(async () => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
    await server.close()
  })

  it('is its owner’s alone', () => {
    assert.equal(statSync(address()).mode & 0o777, 0o600)
  })

  it('tells each viewer how far the log is, at once and as it grows', async () => {
    server.grew(written(1))
    const seen: number[] = []
    let told: () => void = () => undefined
    const all = new Promise<void>((resolve) => (told = resolve))
    const client = await ControlClient.connect(entry(), {
      onGrew: ({ count }) => {
        seen.push(count)
        if (count === 500) told()
      },
    })
    for (let count = 2; count <= 500; count++) server.grew(written(count))
    await all
    assert.equal(seen[0], 1)
    assert.ok(seen.length < 100, `${String(seen.length)} pushes for 500 growths at once`)
    client.dispose()
  })

  it('stops and marks for who knows the token, and for nobody else', async () => {
    await assert.rejects(ControlClient.connect(entry('another'), {}))
    const bad = await stranger()
    bad.write('{"type":"stop","how":"force"}\n')
    await closeOf(bad)
    let told: () => void = () => undefined
    const closed = new Promise<void>((resolve) => (told = resolve))
    const client = await ControlClient.connect(entry(), { onClosed: told })
    client.stop('polite')
    const socket = await stranger()
    socket.write(`{"type":"hello","token":"${TOKEN}","protocol":1}\n{"type":"mark","name":"here"}\n{"type":"ping"}\n`)
    await new Promise<void>((resolve) => {
      readMessages(socket, (message) => {
        if ((message as { type: string }).type === 'pong') resolve()
      })
    })
    assert.deepEqual(stops, ['polite'])
    assert.deepEqual(marks, ['here'])
    await server.close()
    await closed
  })

  it('cuts off who says too much before the token', async () => {
    const socket = await stranger()
    socket.write('x'.repeat(100_000))
    await closeOf(socket)
  })

  it('cuts off who asks and never reads', async () => {
    const socket = await stranger()
    socket.pause()
    socket.write(`{"type":"hello","token":"${TOKEN}","protocol":1}\n`)
    const pings = '{"type":"ping"}\n'.repeat(10_000)
    const cut = closeOf(socket)
    const push = (): void => {
      while (!socket.destroyed) {
        if (!socket.write(pings)) {
          socket.once('drain', push)
          return
        }
      }
    }
    push()
    await cut
  })
})

describe('the registry of live runs', () => {
  const folder = temporaryFolder()
  let before: string | undefined
  beforeEach(() => {
    before = process.env['XDG_STATE_HOME']
    process.env['XDG_STATE_HOME'] = folder.path
  })
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_STATE_HOME']
    else process.env['XDG_STATE_HOME'] = before
  })
  const onLinux = function (this: Mocha.Context): void {
    if (process.platform !== 'linux') this.skip()
  }
  beforeEach(onLinux)

  it('keeps an entry for its owner alone, and forgets it', () => {
    makeRegistry()
    const entry = entryFor()
    writeEntry(entry)
    assert.equal(statSync(path.join(activeDirectory(), `${entry.capture_id}.json`)).mode & 0o777, 0o600)
    assert.deepEqual(readEntry(entry.capture_id), entry)
    assert.deepEqual(livenessOf(entry), { state: 'live' })
    assert.equal(hasLostRuns(), false)
    removeEntry(entry.capture_id)
    assert.deepEqual(listEntries(), [])
  })

  it('leaves damaged and foreign files alone', () => {
    makeRegistry()
    writeFileSync(path.join(activeDirectory(), '2026-01-01T00-00-00Z-abcdef.json'), '{"pid":')
    writeFileSync(path.join(activeDirectory(), 'notes.txt'), 'mine')
    assert.deepEqual(listEntries(), [])
    assert.deepEqual(claimLostRuns(), [])
    assert.equal(readdirSync(activeDirectory()).length, 2)
    assert.equal(readEntry('../../etc/passwd'), undefined)
  })

  it('gives a lost run to one who claims it, and back when that could not close it', () => {
    makeRegistry()
    const entry = entryFor({ pid_start: 'long ago' })
    writeEntry(entry)
    assert.equal(hasLostRuns(), true)
    const [claim] = claimLostRuns()
    assert.ok(claim !== undefined)
    assert.equal(claim.entry.capture_id, entry.capture_id)
    assert.deepEqual(claimLostRuns(), [])
    claim.giveBack()
    const [again] = claimLostRuns()
    assert.ok(again !== undefined)
    again.release()
    assert.deepEqual(readdirSync(activeDirectory()), [])
  })

  it('never claims a run of another machine, and tells a restart', () => {
    makeRegistry()
    writeEntry(entryFor({ machine: 'another', pid_start: 'x' }))
    assert.deepEqual(claimLostRuns(), [])
    assert.deepEqual(livenessOf(entryFor({ boot: 'another' })), { state: 'lost', restarted: true })
  })

  it('says what to do where its folder can’t be made', () => {
    writeFileSync(path.join(folder.path, 'tapedeck'), 'a file')
    assert.throws(
      () => {
        makeRegistry()
      },
      (error) => error instanceof UserError && error.code === 'state_directory',
    )
    assert.equal(readFileSync(path.join(folder.path, 'tapedeck'), 'utf8'), 'a file')
    assert.equal(existsSync(activeDirectory()), false)
  })
})

import assert from 'node:assert/strict'
import { existsSync, fdatasync, ftruncate, readFileSync, rmSync, truncateSync, write } from 'node:fs'
import { promisify } from 'node:util'
import { temporaryFolder } from '../../test/fakes/logs'
import type { EndInfo, Source, SourceContext } from '../core/source'
import { listEntries } from '../node/control/registry'
import { checkFile } from '../node/runlog/checkFile'
import { describeRun } from '../node/runlog/history'
import type { LogFileSystem } from '../node/runlog/logFileSystem'
import { UserError } from '../shared/userError'
import { record, STOPPED_EARLY } from './record'

const writeFile = promisify(write)

/** A source in the test's hands. */
class Hand implements Source {
  readonly kind = 'capture'
  readonly stops: string[] = []
  context: SourceContext | undefined
  private end: ((info: EndInfo) => void) | undefined

  constructor(private readonly onOpen: (hand: Hand) => void = () => undefined) {}

  open(context: SourceContext) {
    this.context = context
    const ended = new Promise<EndInfo>((resolve) => (this.end = resolve))
    this.onOpen(this)
    return Promise.resolve({
      ended,
      stop: (how: 'polite' | 'force') => {
        this.stops.push(how)
        this.finish({ status: 'aborted' })
        return Promise.resolve()
      },
    })
  }

  line(text: string): void {
    void this.context?.emit({ phase: 'log_line', data: { text, stream: 'stdout' } })
  }

  finish(info: EndInfo): void {
    this.end?.(info)
  }
}

/** The path of the only run's log, once it holds this text. */
async function untilLogged(text: string): Promise<string> {
  for (;;) {
    const [entry] = listEntries()
    if (entry !== undefined && existsSync(entry.log_path) && readFileSync(entry.log_path, 'utf8').includes(text)) {
      return entry.log_path
    }
    await new Promise(setImmediate)
  }
}

/** A source that goes on without its log, as a command does. */
class Command extends Hand {
  readonly outlivesLog = true
}

describe('a recording', () => {
  const folder = temporaryFolder()
  let before: string | undefined
  beforeEach(() => {
    before = process.env['XDG_STATE_HOME']
    process.env['XDG_STATE_HOME'] = `${folder.path}/state`
  })
  afterEach(() => {
    if (before === undefined) delete process.env['XDG_STATE_HOME']
    else process.env['XDG_STATE_HOME'] = before
  })
  const start = (source: Source, fileSystem?: LogFileSystem, log: (message: string) => void = () => undefined) =>
    record({
      source: () => source,
      title: 'a test',
      head: {},
      logDirectory: `${folder.path}/logs`,
      log,
      ...(fileSystem === undefined ? {} : { fileSystem }),
    })

  it('on a disk that gets full ends failed, says so, stays readable and counts what it lost', async () => {
    const room = 6000
    const full: LogFileSystem = {
      write: (fd, bytes, offset, length, position) => {
        const fits = Math.min(length, room - position)
        if (fits <= 0) return Promise.reject(Object.assign(new Error('no space left'), { code: 'ENOSPC' }))
        return writeFile(fd, bytes, offset, fits, position)
      },
      truncate: promisify(ftruncate),
      sync: promisify(fdatasync),
    }
    const source = new Hand((hand) => {
      for (let i = 0; i < 200; i++) hand.line(`line ${String(i)}`)
    })
    const { status, error, path, eventCount } = await start(source, full).result
    assert.equal(status, 'failed')
    assert.match(error ?? '', /disk is full/)
    assert.deepEqual(source.stops, ['force'])
    const { events, violations } = await checkFile(path)
    assert.deepEqual(violations, [])
    assert.equal(eventCount, events)
    const { metadata } = await describeRun(path, undefined)
    assert.equal(metadata?.status, 'failed')
    assert.ok(metadata.dropped + events >= 200, `${String(metadata.dropped)} dropped, ${String(events)} kept`)
    assert.deepEqual(listEntries(), [])
  })

  it('whose log somebody empties ends failed and says so', async () => {
    let told: () => void = () => undefined
    const opened = new Promise<void>((resolve) => (told = resolve))
    const source = new Hand((hand) => {
      hand.line('first')
      told()
    })
    const recording = start(source)
    await opened
    const logPath = await untilLogged('first')
    truncateSync(logPath, 0)
    source.finish({ status: 'completed' })
    const { status, error } = await recording.result
    assert.equal(status, 'failed')
    assert.match(error ?? '', /emptied or shortened/)
    const { events, violations } = await checkFile(logPath)
    assert.deepEqual([events, violations], [0, []])
    assert.ok(((await describeRun(logPath, undefined)).metadata?.dropped ?? 0) >= 1)
  })

  it('of a command whose log somebody empties goes on, and tells the gap', async () => {
    const told: string[] = []
    const source = new Command((hand) => {
      for (let i = 0; i < 100; i++) hand.line(`line ${String(i)}`)
    })
    const recording = start(source, undefined, (message) => told.push(message))
    const logPath = await untilLogged('line 99')
    truncateSync(logPath, 0)
    source.finish({ status: 'completed' })
    const { status, eventCount } = await recording.result
    assert.equal(status, 'completed')
    assert.deepEqual((await checkFile(logPath)).violations, [])
    const [gap] = readFileSync(logPath, 'utf8').split('\n').slice(1)
    assert.match(gap ?? '', /"phase":"dropped","data":\{"count":100,/)
    assert.equal(eventCount, 2)
    assert.equal(told.length, 1)
  })

  it('of a command whose log is deleted twice loses nothing and says so once', async () => {
    const told: string[] = []
    const source = new Command((hand) => {
      hand.line('first')
    })
    const recording = start(source, undefined, (message) => told.push(message))
    const logPath = await untilLogged('first')
    rmSync(`${folder.path}/logs`, { recursive: true })
    source.line('second')
    await untilLogged('second')
    rmSync(logPath)
    source.finish({ status: 'completed' })
    const { status, error, eventCount } = await recording.result
    assert.deepEqual([status, error, eventCount], ['completed', undefined, 3])
    assert.deepEqual((await checkFile(logPath)).violations, [])
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /deleted or moved/)
  })

  it('of a source that never starts can be given up', async () => {
    let opening: () => void = () => undefined
    const opened = new Promise<void>((resolve) => (opening = resolve))
    const recording = start({
      kind: 'capture',
      open: () => {
        opening()
        return new Promise(() => undefined)
      },
    })
    await opened
    recording.stop('polite')
    recording.stop('force')
    await assert.rejects(recording.result, (error) => error instanceof UserError && error.code === STOPPED_EARLY)
    assert.deepEqual(listEntries(), [])
  })
})

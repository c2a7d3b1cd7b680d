import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { spawn as spawnTerminal } from '@lydell/node-pty'

declare const __PROJECT_ROOT__: string

const cli = path.join(__PROJECT_ROOT__, 'dist', 'cli.js')

interface Event {
  readonly seq: number
  readonly phase: string
  readonly data: Readonly<Record<string, unknown>>
}

/** A `tapedeck` that runs until it is told to stop. */
class Running {
  out = ''
  err = ''
  private waiting: (() => void) | undefined
  readonly child: ChildProcess

  constructor(home: string, args: readonly string[]) {
    this.child = spawn(process.execPath, [cli, ...args], {
      cwd: home,
      env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state') },
    })
    this.child.stdout?.on('data', (bytes: Buffer) => {
      this.out += bytes.toString()
      this.waiting?.()
    })
    this.child.stderr?.on('data', (bytes: Buffer) => {
      this.err += bytes.toString()
      this.waiting?.()
    })
  }

  until(isTrue: (out: string, err: string) => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = () => {
        if (isTrue(this.out, this.err)) resolve()
      }
      this.waiting()
    })
  }

  async interrupted(): Promise<number | null> {
    this.child.kill('SIGINT')
    const [code] = (await once(this.child, 'close')) as [number | null]
    return code
  }
}

describe('tapedeck follow and parse', () => {
  let home: string
  let running: Running | undefined

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'tapedeck-follow-'))
  })
  afterEach(() => {
    running?.child.kill('SIGKILL')
    running = undefined
    rmSync(home, { recursive: true, force: true })
  })

  const file = (name = 'a.log'): string => path.join(home, name)
  const follow = (...args: string[]): Running => (running = new Running(home, ['follow', ...args]))
  const executed = (...args: string[]) =>
    spawnSync(process.execPath, [cli, ...args], {
      cwd: home,
      encoding: 'utf8',
      env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state') },
    })
  const exists = async (name: string): Promise<void> => {
    while (!existsSync(name)) await setTimeout(20)
  }
  const numbers = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `line ${String(from + i)}\n`).join('')

  it('shows the last ten lines and what comes, and ends with 0 on Ctrl-C', async () => {
    writeFileSync(file(), numbers(0, 30))
    const tail = follow('a.log')
    await tail.until((out) => out.includes('line 29\n'))
    assert.equal(tail.out, numbers(20, 30))
    appendFileSync(file(), 'unfin')
    await tail.until((out) => out.endsWith('unfin'))
    appendFileSync(file(), 'ished\n')
    renameSync(file(), file('a.log.1'))
    writeFileSync(file(), 'rotated\n')
    await tail.until((out) => out.includes('rotated\n'))
    assert.equal(tail.out, `${numbers(20, 30)}unfinished\nrotated\n`)
    assert.equal(await tail.interrupted(), 0)
    assert.match(tail.err, /a\.log: rotated/)
  })

  it('names the files where there are several, and waits for one that is not there', async () => {
    writeFileSync(file(), 'one\n')
    const tail = follow('--lines', '5', 'a.log', 'b.log')
    await tail.until((_out, err) => err.includes('b.log is not there yet'))
    await tail.until((out) => out.includes('one\n'))
    writeFileSync(file('b.log'), 'two\n')
    await tail.until((out) => out.includes('two\n'))
    assert.equal(tail.out, `==> ${file()} <==\none\n==> ${file('b.log')} <==\ntwo\n`)
    assert.equal(await tail.interrupted(), 0)
  })

  it('gives events with --json, and keeps no run', async () => {
    writeFileSync(file(), '')
    const tail = follow('--json', '--from-start', 'a.log')
    appendFileSync(file(), '2026-11-21T10:00:00Z WARN disk is full\n')
    await tail.until((out) => out.includes('disk is full'))
    const events = tail.out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event)
    assert.deepEqual(
      events.map(({ seq, phase }) => [seq, phase]),
      [
        [0, 'file'],
        [1, 'log_line'],
      ],
    )
    assert.equal(events[1]?.data['level'], 'warn')
    assert.equal(events[1].data['logged_at'], '2026-11-21T10:00:00.000Z')
    assert.equal(await tail.interrupted(), 0)
    assert.equal(existsSync(path.join(home, '.tapedeck')), false)
  })

  it('records with --record, from the first line on', async () => {
    writeFileSync(file(), '')
    const runs = path.join(home, 'logs', 'runs')
    const logs = (): string[] => (existsSync(runs) ? readdirSync(runs) : [])
    const empty = follow('--record', '--dir', 'logs', 'a.log')
    await exists(path.join(home, 'logs'))
    assert.equal(await empty.interrupted(), 0)
    assert.match(empty.err, /nothing came/)
    assert.deepEqual(logs(), [])

    const tail = follow('--record', '--dir', 'logs', '--from-start', 'a.log')
    appendFileSync(file(), 'hello\nworld\n')
    await tail.until((out) => out === 'hello\nworld\n')
    assert.equal(await tail.interrupted(), 0)
    const [log = ''] = logs()
    const { stdout, status } = executed('check', path.join(runs, log))
    assert.equal(stdout, '4 events\n')
    assert.equal(status, 0)
  })

  const runs = (): string => path.join(home, 'logs', 'runs')
  const recorded = async (text: string): Promise<void> => {
    await exists(runs())
    const has = (name: string): boolean => readFileSync(path.join(runs(), name), 'utf8').includes(text)
    while (!readdirSync(runs()).some((name) => name.endsWith('.json') && has(name))) await setTimeout(50)
  }

  it('records all that a slow reader of its output does not get, and says how much that is', async () => {
    const total = 200_000
    const line = (i: number): string => `line ${String(i)} ${'x'.repeat(80)}\n`
    writeFileSync(file(), Array.from({ length: total }, (_, i) => line(i)).join(''))
    const tail = follow('--record', '--dir', 'logs', '--from-start', 'a.log')
    tail.child.stdout?.pause()
    await recorded(`line ${String(total - 1)} `)
    tail.child.stdout?.resume()
    await tail.until((_out, err) => err.includes('are not shown'))
    const left = Number(/(\d+) lines \(.*\) are not shown/.exec(tail.err)?.[1])
    appendFileSync(file(), 'at last\n')
    await tail.until((out) => out.endsWith('at last\n'))
    const shown = tail.out.split('\n').length - 2
    assert.equal(shown + left, total)
    assert.equal(tail.out.startsWith(line(0)), true)
    // Whoever reads it goes away.
    tail.child.stdout?.destroy()
    appendFileSync(file(), 'for nobody\n')
    await tail.until((_out, err) => err.includes('the recording goes on until Ctrl-C'))
    appendFileSync(file(), 'after that\n')
    await recorded('after that')
    assert.equal(await tail.interrupted(), 0)
    assert.match(tail.err, new RegExp(`${String(total + 5)} events in `))
  })

  it('records on and ends while its terminal shows nothing (Ctrl-S)', async () => {
    writeFileSync(file(), 'first\n')
    const args = [cli, 'follow', '--record', '--dir', 'logs', '--from-start', 'a.log']
    const env = { ...process.env, XDG_STATE_HOME: path.join(home, 'state') }
    const terminal = spawnTerminal(process.execPath, args, { cwd: home, env })
    try {
      let out = ''
      await new Promise<void>((resolve) => {
        terminal.onData((text) => {
          out += text
          if (out.includes('first')) resolve()
        })
      })
      terminal.write('\x13')
      appendFileSync(file(), `${'x'.repeat(99)}\n`.repeat(10_000))
      appendFileSync(file(), 'the last one\n')
      await recorded('the last one')
      const ended = new Promise<number>((resolve) => {
        terminal.onExit(({ exitCode }) => {
          resolve(exitCode)
        })
      })
      process.kill(terminal.pid, 'SIGTERM')
      assert.equal(await ended, 0)
      await recorded('"status":"completed"')
    } finally {
      terminal.kill('SIGKILL')
    }
  })

  it('says what it can’t follow', () => {
    const folder = executed('follow', home)
    assert.equal(folder.status, 2)
    assert.match(folder.stderr, /is a folder/)
    assert.equal(executed('follow').status, 2)
    assert.equal(executed('follow', '--lines', 'x', 'a.log').status, 2)
    assert.equal(executed('follow', '--encoding', 'x', 'a.log').status, 2)
    assert.equal(executed('parse', 'nowhere.log').status, 3)
    if (process.platform === 'linux') {
      assert.equal(executed('parse', '/proc/self/mem').status, 3)
      assert.match(executed('follow', '/proc/uptime').stderr, /made up by the system/)
    }
    if (process.getuid?.() === 0) return
    writeFileSync(file(), '')
    chmodSync(file(), 0)
    const unreadable = executed('follow', 'a.log')
    assert.equal(unreadable.status, 3)
    assert.match(unreadable.stderr, /no right to read/)
  })

  it('parses a log and ends', () => {
    writeFileSync(file(), '2026-11-21T10:00:00Z ERROR broken\n\tat here\nlast')
    const { stdout, status } = executed('parse', '--json', 'a.log')
    assert.equal(status, 0)
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Event)
      .filter(({ phase }) => phase === 'log_line')
    assert.deepEqual(
      lines.map(({ data }) => [data['text'], data['level'], data['continued'], data['unterminated']]),
      [
        ['2026-11-21T10:00:00Z ERROR broken', 'error', undefined, undefined],
        ['\tat here', 'error', true, undefined],
        ['last', lines[2]?.data['level'], lines[2]?.data['continued'], true],
      ],
    )
    const shown = executed('parse', 'a.log')
    assert.match(shown.stdout, /^2026-11-21T10:00:00\.000Z error 2026/)
  })
})

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { spawn as startPty } from '@lydell/node-pty'
import { processes } from '../editor/processes'
import { Random } from '../fakes/random'

declare const __PROJECT_ROOT__: string

interface Result {
  readonly code: number | null
  readonly out: Buffer
  readonly err: Buffer
}

const hash = (bytes: Buffer): string =>
  `${String(bytes.length)} bytes, ${createHash('sha256').update(bytes).digest('hex')}`

describe('tapedeck run', () => {
  let home: string

  beforeEach(() => {
    home = mkdtempSync(path.join(tmpdir(), 'tapedeck-run-'))
  })
  afterEach(() => {
    rmSync(home, { recursive: true, force: true })
  })

  const execute = (
    command: string,
    args: readonly string[],
    input = '',
    env: NodeJS.ProcessEnv = {},
  ): Promise<Result> =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: home,
        env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state'), ...env },
      })
      const out: Buffer[] = []
      const err: Buffer[] = []
      child.on('error', reject)
      child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
      child.stderr.on('data', (bytes: Buffer) => err.push(bytes))
      child.stdin.on('error', () => undefined)
      child.stdin.end(input)
      child.on('close', (code) => {
        resolve({ code, out: Buffer.concat(out), err: Buffer.concat(err) })
      })
    })
  const cli = path.join(__PROJECT_ROOT__, 'dist', 'cli.js')
  const recorded = (args: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Result> =>
    execute(process.execPath, [cli, 'run', ...args], input, env)
  const logs = (): string[] => {
    const folder = path.join(home, '.tapedeck', 'runs')
    return existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => path.join(folder, name))
      : []
  }
  interface Document {
    readonly events: readonly { phase: string; data: Record<string, unknown> }[]
    readonly metadata: Record<string, unknown>
  }
  const log = (): Document => {
    const [file] = logs()
    assert.ok(file !== undefined, 'there is no log')
    return JSON.parse(readFileSync(file, 'utf8')) as Document
  }
  const check = async (): Promise<void> => {
    for (const file of logs()) {
      const { code, out } = await execute(process.execPath, [cli, 'check', file])
      assert.equal(code, 0, out.toString())
    }
  }

  const node = process.execPath
  const commands: readonly (readonly [name: string, command: readonly string[], input?: string])[] = [
    ['plain lines', ['seq', '1', '1000']],
    ['nothing at all', ['true']],
    ['failure', ['false']],
    ['an exit code', ['sh', '-c', 'exit 42']],
    ['both streams', ['sh', '-c', 'echo out; echo err >&2; exit 3']],
    ['no newline at the end', ['printf', 'no newline']],
    ['an empty line', ['echo']],
    ['carriage returns', ['printf', 'a\\rb\\r\\nc\\r']],
    ['colours and cursor moves', ['printf', '\\033[31mred\\033[0m\\033[2K\\033[1A\\n']],
    ['invalid UTF-8', ['printf', '\\377\\376 \\303\\050 \\355\\240\\200\\n']],
    ['NUL bytes', ['printf', 'a\\000b\\000\\n']],
    ['binary', [node, '-e', 'process.stdout.write(require("crypto").createHash("sha512").update("x").digest())']],
    ['2 MB of random bytes', ['cat', 'random.bin']],
    ['a line of 50 MB', [node, '-e', 'process.stdout.write("x".repeat(5e7)); process.stdout.write("\\n")']],
    ['what it is given', ['cat'], 'one\ntwo\nno end'],
    ['a megabyte of what it is given', ['md5sum'], 'x'.repeat(1_000_000)],
    ['its own name and arguments', ['sh', '-c', 'echo "$0|$1|$2"', 'a b', "c'd", '']],
    ['its folder', ['pwd']],
    ['a signal that ends it', ['sh', '-c', 'echo before; kill -TERM $$']],
    ['a signal 9', ['sh', '-c', 'kill -9 $$']],
    [
      'UTF-8 cut by its writer',
      [
        node,
        '-e',
        'const b=Buffer.from("réponse 日本語\\n"); for (const x of b) require("fs").writeSync(1,Buffer.from([x]))',
      ],
    ],
    ['options that look like ours', ['echo', '--json', '--', '--help']],
  ]

  for (const [name, command, input] of commands) {
    it(`is as if it were not there: ${name}`, async function () {
      this.timeout(60_000)
      writeFileSync(path.join(home, 'random.bin'), new Random(1).bytes(2_000_000))
      const [program = '', ...args] = command
      const direct = await execute(program, args, input)
      const { code, out, err } = await recorded(['--', ...command], input)
      const signals: Readonly<Record<string, number>> = { 'a signal that ends it': 143, 'a signal 9': 137 }
      assert.equal(code, signals[name] ?? direct.code)
      assert.equal(hash(out), hash(direct.out))
      assert.equal(err.toString(), direct.err.toString())
      await check()
      assert.equal(log().metadata['status'], code === 0 ? 'completed' : 'failed')
    })
  }

  it('keeps the order of both streams where they go to the same place', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8 9; do echo out $i; echo err $i >&2; done'
    const { out } = await execute('bash', ['-c', `"$0" "$@" 2>&1`, node, cli, 'run', '--', 'sh', '-c', script])
    assert.deepEqual(
      out.toString().trim().split('\n'),
      Array.from({ length: 9 }, (_, i) => [`out ${String(i + 1)}`, `err ${String(i + 1)}`]).flat(),
    )
  })

  it('gives the command a broken pipe where its reader is gone', async () => {
    const { code, out } = await execute('bash', [
      '-c',
      `"$0" "$@" | head -1; exit \${PIPESTATUS[0]}`,
      node,
      cli,
      'run',
      '--',
      'yes',
    ])
    assert.equal(out.toString(), 'y\n')
    assert.equal(code, 141)
    await check()
  })

  it('loses nothing to a reader that is slow', async function () {
    this.timeout(60_000)
    const { out } = await execute('bash', [
      '-c',
      `"$0" "$@" | (sleep 3; wc -c)`,
      ...[node, cli, 'run', '--', 'seq', '1', '60000'],
    ])
    assert.equal(Number(out.toString()), 348_894)
    assert.equal((log().metadata['phase_counts'] as Record<string, number>)['log_line'], 60_000)
  })

  it('waits in a terminal too for what a background child prints after the command has ended', async () => {
    const { code, out } = await recorded([
      '--pty',
      '--',
      'sh',
      '-c',
      'setsid sh -c "sleep 0.6; echo late" & sleep 0.1; exit 3',
    ])
    assert.equal(code, 3)
    assert.equal(out.toString(), 'late\r\n')
    const ended = await recorded(['--pty', '--', 'sh', '-c', 'trap "" HUP; sleep 30 & echo $! > pid; echo started'])
    assert.equal(ended.out.toString(), 'started\r\n')
    process.kill(Number(readFileSync(path.join(home, 'pid'), 'utf8')))
    await check()
  })

  it('loses nothing in a terminal to a reader that is slow', async () => {
    const { out } = await execute('bash', [
      '-c',
      `"$0" "$@" | (sleep 1; cat)`,
      node,
      cli,
      'run',
      '--pty',
      '--',
      'seq',
      '60000',
    ])
    assert.equal(
      hash(out),
      hash(Buffer.from(Array.from({ length: 60_000 }, (_, i) => `${String(i + 1)}\r\n`).join(''))),
    )
  })

  it('is suspended with its command by Ctrl-Z in a terminal, and goes on', async () => {
    const shell = startPty('bash', ['--norc', '-i'], {
      cwd: home,
      env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state'), PS1: '$ ' },
      cols: 300,
      rows: 30,
    })
    let out = ''
    shell.onData((text) => (out += text))
    const until = async (what: RegExp): Promise<void> => {
      while (!what.test(out)) await new Promise((resolve) => setTimeout(resolve, 20))
      out = ''
    }
    const closed = new Promise((resolve) => shell.onExit(resolve))
    try {
      shell.write(`${node} ${cli} run -- sh -c 'echo $$ > pid; echo "u"p; read line; echo got $line'\r`)
      await until(/up\r\n/)
      shell.write('\u001a')
      await until(/Stopped/)
      const pid = readFileSync(path.join(home, 'pid'), 'utf8').trim()
      assert.match(readFileSync(`/proc/${pid}/stat`, 'utf8'), /\) T /)
      shell.write('echo $((20 + 22)); fg\r')
      await until(/42\r\n/)
      shell.write('word\r')
      await until(/got word\r\n[^]*recorded in [^]*\$ /)
      shell.write('exit\r')
      await closed
    } finally {
      shell.kill()
    }
    assert.equal(log().metadata['status'], 'completed')
  })

  it('hangs up a terminal that nobody looks at', async () => {
    await execute('bash', ['-c', `"$0" "$@" | head -1`, node, cli, 'run', '--pty', '--', 'yes'])
    assert.equal(log().metadata['signal'], 'SIGHUP')
  })

  it('gives a command in a terminal what was typed before it was there', async () => {
    const { out } = await recorded(['--pty', '--', 'sh', '-c', 'read y; echo got $y'], 'a\nb\n')
    assert.match(out.toString(), /got a/)
  })

  it('stops what a lost recorder left', async () => {
    const child = spawn(
      node,
      [cli, 'run', '--', 'sh', '-c', 'trap "" PIPE; echo $$ > pid; while :; do sleep 0.1; done'],
      {
        cwd: home,
        env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state') },
        stdio: 'ignore',
      },
    )
    while (!existsSync(path.join(home, 'pid')) || readFileSync(path.join(home, 'pid'), 'utf8') === '') {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    const pid = Number(readFileSync(path.join(home, 'pid'), 'utf8'))
    child.kill('SIGKILL')
    await new Promise((resolve) => child.on('close', resolve))
    const list = await execute(node, [cli, 'ls'])
    assert.match(list.out.toString(), /aborted/)
    const id = path.basename(logs()[0] ?? '', '.json')
    const stopped = await execute(node, [cli, 'stop', id])
    assert.equal(stopped.code, 0, stopped.err.toString())
    assert.match(stopped.out.toString(), new RegExp(String(pid)))
    assert.ok(!processes().some((one) => one.pid === pid))
  })

  for (const signal of ['SIGWINCH', 'SIGALRM', 'SIGABRT', 'SIGUSR2'] as const) {
    it(`hands ${signal} on`, async () => {
      const script = `trap "echo caught; exit 7" ${signal.slice(3)}; echo ready; while :; do sleep 0.05; done`
      const child = spawn(node, [cli, 'run', '--', 'bash', '-c', script], {
        cwd: home,
        env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state') },
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      let out = ''
      child.stdout.on('data', (bytes: Buffer) => {
        out += bytes.toString()
        if (out === 'ready\n') child.kill(signal)
      })
      assert.equal(await new Promise((resolve) => child.on('close', resolve)), 7)
      assert.equal(out, 'ready\ncaught\n')
    })
  }

  it('says in words that too few files may be open', async () => {
    // Below 21 or so Node itself does not start.
    let told = 0
    for (let limit = 22; limit < 40; limit += 2) {
      const { code, err } = await execute('bash', [
        '-c',
        `ulimit -n ${String(limit)}; exec "$0" "$@"`,
        ...[node, cli, 'run', '--', 'true'],
      ])
      if (code === 0) continue
      told++
      assert.equal(code, 125)
      assert.match(err.toString(), /^tapedeck: [^\n]*too many files are open[^\n]*ulimit -n[^\n]*\n$/i)
      assert.doesNotMatch(err.toString(), /Error|EMFILE/)
    }
    assert.ok(told > 0)
  })

  it('hands signals on, and ends as the command does', async () => {
    const script = 'trap "echo caught; exit 7" INT; echo ready; while :; do sleep 0.05; done'
    const child = spawn(node, [cli, 'run', '--', 'sh', '-c', script], {
      cwd: home,
      env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state') },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let out = ''
    child.stdout.on('data', (bytes: Buffer) => {
      out += bytes.toString()
      if (out === 'ready\n') child.kill('SIGINT')
    })
    const code = await new Promise((resolve) => child.on('close', resolve))
    assert.equal(code, 7)
    assert.equal(out, 'ready\ncaught\n')
    assert.equal(log().metadata['status'], 'aborted')
  })

  it('runs in a real terminal with --pty', async () => {
    const { code, out } = await recorded(['--pty', '--', 'sh', '-c', 'test -t 1 && echo yes; exit 5'])
    assert.equal(code, 5)
    assert.equal(out.toString(), 'yes\r\n')
    const lines = log().events.filter(({ phase }) => phase === 'log_line')
    assert.deepEqual(
      lines.map(({ data }) => data['text']),
      ['yes'],
    )
  })

  it('says events instead of output with --json, one object a line', async () => {
    const { out } = await recorded(['--json', '--', 'echo', 'hello'])
    const phases = out
      .toString()
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { phase: string }).phase)
    assert.deepEqual(phases, ['process', 'log_line', 'process', 'completion'])
  })

  it('names what is left behind, and does not wait for it', async () => {
    const { code } = await recorded(['--', 'sh', '-c', 'sleep 300 & echo $! > pid; echo started'])
    const pid = Number(readFileSync(path.join(home, 'pid'), 'utf8'))
    try {
      assert.equal(code, 0)
      const left = log().events.find(({ data }) => data['state'] === 'left_behind')
      assert.deepEqual(left?.data['pids'], [pid])
      assert.equal(log().metadata['status'], 'completed')
    } finally {
      process.kill(pid)
    }
  })

  it('goes on where its log can not grow, and tells the gap', async function () {
    this.timeout(30_000)
    const script = `for i in $(seq 1 3000); do echo "line $i of a command that prints for a while"; done; echo the end`
    const { code, out } = await execute('bash', [
      '-c',
      `ulimit -f 60; exec "$0" "$@"`,
      ...[node, cli, 'run', '--', 'sh', '-c', script],
    ])
    assert.equal(code, 0)
    assert.equal(out.toString().trim().split('\n').length, 3001)
    await check()
    const { metadata } = log()
    assert.ok(Number(metadata['dropped']) > 1000, String(metadata['dropped']))
    assert.equal(
      Number(metadata['dropped']) + Number((metadata['phase_counts'] as Record<string, number>)['log_line']) >= 3001,
      true,
    )
  })

  const wrong: readonly (readonly [name: string, args: readonly string[], code: number, message: RegExp])[] = [
    ['no command', [], 125, /Usage: tapedeck run/],
    ['no command after --', ['--'], 125, /No command/],
    ['an unknown option', ['--colour', '--', 'true'], 125, /--colour/],
    ['an --env that is none', ['--env', 'X', '--', 'true'], 125, /NAME=value/],
    ['a program that is not there', ['--', 'no-such-program'], 127, /no-such-program was not found\. .*Looked in /],
    ['a file that may not be executed', ['--', './data.txt'], 126, /may not be executed/],
    ['a folder as program', ['--', './folder'], 126, /folder/],
    ['a script whose interpreter is missing', ['--', './script'], 127, /interpreter/],
    ['a cwd that is missing', ['--cwd', 'nowhere', '--', 'true'], 125, /does not exist/],
    ['a log directory that is a file', ['--dir', 'data.txt', '--', 'true'], 125, /is a file/],
  ]
  for (const [name, args, expected, message] of wrong) {
    it(`says in words what is wrong: ${name}`, async () => {
      writeFileSync(path.join(home, 'data.txt'), 'data')
      mkdirSync(path.join(home, 'folder'))
      writeFileSync(path.join(home, 'script'), '#!/no/such/interpreter\n', { mode: 0o755 })
      const { code, out, err } = await recorded(args)
      assert.equal(code, expected, err.toString())
      assert.equal(out.length, 0)
      assert.match(err.toString(), message)
      assert.ok(!err.toString().includes('    at '), err.toString())
      assert.deepEqual(logs(), [])
    })
  }
})

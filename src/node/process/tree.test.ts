import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import { createInterface } from 'node:readline'
import { processStart } from '../machine/processIdentity'
import { systemProcesses, type ProcessEntry, type ProcessTable } from './processList'
import { ProcessTree, type RootProcess } from './tree'

interface Launched {
  readonly child: ChildProcess
  readonly root: RootProcess
  readonly tree: ProcessTree
  readonly marker: string
  /** The next line that it prints. */
  readonly line: () => Promise<string>
  readonly exited: Promise<unknown>
}

const STOP = { signal: 'SIGINT', timeoutMs: 150 } as const
let launches = 0

describe('a process tree', function () {
  const started: Launched[] = []

  before(function () {
    if (process.platform !== 'linux') this.skip()
  })

  afterEach(async () => {
    for (const { tree, exited } of started.splice(0)) {
      await tree.killTree()
      await exited
    }
  })

  /** Runs a script of sh as a launch does: in a group of its own, with the mark. */
  const launch = async (script: string, ...args: string[]): Promise<Launched> => {
    const marker = `TAPEDECK_CAPTURE_ID=test-${String(process.pid)}-${String(++launches)}`
    const child = spawn('/bin/sh', ['-c', script, 'sh', ...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { PATH: process.env['PATH'], TAPEDECK_CAPTURE_ID: marker.split('=')[1] },
    })
    const exited = once(child, 'exit')
    await once(child, 'spawn')
    const root = { pid: child.pid ?? 0, start: processStart(child.pid ?? 0) ?? 'ended' }
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const line = async (): Promise<string> => ((await lines.next()) as { value?: string }).value ?? ''
    const launched = { child, root, marker, tree: new ProcessTree(root, marker), line, exited }
    started.push(launched)
    return launched
  }

  const lives = (pid: number): boolean => systemProcesses.list().some((entry) => entry.pid === pid)
  const pidsOf = (tree: ProcessTree): number[] => tree.survivors().map(({ pid }) => pid)

  it('is stopped politely where everybody listens', async () => {
    const { tree, line, exited } = await launch('sleep 1000 & trap "kill $!; exit 3" INT; echo ready; wait')
    assert.equal(await line(), 'ready')
    assert.equal(pidsOf(tree).length, 2)
    let forced = false
    const options = { signal: 'SIGINT', timeoutMs: 20_000, onForce: () => (forced = true) } as const
    assert.deepEqual(await tree.stop(options), { killed: [], left: [] })
    assert.equal(forced, false)
    assert.deepEqual(await exited, [3, null])
  })

  it('is gone whole, though its processes trap signals in groups of their own', async () => {
    const trapping = `trap '' INT TERM HUP; echo $$; while :; do sleep 1000; done`
    const { tree, root, line, exited } = await launch(
      `trap '' INT TERM; setsid sh -c "$1" & setsid sh -c "$1" & echo $$; wait; sleep 1000`,
      trapping,
    )
    const pids = [Number(await line()), Number(await line()), Number(await line())]
    const found = tree.survivors()
    for (const pid of pids) assert.ok(found.some((entry) => entry.pid === pid))
    assert.equal(new Set(found.map(({ pgid }) => pgid)).size, 3)
    let forced = 0
    const { killed, left } = await tree.stop({ ...STOP, onForce: () => forced++ })
    assert.deepEqual(left, [])
    assert.equal(forced, 1)
    for (const pid of [...pids, root.pid]) {
      assert.ok(killed.includes(pid))
      assert.ok(!lives(pid))
    }
    assert.deepEqual(await exited, [null, 'SIGKILL'])
    assert.deepEqual(tree.survivors(), [])
  })

  it('holds the daemon that a command left behind by a double fork', async () => {
    const { tree, root, line, exited } = await launch('(setsid sh -c "echo \\$\\$; exec sleep 1000" &) & wait')
    const daemon = Number(await line())
    await exited
    const survivors = tree.survivors()
    assert.deepEqual(
      survivors.map(({ pid }) => pid),
      [daemon],
    )
    assert.match(survivors[0]?.command ?? '', /sleep 1000$/)
    assert.notEqual(survivors[0]?.pgid, root.pid)
    assert.deepEqual(await tree.killTree(), { killed: [daemon], left: [] })
    assert.ok(!lives(daemon))
  })

  it('remembers who was seen once, though nothing ties it to the launch any more', async () => {
    const { tree, child, line, exited } = await launch(
      'setsid env -i /bin/sh -c "echo \\$\\$; exec /bin/sleep 1000" & sleep 1000',
    )
    const daemon = Number(await line())
    assert.ok(pidsOf(tree).includes(daemon))
    child.kill('SIGKILL')
    await exited
    assert.ok(pidsOf(tree).includes(daemon))
    const { killed } = await tree.killTree()
    assert.ok(killed.includes(daemon))
    assert.ok(!lives(daemon))
  })

  it('is empty after a command that dies at once', async () => {
    const { tree, exited } = await launch('exit 7')
    assert.deepEqual(await exited, [7, null])
    assert.deepEqual(tree.survivors(), [])
    assert.deepEqual(await tree.stop(STOP), { killed: [], left: [] })
    assert.deepEqual(await tree.killTree(), { killed: [], left: [] })
    assert.deepEqual(tree.signalTree('SIGTERM'), [])
  })

  it('lets nobody go who is forked while it is killed, without mark and in sessions of their own', async () => {
    const seconds = `1000.${String(process.pid)}`
    const { tree, line } = await launch(
      'i=0; while [ $i -lt 400 ]; do i=$((i+1)); setsid env -i /bin/sleep "$1" & [ $i = 40 ] && echo ready; done; wait',
      seconds,
    )
    assert.equal(await line(), 'ready')
    const { killed, left } = await tree.killTree()
    assert.deepEqual(left, [])
    assert.ok(killed.length > 20)
    const escaped = systemProcesses.list().filter(({ pid }) => systemProcesses.commandOf(pid)?.includes(seconds))
    for (const { pid } of escaped) process.kill(pid, 'SIGKILL')
    assert.deepEqual(escaped, [])
  })

  it('reaches processes that were stopped by Ctrl-Z', async () => {
    const { tree, root, line, exited } = await launch('trap "exit 9" TERM; echo ready; while :; do sleep 0.05; done')
    assert.equal(await line(), 'ready')
    process.kill(root.pid, 'SIGSTOP')
    assert.deepEqual((await tree.stop({ signal: 'SIGTERM', timeoutMs: 20_000 })).left, [])
    assert.deepEqual(await exited, [9, null])
  })

  it('is forced before its time where somebody asks for it', async () => {
    const { tree, root, line } = await launch('trap "" INT; echo ready; while :; do sleep 1000; done')
    assert.equal(await line(), 'ready')
    const force = new AbortController()
    const stopping = tree.stop({ signal: 'SIGINT', timeoutMs: 3_600_000, force: force.signal })
    force.abort()
    assert.ok((await stopping).killed.includes(root.pid))
  })
})

describe('a process tree of an invented machine', () => {
  const entry = (pid: number, ppid: number, more: Partial<ProcessEntry> = {}): ProcessEntry => ({
    pid,
    ppid,
    pgid: pid,
    session: pid,
    start: `s${String(pid)}`,
    ...more,
  })
  const own = process.pid
  const machine = [
    entry(1, 0),
    entry(2, 0, { pgid: 0 }),
    entry(process.ppid, 1),
    entry(own, process.ppid, { pgid: process.ppid, session: process.ppid }),
  ]
  const treeOf = (
    others: ProcessEntry[],
    root: RootProcess,
    more: Partial<ProcessTable> & { refuse?: string } = {},
  ): { tree: ProcessTree; sent: string[] } => {
    const sent: string[] = []
    const table: ProcessTable = {
      list: () => [...machine, ...others],
      carriers: () => new Set(),
      readsEnvironments: true,
      isAlive: () => true,
      commandOf: () => undefined,
      ...more,
    }
    const kill = (pid: number, signal: NodeJS.Signals): void => {
      if (more.refuse !== undefined) throw Object.assign(new Error(more.refuse), { code: more.refuse })
      sent.push(`${signal} ${String(pid)}`)
    }
    return { tree: new ProcessTree(root, 'M=1', { table, kill }), sent }
  }
  // Pids that this process, its parent and the first one don't have.
  const base = Math.max(own, process.ppid) + 1000
  const root = { pid: base, start: `s${String(base)}` }

  it('never holds ourselves, our ancestors, the first process or the kernel', () => {
    const { tree, sent } = treeOf([entry(base, own)], root, {
      carriers: () => new Set([1, 2, own, process.ppid, base]),
    })
    tree.signalTree('SIGKILL')
    assert.deepEqual(sent, [`SIGKILL -${String(base)}`])
    for (const pid of [1, own, process.ppid]) {
      const other = treeOf([], { pid, start: `s${String(pid)}` })
      other.tree.signalTree('SIGKILL')
      assert.deepEqual(other.sent, [])
    }
  })

  it('never signals our own group as a whole', () => {
    const { tree, sent } = treeOf([entry(base, own, { pgid: process.ppid })], root)
    tree.signalTree('SIGINT')
    assert.deepEqual(sent, [`SIGINT ${String(base)}`])
  })

  it('never hits a pid that was given to somebody else', () => {
    const reused = [entry(base, 1, { start: 'later' }), entry(base + 1, base, { pgid: base, session: base })]
    const { tree, sent } = treeOf(reused, root)
    tree.signalTree('SIGKILL')
    assert.deepEqual(sent, [])
    const late = treeOf([entry(base, own)], root, { isAlive: () => false })
    late.tree.signalTree('SIGKILL')
    assert.deepEqual(late.sent, [])
  })

  it('takes the group of a root that is gone only with a proof', () => {
    const member = entry(base + 1, 1, { pgid: base, session: base })
    const without = treeOf([member], root)
    assert.deepEqual(without.tree.survivors(), [])
    const marked = treeOf([member, entry(base + 2, 1, { pgid: base })], root, { carriers: () => new Set([base + 1]) })
    marked.tree.signalTree('SIGINT')
    assert.deepEqual(marked.sent, [`SIGINT -${String(base)}`])
    const blind = treeOf([member], root, { readsEnvironments: false })
    assert.equal(blind.tree.survivors().length, 1)
  })

  it('says who may not be signalled, and passes over who is gone', () => {
    const refused = treeOf([entry(base, own)], root, { refuse: 'EPERM' }).tree.signalTree('SIGINT')
    assert.deepEqual(refused, [{ pid: base, code: 'EPERM' }])
    assert.deepEqual(treeOf([entry(base, own)], root, { refuse: 'ESRCH' }).tree.signalTree('SIGINT'), [])
  })

  it('names who can not be killed, and gives up', async () => {
    let now = 0
    const clock = {
      wall: () => now,
      monotonic: () => now,
      after: (ms: number, action: () => void) => {
        now += ms
        queueMicrotask(action)
        return () => undefined
      },
    }
    const table: ProcessTable = {
      list: () => [...machine, entry(base, own)],
      carriers: () => new Set(),
      readsEnvironments: true,
      isAlive: () => true,
      commandOf: () => 'stuck',
    }
    const tree = new ProcessTree(root, 'M=1', { table, clock, kill: () => undefined })
    assert.deepEqual(await tree.stop({ signal: 'SIGINT', timeoutMs: 5000 }), { killed: [], left: [base] })
    assert.ok(now >= 8000 && now < 9000)
  })
})

/**
 * The processes of one launch, wherever they went: found by group, session, parents and the mark in their environment, and
 * stopped as a whole.
 */
import process from 'node:process'
import type { Clock } from '../../core/run'
import { systemClock } from '../machine/clock'
import { systemProcesses, type ProcessEntry, type ProcessTable } from './processList'
import { sleep } from './sleep'

/** The process that was launched, by pid and start time (`processStart`): a pid alone may be somebody else by now. */
export interface RootProcess {
  readonly pid: number
  readonly start: string
}

/** A process that we may not signal (`EPERM`): it runs as somebody else. */
interface RefusedSignal {
  readonly pid: number
  readonly code: string
}

/** What stands between the tree and the machine; tests give their own. */
export interface TreeSystem {
  readonly table?: ProcessTable
  readonly clock?: Clock
  /** @param pid a group where negative */
  readonly kill?: (pid: number, signal: NodeJS.Signals) => void
}

export interface StopOptions {
  /** The polite signal. */
  readonly signal: NodeJS.Signals
  /** How long the processes may take to end by themselves. */
  readonly timeoutMs: number
  /** Called once, when the waiting is over and the rest is killed. */
  readonly onForce?: () => void
  /** Ends the waiting before its time. */
  readonly force?: AbortSignal
}

export interface StopResult {
  /** Who had to be killed. */
  readonly killed: number[]
  /** Who still lives: in a system call that can't be interrupted, or not ours to kill. */
  readonly left: number[]
}

const FIRST_POLL_MS = 20
const LAST_POLL_MS = 250
/** Processes that fork while they are killed are looked for again as long as this. */
const KILLING_MS = 3000
const KILL_POLL_MS = 10
/** Each pass freezes the children that were made during the one before. */
const FREEZE_PASSES = 50
const FREEZE_POLL_MS = 2

/**
 * All live processes of a launch:
 * - the launched process,
 * - its group and session, where it leads them (a child that shares our terminal's session does not make that its own),
 * - what any of these started,
 * - what carries the mark in its environment: a daemon in a session of its own whose parent is gone, and
 * - what was found once, as long as it lives.
 *
 * Never this process, its ancestors or the first process. When the launched process is gone, its group still counts where
 * one of its members is known or marked, since its number may belong to somebody else by now. On Windows nothing is found.
 */
export class ProcessTree {
  readonly #table: ProcessTable
  readonly #clock: Clock
  readonly #kill: (pid: number, signal: NodeJS.Signals) => void
  #known: readonly RootProcess[] = []

  /** @param marker `TAPEDECK_CAPTURE_ID=<capture_id>`, see `captureMarker` */
  constructor(
    private readonly root: RootProcess,
    private readonly marker: string,
    { table = systemProcesses, clock = systemClock, kill = (pid, name) => process.kill(pid, name) }: TreeSystem = {},
  ) {
    this.#table = table
    this.#clock = clock
    this.#kill = kill
  }

  /** Who lives now, with command lines: what `left_behind` names. Zombies don't count. */
  survivors(): ProcessEntry[] {
    return this.#find().map((entry) => {
      const command = this.#table.commandOf(entry.pid)
      return command === undefined ? entry : { ...entry, command }
    })
  }

  /**
   * Sends a signal to each of the processes once: to whole groups where their leader is among them, so that nobody is
   * missed who is just being forked, then to each one outside these. Processes that are gone are passed over; a process
   * that was stopped (Ctrl-Z) is continued, since it could not act on the signal otherwise.
   * @returns who could not be signalled
   */
  signalTree(signal: NodeJS.Signals): RefusedSignal[] {
    const entries = this.#find()
    const refused = this.#send(entries, signal)
    this.#continue(entries)
    return refused
  }

  /**
   * Kills all of them, and what they fork meanwhile: first everything is frozen, so that nothing forks any more and every
   * child still has its parent, then killed, until none is found or 3 s are over.
   */
  async killTree(): Promise<StopResult> {
    // A signal takes effect a moment after it was sent: a fork that was under way still ends.
    for (let pass = 0; pass < FREEZE_PASSES; pass++) {
      const running = this.#find().filter((entry) => entry.stopped !== true)
      if (running.length === 0) break
      this.#send(running, 'SIGSTOP')
      if (pass > 0) await sleep(this.#clock, FREEZE_POLL_MS)
    }
    const killed = new Set<number>()
    const end = this.#clock.monotonic() + KILLING_MS
    let entries = this.#find()
    while (entries.length > 0 && this.#clock.monotonic() < end) {
      for (const entry of entries) killed.add(entry.pid)
      this.#send(entries, 'SIGKILL')
      await sleep(this.#clock, KILL_POLL_MS)
      entries = this.#find()
    }
    const left = entries.map((entry) => entry.pid)
    return { killed: [...killed].filter((pid) => !left.includes(pid)), left }
  }

  /** The polite signal to all, time to end, then `killTree` for what is left. Ends early when nobody lives any more. */
  async stop({ signal, timeoutMs, onForce, force }: StopOptions): Promise<StopResult> {
    this.signalTree(signal)
    const giveUp = this.#clock.monotonic() + timeoutMs
    for (let wait = FIRST_POLL_MS; ; wait = Math.min(wait * 1.5, LAST_POLL_MS)) {
      const entries = this.#find()
      if (entries.length === 0) return { killed: [], left: [] }
      this.#continue(entries)
      const remaining = giveUp - this.#clock.monotonic()
      if (remaining <= 0 || force?.aborted === true) break
      await sleep(this.#clock, Math.min(wait, remaining), force)
    }
    onForce?.()
    return this.killTree()
  }

  #continue(entries: readonly ProcessEntry[]): void {
    this.#send(
      entries.filter((entry) => entry.stopped === true),
      'SIGCONT',
    )
  }

  #find(): ProcessEntry[] {
    const all = this.#table.list()
    const own = withAncestors(all, process.pid)
    const ownGroups = new Set(all.filter((entry) => own.has(entry.pid)).map((entry) => entry.pgid))
    // Threads of the kernel are in group 0.
    const candidates = all.filter((entry) => entry.pid > 1 && entry.pgid !== 0 && !own.has(entry.pid))
    const known = new Map([...this.#known, this.root].map(({ pid, start }) => [pid, start]))
    const found = new Set(candidates.filter((entry) => known.get(entry.pid) === entry.start))
    const marked = this.#table.carriers(this.marker, candidates)
    for (const entry of candidates) if (marked.has(entry.pid)) found.add(entry)
    this.#addGroup(all, candidates, found)
    addDescendants(candidates, found)
    const entries = [...found].map((entry) =>
      ownGroups.has(entry.pgid) ? { ...entry, besideUs: true as const } : entry,
    )
    this.#known = entries.map(({ pid, start }) => ({ pid, start }))
    return entries
  }

  #addGroup(all: readonly ProcessEntry[], candidates: readonly ProcessEntry[], found: Set<ProcessEntry>): void {
    const { pid, start } = this.root
    const members = candidates.filter((entry) => entry.pgid === pid || entry.session === pid)
    const leader = all.find((entry) => entry.pid === pid)
    // A pid is given out again only when no group and no session has it as its number.
    if (leader !== undefined && leader.start !== start) return
    const proved = leader !== undefined || !this.#table.readsEnvironments || members.some((entry) => found.has(entry))
    if (proved) for (const entry of members) found.add(entry)
  }

  /** @param entries fresh from `#find` */
  #send(entries: readonly ProcessEntry[], signal: NodeJS.Signals): RefusedSignal[] {
    const refused: RefusedSignal[] = []
    const send = (target: number): boolean => {
      try {
        this.#kill(target, signal)
        return true
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? String(error)
        if (code !== 'ESRCH' && target > 0) refused.push({ pid: target, code })
        return false
      }
    }
    const pids = new Set(entries.map((entry) => entry.pid))
    const reached = new Set<number>()
    const tried = new Set<number>()
    for (const entry of entries) {
      const { pgid } = entry
      const isOurs = pgid > 1 && entry.besideUs !== true && (pids.has(pgid) || pgid === this.root.pid)
      // A live member keeps the number of its group from being given to somebody else.
      if (!isOurs || tried.has(pgid) || !this.#table.isAlive(entry)) continue
      tried.add(pgid)
      if (send(-pgid)) reached.add(pgid)
    }
    for (const entry of entries) if (!reached.has(entry.pgid) && this.#table.isAlive(entry)) send(entry.pid)
    return refused
  }
}

/** This process, its parent, and so on up to the first. */
function withAncestors(all: readonly ProcessEntry[], pid: number): Set<number> {
  const parents = new Map(all.map((entry) => [entry.pid, entry.ppid]))
  const chain = new Set<number>()
  for (let at: number | undefined = pid; at !== undefined && at > 0 && !chain.has(at); at = parents.get(at)) {
    chain.add(at)
  }
  return chain
}

function addDescendants(candidates: readonly ProcessEntry[], found: Set<ProcessEntry>): void {
  const children = new Map<number, ProcessEntry[]>()
  for (const entry of candidates) {
    const siblings = children.get(entry.ppid)
    if (siblings === undefined) children.set(entry.ppid, [entry])
    else siblings.push(entry)
  }
  // A set that grows while it is walked is walked to its new end.
  for (const entry of found) for (const child of children.get(entry.pid) ?? []) found.add(child)
}

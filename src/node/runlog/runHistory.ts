/**
 * The runs of one log directory, listed again and again: what a finished log told once is kept, in memory and beside the indexes.
 * Names are read each time, files only where something is new.
 */
import { statSync, type Stats } from 'node:fs'
import { stat } from 'node:fs/promises'
import { listEntries } from '../control/registry'
import { inParallel } from '../machine/inParallel'
import { Slices } from '../machine/slices'
import { composeRun, findNotes, readEnds, readRunNames, type ListedRun } from './history'
import { readHistoryCache, writeHistoryCache, type KnownRun, type Stamp } from './historyCache'
import { logPaths } from './layout'

/** Logs that are read at the same time. */
const READ_AT_ONCE = 16
/** The cache is written when so many of its runs are new: it is of many, and written whole. */
const NEW_SHARE = 0.02
const NEW_COUNT = 16
/** Looks at a file that take longer are over a network: after a few of them the thread does not wait any more. */
const SLOW_MS = 4
const SLOW_LOOKS = 5

const NO_NOTES = {}

export class RunHistory {
  private readonly known = new Map<string, KnownRun>()
  /** What was told last of each, so that what is the same stays the same object. */
  private readonly told = new Map<string, { readonly known: KnownRun; readonly run: ListedRun }>()
  /** Looked at since the start: a finished log does not change any more. */
  private readonly settled = new Set<string>()
  private isCacheRead = false
  private slowLooks = 0
  private newCount = 0

  constructor(private readonly logDirectory: string) {}

  /** Newest first. A run of which nothing changed is the same object as before. */
  async list(): Promise<readonly ListedRun[]> {
    if (!this.isCacheRead) {
      this.isCacheRead = true
      for (const [id, known] of await readHistoryCache(this.logDirectory)) this.known.set(id, known)
    }
    const { ids, noted } = await readRunNames(this.logDirectory)
    ids.sort().reverse()
    await this.look(ids, noted)
    this.forgetAllBut(ids)
    const live = new Map(listEntries().map((entry) => [entry.capture_id, entry]))
    const slices = new Slices()
    const runs: ListedRun[] = []
    for (const id of ids) {
      const known = this.known.get(id)
      if (known === undefined) continue
      const entry = live.get(id)
      const before = this.told.get(id)
      const isSame = before?.known === known && known.ends.metadata !== undefined
      if (isSame && entry === undefined && before.run.entry === undefined) runs.push(before.run)
      else {
        const run = composeRun(this.logOf(id), known.ends, known.notes?.found ?? NO_NOTES, entry)
        this.told.set(id, { known, run })
        runs.push(run)
      }
      await slices.rest()
    }
    return runs
  }

  /** Keeps what was read for the next start, where it is worth it. Nothing depends on it. */
  async save(): Promise<void> {
    if (this.newCount < Math.max(NEW_COUNT, this.settled.size * NEW_SHARE)) return
    this.newCount = 0
    const newestFirst = [...this.known].filter(([id]) => this.settled.has(id)).sort(([a], [b]) => (a < b ? 1 : -1))
    await writeHistoryCache(this.logDirectory, newestFirst)
  }

  private logOf(id: string): string {
    return logPaths(this.logDirectory, id).log
  }

  /** Brings what is known of these runs up to date. */
  private async look(ids: readonly string[], noted: ReadonlySet<string>): Promise<void> {
    const slices = new Slices()
    const toRead: (() => Promise<void>)[] = []
    for (const id of ids) {
      const before = this.known.get(id)
      const { log, notes } = logPaths(this.logDirectory, id)
      const logStamp = this.settled.has(id) ? before?.log : await this.stampOf(log)
      const notesStamp = noted.has(id) ? await this.stampOf(notes) : undefined
      if (logStamp === undefined) this.forget(id)
      else if (before === undefined || !isSame(before.log, logStamp) || !isSame(before.notes?.stamp, notesStamp))
        toRead.push(() => this.read(id, before, logStamp, notesStamp))
      else this.settle(id, before)
      await slices.rest()
    }
    await inParallel(toRead, READ_AT_ONCE, (read) => read())
  }

  private async read(
    id: string,
    before: KnownRun | undefined,
    log: Stamp,
    notesStamp: Stamp | undefined,
  ): Promise<void> {
    const file = this.logOf(id)
    const ends = isSame(before?.log, log) && before !== undefined ? before.ends : await readEnds(file)
    const notes = notesStamp === undefined ? undefined : { stamp: notesStamp, found: await findNotes(file) }
    const known = { log, ends, ...(notes === undefined ? {} : { notes }) }
    this.known.set(id, known)
    if (ends.metadata !== undefined) this.newCount++
    this.settle(id, known)
  }

  private settle(id: string, { log, ends }: KnownRun): void {
    // It may have been closed after it was looked at and before it was read.
    if (ends.metadata !== undefined && ends.modifiedMs === log.modifiedMs) this.settled.add(id)
  }

  private forgetAllBut(ids: readonly string[]): void {
    if (ids.length >= this.known.size) return
    const there = new Set(ids)
    for (const id of this.known.keys()) if (!there.has(id)) this.forget(id)
  }

  private forget(id: string): void {
    this.known.delete(id)
    this.told.delete(id)
    this.settled.delete(id)
  }

  /** Undefined where there is no such file any more. Asked in the thread: that takes a quarter of the time. */
  private async stampOf(file: string): Promise<Stamp | undefined> {
    try {
      const began = performance.now()
      const { size, mtimeMs }: Stats = this.slowLooks >= SLOW_LOOKS ? await stat(file) : statSync(file)
      if (performance.now() - began > SLOW_MS) this.slowLooks++
      return { size, modifiedMs: mtimeMs }
    } catch {
      return undefined
    }
  }
}

function isSame(one: Stamp | undefined, other: Stamp | undefined): boolean {
  return one?.size === other?.size && one?.modifiedMs === other?.modifiedMs
}

/** The runs of a log directory, newest first, for who asks once. A directory that isn't there has none. */
export async function listRuns(logDirectory: string): Promise<readonly ListedRun[]> {
  const history = new RunHistory(logDirectory)
  const runs = await history.list()
  await history.save()
  return runs
}

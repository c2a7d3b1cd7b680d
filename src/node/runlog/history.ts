/** Past and present runs of a log directory: heads and tails of the logs and the notes, never their middle. */
import { existsSync, statSync } from 'node:fs'
import { readdir, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import type { Notes } from '../../shared/events/notes'
import { captureIdPattern, type RunHead, type RunMetadata } from '../../shared/events/schema'
import type { RegistryEntry } from '../../shared/control'
import { UserError } from '../../shared/userError'
import { listEntries, livenessOf } from '../control/registry'
import { processStart } from '../machine/processIdentity'
import { Slices } from '../machine/slices'
import { indexPathOf, logPaths } from './layout'
import { readNotes } from './notes'
import { readLogInfo } from './reader'

/** `running` while its recorder lives here; `elsewhere` and `stale` are open logs that nobody here writes. */
export type ListedState = 'running' | 'completed' | 'failed' | 'aborted' | 'elsewhere' | 'stale' | 'damaged'

export interface ListedRun {
  readonly capture_id: string
  readonly path: string
  readonly state: ListedState
  readonly head?: RunHead
  readonly metadata?: RunMetadata
  /** Of a live run. */
  readonly entry?: RegistryEntry
  /** Milliseconds since the epoch of the last write. */
  readonly modifiedMs?: number
  /** Of the log and its index, when they were looked at. */
  readonly bytes?: number
  /** Why the log can't be read. */
  readonly problem?: string
  readonly notes?: Notes
  /** Why the notes can't be read. */
  readonly notesProblem?: string
}

/** What the ends of a log tell, or why they tell nothing. */
export interface LogEnds {
  readonly head?: RunHead
  readonly metadata?: RunMetadata
  readonly problem?: string
  readonly modifiedMs?: number
  /** Of the log and its index. */
  readonly bytes?: number
}

export interface FoundNotes {
  readonly notes?: Notes
  readonly notesProblem?: string
}

/** What a person calls a run: their own title, else the recorder's, else its id. */
export function titleOf({ notes, head, capture_id }: Pick<ListedRun, 'notes' | 'head' | 'capture_id'>): string {
  return notes?.title ?? head?.title ?? capture_id
}

/** When a run began; of a log that can't be read by its name. */
export function startedAt({ head, capture_id }: Pick<ListedRun, 'head' | 'capture_id'>): Date {
  const started = new Date(head?.started_at ?? Number.NaN)
  if (!Number.isNaN(started.getTime())) return started
  const [, day = '', h = '', m = '', s = ''] = /^([\d-]{10})T(\d\d)-(\d\d)-(\d\d)Z/.exec(capture_id) ?? []
  return new Date(`${day}T${h}:${m}:${s}Z`)
}

const NOTES_END = '.notes'

/** The ids of a directory's runs, and of those that have notes. A directory that isn't there has none. */
export async function readRunNames(logDirectory: string): Promise<{ ids: string[]; noted: Set<string> }> {
  const ids: string[] = []
  const noted = new Set<string>()
  const slices = new Slices()
  for (const name of await namesIn(path.join(logDirectory, 'runs'))) {
    if (!name.endsWith('.json')) continue
    const stem = name.slice(0, -'.json'.length)
    if (captureIdPattern.test(stem)) ids.push(stem)
    else if (stem.endsWith(NOTES_END)) noted.add(stem.slice(0, -NOTES_END.length))
    await slices.rest()
  }
  return { ids, noted }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
    throw error
  }
}

/** One run as its files are now. */
export async function describeRun(logPath: string, entry: RegistryEntry | undefined): Promise<ListedRun> {
  return composeRun(logPath, await readEnds(logPath), await findNotes(logPath), entry)
}

export async function readEnds(logPath: string): Promise<LogEnds> {
  try {
    const { head, metadata, modifiedMs, fileBytes } = await readLogInfo(logPath)
    const bytes = fileBytes + (await bytesOf(indexPathOf(logPath)))
    return { head, modifiedMs, bytes, ...(metadata === undefined ? {} : { metadata }) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { problem: error.message, bytes: await bytesOf(logPath) }
  }
}

export async function findNotes(logPath: string): Promise<FoundNotes> {
  try {
    return { notes: await readNotes(logPath) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { notesProblem: error.message }
  }
}

async function bytesOf(file: string): Promise<number> {
  return stat(file).then(
    ({ size }) => size,
    // Not there, or gone meanwhile: it takes no place.
    () => 0,
  )
}

/** @param entry of the registry, of a run with this id */
export function composeRun(
  logPath: string,
  ends: LogEnds,
  notes: FoundNotes,
  entry: RegistryEntry | undefined,
): ListedRun {
  const own = entry !== undefined && isSameFile(entry.log_path, logPath) ? entry : undefined
  const run = {
    capture_id: path.basename(logPath, '.json'),
    path: logPath,
    ...ends,
    ...notes,
    ...(own === undefined ? {} : { entry: own }),
  }
  const { head, metadata } = ends
  if (head === undefined) return { ...run, state: 'damaged' }
  if (metadata === undefined) return { ...run, state: openState(own, head, ends.modifiedMs ?? 0) }
  return { ...run, state: metadata.status === 'running' ? 'aborted' : metadata.status }
}

/** A log may be reached by several paths: through a symbolic link, or with other capitals. */
export function isSameFile(one: string, other: string): boolean {
  if (one === other) return true
  try {
    const [a, b] = [statSync(one), statSync(other)]
    return a.dev === b.dev && a.ino === b.ino
  } catch {
    // One of them is not there: not the same.
    return false
  }
}

/** A log that was written so lately is taken for one that is being recorded, whoever does it. */
const LATELY_MS = 60_000

function openState(entry: RegistryEntry | undefined, { machine, pid }: RunHead, modifiedMs: number): ListedState {
  if (entry !== undefined) {
    const liveness = livenessOf(entry)
    return liveness.state === 'live' ? 'running' : liveness.state === 'elsewhere' ? 'elsewhere' : 'stale'
  }
  // Recorders with another state directory (another user, a container, the demo's editor) are not in our registry.
  const lives = machine === hostname() && processStart(pid) !== undefined
  return lives || Date.now() - modifiedMs < LATELY_MS ? 'elsewhere' : 'stale'
}

/**
 * The one run of a directory whose id is `id`, ends with it (the six letters), or begins with it.
 * @param isExact a beginning is not enough: for what can't be undone
 * @throws UserError `no_such_run`, or `bad_capture_id` for text that could be no id
 */
export async function findRun(logDirectory: string, id: string, isExact = false): Promise<ListedRun> {
  if (!/^[0-9A-Za-z-]{3,}$/.test(id)) logPaths(logDirectory, id)
  const matches = (await readRunNames(logDirectory)).ids.filter(
    (known) => known === id || known.endsWith(`-${id}`) || (!isExact && known.startsWith(id)),
  )
  const match = matches.find((known) => known === id) ?? matches[0]
  if (match === undefined || (matches.length > 1 && match !== id)) {
    const what = match === undefined ? 'There is no run' : `${String(matches.length)} runs begin or end with`
    throw new UserError(
      `${what} ${id} in ${logDirectory}. \`tapedeck ls\` lists the runs there; --dir names another directory.`,
      'no_such_run',
      'bad_input',
    )
  }
  const entry = listEntries().find((candidate) => candidate.capture_id === match)
  return describeRun(logPaths(logDirectory, match).log, entry)
}

/** Whether a recorder of this machine writes it, whatever the log looks like. */
export function isLive(run: ListedRun): run is ListedRun & { readonly entry: RegistryEntry } {
  const { entry, metadata } = run
  return metadata === undefined && entry !== undefined && livenessOf(entry).state === 'live'
}

/** @throws UserError `run_is_active` for a run that is, or may be, recorded */
export function refuseActive(run: ListedRun): void {
  if (isLive(run)) {
    throw new UserError(`${run.capture_id} is still being recorded. Stop it first, then delete it.`, 'run_is_active')
  }
  if (run.state === 'elsewhere') {
    throw new UserError(
      `${run.capture_id} is open and may still be recorded from elsewhere (process ${String(run.head?.pid)} on ${String(run.head?.machine)}). Stop it there first. If it is not recorded any more, delete the file ${run.path} yourself.`,
      'run_is_active',
    )
  }
}

/**
 * Deletes a run's log, index and notes.
 * @param remove takes a file away that is there, in place of deleting it for good
 * @throws UserError `run_is_active` while it is being recorded
 */
export async function deleteRun(
  logDirectory: string,
  run: ListedRun,
  remove: (file: string) => Promise<void> = (file) => rm(file, { force: true }),
): Promise<void> {
  refuseActive(run)
  const paths = logPaths(logDirectory, run.capture_id)
  for (const file of [paths.log, paths.notes]) if (existsSync(file)) await remove(file)
  // A cache: nobody misses it.
  await rm(paths.index, { force: true })
}

/** Past and present runs of a log directory: heads and tails of the logs only, never their middle. */
import { statSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'
import { captureIdPattern, type RunHead, type RunMetadata } from '../../shared/events/schema'
import type { RegistryEntry } from '../../shared/control'
import { UserError } from '../../shared/userError'
import { listEntries, livenessOf } from '../control/registry'
import { processStart } from '../machine/processIdentity'
import { logPaths } from './layout'
import { readLogInfo, type LogInfo } from './reader'

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
  /** Why the log can't be read. */
  readonly problem?: string
}

/** The runs of one log directory, newest first. A directory that isn't there has none. */
export async function listRuns(logDirectory: string, known = new Map<string, LogInfo>()): Promise<ListedRun[]> {
  const live = new Map(listEntries().map((entry) => [entry.capture_id, entry]))
  const ids = (await runIds(logDirectory)).sort().reverse()
  const runs: ListedRun[] = []
  for (const id of ids) runs.push(await describeRun(logPaths(logDirectory, id).log, live.get(id), known))
  return runs
}

async function runIds(logDirectory: string): Promise<string[]> {
  try {
    const names = await readdir(path.join(logDirectory, 'runs'))
    return names
      .filter((name) => name.endsWith('.json'))
      .map((name) => name.slice(0, -'.json'.length))
      .filter((id) => captureIdPattern.test(id))
  } catch (error) {
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
    throw error
  }
}

/** @param known finished logs never change, so what was read of them once is kept here */
export async function describeRun(
  logPath: string,
  entry: RegistryEntry | undefined,
  known?: Map<string, LogInfo>,
): Promise<ListedRun> {
  const capture_id = path.basename(logPath, '.json')
  const own = entry !== undefined && isSameFile(entry.log_path, logPath) ? entry : undefined
  const recorder = own === undefined ? {} : { entry: own }
  try {
    const info = known?.get(logPath) ?? (await readLogInfo(logPath))
    if (info.metadata !== undefined) known?.set(logPath, info)
    const run = {
      capture_id,
      path: logPath,
      head: info.head,
      modifiedMs: info.modifiedMs,
      ...recorder,
    }
    const { metadata } = info
    if (metadata !== undefined)
      return { ...run, metadata, state: metadata.status === 'running' ? 'aborted' : metadata.status }
    return { ...run, state: openState(own, info) }
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    return { capture_id, path: logPath, state: 'damaged', problem: error.message, ...recorder }
  }
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

function openState(entry: RegistryEntry | undefined, info: LogInfo): ListedState {
  if (entry !== undefined) {
    const liveness = livenessOf(entry)
    return liveness.state === 'live' ? 'running' : liveness.state === 'elsewhere' ? 'elsewhere' : 'stale'
  }
  // Recorders with another state directory (another user, a container, the demo's editor) are not in our registry.
  const { machine, pid } = info.head
  const lives = machine === hostname() && processStart(pid) !== undefined
  return lives || Date.now() - info.modifiedMs < LATELY_MS ? 'elsewhere' : 'stale'
}

/**
 * The one run of a directory whose id is `id`, ends with it (the six letters), or begins with it.
 * @param isExact a beginning is not enough: for what can't be undone
 * @throws UserError `no_such_run`, or `bad_capture_id` for text that could be no id
 */
export async function findRun(logDirectory: string, id: string, isExact = false): Promise<ListedRun> {
  if (!/^[0-9A-Za-z-]{3,}$/.test(id)) logPaths(logDirectory, id)
  const matches = (await runIds(logDirectory)).filter(
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

/**
 * Deletes a run's log, index and notes.
 * @throws UserError `run_is_active` while it is being recorded
 */
export async function deleteRun(logDirectory: string, run: ListedRun): Promise<void> {
  if (isLive(run)) {
    throw new UserError(`${run.capture_id} is still being recorded. Stop it first, then delete it.`, 'run_is_active')
  }
  if (run.state === 'elsewhere') {
    throw new UserError(
      `${run.capture_id} is open and may still be recorded from elsewhere (process ${String(run.head?.pid)} on ${String(run.head?.machine)}). Stop it there first. If it is not recorded any more, delete the file ${run.path} yourself.`,
      'run_is_active',
    )
  }
  const paths = logPaths(logDirectory, run.capture_id)
  await Promise.all([paths.log, paths.index, paths.notes].map((file) => rm(file, { force: true })))
}

/** Takes old runs of a log directory away, within the bounds that a person set. */
import { existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import {
  isDoubtful,
  planRetention,
  type KeptRun,
  type RetentionBounds,
  type RetentionPlan,
  type RetentionReason,
} from '../../core/retention'
import { UserError } from '../../shared/userError'
import { leasedLogs } from '../control/openLogs'
import { readEntry } from '../control/registry'
import { deleteRun, describeRun, isSameFile, startedAt, type ListedRun } from './history'
import { RUNS_FOLDER } from './layout'
import { removeOrphanNotes } from './orphanNotes'
import { withPruneLock } from './pruneLock'
import { listRuns } from './runHistory'

export interface PrunableRun extends KeptRun {
  readonly run: ListedRun
}
export type PrunePlan = RetentionPlan<PrunableRun>

/**
 * What would go now.
 * @param runs of one log directory @param now milliseconds since the epoch
 */
export function planPrune(runs: readonly ListedRun[], bounds: RetentionBounds, now: number): PrunePlan {
  const shown = shownLogs(now)
  const prunable = runs.map((run) => {
    const held = whyHeld(run, shown)
    const { capture_id, bytes = 0, modifiedMs = 0 } = run
    // What was recorded for weeks, or is imported from long ago, is as old as its log: else it would go as soon as it is there.
    const sinceMs = Math.max(startedAt(run).getTime() || 0, modifiedMs)
    return { capture_id, sinceMs, bytes, run, ...(held === undefined ? {} : { held }) }
  })
  return planRetention(prunable, bounds, now)
}

export interface Pruned {
  readonly removed: readonly { readonly run: ListedRun; readonly reason: RetentionReason }[]
  readonly removedBytes: number
  readonly over: readonly RetentionReason[]
  /** Runs that could not be deleted, with the reason. */
  readonly failed: readonly { readonly run: ListedRun; readonly message: string }[]
  /** Runs that are too old by a clock that may be wrong (`isDoubtful`), and so stayed. */
  readonly doubtful: number
}

export interface PruneOptions {
  /** Paths of logs: no other run goes, whatever the bounds say. */
  readonly only?: ReadonlySet<string>
  /** A person said that runs are as old as the clock says. */
  readonly isSure?: boolean
}

const nothing: Pruned = { removed: [], removedBytes: 0, over: [], failed: [], doubtful: 0 }

/** @param isSure else without those that are too old by a clock that may be wrong */
export function planSurely(
  runs: readonly ListedRun[],
  bounds: RetentionBounds,
  now: number,
  isSure: boolean,
): PrunePlan & Pick<Pruned, 'doubtful'> {
  const plan = planPrune(runs, bounds, now)
  if (isSure || !isDoubtful(plan)) return { ...plan, doubtful: 0 }
  const doubtful = plan.remove.filter(({ reason }) => reason === 'age').length
  return { ...planPrune(runs, { ...bounds, maxAgeDays: 0 }, now), doubtful }
}

/** @returns undefined where another process prunes this directory now */
export async function prune(
  logDirectory: string,
  bounds: RetentionBounds,
  now: number,
  { only, isSure = false }: PruneOptions = {},
): Promise<Pruned | undefined> {
  if (!existsSync(path.join(logDirectory, RUNS_FOLDER))) return nothing
  // The lock lies with the caches, which anybody may throw away.
  mkdirSync(path.join(logDirectory, 'index'), { recursive: true })
  return withPruneLock(logDirectory, now, async () => {
    await removeOrphanNotes(logDirectory, now)
    const { remove, over, doubtful } = planSurely(await listRuns(logDirectory), bounds, now, isSure)
    const removed: { run: ListedRun; reason: RetentionReason }[] = []
    const failed: { run: ListedRun; message: string }[] = []
    for (const {
      run: { run },
      reason,
    } of remove) {
      if (only?.has(run.path) === false) continue
      // It may have been pinned or opened since it was listed.
      const current = await describeRun(run.path, readEntry(run.capture_id))
      if (whyHeld(current, shownLogs(now)) !== undefined) continue
      try {
        await deleteRun(logDirectory, current)
        removed.push({ run, reason })
      } catch (error) {
        failed.push({ run, message: error instanceof Error ? error.message : String(error) })
      }
    }
    return {
      removed,
      removedBytes: removed.reduce((sum, { run }) => sum + (run.bytes ?? 0), 0),
      over,
      failed,
      doubtful,
    }
  })
}

/** Why a run is not taken away; undefined for one that may go. In doubt it stays. */
function whyHeld(run: ListedRun, shown: Shown): string | undefined {
  const { state, notes, notesProblem, entry } = run
  if (notes?.pinned === true) return 'pinned'
  if (notesProblem !== undefined) return 'its notes can’t be read'
  if (state === 'running' || entry !== undefined) return 'recorded'
  if (state === 'elsewhere') return 'recorded elsewhere'
  if (state === 'stale') return 'not closed'
  if (state === 'damaged') return 'can’t be read'
  return isShown(run.path, shown) ? 'shown' : undefined
}

/** The logs that windows show, by their names; the same name in another folder is another log. */
type Shown = ReadonlyMap<string, string[]>

function shownLogs(now: number): Shown {
  const shown = new Map<string, string[]>()
  for (const log of leasedLogs(now)) shown.set(path.basename(log), [...(shown.get(path.basename(log)) ?? []), log])
  return shown
}

function isShown(log: string, shown: Shown): boolean {
  return shown.get(path.basename(log))?.some((other) => isSameFile(other, log)) === true
}

const units: Readonly<Record<RetentionReason, (bounds: RetentionBounds) => string>> = {
  number: ({ maxRuns }) => `more than ${String(maxRuns)} runs`,
  age: ({ maxAgeDays }) => `older than ${String(maxAgeDays)} days`,
  size: ({ maxSizeGB }) => `more than ${String(maxSizeGB)} GB in all`,
}

/** "older than 30 days" */
export function reasonText(reason: RetentionReason, bounds: RetentionBounds): string {
  return units[reason](bounds)
}

/** @throws UserError `bad_arguments` for a bound that is no number from 0 */
export function boundOf(text: string | undefined, fallback: number, name: string): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value >= 0) return value
  throw new UserError(
    `--${name} takes a number from 0 (0: no bound), not ${JSON.stringify(text)}.`,
    'bad_arguments',
    'bad_input',
  )
}

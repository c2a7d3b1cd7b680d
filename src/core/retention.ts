/** Which runs go when there are too many, too old ones or too large ones: the oldest first, and only as many as it takes. */

export interface RetentionBounds {
  /** 0: no bound; so for each. */
  readonly maxRuns: number
  readonly maxAgeDays: number
  readonly maxSizeGB: number
}

/** GB as disks are sold: powers of 1000, as everywhere here. */
const GB = 1_000_000_000
const DAY_MS = 24 * 3600 * 1000

export interface KeptRun {
  readonly capture_id: string
  /** When it was added to the history: milliseconds since the epoch. */
  readonly sinceMs: number
  readonly bytes: number
  /** Why it may not go: it is pinned, recorded, shown. */
  readonly held?: string
}

export type RetentionReason = 'number' | 'age' | 'size'

export interface RetentionPlan<R extends KeptRun> {
  /** The oldest first, with the bound that each was over. */
  readonly remove: readonly { readonly run: R; readonly reason: RetentionReason }[]
  readonly removedBytes: number
  /** Bounds that are still passed when all that may go is gone. */
  readonly over: readonly RetentionReason[]
  /** Milliseconds from the newest run that is too old to what was written next, or to now; 0 where none is too old. */
  readonly silenceMs: number
}

const LONG_SILENCE_MS = 30 * DAY_MS

/**
 * Whether the clock may have jumped: runs are too old all at once, after a time in which nothing was recorded. It may as well have been
 * a long holiday; only a person knows.
 */
export function isDoubtful({ silenceMs }: Pick<RetentionPlan<KeptRun>, 'silenceMs'>): boolean {
  return silenceMs > LONG_SILENCE_MS
}

/** @param now milliseconds since the epoch */
export function planRetention<R extends KeptRun>(
  runs: readonly R[],
  bounds: RetentionBounds,
  now: number,
): RetentionPlan<R> {
  const oldest = now - bounds.maxAgeDays * DAY_MS
  const maxBytes = bounds.maxSizeGB * GB
  let count = runs.length
  let bytes = runs.reduce((sum, run) => sum + run.bytes, 0)
  const reasonNow = (run: KeptRun): RetentionReason | undefined => {
    if (bounds.maxAgeDays > 0 && run.sinceMs < oldest) return 'age'
    if (bounds.maxRuns > 0 && count > bounds.maxRuns) return 'number'
    return bounds.maxSizeGB > 0 && bytes > maxBytes ? 'size' : undefined
  }
  const remove: { run: R; reason: RetentionReason }[] = []
  const left: R[] = []
  const byAge = runs.toSorted((a, b) => a.sinceMs - b.sinceMs || (a.capture_id < b.capture_id ? -1 : 1))
  for (const run of byAge) {
    const reason = run.held === undefined ? reasonNow(run) : undefined
    if (reason === undefined) {
      left.push(run)
      continue
    }
    remove.push({ run, reason })
    count--
    bytes -= run.bytes
  }
  return {
    remove,
    removedBytes: remove.reduce((sum, { run }) => sum + run.bytes, 0),
    over: [...new Set(left.flatMap((run) => reasonNow(run) ?? []))],
    silenceMs: silenceAfter(
      remove.filter(({ reason }) => reason === 'age').map(({ run }) => run),
      byAge,
      now,
    ),
  }
}

/** @param old those that are too old @param byAge all, the oldest first */
function silenceAfter(old: readonly KeptRun[], byAge: readonly KeptRun[], now: number): number {
  const newest = old.at(-1)
  if (newest === undefined) return 0
  const next = byAge.find(({ sinceMs }) => sinceMs > newest.sinceMs)
  return Math.min(next?.sinceMs ?? now, now) - newest.sinceMs
}

import { compareRuns } from '../../core/compare/compareRuns'
import type { GatheredRun } from '../../core/compare/gathered'
import type { Comparison } from '../../shared/protocol/compare'
import { gatherRun } from './gather'

export interface CompareOptions {
  readonly signal?: AbortSignal | undefined
  /** How much is done, from 0 to 1. */
  readonly onProgress?: (done: number) => void
}

/**
 * Compares two run logs, of any size; it reads both from end to end.
 * @throws UserError when one of them can't be read, and what `signal` was aborted with
 */
export async function compareLogs(left: string, right: string, options: CompareOptions = {}): Promise<Comparison> {
  return compareRuns(...(await gatherBoth(left, right, options)))
}

/** Both ways round: left from right, too. */
export async function compareBothWays(
  left: string,
  right: string,
  options: CompareOptions = {},
): Promise<{ readonly comparison: Comparison; readonly swapped: Comparison }> {
  const [a, b] = await gatherBoth(left, right, options)
  return { comparison: compareRuns(a, b), swapped: compareRuns(b, a) }
}

async function gatherBoth(
  left: string,
  right: string,
  options: CompareOptions,
): Promise<[left: GatheredRun, right: GatheredRun]> {
  const { signal, onProgress } = options
  const done = [0, 0]
  const gather = (path: string, i: 0 | 1) =>
    gatherRun(path, {
      signal,
      onProgress: (bytes, total) => {
        done[i] = total === 0 ? 1 : bytes / total
        onProgress?.(((done[0] ?? 0) + (done[1] ?? 0)) / 2)
      },
    })
  const first = await gather(left, 0)
  done[0] = 1
  return [first, await gather(right, 1)]
}

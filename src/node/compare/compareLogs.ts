import { compareRuns } from '../../core/compare/compareRuns'
import type { Comparison } from '../../shared/protocol/compare'
import { gatherRun } from './gather'

/**
 * Compares two run logs, of any size; it reads both from end to end.
 * @param options.onProgress how much is done, from 0 to 1
 * @throws UserError when one of them can't be read, and what `signal` was aborted with
 */
export async function compareLogs(
  left: string,
  right: string,
  options: { readonly signal?: AbortSignal; readonly onProgress?: (done: number) => void } = {},
): Promise<Comparison> {
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
  return compareRuns(first, await gather(right, 1))
}

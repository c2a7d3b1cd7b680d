/** Runs of one title in one list: how exactly their starts must be told, so that a person can tell them apart. */
import { titleOf, type ListedRun } from '../../node/runlog/history'

/** `id`: they began in the same second, and only the letters of their ids differ. */
export type Exactness = 'minutes' | 'seconds' | 'id'
type Listed = Pick<ListedRun, 'capture_id' | 'path' | 'notes' | 'head'>

/** Of an id: its beginning up to the minute, and up to the second. */
const MINUTE_CHARS = 'YYYY-MM-DDTHH-MM'.length
const SECOND_CHARS = 'YYYY-MM-DDTHH-MM-SS'.length

/** @param runs all that the list shows @returns how exactly each of them is told */
export function exactnessIn(runs: readonly Listed[]): (run: Listed) => Exactness {
  const counts = new Map<string, number>()
  const keysOf = (run: Listed): string[] =>
    [SECOND_CHARS, MINUTE_CHARS].map((length) => `${run.capture_id.slice(0, length)} ${titleOf(run)}`)
  for (const run of runs) for (const key of keysOf(run)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return (run) => {
    const [ofSecond = 0, ofMinute = 0] = keysOf(run).map((key) => counts.get(key) ?? 0)
    return ofSecond > 1 ? 'id' : ofMinute > 1 ? 'seconds' : 'minutes'
  }
}

/** What is said besides the time: the letters of the id. */
export function idLetters({ capture_id }: Pick<Listed, 'capture_id'>, exactness: Exactness): readonly string[] {
  return exactness === 'id' ? [capture_id.slice(-6)] : []
}

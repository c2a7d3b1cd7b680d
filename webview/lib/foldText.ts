/** What a fold of equal rows says about itself. */
import { formatCount, formatTime, type Zone } from '../../src/shared/lib/format'

interface FoldTimes {
  /** Milliseconds since the epoch; none where the rows have no times. */
  readonly from: number
  readonly until: number | undefined
  readonly zone: Zone
  /** Whether its rows are shown. */
  readonly isOpen: boolean
}

export function foldText(count: number, { from, until, zone, isOpen }: FoldTimes): string {
  const hasTimes = Number.isFinite(from) && until !== undefined && Number.isFinite(until)
  const times = hasTimes ? `, ${formatTime(from, zone)} to ${formatTime(until, zone)}` : ''
  return `${formatCount(count)} equal rows in a row${times}; ${isOpen ? 'fold' : 'show'} them`
}

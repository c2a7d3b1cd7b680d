/** The column of times: the clock's, since the run's start, since the row above, or none. */
import type { TimeMode } from '../../src/shared/protocol/contract'
import { formatClock, formatTime, type Zone } from '../../src/shared/lib/format'

export type { TimeMode }
export const timeModes: readonly TimeMode[] = ['clock', 'start', 'previous', 'off']
export const zones: readonly Zone[] = ['local', 'utc']

export const timeModeNames: Readonly<Record<TimeMode, string>> = {
  clock: 'clock time',
  start: 'time since the start',
  previous: 'time since the row above',
  off: 'no times',
}

/** From what the times are told; milliseconds since the epoch. */
export interface TimeOrigin {
  /** When the run began. */
  readonly start: number
  /** The time of the row above; undefined for the first, and while it is on its way. */
  readonly previous: number | undefined
  readonly zone: Zone
}

/** @param time milliseconds since the epoch; what is no time is written "–" */
export function timeText(time: number, mode: TimeMode, { start, previous, zone }: TimeOrigin): string {
  if (!Number.isFinite(time)) return '–'
  if (mode === 'previous') return previous === undefined ? '' : sinceText(time - previous)
  if (mode !== 'start') return formatTime(time, zone)
  const spent = Math.max(0, time - start)
  if (!Number.isFinite(spent)) return '–'
  return `${formatClock(spent)}.${String(Math.floor(spent) % 1000).padStart(3, '0')}`
}

/** "+0.037", "+12.004", "+2:05.250": a column that is read downwards needs one unit. */
function sinceText(gap: number): string {
  if (!Number.isFinite(gap)) return '–'
  // Lines of several files can be told out of their order.
  const sign = gap < 0 ? '−' : '+'
  const size = Math.abs(gap)
  const rest = String(Math.floor(size) % 1000).padStart(3, '0')
  return size < 60_000 ? `${sign}${String(Math.floor(size / 1000))}.${rest}` : `${sign}${formatClock(size)}.${rest}`
}

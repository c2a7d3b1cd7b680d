/** The column of times: the clock's, since the run's start, or none. */
import type { TimeMode } from '../../src/shared/protocol/contract'
import { formatClock, formatTime } from '../../src/shared/lib/format'

export type { TimeMode }
export const timeModes: readonly TimeMode[] = ['clock', 'start', 'off']

export const timeModeNames: Readonly<Record<TimeMode, string>> = {
  clock: 'clock time',
  start: 'time since the start',
  off: 'no times',
}

/** The mode that a switch goes to. @param hasStart whether there is a start to count from: a followed file has none */
export function nextTimeMode(mode: TimeMode, hasStart = true): TimeMode {
  const modes = hasStart ? timeModes : timeModes.filter((other) => other !== 'start')
  return modes[(modes.indexOf(mode) + 1) % modes.length] ?? 'clock'
}

/**
 * @param time milliseconds since the epoch; what is no time is written "–"
 * @param start when the run began; milliseconds since the epoch
 */
export function timeText(time: number, mode: TimeMode, start: number): string {
  if (!Number.isFinite(time)) return '–'
  if (mode !== 'start') return formatTime(time)
  const spent = Math.max(0, time - start)
  if (!Number.isFinite(spent)) return '–'
  return `${formatClock(spent)}.${String(Math.floor(spent) % 1000).padStart(3, '0')}`
}

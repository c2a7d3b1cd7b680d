/** Where an axis of time has its labels, and what they say. */
import { formatDateTime, formatTime, type Zone } from '../../src/shared/lib/format'
import type { Axis } from './timelineScale'

/** Seconds between two labels: those that a clock has marks for. */
export const TIME_STEPS: readonly number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200],
  ...[1, 2, 7, 14, 28, 91, 182, 365].map((days) => days * 86_400),
]
const DAY_MS = 86_400_000

export interface TimeLabel {
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly text: string
}

/** @param room how many labels there may be @param zone whose clock they tell; the day where it begins */
export function timeLabels({ from, to }: Axis, room: number, zone: Zone): readonly TimeLabel[] {
  const least = (to - from) / 1000 / Math.max(1, room)
  const step = 1000 * (TIME_STEPS.find((seconds) => seconds >= least) ?? least)
  // Marks stand on the hours of the zone, some of which are not whole hours from those of UTC.
  const shift = zone === 'utc' ? 0 : -60_000 * new Date(from).getTimezoneOffset()
  const labels: TimeLabel[] = []
  for (let at = Math.ceil((from + shift) / step) * step; at - shift <= to && labels.length <= room; at += step) {
    const time = at - shift
    labels.push({ time, text: at % DAY_MS === 0 ? formatDateTime(time, zone).slice(0, 10) : textOf(time, step, zone) })
  }
  return labels
}

function textOf(time: number, step: number, zone: Zone): string {
  const text = formatTime(time, zone)
  return step >= 60_000 ? text.slice(0, 5) : step >= 1000 ? text.slice(0, 8) : text
}

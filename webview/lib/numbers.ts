/** How a command's own numbers are written: few digits, and never more than there are. */
import { formatClock, formatCount, formatDuration } from '../../src/shared/lib/format'

/** "0.8731", "12.5", "3.1e-5", "1,234,567": about four digits that count. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  const size = Math.abs(value)
  if (size !== 0 && (size < 0.001 || size >= 1e9)) return value.toExponential(2).replace(/\.?0+e/, 'e')
  if (Number.isInteger(value)) return formatCount(value)
  if (size >= 1000) return formatCount(Math.round(value))
  return String(Number(value.toPrecision(4)))
}

/** "about 3 min left": rough, since it is a guess; seconds in. */
export function formatRemaining(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return ''
  if (seconds < 1) return 'almost done'
  if (seconds < 10) return 'a few seconds left'
  if (seconds < 55) return `about ${String(Math.round(seconds / 5) * 5)} s left`
  // Past an hour the seconds, past two days the minutes are noise, which formatDuration leaves out by itself.
  const rounded = seconds < 3600 ? Math.max(1, Math.round(seconds / 60)) * 60 : Math.round(seconds / 300) * 300
  return `about ${formatDuration(rounded * 1000)} left`
}

/** "12.3/s", or "4.5 s each" for what is slow; steps a second in. */
export function formatRate(rate: number): string {
  if (!Number.isFinite(rate) || rate <= 0) return ''
  return rate >= 1 ? `${formatNumber(rate)}/s` : `${formatDuration(1000 / rate)} each`
}

/** Seconds along an axis: "0:05" by the clock, "0.2 s" where the ticks are closer than a second. */
export function timeTicks(seconds: readonly number[]): string[] {
  const [first = 0, second = first + 1] = seconds
  return seconds.map((at) => (second - first < 1 ? `${String(Number(at.toFixed(3)))} s` : formatClock(at * 1000)))
}

/**
 * How durations, times, sizes and counts are written, in panel, editor and command line alike. Nothing here depends on
 * the machine's language, so that a test, a log and a screenshot agree.
 */

/** "340 ms", "4.2 s", "12 s", "3 min 5 s", "2 h 4 min", "3 d 4 h"; milliseconds in; "–" for what is no duration. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms) || ms < 0) return '–'
  const rounded = Math.round(ms)
  if (rounded < 1000) return `${String(rounded)} ms`
  const seconds = rounded / 1000
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${String(whole)} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 60) return join(minutes, 'min', whole % 60, 's')
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? join(hours, 'h', minutes % 60, 'min') : join(Math.floor(hours / 24), 'd', hours % 24, 'h')
}

const two = (n: number): string => String(n).padStart(2, '0')

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${String(large)} ${largeUnit}` : `${String(large)} ${largeUnit} ${String(small)} ${smallUnit}`
}

/** "0:07", "12:34", "1:02:03": a clock that counts on; milliseconds in. */
export function formatClock(ms: number): string {
  const seconds = Number.isFinite(ms) ? Math.max(0, Math.floor(ms / 1000)) : 0
  const hours = Math.floor(seconds / 3600)
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  return hours > 0 ? `${String(hours)}:${rest}` : rest.replace(/^0/, '')
}

/** "512 B", "1.5 kB", "20 MB"; powers of 1000. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  // 999.5 kB is written as 1 MB, not as 1000 kB.
  while ((unit === 0 ? value >= 1000 : value >= 999.5) && unit < units.length - 1) {
    value /= 1000
    unit++
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1
  return `${value.toFixed(digits).replace(/\.0$/, '')} ${units[unit] ?? 'B'}`
}

/** "1,234,567" */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** "1 event", "2,000 events"; an irregular plural is given. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : many}`
}

export type Zone = 'local' | 'utc'

/** "03:30:05.231", the time of day of an epoch time in milliseconds; "–" for what is no time. */
export function formatTime(time: number, zone: Zone = 'local'): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return '–'
  const [hours, minutes, seconds, rest] =
    zone === 'utc'
      ? [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds(), date.getUTCMilliseconds()]
      : [date.getHours(), date.getMinutes(), date.getSeconds(), date.getMilliseconds()]
  return `${two(hours)}:${two(minutes)}:${two(seconds)}.${String(rest).padStart(3, '0')}`
}

/** "2026-11-20 03:30:05", day and time of an epoch time in milliseconds; "–" for what is no time. */
export function formatDateTime(time: number, zone: Zone = 'local'): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return '–'
  const [year, month, day] =
    zone === 'utc'
      ? [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
      : [date.getFullYear(), date.getMonth() + 1, date.getDate()]
  return `${String(year)}-${two(month)}-${two(day)} ${formatTime(time, zone).slice(0, 8)}`
}

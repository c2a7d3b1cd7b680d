/** Days of the Gregorian calendar as numbers. */

const DAY = 86_400_000
const monthLengths: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether there is such a day; months and days from 1. */
export function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= (month === 2 && isLeap ? 29 : (monthLengths[month - 1] ?? 0))
}

/** Midnight of a day in UTC, in ms. */
export function dayTime(year: number, month: number, day: number): number {
  // Date.UTC takes the years 0 to 99 for those of the twentieth century.
  return year < 100 ? Number.NaN : Date.UTC(year, month - 1, day)
}

/** What the zone of the machine adds to UTC at an hour of its own clock, in ms. */
export function localOffset(day: number, hour: number): number {
  const date = new Date(day)
  const local = new Date(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate(), hour)
  return -local.getTimezoneOffset() * 60_000
}

/** The year of a day without one: the last that does not put it more than a day after `now`. */
export function yearlessDay(month: number, day: number, now: number): number {
  const latest = new Date(now + DAY).getUTCFullYear()
  // A 29th of February may be eight years ago.
  for (let year = latest; year > latest - 9; year--) {
    if (!isDay(year, month, day)) continue
    const time = dayTime(year, month, day)
    if (time <= now + DAY) return time
  }
  return Number.NaN
}

/** The instant of a number that counts from 1970, told by its size: seconds, ms, µs or ns. NaN for one before 1973. */
export function epochTime(value: number): number {
  if (value < 1e11) return value < 1e8 ? Number.NaN : rounded(value * 1000)
  if (value < 1e14) return rounded(value)
  if (value < 1e17) return rounded(value / 1000)
  return value < 1e20 ? rounded(value / 1e6) : Number.NaN
}

/** To the microsecond, so that a decimal fraction does not end just below the millisecond it names. */
function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

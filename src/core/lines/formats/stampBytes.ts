/** What of a stamp can be told from a few of its bytes. */

export type StampKind =
  /** `2026-10-01T22:00:00.123Z`: `-`, `/` or `.` in the date, `T` or a blank, `.` or `,` before the fraction, a zone or none */
  | 'iso'
  /** `10-01 22:00:00.123` */
  | 'monthDay'
  /** `Oct  1 22:00:00`, with or without a fraction */
  | 'bsd'
  /** `Oct 1, 2026 10:00:00 PM` */
  | 'longDate'
  /** `01/Oct/2026:22:00:00 +0000` */
  | 'clf'
  /** `Thu Oct 01 22:00:00.123456 2026` */
  | 'apache'
  /** `1001 22:00:00.123456` */
  | 'glog'
  /** `22:00:00.123` */
  | 'clock'
  /** `1790892000.123`: seconds, ms, µs or ns */
  | 'epoch'
  /** `26/10/01 22:00:00`, `261001 22:00:00` */
  | 'shortDate'
  /** `01 Oct 2026 22:00:00.123` */
  | 'dayMonth'
  /** `@4000000068dda3a507270e00` */
  | 'tai64n'

const BLANK = 0x20
const MINUS = 0x2d
const COLON = 0x3a
const SLASH = 0x2f
const COMMA = 0x2c

/** The kind of the stamp that begins here, by its first bytes. */
export function kindOf(bytes: Uint8Array, at: number, to: number): StampKind | undefined {
  const first = bytes[at] ?? 0
  if (first === 0x40) return 'tai64n'
  if (first === BLANK) return undefined
  if (!isDigit(first)) {
    if (isWeekday(bytes, at, to)) return 'apache'
    return bytes[at + 5] === COMMA || bytes[at + 6] === COMMA ? 'longDate' : 'bsd'
  }
  let count = 1
  while (at + count < to && count < 10 && isDigit(bytes[at + count] ?? 0)) count++
  const next = bytes[at + count] ?? 0
  if (count >= 9) return 'epoch'
  if (count === 8) return 'iso'
  if (count === 6) return 'shortDate'
  if (count === 4) return next === BLANK ? 'glog' : 'iso'
  if (count !== 2) return undefined
  if (next === COLON) return 'clock'
  const isMonthNamed = !isDigit(bytes[at + 3] ?? 0)
  if (next === SLASH) return isMonthNamed ? 'clf' : 'shortDate'
  if (next === MINUS) return isMonthNamed ? 'dayMonth' : 'monthDay'
  return next === BLANK ? 'dayMonth' : undefined
}

function isWeekday(bytes: Uint8Array, at: number, to: number): boolean {
  if (to - at < 8) return false
  return bytes[at + 3] === COMMA || (bytes[at + 3] === BLANK && !isDigit(bytes[at + 4] ?? 0) && bytes[at + 4] !== BLANK)
}

export function isUtc(bytes: Uint8Array, at: number): boolean {
  const [a, b, c] = [bytes[at], bytes[at + 1], bytes[at + 2]]
  return (a === 0x55 && b === 0x54 && c === 0x43) || (a === 0x47 && b === 0x4d && c === 0x54)
}

export function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

export function hex(byte: number): number {
  if (isDigit(byte)) return byte - 0x30
  const letter = byte - 0x61
  return letter >= 0 && letter < 6 ? letter + 10 : -1
}

/** Whether three letters stand here as in the name of a day. */
export function isName(bytes: Uint8Array, at: number): boolean {
  const [a = 0, b = 0, c = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]]
  return a >= 0x41 && a <= 0x5a && b >= 0x61 && b <= 0x7a && c >= 0x61 && c <= 0x7a
}

/** The digit here, negative if it is none. */
export function one(bytes: Uint8Array, at: number): number {
  const digit = (bytes[at] ?? 0) - 0x30
  return digit <= 9 ? digit : -1
}

/** The number of two digits, negative if they are none. */
export function two(bytes: Uint8Array, at: number): number {
  const high = (bytes[at] ?? 0) - 0x30
  const low = (bytes[at + 1] ?? 0) - 0x30
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : -1
}

/** The month whose first three letters stand here, from 1. */
export function monthOf(bytes: Uint8Array, at: number): number {
  const key = ((bytes[at] ?? 0) << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0)
  return months.get(key) ?? -1
}

const months: ReadonlyMap<number, number> = new Map(
  ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'].map((name, i) => [
    (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2),
    i + 1,
  ]),
)

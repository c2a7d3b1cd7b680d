/**
 * Time stamps of every kind, read from bytes: ISO 8601 and its relatives, syslog's, Apache's, glog's, epochs, TAI64N, times of
 * day. One implementation for the scanner (bytes of a file) and the parser (text).
 */
import { hex, isDigit, isName, isUtc, kindOf, monthOf, one, two, type StampKind } from './stampBytes'
import { dayTime, epochTime, isDay, localOffset, yearlessDay } from './civil'

export interface StampOptions {
  /** For stamps without a year or a day, in ms; the clock's time if not given. */
  readonly now?: number | undefined
  /** The zone of stamps that name none, in minutes east of UTC; the machine's own if not given. */
  readonly offsetMinutes?: number | undefined
}

const DAY = 86_400_000
const HOUR = 3_600_000
const MINUTE = 60_000
const MAX_TEXT = 80
/** Digits of a fraction. */
const MAX_FRACTION = 12
const BLANK = 0x20
const PLUS = 0x2b
const MINUS = 0x2d
const COLON = 0x3a
const SLASH = 0x2f
const DOT = 0x2e
const COMMA = 0x2c
const NO_ZONE = Number.NaN
/** daemontools writes TAI as UTC and the ten seconds of 1972, whatever the leap seconds since. */
const TAI_OFFSET = 10
/** A time of day may be so far ahead of the clock before it is taken for yesterday's. */
const AHEAD = 60_000
const powers: readonly number[] = [1e3, 1e2, 1e1, 1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6]

export class StampReader {
  /** Of the last stamp read: ms since the epoch, UTC. */
  time = Number.NaN
  private readonly fixedNow: number | undefined
  private readonly offset: number | undefined
  private readonly scratch = new Uint8Array(MAX_TEXT)
  /** The time of day in ms, and where it ended. */
  private clock = 0
  private zone = NO_ZONE
  // What was worked out last: neighbours share their day, and mostly their hour.
  private dayKey = -1
  private day = Number.NaN
  private yearlessKey = -1
  private yearless = Number.NaN
  private localKey = -1
  private local = 0

  constructor({ now, offsetMinutes }: StampOptions = {}) {
    this.fixedNow = now
    this.offset = offsetMinutes === undefined ? undefined : offsetMinutes * MINUTE
  }

  /** The instant of a stamp of any kind, NaN if it is none. */
  ofText(text: string): number {
    const length = Math.min(text.length, MAX_TEXT)
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i)
      this.scratch[i] = code < 128 ? code : 255
    }
    return this.readAny(this.scratch, 0, length) < 0 ? Number.NaN : this.time
  }

  /** Reads a stamp whose kind shows in its first bytes. Returns where it ends, -1 if there is none. */
  readAny(bytes: Uint8Array, at: number, to: number): number {
    const kind = kindOf(bytes, at, to)
    if (kind === 'dayMonth') return this.readDayFirst(bytes, at, to, 'any')
    return kind === undefined ? -1 : this.read(kind, bytes, at, to)
  }

  /** Reads the stamp at `at`, which ends before `to`. Returns where it ends, -1 if there is none; `time` is its instant. */
  read(kind: StampKind, bytes: Uint8Array, at: number, to: number): number {
    switch (kind) {
      case 'iso':
        return this.readIso(bytes, at, to)
      case 'monthDay':
        return this.readMonthDay(bytes, at, to, 3, MINUS)
      case 'glog':
        return this.readMonthDay(bytes, at, to, 2, 0)
      case 'bsd':
        return this.readBsd(bytes, at, to, false)
      case 'longDate':
        return this.readBsd(bytes, at, to, true)
      case 'clf':
        return this.readDayFirst(bytes, at, to, 'clf')
      case 'dayMonth':
        return this.readDayFirst(bytes, at, to, 'none')
      case 'apache':
        return this.readApache(bytes, at, to)
      case 'clock':
        return this.readClockOnly(bytes, at, to)
      case 'epoch':
        return this.readEpoch(bytes, at, to)
      case 'shortDate':
        return this.readShortDate(bytes, at, to)
      case 'tai64n':
        return this.readTai(bytes, at, to)
    }
  }

  /** The last time of day `clock` (ms) before now. */
  lastAt(clock: number): number {
    const now = this.fixedNow ?? Date.now()
    let day = now - (now % DAY) + DAY
    let time = this.placedAt(day, clock, undefined)
    for (let tries = 0; tries < 2 && time > now + AHEAD; tries++) {
      day -= DAY
      time = this.placedAt(day, clock, undefined)
    }
    return time
  }

  /** The last such day before now, as midnight of UTC; NaN if there is none. */
  dayOf(month: number, day: number): number {
    return yearlessDay(month, day, this.fixedNow ?? Date.now())
  }

  /** The instant of a time of day (ms) on a day (midnight of UTC), in the given zone (ms) or that of stamps without one. */
  placedAt(day: number, clock: number, zone: number | undefined): number {
    this.day = day
    this.dayKey = -1
    this.clock = clock
    this.zone = zone ?? NO_ZONE
    this.placed(0)
    return this.time
  }

  private readIso(bytes: Uint8Array, at: number, to: number): number {
    if (to - at < 16) return -1
    const separator = bytes[at + 4] ?? 0
    const century = two(bytes, at)
    const years = two(bytes, at + 2)
    const isCompact = separator >= 0x30 && separator <= 0x39
    const gap = isCompact ? 0 : 1
    if (
      !isCompact &&
      ((separator !== MINUS && separator !== SLASH && separator !== DOT) || bytes[at + 7] !== separator)
    )
      return -1
    const month = two(bytes, at + 4 + gap)
    const day = two(bytes, at + 6 + 2 * gap)
    if (century < 0 || years < 0 || month < 0 || day < 0) return -1
    const middle = at + 8 + 2 * gap
    const between = bytes[middle]
    if (between !== 0x54 && between !== BLANK) return -1
    const end = this.readClock(bytes, middle + 1, to)
    if (end < 0) return -1
    return this.dated(century * 100 + years, month, day) ? this.zoned(bytes, end, to) : -1
  }

  /** `MM-DD `, `MMDD ` and the time. */
  private readMonthDay(bytes: Uint8Array, at: number, to: number, dayAt: number, separator: number): number {
    if (to - at < dayAt + 11) return -1
    if (separator !== 0 && bytes[at + 2] !== separator) return -1
    if (bytes[at + dayAt + 2] !== BLANK) return -1
    const month = two(bytes, at)
    const day = two(bytes, at + dayAt)
    const end = this.readClock(bytes, at + dayAt + 3, to)
    if (month < 0 || day < 0 || end < 0 || !this.dayWithoutYear(month, day)) return -1
    this.zone = NO_ZONE
    return this.placed(end)
  }

  private readBsd(bytes: Uint8Array, at: number, to: number, isLong: boolean): number {
    if (to - at < 14) return -1
    const month = monthOf(bytes, at)
    if (month < 0 || bytes[at + 3] !== BLANK) return -1
    let from = at + 4
    const isPadded = bytes[from] === BLANK
    if (isPadded) from++
    let day = isPadded ? -1 : two(bytes, from)
    if (day >= 0) from += 2
    else {
      day = one(bytes, from)
      if (day < 0) return -1
      from++
    }
    if (isLong) return bytes[from] === COMMA ? this.readLongDate(bytes, from + 1, to, month, day) : -1
    if (bytes[from] !== BLANK) return -1
    // `Oct  1 2026 22:00:00`, of Cisco
    const century = two(bytes, from + 1)
    const years = two(bytes, from + 3)
    const hasYear = century >= 0 && years >= 0 && bytes[from + 5] === BLANK
    const end = this.readClock(bytes, hasYear ? from + 6 : from + 1, to)
    if (end < 0) return -1
    this.zone = NO_ZONE
    if (hasYear ? !this.dated(century * 100 + years, month, day) : !this.dayWithoutYear(month, day)) return -1
    return this.placed(end)
  }

  /** ` 2026 10:00:00 PM`, as java.util.logging writes it. */
  private readLongDate(bytes: Uint8Array, at: number, to: number, month: number, day: number): number {
    if (bytes[at] !== BLANK || bytes[at + 5] !== BLANK) return -1
    const century = two(bytes, at + 1)
    const years = two(bytes, at + 3)
    let from = at + 6
    if (bytes[from + 1] === COLON) from--
    let end = this.readClock(bytes, from, to, from < at + 6)
    if (century < 0 || years < 0 || end < 0 || !this.dated(century * 100 + years, month, day)) return -1
    const half = bytes[end + 1] ?? 0
    if (end + 3 <= to && bytes[end + 2] === 0x4d && (half === 0x41 || half === 0x50)) {
      const hour = Math.floor(this.clock / HOUR)
      if (hour === 12) this.clock -= 12 * HOUR
      if (half === 0x50) this.clock += 12 * HOUR
      end += 3
    }
    this.zone = NO_ZONE
    return this.placed(end)
  }

  /** `01/Oct/2026:22:00:00 +0000` and `01 Oct 2026 22:00:00.123`. */
  private readDayFirst(bytes: Uint8Array, at: number, to: number, zones: 'clf' | 'none' | 'any'): number {
    const day = two(bytes, at)
    const separator = bytes[at + 2]
    if (to - at < 20 || (separator !== SLASH && separator !== BLANK && separator !== MINUS)) return -1
    const month = monthOf(bytes, at + 3)
    const century = two(bytes, at + 7)
    const years = two(bytes, at + 9)
    const behind = bytes[at + 11]
    if (day < 0 || month < 0 || century < 0 || years < 0 || bytes[at + 6] !== separator) return -1
    if (behind !== COLON && behind !== BLANK) return -1
    const end = this.readClock(bytes, at + 12, to)
    if (end < 0 || !this.dated(century * 100 + years, month, day)) return -1
    if (zones === 'any') return this.zoned(bytes, end, to)
    this.zone = NO_ZONE
    const sign = zones === 'clf' && end + 6 <= to && bytes[end] === BLANK ? bytes[end + 1] : 0
    if (sign !== PLUS && sign !== MINUS) return this.placed(end)
    const behind4 = this.readOffset(bytes, end + 1, to, sign === PLUS ? MINUTE : -MINUTE)
    if (behind4 === end + 6 && bytes[end + 4] !== COLON) return this.placed(behind4)
    this.zone = NO_ZONE
    return this.placed(end)
  }

  /** `Thu Oct 01 22:00:00.123456 2026` and `Thu, 01 Oct 2026 22:00:00 GMT`. */
  private readApache(bytes: Uint8Array, at: number, to: number): number {
    if (!isName(bytes, at)) return -1
    if (bytes[at + 3] === COMMA) return bytes[at + 4] === BLANK ? this.readDayFirst(bytes, at + 5, to, 'any') : -1
    if (to - at < 24 || bytes[at + 3] !== BLANK || bytes[at + 7] !== BLANK || bytes[at + 10] !== BLANK) return -1
    const month = monthOf(bytes, at + 4)
    const day = bytes[at + 8] === BLANK ? one(bytes, at + 9) : two(bytes, at + 8)
    const end = this.readClock(bytes, at + 11, to)
    if (month < 0 || day < 0 || end < 0 || end + 5 > to || bytes[end] !== BLANK) return -1
    const century = two(bytes, end + 1)
    const years = two(bytes, end + 3)
    if (century < 0 || years < 0 || !this.dated(century * 100 + years, month, day)) return -1
    this.zone = NO_ZONE
    return this.placed(end + 5)
  }

  /** The time of day that was last. */
  private readClockOnly(bytes: Uint8Array, at: number, to: number): number {
    const end = this.readClock(bytes, at, to)
    if (end < 0) return -1
    this.lastAt(this.clock)
    return end
  }

  private readEpoch(bytes: Uint8Array, at: number, to: number): number {
    let end = at
    let value = 0
    for (; end < to; end++) {
      const digit = (bytes[end] ?? 0) - 0x30
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
    }
    if (end - at < 9 || end - at > 19) return -1
    if (bytes[end] === DOT && end + 1 < to) {
      let scale = 0.1
      let from = end + 1
      const last = Math.min(to, from + MAX_FRACTION)
      for (; from < last; from++) {
        const digit = (bytes[from] ?? 0) - 0x30
        if (digit < 0 || digit > 9) break
        value += digit * scale
        scale /= 10
      }
      if (from > end + 1) end = from
    }
    this.time = epochTime(value)
    return Number.isNaN(this.time) ? -1 : end
  }

  private readShortDate(bytes: Uint8Array, at: number, to: number): number {
    const gap = bytes[at + 2] === SLASH ? 1 : 0
    const middle = at + 6 + 2 * gap
    if (to < middle + 9 || bytes[middle] !== BLANK || (gap === 1 && bytes[at + 5] !== SLASH)) return -1
    const years = two(bytes, at)
    const month = two(bytes, at + 2 + gap)
    const day = two(bytes, at + 4 + 2 * gap)
    const end = this.readClock(bytes, middle + 1, to, bytes[middle + 1] === BLANK)
    if (years < 0 || month < 0 || day < 0 || end < 0 || !this.dated(2000 + years, month, day)) return -1
    this.zone = NO_ZONE
    return this.placed(end)
  }

  private readTai(bytes: Uint8Array, at: number, to: number): number {
    if (to - at < 17 || bytes[at] !== 0x40) return -1
    let seconds = 0
    // The first digit is 4: the epoch is 2^62.
    if (bytes[at + 1] !== 0x34) return -1
    for (let i = at + 2; i < at + 17; i++) {
      const digit = hex(bytes[i] ?? 0)
      if (digit < 0) return -1
      seconds = seconds * 16 + digit
    }
    let nanoseconds = 0
    let end = at + 17
    if (to - at >= 25) {
      for (let i = end; i < at + 25; i++) {
        const digit = hex(bytes[i] ?? 0)
        if (digit < 0) {
          nanoseconds = 0
          break
        }
        nanoseconds = nanoseconds * 16 + digit
        if (i === at + 24) end = at + 25
      }
      if (end !== at + 25) nanoseconds = 0
    }
    this.time = (seconds - TAI_OFFSET) * 1000 + nanoseconds / 1e6
    return end
  }

  /** `HH:MM:SS` and a fraction behind `.` or `,`; returns its end. `isShort`: the hour has one digit, which is the second of the two. */
  private readClock(bytes: Uint8Array, at: number, to: number, isShort = false): number {
    let end = at + 8
    if (end > to || bytes[at + 2] !== COLON || bytes[at + 5] !== COLON) return -1
    const hour = isShort ? one(bytes, at + 1) : two(bytes, at)
    const minute = two(bytes, at + 3)
    const second = two(bytes, at + 6)
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return -1
    let clock = hour * HOUR + minute * MINUTE + second * 1000
    const mark = bytes[end]
    if (end + 1 < to && (mark === DOT || mark === COMMA)) {
      let value = 0
      let count = 0
      let from = end + 1
      const last = Math.min(to, from + MAX_FRACTION)
      for (; from < last; from++) {
        const digit = (bytes[from] ?? 0) - 0x30
        if (digit < 0 || digit > 9) break
        if (count < 9) {
          value = value * 10 + digit
          count++
        }
      }
      if (count > 0) {
        clock += value * (powers[count] ?? 0)
        end = from
      }
    }
    this.clock = clock
    return end
  }

  /** Takes the zone behind a time, with a blank before it or without. */
  private zoned(bytes: Uint8Array, at: number, to: number): number {
    this.zone = NO_ZONE
    if (at >= to) return this.placed(at)
    const first = bytes[at] ?? 0
    if (first === 0x5a) {
      this.zone = 0
      return this.placed(at + 1)
    }
    const from = first === BLANK ? at + 1 : at
    const sign = from < to ? (bytes[from] ?? 0) : 0
    if (sign === PLUS || sign === MINUS) {
      const end = this.readOffset(bytes, from, to, sign === PLUS ? MINUTE : -MINUTE)
      if (end > 0) return this.placed(end)
    } else if (first === BLANK && from + 3 <= to && isUtc(bytes, from)) {
      this.zone = 0
      return this.placed(from + 3)
    }
    return this.placed(at)
  }

  private readOffset(bytes: Uint8Array, at: number, to: number, unit: number): number {
    if (at + 3 > to) return -1
    const hours = two(bytes, at + 1)
    if (hours < 0 || hours > 15) return -1
    let end = at + 3
    let minutes = 0
    const from = end < to && bytes[end] === COLON ? end + 1 : end
    if (from + 2 <= to && two(bytes, from) >= 0) {
      minutes = two(bytes, from)
      end = from + 2
    }
    if (end < to && isDigit(bytes[end] ?? 0)) return -1
    this.zone = (hours * 60 + minutes) * unit
    return end
  }

  private dated(year: number, month: number, day: number): boolean {
    const key = (year * 16 + month) * 32 + day
    if (key !== this.dayKey) {
      this.dayKey = key
      this.day = isDay(year, month, day) ? dayTime(year, month, day) : Number.NaN
    }
    return this.day === this.day
  }

  private dayWithoutYear(month: number, day: number): boolean {
    const key = month * 32 + day
    if (key !== this.yearlessKey) {
      this.yearlessKey = key
      this.yearless = yearlessDay(month, day, this.fixedNow ?? Date.now())
    }
    this.day = this.yearless
    this.dayKey = -1
    return this.day === this.day
  }

  /** Puts day, clock and zone together. */
  private placed(end: number): number {
    const { zone } = this
    const offset = zone === zone ? zone : (this.offset ?? this.localAt())
    this.time = this.day + this.clock - offset
    return end
  }

  private localAt(): number {
    const hour = Math.floor(this.clock / HOUR)
    const key = this.day / HOUR + hour
    if (key !== this.localKey) {
      this.localKey = key
      this.local = localOffset(this.day, hour)
    }
    return this.local
  }
}

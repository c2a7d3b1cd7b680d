/** Level and time of a line of `key=value` pairs, from its bytes. */
import { levelWords } from '../classify'
import { WordTable } from './head'
import type { StampReader } from './stamps'

const TIME = 1
const LEVEL = 2
const MAX_SCAN = 4096
const keyKinds: Readonly<Record<string, number>> = {
  time: TIME,
  ts: TIME,
  t: TIME,
  timestamp: TIME,
  at: LEVEL,
  level: LEVEL,
  lvl: LEVEL,
  severity: LEVEL,
  loglevel: LEVEL,
}
const kinds = new WordTable(keyKinds)
const words = new WordTable({ ...levelWords, eror: 'error', dbug: 'debug', dpanic: 'fatal' })
const QUOTE = 0x22
const BACKSLASH = 0x5c

export class LogfmtScanner {
  /** Of the last line: 0 none, 1 trace … 6 fatal. */
  level = 0
  /** ms since the epoch, NaN for none. */
  time = Number.NaN
  /** There was a control character, so the line is not what a reader sees. */
  isOdd = false

  constructor(private readonly stamps: StampReader) {}

  /** Whether the line is one of pairs: begins with one and states a level or a time. */
  scan(bytes: Uint8Array, from: number, lineEnd: number): boolean {
    this.level = 0
    this.time = Number.NaN
    this.isOdd = false
    const to = Math.min(lineEnd, from + MAX_SCAN)
    let at = from
    let isFirst = true
    while (at < to) {
      let hash = 0
      const start = at
      for (; at < to; at++) {
        const byte = bytes[at] ?? 0
        if (byte === 0x3d || byte <= 0x20 || byte === QUOTE) {
          if (byte < 0x20) this.isOdd = true
          break
        }
        hash = (Math.imul(hash, 31) + (byte | 0x20)) | 0
      }
      if (at >= to || bytes[at] !== 0x3d || at === start) {
        if (isFirst) return false
        if (bytes[at] === QUOTE) at = this.endOfQuoted(bytes, at + 1, to)
        at++
        continue
      }
      isFirst = false
      at = this.value(bytes, at + 1, to, kinds.get(hash))
      if (this.level !== 0 && this.time === this.time) return true
      at++
    }
    return this.level !== 0 || this.time === this.time
  }

  /** Takes the value at `from`; returns its end. */
  private value(bytes: Uint8Array, from: number, to: number, kind: number): number {
    let start = from
    let end = from
    let behind
    if (from < to && bytes[from] === QUOTE) {
      start = from + 1
      end = this.endOfQuoted(bytes, start, to)
      behind = end + 1
    } else {
      while (end < to && (bytes[end] ?? 0) > 0x20) end++
      if (end < to && bytes[end] !== 0x20) this.isOdd = true
      behind = end
    }
    if (kind === LEVEL && this.level === 0 && end - start < 16) this.level = words.at(bytes, start, end)
    if (kind === TIME && this.time !== this.time && end > start && this.stamps.readAny(bytes, start, end) > 0)
      this.time = this.stamps.time
    return behind
  }

  private endOfQuoted(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      if (byte === QUOTE) return at
      if (byte === BACKSLASH) at++
      else if (byte < 0x20) this.isOdd = true
    }
    return to
  }
}

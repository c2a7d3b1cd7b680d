/**
 * Level and time of a line of JSON, from its bytes, without parsing it whole: the first key of the object that states each.
 * Lines that were cut have them too. Keys count whatever their case.
 */
import { levelWords } from '../classify'
import { WordTable, severityLevels } from './head'
import { epochTime } from './civil'
import type { StampReader } from './stamps'

/** So many bytes of a line are looked at. */
export const MAX_JSON_SCAN = 16_384

const TIME = 1
const LEVEL = 2
/** OpenTelemetry's numbers from 1 to 24. */
const SEVERITY = 3
/** MongoDB's letter. */
const LETTER = 4
/** Holds a level or a time inside: `{"t":{"$date":…}}`, `{"log":{"level":…}}`, OTLP's lists. */
const INSIDE = 5
/** Serilog's marks: a line that has them and no level is an information. */
const SERILOG = 6

const keyKinds: Readonly<Record<string, number>> = {
  time: TIME,
  ts: TIME,
  timestamp: TIME,
  '@timestamp': TIME,
  '@t': TIME,
  date: TIME,
  datetime: TIME,
  asctime: TIME,
  eventtime: TIME,
  timeunixnano: TIME,
  __realtime_timestamp: TIME,
  $date: TIME,
  level: LEVEL,
  lvl: LEVEL,
  loglevel: LEVEL,
  'log.level': LEVEL,
  levelname: LEVEL,
  severity: LEVEL,
  severitytext: LEVEL,
  severity_text: LEVEL,
  priority: LEVEL,
  '@l': LEVEL,
  severitynumber: SEVERITY,
  severity_number: SEVERITY,
  s: LETTER,
  t: INSIDE,
  log: INSIDE,
  resourcelogs: INSIDE,
  scopelogs: INSIDE,
  logrecords: INSIDE,
  '@mt': SERILOG,
  '@m': SERILOG,
}
/** By the hash of a key's lower-case bytes. */
const kinds = new WordTable(keyKinds)

/** What a key of an object states by itself. */
export function roleOfKey(key: string): 'time' | 'level' | undefined {
  const kind = keyKinds[key.toLowerCase()]
  if (kind === TIME) return 'time'
  return kind === LEVEL || kind === SEVERITY ? 'level' : undefined
}

const words = new WordTable({ ...levelWords, dpanic: 'fatal', notset: 'trace', none: 'trace', unspecified: 'info' })
const mongoLetters = new Map<number, number>([
  [0x46, 6],
  [0x45, 5],
  [0x57, 4],
  [0x49, 3],
  [0x44, 2],
])

const QUOTE = 0x22
const BACKSLASH = 0x5c
/** What a byte is inside a string: 1 its end, 2 an escape, 3 a control character, 0 anything else. */
const inString = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte === QUOTE ? 1 : byte === BACKSLASH ? 2 : byte < 0x20 ? 3 : 0,
)
/** Whether there is a control character, such as that of a colour, in what was walked over. */
let sawControl = false

export class JsonScanner {
  /** Of the last line: 0 none, 1 trace … 6 fatal. */
  level = 0
  /** ms since the epoch, NaN for none. */
  time = Number.NaN
  /** There was a control character, so the line is not what a reader sees. */
  isOdd = false
  private hasMark = false

  constructor(private readonly stamps: StampReader) {}

  /** Reads the object that begins at `from`. */
  scan(bytes: Uint8Array, from: number, to: number): void {
    this.level = 0
    this.time = Number.NaN
    this.hasMark = false
    sawControl = false
    this.object(bytes, from + 1, Math.min(to, from + MAX_JSON_SCAN), 0)
    this.isOdd = sawControl
    this.settle()
  }

  private settle(): void {
    if (this.level === 0 && this.hasMark) this.level = 3
  }

  /** Reads keys and values up to the object's end; returns what is behind it, or `to` once nothing is left to find. */
  private object(bytes: Uint8Array, from: number, to: number, depth: number): number {
    let at = from
    while (at < to) {
      const byte = bytes[at] ?? 0
      if (byte === 0x7d) return at + 1
      if (byte !== QUOTE) {
        if (byte < 0x20) sawControl = true
        at++
        continue
      }
      let hash = 0
      at++
      for (; at < to; at++) {
        const letter = bytes[at] ?? 0
        if (letter === QUOTE) break
        if (letter === BACKSLASH) {
          at++
          hash = 0
        } else if (letter < 0x20) sawControl = true
        hash = (Math.imul(hash, 31) + (letter | 0x20)) | 0
      }
      at++
      while (at < to && isGap(bytes[at] ?? 0)) at++
      if (bytes[at] !== 0x3a) continue
      at++
      while (at < to && isGap(bytes[at] ?? 0)) at++
      at = this.value(bytes, at, to, kinds.get(hash), depth)
    }
    return to
  }

  private value(bytes: Uint8Array, at: number, to: number, kind: number, depth: number): number {
    const first = at < to ? (bytes[at] ?? 0) : 0
    if (first === QUOTE) {
      const end = endOfString(bytes, at + 1, to)
      if (kind !== 0) this.string(bytes, at + 1, end, kind)
      return this.isDone ? to : end + 1
    }
    if (first === 0x7b || first === 0x5b) {
      // Two levels of lists and objects each are enough for OTLP.
      if ((kind === INSIDE || kind === TIME) && depth < 6) return this.inside(bytes, at, to, depth)
      return endOfNested(bytes, at, to)
    }
    let end = at
    for (; end < to; end++) {
      const byte = bytes[end] ?? 0
      if (byte === 0x2c || byte === 0x7d || byte === 0x5d) break
      if (byte < 0x20) sawControl = true
    }
    if (kind !== 0) this.number(bytes, at, end, kind)
    return this.isDone ? to : end
  }

  private inside(bytes: Uint8Array, from: number, to: number, depth: number): number {
    let at = from
    if (bytes[at] === 0x5b) {
      at++
      while (at < to && isGap(bytes[at] ?? 0)) at++
      if (bytes[at] !== 0x7b) return endOfNested(bytes, from, to)
    }
    this.object(bytes, at + 1, to, depth + 1)
    return this.isDone ? to : endOfNested(bytes, from, to)
  }

  private get isDone(): boolean {
    return this.level !== 0 && this.time === this.time
  }

  private string(bytes: Uint8Array, from: number, to: number, kind: number): void {
    if (kind === SERILOG) this.hasMark = true
    else if (kind === TIME || kind === INSIDE) {
      if (this.time !== this.time && to > from && this.stamps.readAny(bytes, from, to) > 0) this.time = this.stamps.time
    } else if (this.level !== 0 || to - from > 16) return
    else if (kind === LETTER) this.level = to === from + 1 ? (mongoLetters.get(bytes[from] ?? 0) ?? 0) : 0
    else if (kind === LEVEL) {
      this.level = words.at(bytes, from, to)
      if (this.level === 0 && to - from < 3) this.number(bytes, from, to, kind)
    }
  }

  private number(bytes: Uint8Array, from: number, to: number, kind: number): void {
    let value = 0
    let scale = 0
    for (let at = from; at < to; at++) {
      const byte = bytes[at] ?? 0
      if (byte >= 0x30 && byte <= 0x39) {
        if (scale === 0) value = value * 10 + byte - 0x30
        else {
          value += (byte - 0x30) * scale
          scale /= 10
        }
      } else if (byte === 0x2e && scale === 0) scale = 0.1
      else if ((byte === 0x65 || byte === 0x45) && kind === TIME) {
        value = exponent(bytes, from, to)
        break
      } else if (isGap(byte)) break
      else return
    }
    if (kind === TIME || kind === INSIDE) {
      if (this.time !== this.time) this.time = epochTime(value)
    } else if (this.level === 0 && to > from) this.level = kind === SEVERITY ? otelLevel(value) : numberedLevel(value)
  }
}

/** Pino's and bunyan's numbers from 10, syslog's severities below 8. */
function numberedLevel(value: number): number {
  if (value < 8) return severityLevels[value] ?? 0
  return value >= 10 && value < 70 ? Math.floor(value / 10) : 0
}

/** OpenTelemetry's severity numbers: four to a level. */
function otelLevel(value: number): number {
  return value >= 1 && value <= 24 ? Math.ceil(value / 4) : 0
}

/** `1.790892002e+09` */
function exponent(bytes: Uint8Array, from: number, to: number): number {
  let text = ''
  for (let at = from; at < to && at < from + 40; at++) text += String.fromCharCode(bytes[at] ?? 0)
  return Number(text)
}

function endOfString(bytes: Uint8Array, from: number, to: number): number {
  const stops = inString
  let at = from
  // Most of a line is inside strings: four bytes at a time while nothing stands out.
  const last = to - 4
  while (at <= last) {
    const four =
      (stops[bytes[at] ?? 0] ?? 0) |
      (stops[bytes[at + 1] ?? 0] ?? 0) |
      (stops[bytes[at + 2] ?? 0] ?? 0) |
      (stops[bytes[at + 3] ?? 0] ?? 0)
    if (four !== 0) break
    at += 4
  }
  for (; at < to; at++) {
    const stop = stops[bytes[at] ?? 0]
    if (stop === 0) continue
    if (stop === 1) return at
    if (stop === 2) at++
    else sawControl = true
  }
  return to
}

/** Behind the object or the list that begins at `from`. */
function endOfNested(bytes: Uint8Array, from: number, to: number): number {
  let depth = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte === QUOTE) at = endOfString(bytes, at + 1, to)
    else if (byte === 0x7b || byte === 0x5b) depth++
    else if (byte < 0x20) sawControl = true
    else if ((byte === 0x7d || byte === 0x5d) && --depth === 0) return at + 1
  }
  return to
}

function isGap(byte: number): boolean {
  return byte === 0x20 || byte === 0x09
}

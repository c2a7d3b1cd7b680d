/**
 * The head of a line as steps: what the fast scanner takes, byte by byte, to find level and time. A format's steps are a part of
 * what its regular expression takes; a line that is off the steps goes to the expression.
 */
import type { Level } from '../../../shared/events/schema'
import { levelWords } from '../classify'
import { levelNumbers } from '../parsedLine'
import type { StampKind } from './stampBytes'
import type { StampReader } from './stamps'

export type HeadStep =
  /** These characters. */
  | string
  | { readonly stamp: StampKind }
  /** One to 100 ASCII characters and then this one. */
  | { readonly until: string }
  /**
   * `blanks`, `digits`: one or more; `maybeBlanks`: none or more; `token`: visible ASCII up to a blank; `level`: a known word,
   * `upper`: in capitals; `letter`: one of the format's `letters`; `priority`: `<34>`; `status`: three digits of HTTP; `quoted`: `"…"`; `name`: letters, digits, `_` and `-`
   */
  | { readonly step: keyof typeof opOf }

// Plain constants, so that the switch over them becomes a table of jumps.
const LITERAL = 0
const STAMP = 1
const UNTIL = 2
const BLANKS = 3
const MAYBE_BLANKS = 4
const DIGITS = 5
const TOKEN = 6
const LEVEL = 7
const UPPER = 8
const LETTER = 9
const PRIORITY = 10
const STATUS = 11
const QUOTED = 12
const NAME = 13
const opOf = {
  blanks: BLANKS,
  maybeBlanks: MAYBE_BLANKS,
  digits: DIGITS,
  token: TOKEN,
  level: LEVEL,
  upper: UPPER,
  letter: LETTER,
  priority: PRIORITY,
  status: STATUS,
  quoted: QUOTED,
  name: NAME,
} as const
export const blanks = { step: 'blanks' } as const
export const maybeBlanks = { step: 'maybeBlanks' } as const
export const digits = { step: 'digits' } as const
export const token = { step: 'token' } as const
export const level = { step: 'level' } as const
export const upper = { step: 'upper' } as const
export const letter = { step: 'letter' } as const
export const priority = { step: 'priority' } as const
export const status = { step: 'status' } as const
export const name = { step: 'name' } as const
export const quoted = { step: 'quoted' } as const

const MAX_UNTIL = 100
const MAX_NAME = 60
const MAX_WORD = 12
const NOT_HERE = -1

export interface Head {
  readonly ops: Int32Array
  /** Of an operation: a byte, or the place of its stamp in `stamps`. */
  readonly args: Int32Array
  readonly stamps: readonly StampKind[]
  readonly words: WordTable
  readonly letters: Uint8Array
}

/** The hash of an ASCII word or key, whatever its case. */
function hashOf(word: string): number {
  let hash = 0
  for (let i = 0; i < word.length; i++) hash = (Math.imul(hash, 31) + (word.charCodeAt(i) | 0x20)) | 0
  return hash
}

/** Numbers by the hash of a word: levels (0 none, 1 trace … 6 fatal), kinds of keys. Faster than a Map. */
export class WordTable {
  private readonly slots = new Int32Array(512)
  private readonly values = new Uint8Array(512)

  constructor(words: Readonly<Record<string, Level | number>>) {
    for (const [word, value] of Object.entries(words)) {
      const hash = hashOf(word)
      let slot = hash & 511
      while (this.slots[slot] !== 0 && this.slots[slot] !== hash) slot = (slot + 1) & 511
      this.slots[slot] = hash
      this.values[slot] = typeof value === 'number' ? value : levelNumbers[value]
    }
  }

  /** The number of the word with this hash, 0 for none. */
  get(hash: number): number {
    for (let slot = hash & 511; this.slots[slot] !== 0; slot = (slot + 1) & 511) {
      if (this.slots[slot] === hash) return this.values[slot] ?? 0
    }
    return 0
  }

  /** The number of the word that is `bytes[from, to)`, 0 for none. */
  at(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0
    for (let i = from; i < to; i++) hash = (Math.imul(hash, 31) + ((bytes[i] ?? 0) | 0x20)) | 0
    return this.get(hash)
  }
}

export function compileHead(
  steps: readonly HeadStep[],
  levels: Readonly<Record<string, Level>> = {},
  letters: Readonly<Record<string, Level>> = {},
  /** Words that are left to the expression. */
  without: readonly string[] = [],
): Head {
  const ops: number[] = []
  const args: number[] = []
  const stamps: StampKind[] = []
  for (const step of steps) {
    if (typeof step === 'string') {
      for (const character of step) {
        ops.push(LITERAL)
        args.push(character.charCodeAt(0))
      }
    } else if ('stamp' in step) {
      ops.push(STAMP)
      args.push(stamps.push(step.stamp) - 1)
    } else if ('until' in step) {
      ops.push(UNTIL)
      args.push(step.until.charCodeAt(0))
    } else {
      ops.push(opOf[step.step])
      args.push(0)
    }
  }
  const letterLevels = new Uint8Array(128)
  for (const [letter, level] of Object.entries(letters)) letterLevels[letter.charCodeAt(0)] = levelNumbers[level]
  return {
    ops: Int32Array.from(ops),
    args: Int32Array.from(args),
    stamps,
    words: new WordTable(
      Object.fromEntries(Object.entries({ ...levelWords, ...levels }).filter(([word]) => !without.includes(word))),
    ),
    letters: letterLevels,
  }
}

/** Takes the heads of lines. */
export class HeadReader {
  /** Of the last head: 0 none, 1 trace … 6 fatal. */
  level = 0
  /** ms since the epoch, NaN for none. */
  time = Number.NaN

  constructor(private readonly stamps: StampReader) {}

  /** Whether `bytes[from, to)` begins with this head; sets `level` and `time` if so. */
  read(head: Head, bytes: Uint8Array, from: number, to: number): boolean {
    const { ops, args } = head
    let at = from
    let level = 0
    let time = Number.NaN
    for (let i = 0; i < ops.length; i++) {
      switch (ops[i]) {
        case LITERAL:
          if (at >= to || bytes[at] !== args[i]) return false
          at++
          break
        case STAMP: {
          at = this.stamps.read(head.stamps[args[i] ?? 0] ?? 'iso', bytes, at, to)
          if (at < 0) return false
          time = this.stamps.time
          break
        }
        case UNTIL:
          at = endOfUntil(bytes, at, to, args[i] ?? 0)
          if (at < 0) return false
          break
        case BLANKS: {
          const start = at
          while (at < to && bytes[at] === 0x20) at++
          if (at === start) return false
          break
        }
        case MAYBE_BLANKS:
          while (at < to && bytes[at] === 0x20) at++
          break
        case DIGITS: {
          const start = at
          while (at < to && isDigit(bytes[at] ?? 0)) at++
          if (at === start || at - start > 10) return false
          break
        }
        case TOKEN: {
          const start = at
          while (at < to && (bytes[at] ?? 0) > 0x20 && (bytes[at] ?? 0) < 0x7f) at++
          if (at === start || at - start > MAX_UNTIL || (at < to && bytes[at] !== 0x20)) return false
          break
        }
        case LEVEL:
        case UPPER: {
          const start = at
          const end = Math.min(to, at + MAX_WORD)
          let hash = 0
          let folded = 0
          for (; at < end; at++) {
            const byte = bytes[at] ?? 0
            const lower = byte | 0x20
            if (lower < 0x61 || lower > 0x7a) break
            folded |= byte
            hash = (Math.imul(hash, 31) + lower) | 0
          }
          if (at === start || (ops[i] === UPPER && (folded & 0x20) !== 0)) return false
          if (at < to && isWord(bytes[at] ?? 0)) return false
          level = head.words.get(hash)
          if (level === 0) return false
          break
        }
        case LETTER:
          level = at < to ? (head.letters[bytes[at] ?? 0] ?? 0) : 0
          if (level === 0) return false
          at++
          break
        case PRIORITY: {
          if (bytes[at] !== 0x3c) return false
          let value = 0
          const start = ++at
          for (; at < to && isDigit(bytes[at] ?? 0); at++) value = value * 10 + (bytes[at] ?? 0) - 0x30
          if (at === start || at - start > 3 || at >= to || bytes[at] !== 0x3e || value > 191) return false
          if (at - start > 1 && bytes[start] === 0x30) return false
          at++
          level = severityLevels[value & 7] ?? 0
          break
        }
        case STATUS: {
          const first = (bytes[at] ?? 0) - 0x30
          if (at + 3 > to || first < 1 || first > 5) return false
          if (!isDigit(bytes[at + 1] ?? 0) || !isDigit(bytes[at + 2] ?? 0)) return false
          at += 3
          if (at < to && bytes[at] !== 0x20) return false
          level = first === 5 ? 5 : first === 4 ? 4 : 3
          break
        }
        case NAME: {
          const start = at
          while (at < to && isName(bytes[at] ?? 0)) at++
          if (at === start || at - start > MAX_NAME) return false
          break
        }
        default:
          at = endOfQuoted(bytes, at, to)
          if (at < 0) return false
      }
    }
    this.level = level
    this.time = time
    return true
  }
}

/** The levels of syslog's severities, as numbers. */
export const severityLevels = Uint8Array.of(6, 6, 6, 5, 4, 3, 3, 2)

function endOfUntil(bytes: Uint8Array, from: number, to: number, last: number): number {
  const end = Math.min(to, from + MAX_UNTIL + 1)
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === last) return at === from ? NOT_HERE : at + 1
    if (byte < 0x20 || byte >= 0x7f) return NOT_HERE
  }
  return NOT_HERE
}

/** Behind `"…"`; a backslash takes the next character with it. */
function endOfQuoted(bytes: Uint8Array, from: number, to: number): number {
  if (from >= to || bytes[from] !== 0x22) return NOT_HERE
  for (let at = from + 1; at < to; at++) {
    const byte = bytes[at] ?? 0
    if (byte === 0x22) return at + 1
    if (byte === 0x5c) at++
    if (byte < 0x20) return NOT_HERE
  }
  return NOT_HERE
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39
}

function isName(byte: number): boolean {
  return byte < 0x80 && (isWord(byte) || byte === 0x2d)
}

function isWord(byte: number): boolean {
  const lower = byte | 0x20
  return (lower >= 0x61 && lower <= 0x7a) || isDigit(byte) || byte === 0x5f || byte >= 0x80
}

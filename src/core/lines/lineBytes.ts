/** What stands in the bytes of a line: sequences, codes, marks. Called for the few bytes that the hot loop does not copy. */
import { HINT_LEVEL, HINT_TEXT } from './lineHints'

export const NEWLINE = 10
export const CARRIAGE_RETURN = 13
export const ESCAPE = 27
const TAB = 9
const AT = 0x40
/** Bytes above this are letters, digits and what stands in words, and some that don't. */
const COMMA = 0x2c
const HEX = new TextEncoder().encode('0123456789abcdef')

/** Lines whose first letter tells their level (`E1120 …` of glog, `E/Tag: …` of logcat) or that are a Python dict. */
export function isSpecialStart(source: Uint8Array, begin: number): boolean {
  let at = begin
  while (source[at] === ESCAPE) {
    const end = colourEnd(source, at + 1, source.length)
    if (end === 0) break
    at = end
  }
  const first = source[at] ?? 0
  const second = source[at + 1] ?? 0
  if (first === 0x7b) return second === 0x27
  const isLetter = first >= 0x41 && first <= 0x5a
  return isLetter && (second === 0x2f || second === 0x20 || (second >= 0x30 && second <= 0x39))
}

/** Where the last state of a line with carriage returns begins. */
export function lastState(bytes: Uint8Array, length: number): number {
  // The last state may be empty yet: then the one before it is what a terminal shows.
  for (let at = length - 2; at >= 0 && length - at < 65_536; at--) if (bytes[at] === CARRIAGE_RETURN) return at + 1
  return 0
}

/** The length of the well-formed UTF-8 sequence at `at`, or 0 (Unicode 16, table 3-7). */
function sequenceLength(source: Uint8Array, at: number, end: number): number {
  const first = source[at] ?? 0
  const second = source[at + 1] ?? 0
  if (first < 0xc2 || first > 0xf4) return 0
  if (first < 0xe0) return at + 1 < end && (second & 0xc0) === 0x80 ? 2 : 0
  const third = source[at + 2] ?? 0
  if (first < 0xf0) {
    if (at + 2 >= end || (third & 0xc0) !== 0x80) return 0
    const least = first === 0xe0 ? 0xa0 : 0x80
    const most = first === 0xed ? 0x9f : 0xbf
    return second >= least && second <= most ? 3 : 0
  }
  const fourth = source[at + 3] ?? 0
  if (at + 3 >= end || (third & 0xc0) !== 0x80 || (fourth & 0xc0) !== 0x80) return 0
  const least = first === 0xf0 ? 0x90 : 0x80
  const most = first === 0xf4 ? 0x8f : 0xbf
  return second >= least && second <= most ? 4 : 0
}

/** Where a colour code `[…m` that begins at `at` ends, or 0 for any other escape code. */
function colourEnd(source: Uint8Array, at: number, end: number): number {
  if (source[at] !== 0x5b) return 0
  const limit = Math.min(end, at + 40)
  for (let i = at + 1; i < limit; i++) {
    const byte = source[i] ?? 0
    if (byte === 0x6d) return i + 1
    if (byte !== 0x3b && byte !== 0x3a && (byte < 0x30 || byte > 0x39)) return 0
  }
  return 0
}

function writeEscape(out: Uint8Array, at: number, byte: number): number {
  out[at] = 0x5c
  out[at + 1] = 0x75
  out[at + 2] = 0x30
  out[at + 3] = 0x30
  out[at + 4] = HEX[byte >>> 4] ?? 0
  out[at + 5] = HEX[byte & 15] ?? 0
  return at + 6
}

/** Where a rare byte's copy ended. */
export interface RareWrite {
  at: number
  o: number
  hint: number
}

/**
 * Copies what begins with the byte before `at`: a UTF-8 sequence, a colour code, a tab, an `@`, the first character of a
 * line's end that has two. False where the line must be examined as text.
 */
export function writeRare(
  source: Uint8Array,
  at: number,
  stop: number,
  out: Uint8Array,
  o: number,
  result: RareWrite,
): boolean {
  const byte = source[at - 1] ?? 0
  result.hint = 0
  if (byte >= 0x80) {
    const length = sequenceLength(source, at - 1, stop)
    if (length === 0) return false
    if (isMark(byte, source[at])) result.hint = HINT_LEVEL
    out[o++] = byte
    for (let i = 1; i < length; i++) out[o++] = source[at++] ?? 0
  } else if (byte === AT) {
    // An address may hold a password before its @.
    result.hint = HINT_TEXT
    out[o++] = byte
  } else if (byte === TAB) {
    out[o++] = 0x5c
    out[o++] = 0x74
  } else if (byte === ESCAPE) {
    const end = colourEnd(source, at, stop)
    // A colour within a word may stand within a secret.
    if (end === 0 || ((source[at - 2] ?? 0) > COMMA && (source[end] ?? 0) > COMMA)) return false
    o = writeEscape(out, o, byte)
    while (at < end) out[o++] = source[at++] ?? 0
  } else if (byte !== CARRIAGE_RETURN || source[at] !== NEWLINE || at >= stop) return false
  result.at = at
  result.o = o
  return true
}

/** A tick or a cross (UTF-8): it says as much as a word about the outcome. */
function isMark(first: number, second: number | undefined): boolean {
  return first === 0xe2 ? second === 0x9c || second === 0x9d : first === 0xc3 && second === 0x97
}

/**
 * The event lines of a run log as bytes: what readers recognise without parsing whole lines. Our own writer keeps one order of keys, so
 * the stamp of an event is found at its beginning; a line written by something else is parsed. Threads that scan logs load no more
 * than this.
 */
import { parseEventLine } from '../../core/eventLine'
import { levelOf } from '../../shared/events/levels'

export const NEWLINE = 0x0a

/** What an index needs of a line. */
export interface Stamp {
  readonly seq: number
  readonly timeMs: number
  /** `phase` or `phase:level`. */
  readonly key: string
}

export const DAMAGED: Stamp = { seq: -1, timeMs: Number.NaN, key: 'damaged' }

/** How much of a line's beginning holds its stamp. */
const STAMP_BYTES = 256
const STAMP =
  /^,?\{"capture_id":"[^"\\]{1,60}","seq":(\d{1,16}),"timestamp":"([^"\\]{10,40})","phase":"([^"\\]{1,60})","data":\{/
/** How the data of a line of output begins, as our writer writes it. */
export const LINE_TEXT = '"text":"'
/** What stands behind its text, up to its level or to where one would stand. */
export const LINE_ENDING = /^","stream":"[a-z]+"(?:,"source":"(?:[^"\\]|\\.)*")?(?:,"level":"([a-z]+)")?/
const LINE_ENDING_BYTES = 8192
/** How an error ends whose data have nothing behind its weight. */
const ERROR_ENDING = /,"fatal":(true|false)\}\}$/
const [QUOTE, BACKSLASH] = [0x22, 0x5c]

/**
 * The stamp of the line in `bytes[start, end)` (without its newline). A line whose end is cut off is damaged even where
 * its beginning is whole.
 */
export function stampOf(bytes: Buffer, start: number, end: number): Stamp {
  if (bytes[end - 1] !== 0x7d) return DAMAGED
  const beginning = bytes.toString('latin1', start, Math.min(end, start + STAMP_BYTES))
  const found = STAMP.exec(beginning)
  const phase = found?.[3]
  if (found === null || phase === undefined || NEEDS_DATA.has(phase)) return parsedStamp(bytes, start, end, found)
  return { seq: Number(found[1]), timeMs: Date.parse(found[2] ?? ''), key: phase }
}

/** Phases whose level lies in their data. */
const NEEDS_DATA = new Set(['log_line', 'error', 'dropped'])

function parsedStamp(bytes: Buffer, start: number, end: number, found: RegExpExecArray | null): Stamp {
  if (found !== null) {
    const [all, seq, timestamp, phase = ''] = found
    const stamp = { seq: Number(seq), timeMs: Date.parse(timestamp ?? '') }
    if (phase === 'dropped') return { ...stamp, key: 'dropped:warn' }
    const fatal = phase === 'error' ? ERROR_ENDING.exec(bytes.toString('latin1', Math.max(start, end - 32), end)) : null
    if (fatal !== null) return { ...stamp, key: fatal[1] === 'true' ? 'error:fatal' : 'error:error' }
    if (phase === 'log_line') {
      const level = lineEnding(bytes, start + all.length, end)
      if (level !== null) return { ...stamp, key: level[1] === undefined ? 'log_line' : `log_line:${level[1]}` }
    }
  }
  const event = parseEventLine(bytes.toString('utf8', start, end))
  if (event === undefined) return DAMAGED
  const level = levelOf(event.phase, event.data)
  const key = level === undefined ? event.phase : `${event.phase}:${level}`
  return { seq: event.seq, timeMs: Date.parse(event.timestamp), key }
}

/** What follows the text of a line of output whose data begins at `from`; null where it is not as our writer writes it. */
function lineEnding(bytes: Buffer, from: number, to: number): RegExpExecArray | null {
  const text = from + LINE_TEXT.length
  if (bytes.toString('latin1', from, text) !== LINE_TEXT) return null
  let end = bytes.indexOf(QUOTE, text)
  while (end >= 0 && end < to && isEscaped(bytes, end)) end = bytes.indexOf(QUOTE, end + 1)
  return end < 0 || end >= to
    ? null
    : LINE_ENDING.exec(bytes.toString('latin1', end, Math.min(to, end + LINE_ENDING_BYTES)))
}

function isEscaped(bytes: Buffer, at: number): boolean {
  let before = at - 1
  while (bytes[before] === BACKSLASH) before--
  return (at - 1 - before) % 2 === 1
}

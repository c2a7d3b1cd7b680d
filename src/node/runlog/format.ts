/**
 * The lines of a run log (DESIGN.md section 4) as bytes: what the writer writes and what readers recognise without
 * parsing whole lines. Our own writer keeps one order of keys, so the stamp of an event is found at its beginning; a line
 * written by something else is parsed.
 */
import { parseEventLine } from '../../core/eventLine'
import { levelOf } from '../../shared/events/levels'
import { RUN_FORMAT, headSchema, metadataSchema, type RunHead, type RunMetadata } from '../../shared/events/schema'
import type { z } from 'zod'

export const NEWLINE = 0x0a
/** The closing line is at most this long, so that the end of a file tells its final record in one read. */
export const CLOSING_MAX_BYTES = 16 * 1024
const CLOSING_START = '],"metadata":'

export function openingLine(head: RunHead): string {
  return `{"format":"${RUN_FORMAT}","head":${JSON.stringify(head)},"events":[\n`
}

/** The last line. Long texts of the metadata are cut until it fits. */
export function closingLine(metadata: RunMetadata): string {
  const line = (value: RunMetadata): string => `${CLOSING_START}${JSON.stringify(value)}}\n`
  let text = line(metadata)
  for (let limit = 4096; Buffer.byteLength(text) > CLOSING_MAX_BYTES && limit >= 16; limit /= 2) {
    text = line(shorten(metadata, limit) as RunMetadata)
  }
  return text
}

function shorten(value: unknown, limit: number): unknown {
  if (typeof value === 'string') return value.length > limit ? `${value.slice(0, limit)}…` : value
  if (Array.isArray(value)) return value.slice(0, limit).map((item) => shorten(item, limit))
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shorten(item, limit)]))
  }
  return value
}

/**
 * The head of line 1, or undefined when it is not the opening of a run log. Of a head with unsound fields the sound ones are
 * kept, and the needed ones that are missing are empty.
 * @param captureId the id that the file's name tells
 */
export function parseOpening(line: string, captureId: string): { format: string; head: RunHead } | undefined {
  const tail = ',"events":['
  const text = line.trimEnd()
  if (!text.startsWith('{"format":') || !text.endsWith(tail)) return undefined
  const value = parseJson(`${text.slice(0, -tail.length)}}`)
  if (!isObject(value) || typeof value['format'] !== 'string' || !isObject(value['head'])) return undefined
  const told = sound(headSchema, value['head'])
  const day = /^(\d{4}-\d\d-\d\dT\d\d)-(\d\d)-(\d\dZ)/.exec(captureId)
  const head: RunHead = {
    capture_id: captureId,
    kind: 'ingest',
    title: captureId,
    started_at: day === null ? new Date(0).toISOString() : day.slice(1).join(':'),
    pid: 0,
    machine: '',
    tool: { name: '', version: '' },
    ...told,
  }
  if (Number.isNaN(Date.parse(head.started_at))) head.started_at = new Date(0).toISOString()
  return { format: value['format'], head }
}

/** The final record, or undefined when the line is not a closing line; like the head, what is sound of it. */
export function parseClosing(line: string, head: RunHead): RunMetadata | undefined {
  const text = line.trimEnd()
  if (!text.startsWith(CLOSING_START) || !text.endsWith('}')) return undefined
  const value = parseJson(text.slice(CLOSING_START.length, -1))
  if (!isObject(value)) return undefined
  return {
    ...head,
    status: 'aborted',
    event_count: 0,
    phase_counts: {},
    level_counts: {},
    dropped: 0,
    redacted: {},
    ...sound(metadataSchema, value),
  }
}

/** The fields of a record that are as the schema says. */
function sound<T extends object>(schema: z.ZodType<T>, value: Record<string, unknown>): Partial<T> {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const unsound = new Set(result.error.issues.map(({ path }) => path[0]))
  return Object.fromEntries(Object.entries(value).filter(([key]) => !unsound.has(key))) as Partial<T>
}

export function isClosing(bytes: Buffer, start: number, end: number): boolean {
  return (
    bytes[start] === 0x5d &&
    bytes.toString('latin1', start, Math.min(end, start + CLOSING_START.length)) === CLOSING_START
  )
}

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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Damaged text is an answer of its own (undefined), which every caller counts or reports.
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

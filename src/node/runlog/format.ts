/** The first and the last line of a run log (DESIGN.md section 4); the events between are eventLine.ts. */
import { isObject, parseJson } from '../../core/decode/json'
import { RUN_FORMAT, headSchema, metadataSchema, type RunHead, type RunMetadata } from '../../shared/events/schema'
import type { z } from 'zod'

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

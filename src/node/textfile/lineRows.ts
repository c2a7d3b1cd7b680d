/** Makes rows and details of the lines that somebody looks at: the only place where lines become strings. */
import { detectFormat } from '../../core/lines/detectFormat'
import type { LineFormat } from '../../core/lines/formats/lineFormat'
import { createLineParser, FormatParser } from '../../core/lines/lineParser'
import type { ParsedLine } from '../../core/lines/parsedLine'
import { rowOf, visible } from '../../core/rows'
import type { EventDetail } from '../../core/store/eventStore'
import type { AnyEvent } from '../../shared/events/schema'
import type { Row } from '../../shared/protocol/rows'
import { entryLines } from './entryLines'
import { isWellFormed } from './textBytes'
import type { SegmentLine, TextSegment } from './textSegment'

/** A line that goes on, or has no time, has those of the entry above, which is looked for so many lines up. */
const LOOK_UP = [0, 16, 256]
const PLAIN_LOOK_UP = [0, 16]
/** The format is found by the first lines. */
const DETECTED_LINES = 200
const DETAIL_BYTES = 4 * 1024 * 1024
const RAW_BYTES = 4096

/** A line as its parser read it. */
interface Read {
  readonly line: SegmentLine
  readonly text: string
  readonly parsed: ParsedLine
  /** Its own or that of the entry above; NaN when there is none. */
  readonly time: number
}

export interface LineRowsOptions {
  /** The id of the format; without it, it is detected. */
  readonly format?: string | undefined
  readonly custom?: readonly LineFormat[] | undefined
}

export class LineRows {
  private found: LineFormat | undefined

  constructor(private readonly options: LineRowsOptions) {}

  /** The format of the lines; undefined for plain text. */
  get format(): { readonly id: string; readonly name: string } | undefined {
    return this.found
  }

  /** Finds the format, unless it is given or known. */
  detect(segment: TextSegment): void {
    if (this.options.format !== undefined || this.found !== undefined) return
    const lines = segment.lines(0, DETECTED_LINES)
    this.found = detectFormat(
      lines.map(({ head }) => segment.source.decode(head)),
      this.options.custom,
    )
  }

  /** The rows of the lines `first` to `last` (exclusive), whose first has the position `position`. */
  rows(segment: TextSegment, first: number, last: number, position: number): Row[] {
    return this.read(segment, first, last).map((one) => ({
      ...rowOf(position + one.line.line - first, eventOf(segment, one, '')),
      time: one.time,
      ...partsOf(one),
    }))
  }

  detail(segment: TextSegment, line: number, position: number): EventDetail {
    const one = this.read(segment, line, line + 1).at(-1)
    if (one === undefined) throw new RangeError(`There is no line at position ${String(position)}.`)
    const { offset, bytes } = one.line
    const whole = segment.source.bytesAt(offset, Math.min(bytes, DETAIL_BYTES))
    const text = segment.source.decode(whole)
    const event = eventOf(segment, { ...one, text }, Number.isNaN(one.time) ? '' : new Date(one.time).toISOString())
    const rawBytes = isWellFormed(whole, segment.source.encoding) ? undefined : whole.subarray(0, RAW_BYTES)
    const data = {
      ...event.data,
      source: segment.source.path,
      ...(bytes > DETAIL_BYTES ? { cut_bytes: bytes - DETAIL_BYTES } : {}),
      raw: {
        line: line + 1,
        offset,
        bytes,
        ...(one.parsed.message === one.text ? {} : { message: one.parsed.message }),
        ...(rawBytes === undefined ? {} : { base64: rawBytes.toString('base64') }),
      },
    }
    const parse = (first: number, last: number) => this.parse(segment, first, last)
    const entry = entryLines(parse, line, one.parsed.continued === true)
    return { position, bytes, event: { ...event, data }, ...(entry === undefined ? {} : { entry }) }
  }

  /** The time of a line, its own or that of the entry above. */
  timeOf(segment: TextSegment, line: number): number {
    return this.read(segment, line, line + 1)[0]?.time ?? Number.NaN
  }

  private read(segment: TextSegment, first: number, last: number): Read[] {
    // Plain text has no times that could be looked for.
    const steps = this.format === undefined && this.options.format === undefined ? PLAIN_LOOK_UP : LOOK_UP
    for (const up of steps) {
      const from = Math.max(0, first - up)
      const lines = this.parse(segment, from, last)
      const start = lines.findIndex(({ line }) => line.line >= first)
      const begin = lines[start]
      if (begin === undefined) return []
      // With the entry above the lines are read as they are meant.
      const isClear = begin.parsed.continued !== true && (steps === PLAIN_LOOK_UP || !Number.isNaN(begin.time))
      const hasEntry = begin.parsed.continued === true && lines.slice(0, start).some(isEntry)
      if (isClear || hasEntry || from === 0 || up === steps.at(-1)) return lines.slice(start)
    }
    return []
  }

  private parse(segment: TextSegment, first: number, last: number): Read[] {
    const formats = this.options.custom ?? []
    const { format } = this.options
    const parser =
      format === undefined ? new FormatParser({ formats }, this.found, 'no') : createLineParser({ formats, format })
    let time = Number.NaN
    return segment.lines(first, last).map((line) => {
      const text = segment.source.decode(line.head)
      const parsed = parser.parse(text)
      if (parsed.loggedAt !== undefined) time = parsed.loggedAt
      return { line, text, parsed, time }
    })
  }
}

function isEntry({ parsed }: Read): boolean {
  return parsed.continued !== true && parsed.loggedAt !== undefined
}

/** What a row has of a line besides its text, where there is more to its text than that. */
function partsOf({ text, parsed: { message, logger, continued } }: Read): Pick<Row, 'message' | 'logger'> {
  if (continued === true || message === text) return {}
  return { message: visible(message), ...(logger === undefined ? {} : { logger: visible(logger) }) }
}

function eventOf(segment: TextSegment, { line, text, parsed }: Read, timestamp: string): AnyEvent {
  const { level, outcome, logger, fields, loggedAt, continued } = parsed
  return {
    capture_id: '',
    seq: segment.seqBase + line.offset,
    timestamp,
    phase: 'log_line',
    data: {
      text,
      stream: 'file',
      ...(level === undefined ? {} : { level }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(loggedAt === undefined ? {} : { logged_at: new Date(loggedAt).toISOString() }),
      ...(logger === undefined ? {} : { logger }),
      ...(fields === undefined ? {} : { fields }),
      ...(continued === undefined ? {} : { continued }),
      ...(line.isWhole ? {} : { unterminated: true }),
    },
  }
}

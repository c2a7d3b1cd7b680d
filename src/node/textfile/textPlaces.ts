/** Where in the rows of a text file a seq, a time or a line is. */
import type { AnyEvent } from '../../shared/events/schema'
import type { LineRows } from './lineRows'
import type { Place } from './textProtocol'
import { TextSegment } from './textSegment'

/** A row that tells what became of the file. */
export interface Mark {
  readonly event: AnyEvent
  readonly time: number
}

export type Part = TextSegment | Mark

/** A part and the position of its first row. */
export interface Numbered {
  readonly part: Part
  readonly first: number
}

export function countOf(part: Part): number {
  return part instanceof TextSegment ? part.count : 1
}

/** The position of the first row at or after a place; the number of rows when there is none. */
export function findPlace(parts: readonly Numbered[], rows: LineRows, at: Place): number {
  const last = parts.at(-1)
  const count = last === undefined ? 0 : last.first + countOf(last.part)
  for (const one of parts) {
    const found = 'seq' in at ? seqIn(one, at.seq) : 'time' in at ? timeIn(one, rows, at.time) : undefined
    if (found !== undefined) return found
  }
  return 'line' in at ? positionOfLine(parts, at.line) : count
}

/** A content that begins behind a kept part counts its lines from that part's first. */
function positionOfLine(parts: readonly Numbered[], line: number): number {
  const newest = parts.findLast(({ part }) => part instanceof TextSegment)
  return newest === undefined ? 0 : newest.first + Math.min(Math.max(0, line - 1), countOf(newest.part))
}

function seqIn({ part, first }: Numbered, seq: number): number | undefined {
  if (!(part instanceof TextSegment)) return seq <= part.event.seq ? first : undefined
  const offset = seq - part.seqBase
  if (offset <= part.origin) return first
  if (offset >= part.end) return undefined
  const line = part.lineAt(offset)
  return first + (part.startOf(line) < offset ? line + 1 : line)
}

/** Lines without a time belong to the one before; times that go back make it one of the places where it passes. */
function timeIn({ part, first }: Numbered, rows: LineRows, time: number): number | undefined {
  if (!(part instanceof TextSegment)) return undefined
  let low = 0
  let high = part.count
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (rows.timeOf(part, middle) >= time) high = middle
    else low = middle + 1
  }
  return low < part.count ? first + low : undefined
}

/** The whole entry that a line belongs to: its first line and those that go on with it, a stack trace for instance. */
import type { EntryLines } from '../../shared/protocol/rows'
import { HEAD_BYTES } from './lineReader'

const MAX_LINES = 1000
const MAX_BYTES = 256 * 1024
/** Looked up, or down, so far. */
const STEPS = [16, 128, MAX_LINES]

/** A line as the parser read it. */
export interface EntryLine {
  /** Its beginning, at most HEAD_BYTES. */
  readonly text: string
  readonly line: { readonly bytes: number }
  readonly parsed: { readonly continued?: true; readonly loggedAt?: number }
}

/**
 * @param parse the lines `first` to `last` (exclusive), fewer where there are no more, read as they follow on the first
 * @param line the number of the line, which is there
 * @param isContinued whether it goes on with the entry above
 * @returns undefined for an entry of one line
 */
export function entryLines(
  parse: (first: number, last: number) => readonly EntryLine[],
  line: number,
  isContinued: boolean,
): EntryLines | undefined {
  const start = isContinued ? startOf(parse, line) : { line, isFirst: true }
  const below = linesFrom(parse, start.line, line)
  const chosen = line - start.line
  const [from, to] = bounded(below.lines, chosen)
  if (to - from <= 1 && start.isFirst && !below.isMore) return undefined
  return {
    lines: below.lines.slice(from, to).map(textOf),
    at: chosen - from,
    ...(from > 0 || !start.isFirst ? { moreAbove: true } : {}),
    ...(to < below.lines.length || below.isMore ? { moreBelow: true } : {}),
  }
}

/** Where the entry begins that the line goes on with; as far above as is looked, where it does not begin there. */
function startOf(
  parse: (first: number, last: number) => readonly EntryLine[],
  line: number,
): { line: number; isFirst: boolean } {
  let first = line
  for (const step of STEPS) {
    first = Math.max(0, line - step)
    const lines = parse(first, line)
    const at = lines.findLastIndex(({ parsed }) => parsed.continued !== true)
    const found = lines[at]
    // The first one that is read may go on with another, which only its entry tells.
    const isSure = found?.parsed.loggedAt !== undefined || at > 0 || first === 0 || step === MAX_LINES
    if (found !== undefined && isSure) return { line: first + at, isFirst: true }
    if (first === 0) break
  }
  return { line: first, isFirst: first === 0 }
}

/** The lines from `first` on up to the entry's end. */
function linesFrom(
  parse: (first: number, last: number) => readonly EntryLine[],
  first: number,
  line: number,
): { lines: readonly EntryLine[]; isMore: boolean } {
  let lines: readonly EntryLine[] = []
  const behind = line - first + 1
  for (const step of STEPS) {
    const last = line + 1 + step
    lines = parse(first, last)
    const next = lines.findIndex(({ parsed }, i) => i >= behind && parsed.continued !== true)
    if (next >= 0) return { lines: lines.slice(0, next), isMore: false }
    if (lines.length < last - first) return { lines, isMore: false }
  }
  return { lines, isMore: true }
}

/** What is shown of many lines: from the first on, or, where that would not hold the chosen one, from half of it before that one on. */
function bounded(lines: readonly EntryLine[], chosen: number): [number, number] {
  const end = reach(lines, 0, 1, MAX_LINES, MAX_BYTES)
  if (chosen < end) return [0, end]
  const from = reach(lines, chosen, -1, MAX_LINES / 2, MAX_BYTES / 2) + 1
  return [from, reach(lines, from, 1, MAX_LINES, MAX_BYTES)]
}

/** The first index, going from `from`, that is out of bounds; at least one is within. */
function reach(lines: readonly EntryLine[], from: number, step: 1 | -1, most: number, mostBytes: number): number {
  let bytes = 0
  let at = from
  for (let line = lines[at]; line !== undefined && Math.abs(at - from) < most; line = lines[at]) {
    bytes += Math.min(HEAD_BYTES, line.line.bytes)
    if (bytes > mostBytes && at !== from) break
    at += step
  }
  return at
}

function textOf({ text, line }: EntryLine): string {
  return line.bytes > HEAD_BYTES ? `${text}…` : text
}

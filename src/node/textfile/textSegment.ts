/**
 * Lines that stand one behind the other in one content: a whole file, or what is left of it. While its index is not complete the
 * number of lines is an estimate: the first ones are known from the index, the last ones from a small index of the end.
 */
import type { TextKernel } from '../../core/lines/wasm/textKernel'
import { LineIndex } from './lineIndex'
import { readLines, type RawLine } from './lineReader'
import type { TextBytes } from './textBytes'

/** Up to here a file is counted at once. */
const AT_ONCE_BYTES = 32 * 1024 * 1024
const END_BYTES = 1024 * 1024
const SAMPLES = 16
const SAMPLE_BYTES = 64 * 1024

/** A line and its number among those of the segment. */
export interface SegmentLine extends RawLine {
  readonly line: number
}

export class TextSegment {
  readonly index: LineIndex
  /** The last lines while the index is not complete; `first` is the estimated number of their first. */
  private ending: { readonly index: LineIndex; readonly first: number } | undefined

  /**
   * @param origin where its first line begins
   * @param end where the text ends, as far as it is known
   * @param seqBase the seq of a line is its offset and this
   */
  constructor(
    private readonly kernel: TextKernel,
    readonly source: TextBytes,
    public generation: number,
    readonly origin: number,
    public end: number,
    public seqBase: number,
  ) {
    this.index = new LineIndex(kernel, source, origin)
    if (end - origin > AT_ONCE_BYTES) this.estimate()
    else this.countOn(Number.POSITIVE_INFINITY)
  }

  /** Whether the number of lines is known. */
  get isComplete(): boolean {
    return this.ending === undefined
  }

  /** Lines, an unfinished last one included; estimated while it is not complete. */
  get count(): number {
    const { ending } = this
    return ending === undefined ? this.linesOf(this.index) : ending.first + this.linesOf(ending.index)
  }

  /** The estimated number of the first of the last lines, which are known by their distance from the end. */
  get endFrom(): number {
    return this.ending?.first ?? this.count
  }

  /** Whether the last line has no end. */
  get isUnfinished(): boolean {
    const { counted, endsWhole } = this.ending?.index ?? this.index
    return !endsWhole || counted < this.end
  }

  /** Counts at most so many bytes more. @returns whether it became complete */
  countOn(most: number): boolean {
    const { ending } = this
    const isMore = this.index.advance(this.end, most)
    if (isMore || ending === undefined) return false
    this.ending = undefined
    return true
  }

  /** Whether it is counted where line `line` begins. */
  knowsLine(line: number): boolean {
    return this.isComplete || this.index.lines >= line
  }

  /** Whether it is counted which line holds the byte at `offset`. */
  knowsOffset(offset: number): boolean {
    return this.isComplete || this.index.counted >= offset
  }

  grow(end: number): void {
    if (end <= this.end) return
    this.end = end
    if (this.ending === undefined) this.index.advance(end, Number.POSITIVE_INFINITY)
    else this.ending.index.advance(end, Number.POSITIVE_INFINITY)
  }

  /** Only what is before `end`, the beginning of a line, is left. @returns how many lines are gone */
  cut(end: number): number {
    const before = this.count
    this.end = Math.max(this.origin, end)
    this.ending = undefined
    if (this.index.counted > this.end) this.index.cut(this.end)
    else this.index.advance(this.end, Number.POSITIVE_INFINITY)
    return before - this.count
  }

  /** The lines `first` to `last` (exclusive), by numbers from 0 as `count` has them. */
  lines(first: number, last: number): SegmentLine[] {
    const { ending, index } = this
    const to = Math.min(last, this.count)
    if (first >= to) return []
    if (ending === undefined || to <= index.lines) return numbered(readLines(index, first, to, this.end), first)
    if (first >= ending.first) {
      return numbered(readLines(ending.index, first - ending.first, to - ending.first, this.end), first)
    }
    if (first < index.lines) return [...this.lines(first, index.lines), ...this.lines(index.lines, to)]
    if (to > ending.first) return [...this.lines(first, ending.first), ...this.lines(ending.first, to)]
    return this.guess(first, to, ending)
  }

  /** The number of the line that holds the byte at `offset`. */
  lineAt(offset: number): number {
    const { ending, index } = this
    if (offset <= index.counted || ending === undefined) return index.lineAt(Math.min(offset, index.counted))
    if (offset >= ending.index.origin) return ending.first + ending.index.lineAt(Math.min(offset, this.end))
    const share = (offset - index.counted) / (ending.index.origin - index.counted)
    return index.lines + Math.floor(share * Math.max(0, ending.first - index.lines))
  }

  /** Where line `line` begins. */
  startOf(line: number): number {
    const { ending, index } = this
    if (line <= index.lines || ending === undefined) return index.startOf(Math.min(line, index.lines))
    if (line >= ending.first) return ending.index.startOf(Math.min(line - ending.first, ending.index.lines))
    const share = (line - index.lines) / (ending.first - index.lines)
    return this.lineStart(index.counted + Math.floor(share * (ending.index.origin - index.counted)))
  }

  private linesOf(index: LineIndex): number {
    return index.lines + (!index.endsWhole || index.counted < this.end ? 1 : 0)
  }

  /** Lines between those that the two indexes know: near to where they are. */
  private guess(first: number, last: number, ending: { readonly index: LineIndex }): SegmentLine[] {
    const at = this.startOf(first)
    const index = new LineIndex(this.kernel, this.source, at)
    // A line may be gigabytes long: then its beginning is shown until the index is there.
    const limit = Math.min(ending.index.origin, at + END_BYTES)
    while (index.lines < last - first && index.advance(limit, SAMPLE_BYTES));
    return numbered(readLines(index, 0, Math.min(last - first, index.lines + 1), index.counted), first)
  }

  /** The end's lines are counted, the others estimated by samples of all over the text. */
  private estimate(): void {
    const index = new LineIndex(this.kernel, this.source, this.lineStart(this.end - END_BYTES))
    index.advance(this.end, Number.POSITIVE_INFINITY)
    const bytes = index.origin - this.origin
    let newlines = 0
    for (let i = 0; i < SAMPLES; i++) {
      const at = this.origin + 2 * Math.floor((bytes / SAMPLES / 2) * i)
      const sample = new LineIndex(this.kernel, this.source, at)
      sample.advance(at + SAMPLE_BYTES, SAMPLE_BYTES)
      newlines += sample.lines
    }
    this.ending = { index, first: Math.max(1, Math.round((newlines / (SAMPLES * SAMPLE_BYTES)) * bytes)) }
  }

  /** The first beginning of a line at or behind `offset`; in the middle of a very long line, there. */
  private lineStart(offset: number): number {
    const { unit } = this.source
    const from = offset - (offset % unit)
    const newline = this.source.newlineIn(this.source.bytesAt(from, END_BYTES), 0)
    return newline < 0 ? from : from + newline + unit
  }
}

function numbered(lines: readonly RawLine[], first: number): SegmentLine[] {
  return lines.map((line, i) => ({ ...line, line: first + i }))
}

/**
 * Finds the events of a log that a query wants. Texts are looked for in whole pieces by bytes that each line with them has, so that
 * most lines are never looked at; what is found that way is parsed, where the bytes alone are not sure.
 */
import { keyFilter } from '../../core/query/keyFilter'
import type { Needle, TextKernel } from '../../core/lines/wasm/textKernel'
import { planEventText, type EventPlan } from '../../core/query/eventPlan'
import { createEventMatcher, isInTime, textParts } from '../../core/query/textMatcher'
import type { Query, TextQuery } from '../../shared/protocol/rows'
import { LINE_TEXT, stampOf } from '../runlog/eventLine'
import { eachLineWith, needleOf } from '../textfile/needleLines'
import { LogText, type LogPiece } from './logText'
import { StampScan } from './stampScan'

const [QUOTE, BACKSLASH] = [0x22, 0x5c]
const TEXT_START = `"data":{${LINE_TEXT}`
/** An escape before a place may be so long. */
const ESCAPE_BYTES = 6

export class LogSearch {
  private readonly buffer: Buffer
  private readonly stamps: StampScan
  private readonly text: LogText
  private readonly wantsKey: ((key: string) => boolean) | undefined
  private readonly matches: ((line: string) => boolean) | undefined
  private readonly plan: EventPlan | undefined
  private readonly needle: Needle | undefined
  /** The plan's text is all that the query wants of a line's text. */
  private readonly isAlone: boolean
  /** Which of the stretches comes next, and where the one that is read ends. */
  private stretch = 0
  private end = 0
  private hasNeedle = false

  /**
   * @param stretches where each begins and ends in the log, and the position of its first line; ascending
   * @param found told of each position, in order
   * @throws an error of the system when the log can't be opened
   */
  constructor(
    path: string,
    private readonly kernel: TextKernel,
    private readonly query: Query,
    private readonly stretches: Float64Array,
    private readonly found: (position: number) => void,
  ) {
    const { text } = kernel
    this.buffer = Buffer.from(text.buffer, text.byteOffset, text.length)
    this.stamps = new StampScan(kernel)
    this.wantsKey = keyFilter(query)
    this.matches = createEventMatcher(query)
    const { wanted, unwanted } = textParts(query)
    const isAnywhere = query.sources === undefined && query.withoutSources === undefined
    this.isAlone = wanted.length === 1 && unwanted.length === 0 && isAnywhere
    this.plan = bestPlan(wanted)
    this.needle = this.plan?.literal === undefined ? undefined : needleOf(this.plan.literal, this.plan.ignoresCase)
    this.text = new LogText(path, kernel, stretches[0] ?? 0, stretches[2] ?? 0)
    this.end = stretches[1] ?? 0
  }

  /** Up to here all is found. */
  get scanned(): number {
    return this.isLastDone ? Number.POSITIVE_INFINITY : this.text.offset
  }

  private get isLastDone(): boolean {
    return this.stretch + 3 >= this.stretches.length && this.text.offset >= this.end
  }

  get isWithinLine(): boolean {
    return this.text.isWithinLine
  }

  resume(): void {
    this.text.resume()
  }

  close(): void {
    this.text.close()
  }

  /** Looks at the next piece before `known`. @returns false when there is none */
  step(known: number): boolean {
    const { text, stretches } = this
    if (text.offset >= this.end && this.stretch + 3 < stretches.length) {
      this.stretch += 3
      this.end = stretches[this.stretch + 1] ?? 0
      text.startAt(stretches[this.stretch] ?? 0, stretches[this.stretch + 2] ?? 0)
    }
    const piece = text.next(Math.min(known, this.end))
    if (piece === undefined) return false
    if (piece.kind === 'lines') this.lookAtLines(piece.length)
    else this.lookAtLong(piece)
    text.taken(piece, piece.kind === 'lines' ? this.kernel.count(0, piece.length) : 0)
    return true
  }

  private lookAtLines(length: number): void {
    if (this.needle !== undefined) this.findNeedle(this.needle, length)
    else this.lookAtEach(length)
  }

  private findNeedle(needle: Needle, length: number): void {
    const { position } = this.text
    eachLineWith(this.kernel, this.buffer, needle, length, (start, end, at, before) => {
      if (this.isWanted(start, end) && (this.isSure(start, at) || this.isMatch(start, end)))
        this.found(position + before)
    })
  }

  private lookAtEach(length: number): void {
    const { query, wantsKey } = this
    const isTimed = query.time !== undefined
    let { position } = this.text
    this.stamps.lines(length, (from, to, { key }, time) => {
      const isIn = wantsKey?.(key) !== false && (!isTimed || isInTime(query, time))
      if (isIn && this.isMatch(from, to)) this.found(position)
      position++
    })
  }

  private isWanted(from: number, to: number): boolean {
    const { query, wantsKey } = this
    if (wantsKey === undefined && query.time === undefined) return true
    const { key, timeMs } = stampOf(this.buffer, from, to)
    return wantsKey?.(key) !== false && isInTime(query, timeMs)
  }

  /** Whether the needle at `at` stands in the text with which a line's data begins, and is what is looked for. */
  private isSure(start: number, at: number): boolean {
    const { buffer, plan, isAlone } = this
    // What is escaped means something else where a line is damaged.
    if (!isAlone || plan?.isLiteral !== true || plan.literal?.includes('\\') === true) return false
    const data = buffer.indexOf(TEXT_START, start, 'latin1')
    const text = data + TEXT_START.length
    if (data < 0 || text > at || text > start + 256) return false
    // Within an escape it would be something else.
    for (let i = Math.max(text, at - ESCAPE_BYTES); i < at; i++) if (buffer[i] === BACKSLASH) return false
    for (let i = text; i < at; i++) {
      const isEscaped = buffer[i - 1] === BACKSLASH && buffer[i - 2] !== BACKSLASH
      if (buffer[i] === QUOTE && !isEscaped) return false
    }
    return true
  }

  private isMatch(from: number, to: number): boolean {
    const { matches, plan, buffer } = this
    if (matches === undefined) return true
    const line = buffer.toString('utf8', from, to)
    if (plan?.plain !== undefined && !line.includes('\\') && !plan.plain.test(line)) return false
    return matches(line)
  }

  /** Of a very long line only one that has the bytes is read whole. */
  private lookAtLong(piece: LogPiece): void {
    const { kernel, needle, text } = this
    for (let at = 0; needle !== undefined && !this.hasNeedle && at < piece.length; at++) {
      at = kernel.find(needle, at, piece.length)
      this.hasNeedle = at < piece.length && kernel.isNeedleAt(needle, at)
    }
    if (piece.kind !== 'long') return
    const isPossible = needle === undefined || this.hasNeedle
    this.hasNeedle = false
    if (!isPossible) return
    const { start, end } = piece
    const ends = text.ends(start, end)
    const { key, time } = this.stamps.slow(ends, 0, ends.length)
    if (this.wantsKey?.(key.key) === false || !isInTime(this.query, time)) return
    const line = text.line(start, end)
    if (line !== undefined && this.matches?.(line) !== false) this.found(text.position)
  }
}

/** The part whose places are found the fastest: that with the longest literal. */
function bestPlan(wanted: readonly TextQuery[]): EventPlan | undefined {
  const plans = wanted.map(planEventText)
  return plans.sort((a, b) => (b.literal?.length ?? 0) - (a.literal?.length ?? 0))[0]
}

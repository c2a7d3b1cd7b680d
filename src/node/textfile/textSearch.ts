/**
 * Finds the lines of a source that a query wants. Texts are looked for in whole pieces (textPlan.ts), so that most lines are never
 * looked at; levels and times are read line by line from the bytes.
 */
import { isAscii } from 'node:buffer'
import type { Level } from '../../shared/events/schema'
import type { LineFormat } from '../../core/lines/formats/lineFormat'
import { levelNumbers } from '../../core/lines/parsedLine'
import type { Needle, TextKernel } from '../../core/lines/wasm/textKernel'
import { createLineMatcher, isInTime, textExpression, textParts } from '../../core/query/textMatcher'
import { planText, type TextPlan } from '../../core/query/textPlan'
import type { Query, TextQuery } from '../../shared/protocol/rows'
import { LineScan } from './lineScan'
import { eachLineWith, needleOf } from './needleLines'
import type { Piece } from './scanText'
import type { TextEncoding } from './textBytes'

const CARRIAGE_RETURN = 13

export class TextSearch {
  private readonly buffer: Buffer
  private readonly scan: LineScan
  private readonly matches: ((text: string) => boolean) | undefined
  /** A bit for each level that is wanted. */
  private readonly wantedLevels: number
  private readonly isTimed: boolean
  private readonly plan: TextPlan | undefined
  private readonly literal: Needle | undefined
  /** The driving part's answer is the query's. */
  private readonly isAlone: boolean
  private long: { readonly wanted: boolean[]; isForbidden: boolean; isIn: boolean } | undefined

  /** @param found told of each line, in order */
  constructor(
    private readonly kernel: TextKernel,
    private readonly encoding: TextEncoding,
    private readonly query: Query,
    format: LineFormat | undefined,
    private readonly found: (line: number) => void,
  ) {
    const { text } = kernel
    this.buffer = Buffer.from(text.buffer, text.byteOffset, text.length)
    this.matches = createLineMatcher(query)
    const bitsOf = (levels: readonly Level[] | undefined): number | undefined =>
      levels?.reduce((bits, level) => bits | (1 << levelNumbers[level]), 0)
    this.wantedLevels = (bitsOf(query.levels) ?? 0x7f) & ~(bitsOf(query.withoutLevels) ?? 0)
    const isByLine = this.wantedLevels !== 0x7f || query.time !== undefined
    this.isTimed = query.time !== undefined
    this.scan = new LineScan(kernel, format, !isByLine, this.isTimed)
    const { wanted, unwanted } = textParts(query)
    this.isAlone = wanted.length === 1 && unwanted.length === 0
    this.plan = isByLine ? undefined : bestPlan(wanted)
    this.literal = this.plan?.literal === undefined ? undefined : needleOf(this.plan.literal, this.plan.ignoresCase)
  }

  /**
   * Looks at a piece whose first line has the number `line`.
   * @returns whether an unfinished line is one that is wanted
   */
  look({ kind, length }: Piece, line: number): boolean {
    if (kind === 'lines') {
      if (this.literal !== undefined) this.findLiteral(this.literal, length, line)
      else if (this.plan?.many !== undefined) this.findMany(this.plan.many, this.plan.isManyExact, length, line)
      else this.scan.lines(length, line, this.lookAtLine)
      return false
    }
    if (kind === 'unfinished') {
      let isWanted = false
      this.scan.unfinished(length, line, (_, from, to, level, time) => {
        isWanted = this.isWanted(from, to, level, time)
      })
      return isWanted
    }
    this.lookAtPart(length, line)
    if (kind === 'lastPart') this.endLongLine(line)
    return false
  }

  private readonly lookAtLine = (line: number, from: number, to: number, level: number, time: number): void => {
    if (this.isWanted(from, to, level, time)) this.found(line)
  }

  private isWanted(from: number, to: number, level: number, time: number): boolean {
    if (((this.wantedLevels >>> level) & 1) === 0 || (this.isTimed && !isInTime(this.query, time))) return false
    return this.matches === undefined || this.matches(this.textOf(from, to))
  }

  private findLiteral(literal: Needle, length: number, first: number): void {
    const { kernel, buffer } = this
    const isEnough = this.plan?.isLiteral === true && this.isAlone
    eachLineWith(kernel, buffer, literal, length, (start, end, _, before) => {
      if (isEnough || this.matches?.(this.textOf(start, end)) !== false) this.found(first + before)
    })
  }

  /** The expression over the whole piece as one text. */
  private findMany(expression: RegExp, isExact: boolean, length: number, first: number): void {
    const { kernel, buffer } = this
    const isBytes = this.encoding === 'latin1' || isAscii(buffer.subarray(0, length))
    const text = isBytes ? buffer.toString('latin1', 0, length) : buffer.toString('utf8', 0, length)
    let counted = 0
    let line = first
    expression.lastIndex = 0
    for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
      const { index } = match
      const start = index === 0 ? 0 : text.lastIndexOf('\n', index - 1) + 1
      const end = text.indexOf('\n', index)
      if (end < 0) break
      line += isBytes ? kernel.count(counted, start) : newlinesIn(text, counted, start)
      counted = start
      // A carriage return before the newline is not part of the line.
      const textEnd = text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end
      const isEnough = isExact && this.isAlone && index + match[0].length <= textEnd
      if (isEnough || this.matches?.(lineOf(text, start, end)) !== false) this.found(line)
      expression.lastIndex = end + 1
    }
  }

  private lookAtPart(length: number, line: number): void {
    const { wanted, unwanted } = textParts(this.query)
    if (this.long === undefined) {
      const long = { wanted: wanted.map(() => false), isForbidden: false, isIn: false }
      this.scan.line(length, line, (_, _from, _to, level, time) => {
        long.isIn = ((this.wantedLevels >>> level) & 1) === 1 && isInTime(this.query, time)
      })
      this.long = long
    }
    const { long } = this
    if (!long.isIn) return
    const text = this.textOf(0, length)
    for (const [i, part] of wanted.entries()) long.wanted[i] ||= textExpression(part).test(text)
    long.isForbidden ||= unwanted.some((part) => textExpression(part).test(text))
  }

  private endLongLine(line: number): void {
    const { long } = this
    this.long = undefined
    if (long?.isIn === true && !long.isForbidden && long.wanted.every(Boolean)) this.found(line)
  }

  /** The text of a line, without its end. */
  private textOf(from: number, to: number): string {
    const end = to > from && this.buffer[to - 1] === CARRIAGE_RETURN ? to - 1 : to
    return this.encoding === 'latin1'
      ? this.buffer.toString('latin1', from, end)
      : this.buffer.toString('utf8', from, end)
  }
}

/** The part whose places are found the fastest: that with the longest literal, else one that is found in many lines at once. */
function bestPlan(wanted: readonly TextQuery[]): TextPlan | undefined {
  const plans = wanted.map(planText)
  const byLiteral = [...plans].sort((a, b) => (b.literal?.length ?? 0) - (a.literal?.length ?? 0))
  return byLiteral[0]?.literal === undefined ? plans.find(({ many }) => many !== undefined) : byLiteral[0]
}

function newlinesIn(text: string, from: number, to: number): number {
  let count = 0
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++
  return count
}

function lineOf(text: string, start: number, end: number): string {
  return text.slice(start, end > start && text.charCodeAt(end - 1) === CARRIAGE_RETURN ? end - 1 : end)
}

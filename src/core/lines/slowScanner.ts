/** Level and time of the lines whose bytes alone don't tell: the full parser's, one line at a time. */
import type { LineFormat } from './formats/lineFormat'
import { FormatParser, type LineParserOptions } from './lineParser'
import { levelNames, levelNumbers } from './parsedLine'

/** Agrees with the full parser (lineParser.ts); allocates nothing for common lines. */
export interface LevelTimeScanner {
  /** The last line's: 0 none, 1 trace … 6 fatal. A continued line has its entry's. Whoever begins in the middle of a text may set it. */
  level: number
  /** ms since the epoch, NaN where the line states none. */
  readonly time: number
  readonly continued: boolean
  /** Reads the line `bytes[from, to)`, UTF-8, without its newline. */
  scan(bytes: Uint8Array, from: number, to: number): void
}

export type ScannerOptions = Pick<LineParserOptions, 'formats' | 'now' | 'offsetMinutes'>

/** More of a line is not needed to know its level and time. */
const MAX_DECODED = 65_536

/** What is read as text because its bytes alone don't tell. */
export class SlowScanner {
  private readonly decoder = new TextDecoder()
  readonly parser: FormatParser

  constructor(format: LineFormat | undefined, options: ScannerOptions) {
    this.parser = new FormatParser(options, format, 'no')
  }

  decode(bytes: Uint8Array, from: number, to: number): string {
    return this.decoder.decode(bytes.subarray(from, Math.min(to, from + MAX_DECODED)))
  }

  read(text: string, into: { level: number; time: number; continued: boolean }): void {
    this.parser.above = levelNames[into.level]
    const { level, loggedAt, continued } = this.parser.parse(text)
    into.level = level === undefined ? 0 : levelNumbers[level]
    into.time = loggedAt ?? Number.NaN
    into.continued = continued === true
  }
}

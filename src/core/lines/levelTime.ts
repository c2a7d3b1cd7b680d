/** Level and time of a line straight from its bytes, for filters and histograms over whole files. */
import type { LineFormat } from './formats/lineFormat'
import type { LineParserOptions } from './lineParser'

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

/** @param format what detectFormat found; undefined for plain text */
export function createLevelTimeScanner(
  _format: LineFormat | undefined,
  _options: Pick<LineParserOptions, 'formats' | 'now' | 'offsetMinutes'> = {},
): LevelTimeScanner {
  return { level: 0, time: Number.NaN, continued: false, scan: () => undefined }
}

/** Level and time of a line straight from its bytes, for filters and histograms over whole files. */
import { compileHead, HeadReader, type Head } from './formats/head'
import { JsonScanner } from './formats/jsonScan'
import type { LineFormat, PatternFormat } from './formats/lineFormat'
import { LogfmtScanner } from './formats/logfmtScan'
import { StampReader } from './formats/stamps'
import { mayStateLevel } from './levelGate'
import { SlowScanner, type LevelTimeScanner, type ScannerOptions } from './slowScanner'
import { WrappedScanner } from './wrappedScanner'

/** @param format what detectFormat found; undefined for plain text */
export function createLevelTimeScanner(format: LineFormat | undefined, options: ScannerOptions = {}): LevelTimeScanner {
  return format?.kind === 'wrapped'
    ? new WrappedScanner(format, options, createLevelTimeScanner(format.inner, options))
    : new FormatScanner(format, options)
}

const CARRIAGE_RETURN = 0x0d
const BLANK = 0x20
const TAB = 0x09
class FormatScanner implements LevelTimeScanner {
  level = 0
  time = Number.NaN
  continued = false
  private readonly slow: SlowScanner
  private readonly heads: readonly Head[]
  private readonly headReader: HeadReader
  private readonly json: JsonScanner | undefined
  private readonly logfmt: LogfmtScanner | undefined
  private readonly isPlain: boolean
  private readonly wraps: boolean

  constructor(format: LineFormat | undefined, options: ScannerOptions) {
    const stamps = new StampReader(options)
    this.slow = new SlowScanner(format, options)
    this.headReader = new HeadReader(stamps)
    this.heads = format?.kind === 'pattern' ? headsOf(format) : []
    this.json = format?.kind === 'json' ? new JsonScanner(stamps) : undefined
    this.logfmt = format?.kind === 'logfmt' ? new LogfmtScanner(stamps) : undefined
    this.isPlain = format === undefined && (options.formats ?? []).length === 0
    // An indented line that may be an entry of the format, or a note, is for the parser.
    this.wraps =
      format?.kind === 'pattern' &&
      format.isLoose !== true &&
      format.notes?.test(' ') !== true &&
      format.starts?.includes(' ') === false
  }

  scan(bytes: Uint8Array, from: number, lineEnd: number): void {
    const to = lineEnd > from && bytes[lineEnd - 1] === CARRIAGE_RETURN ? lineEnd - 1 : lineEnd
    const first = to > from ? (bytes[from] ?? 0) : 0
    const { heads, headReader } = this
    for (let i = 0; i < heads.length; i++) {
      const head = heads[i]
      if (head !== undefined && headReader.read(head, bytes, from, to)) {
        this.entry(headReader.level, headReader.time, bytes, from, to)
        return
      }
    }
    if (this.json !== undefined && first === 0x7b && bytes[from + 1] === 0x22) {
      this.json.scan(bytes, from, to)
      if (!this.json.isOdd && (this.json.level !== 0 || this.json.time === this.json.time)) {
        this.entry(this.json.level, this.json.time, bytes, from, to)
        return
      }
    }
    if (this.logfmt?.scan(bytes, from, to) === true && !this.logfmt.isOdd) {
      this.entry(this.logfmt.level, this.logfmt.time, bytes, from, to)
      return
    }
    if (this.wraps && (first === BLANK || first === TAB)) {
      this.time = Number.NaN
      this.continued = true
      return
    }
    if (this.isPlain && isPlainStart(bytes, from, to) && !this.slow.parser.continuation.isInside) {
      this.entry(0, Number.NaN, bytes, from, to)
      return
    }
    this.slow.read(this.slow.decode(bytes, from, lineEnd), this)
  }

  private entry(level: number, time: number, bytes: Uint8Array, from: number, to: number): void {
    if (level === 0 && mayStateLevel(bytes, from, to)) {
      this.slow.read(this.slow.decode(bytes, from, to), this)
      return
    }
    this.level = level
    this.time = time
    this.continued = false
    this.slow.parser.continuation.reset()
  }
}

function headsOf({ heads = [], levels = {}, letters = {}, continuing = [] }: PatternFormat): readonly Head[] {
  return heads.map((steps) => compileHead(steps, levels, letters, continuing))
}

/** Whether a line can only be plain text, by how it begins: in lower case, with no pair and no category in its first word. */
function isPlainStart(bytes: Uint8Array, from: number, to: number): boolean {
  const end = Math.min(to, from + 128)
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0
    if (byte === BLANK) return at > from && at + 1 < to && isLower(bytes[at + 1] ?? 0)
    if (!isLower(byte)) return false
  }
  return false
}

function isLower(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a
}

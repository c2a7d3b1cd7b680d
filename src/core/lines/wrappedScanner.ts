/** Level and time of containers' lines: the runtime's time, the level of the program's line inside. */
import { StampReader } from './formats/stamps'
import type { WrappedFormat } from './formats/lineFormat'
import { unwrap } from './formats/wrappedLine'
import { plainText } from './lineParser'
import { SlowScanner, type LevelTimeScanner, type ScannerOptions } from './slowScanner'

const BLANK = 0x20
const QUOTE = 0x22
const BACKSLASH = 0x5c
const MAX_INNER = 65_536
const encoder = new TextEncoder()
const dockerStart = encoder.encode('{"log":"')
const dockerStreams = [encoder.encode('","stream":"stdout","time":"'), encoder.encode('","stream":"stderr","time":"')]
const criStreams = [encoder.encode(' stdout '), encoder.encode(' stderr ')]

export class WrappedScanner implements LevelTimeScanner {
  level = 0
  time = Number.NaN
  continued = false
  private readonly stamps: StampReader
  private readonly slow: SlowScanner
  /** Whether the last line of stdout, of stderr was only a piece. */
  private readonly partial = [false, false]
  /** A line inside whose escapes are undone. */
  private readonly scratch = new Uint8Array(MAX_INNER)
  private scratchLength = 0

  constructor(
    private readonly format: WrappedFormat,
    options: ScannerOptions,
    private readonly inner: LevelTimeScanner,
  ) {
    this.stamps = new StampReader(options)
    this.slow = new SlowScanner(format, options)
  }

  scan(bytes: Uint8Array, from: number, to: number): void {
    const isRead = this.format.wrapper === 'cri' ? this.cri(bytes, from, to) : this.docker(bytes, from, to)
    if (isRead) return
    const text = plainText(this.slow.decode(bytes, from, to))
    const found = unwrap(this.format.wrapper, text, this.stamps)
    if (found === undefined) {
      this.slow.read(text, this)
      return
    }
    const line = encoder.encode(found.text)
    this.piece(line, 0, line.length, found.time, found.stream === 'stdout' ? 0 : 1, found.isPartial)
  }

  /** `2026-10-01T22:00:00.123456789Z stdout F text` */
  private cri(bytes: Uint8Array, from: number, to: number): boolean {
    const end = this.stamps.read('iso', bytes, from, to)
    if (end < 0 || end + 10 > to || bytes[to - 1] === 0x0d) return false
    const { time } = this.stamps
    const stream = isAt(bytes, end, to, criStreams[0]) ? 0 : isAt(bytes, end, to, criStreams[1]) ? 1 : -1
    const flag = bytes[end + 8]
    if (stream < 0 || (flag !== 0x46 && flag !== 0x50) || bytes[end + 9] !== BLANK) return false
    this.piece(bytes, end + 10, to, time, stream, flag === 0x50)
    return true
  }

  /** `{"log":"text\n","stream":"stdout","time":"2026-10-01T22:00:00.123456789Z"}` */
  private docker(bytes: Uint8Array, from: number, to: number): boolean {
    if (!isAt(bytes, from, to, dockerStart)) return false
    const end = this.unescape(bytes, from + dockerStart.length, to)
    if (end < 0) return false
    const stream = isAt(bytes, end, to, dockerStreams[0]) ? 0 : isAt(bytes, end, to, dockerStreams[1]) ? 1 : -1
    if (stream < 0) return false
    const stampEnd = this.stamps.read('iso', bytes, end + (dockerStreams[0]?.length ?? 0), to)
    if (stampEnd < 0 || stampEnd + 2 !== to || bytes[stampEnd] !== QUOTE || bytes[stampEnd + 1] !== 0x7d) return false
    const { time } = this.stamps
    const length = this.scratchLength
    const isPartial = length === 0 || this.scratch[length - 1] !== 0x0a
    this.piece(this.scratch, 0, isPartial ? length : length - 1, time, stream, isPartial)
    return true
  }

  /** Copies a string of JSON with its plain escapes undone; returns where its quote is, -1 for one that needs more. */
  private unescape(bytes: Uint8Array, from: number, to: number): number {
    const { scratch } = this
    const end = Math.min(to, from + MAX_INNER)
    let out = 0
    for (let at = from; at < end; at++) {
      let byte = bytes[at] ?? 0
      if (byte === QUOTE) {
        this.scratchLength = out
        return at
      }
      if (byte < BLANK) return -1
      if (byte === BACKSLASH) {
        const letter = bytes[++at]
        if (letter === 0x6e) byte = 0x0a
        else if (letter === 0x74) byte = 0x09
        else if (letter === QUOTE || letter === BACKSLASH) byte = letter
        else return -1
      }
      scratch[out++] = byte
    }
    return -1
  }

  private piece(bytes: Uint8Array, from: number, to: number, time: number, stream: number, isPartial: boolean): void {
    const goesOn = this.partial[stream] === true
    this.partial[stream] = isPartial
    this.time = time
    this.continued = goesOn
    if (goesOn) return
    this.inner.scan(bytes, from, to)
    this.continued = this.inner.continued
    if (this.continued) return
    this.level = this.inner.level
    this.slow.parser.continuation.reset()
  }
}

function isAt(bytes: Uint8Array, at: number, to: number, wanted: Uint8Array | undefined): boolean {
  if (wanted === undefined || at + wanted.length > to) return false
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false
  return true
}

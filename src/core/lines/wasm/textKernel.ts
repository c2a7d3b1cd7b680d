/** Looks over text in bytes (textCode.ts): its memory is read into straight from files. Offsets are those of `text`. */
import { FIND, LIST, LIST_TEXT_BYTES, TEXT, textCode } from './textCode'
import { instantiate } from './webAssembly'

type Numbers = (...values: number[]) => number

/** Two bytes of a text that is looked for. */
export interface BytePair {
  readonly first: number
  readonly second: number
  /** How far the second stands behind the first; 0 for a text of one byte. */
  readonly apart: number
  /** Letters in either case. */
  readonly ignoresCase: boolean
}

const NEWLINE_16 = { little: 0x000a, big: 0x0a00 } as const

export class TextKernel {
  /** The bytes that are looked over. */
  readonly text: Uint8Array<ArrayBuffer>
  private readonly places: Int32Array
  private readonly vectors: Uint8Array
  private readonly run: Readonly<Record<'count' | 'count16' | 'list' | 'find', Numbers>>
  private pair: BytePair | undefined

  /** Throws where there is no WebAssembly with vectors. */
  constructor(textBytes: number) {
    const { bytes, pages } = textCode(textBytes)
    const { buffer, exports } = instantiate(bytes, pages)
    this.run = exports as typeof this.run
    this.text = new Uint8Array(buffer, TEXT, textBytes)
    this.places = new Int32Array(buffer, LIST, LIST_TEXT_BYTES)
    this.vectors = new Uint8Array(buffer, 0, LIST)
  }

  count(from: number, to: number): number {
    return this.run.count(TEXT + from, TEXT + to)
  }

  /** Newlines of UTF-16 text; `to - from` is even. */
  count16(from: number, to: number, order: 'little' | 'big'): number {
    return this.run.count16(TEXT + from, TEXT + to, NEWLINE_16[order])
  }

  /**
   * Where the newlines are, each TEXT_START more than its offset; valid until the next call.
   * @param to at most LIST_TEXT_BYTES behind `from`
   */
  list(from: number, to: number): Int32Array {
    return this.places.subarray(0, this.run.list(TEXT + from, TEXT + to))
  }

  /** The first offset in `[from, to)` where the pair stands, or `to`. The second byte may stand behind `to`. */
  find(pair: BytePair, from: number, to: number): number {
    if (this.pair !== pair) this.take(pair)
    return this.run.find(TEXT + from, TEXT + to, pair.apart) - TEXT
  }

  private take(pair: BytePair): void {
    this.pair = pair
    const places = [
      [pair.first, FIND.first, FIND.firstCase],
      [pair.second, FIND.second, FIND.secondCase],
    ] as const
    for (const [byte, at, caseAt] of places) {
      const bit = pair.ignoresCase && isLetter(byte) ? 0x20 : 0
      this.vectors.fill(byte | bit, at, at + 16)
      this.vectors.fill(bit, caseAt, caseAt + 16)
    }
  }
}

/** What `list` adds to each offset. */
export const TEXT_START = TEXT

function isLetter(byte: number): boolean {
  const lower = byte | 0x20
  return lower >= 0x61 && lower <= 0x7a
}

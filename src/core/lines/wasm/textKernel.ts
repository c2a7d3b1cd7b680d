/** Looks over text in bytes (textCode.ts): its memory is read into straight from files. Offsets are those of `text`. */
import { FIND, LIST, LIST_TEXT_BYTES, TEXT, textCode } from './textCode'
import { instantiate } from './webAssembly'

type Numbers = (...values: number[]) => number

/** A text of ASCII to look for; lower case where case does not count. */
export interface Needle {
  readonly bytes: Uint8Array
  readonly ignoresCase: boolean
  /** Where in it the two bytes stand that are looked for first, in order; the same for a text of one byte. */
  readonly first: number
  readonly second: number
}

const NEWLINE_16 = { little: 0x000a, big: 0x0a00 } as const

export class TextKernel {
  /** The bytes that are looked over. */
  readonly text: Uint8Array<ArrayBuffer>
  private readonly places: Int32Array
  private readonly vectors: Uint8Array
  private readonly run: Readonly<Record<'count' | 'count16' | 'list' | 'find', Numbers>>
  private needle: Needle | undefined

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

  /**
   * The first offset in `[from, to)` where the needle's first byte may stand, or `to`: those at `first` and `second` do, and four
   * at its beginning (`isNeedleAt` says whether all do).
   */
  find(needle: Needle, from: number, to: number): number {
    if (this.needle !== needle) this.take(needle)
    const { first, second } = needle
    return this.run.find(TEXT + from + first, TEXT + to + first, second - first) - TEXT - first
  }

  isNeedleAt({ bytes, ignoresCase }: Needle, from: number): boolean {
    for (let i = 0; i < bytes.length; i++) {
      const byte = this.text[from + i] ?? 0
      if ((ignoresCase && byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte) !== bytes[i]) return false
    }
    return true
  }

  private take(needle: Needle): void {
    this.needle = needle
    const { bytes, first, second } = needle
    const caseBit = (byte: number): number => (needle.ignoresCase && isLetter(byte) ? 0x20 : 0)
    const places = [
      [bytes[first] ?? 0, FIND.first, FIND.firstCase],
      [bytes[second] ?? 0, FIND.second, FIND.secondCase],
    ] as const
    for (const [byte, at, caseAt] of places) {
      this.vectors.fill(byte, at, at + 16)
      this.vectors.fill(caseBit(byte), caseAt, caseAt + 16)
    }
    const word = new DataView(this.vectors.buffer, 0, LIST)
    word.setInt32(FIND.wordAt, -first, true)
    for (let i = 0; i < 4; i++) {
      const byte = bytes[i]
      this.vectors[FIND.wordMask + i] = byte === undefined ? 0 : 0xff
      this.vectors[FIND.wordCase + i] = byte === undefined ? 0 : caseBit(byte)
      this.vectors[FIND.word + i] = byte ?? 0
    }
  }
}

/** What `list` adds to each offset. */
export const TEXT_START = TEXT

function isLetter(byte: number): boolean {
  return byte >= 0x61 && byte <= 0x7a
}

/**
 * Where the lines of a text are, sparsely: for each 64 KiB how many newlines stand before it. A line is found by halving and
 * one block read. 9 bytes a block: 147 kB for a GB.
 */
import { isAscii } from 'node:buffer'
import type { TextKernel } from '../../core/lines/wasm/textKernel'
import { TEXT_START } from '../../core/lines/wasm/textKernel'
import type { TextBytes } from './textBytes'

export const BLOCK_BYTES = 64 * 1024
const CARRIAGE_RETURN = 13

export class LineIndex {
  /** Bytes before this are counted. */
  counted: number
  /** Newlines counted. */
  lines = 0
  /** Whether what is counted ends with a newline, or is empty. */
  endsWhole = true
  /** For each block the newlines before it. */
  private before = shared(16)
  /** For each block 1 where it is ASCII without a carriage return. */
  private plain = new Uint8Array(new SharedArrayBuffer(16))
  private blocks = 0

  /** @param origin where a line begins */
  constructor(
    private readonly kernel: TextKernel,
    readonly source: TextBytes,
    readonly origin: number,
  ) {
    this.counted = origin
  }

  /**
   * Counts on up to `end`, at most `most` bytes.
   * @returns false when there is nothing to count any more: all is, or the file is shorter than `end`
   */
  advance(end: number, most: number): boolean {
    const { kernel, source } = this
    const wanted = Math.min(most, end - this.counted)
    let left = wanted - (wanted % source.unit)
    while (left > 0) {
      const got = source.read(kernel.text.subarray(0, Math.min(left, kernel.text.length)), this.counted)
      const length = got - (got % source.unit)
      if (length === 0) return false
      this.take(length)
      left -= length
    }
    return end - this.counted >= source.unit
  }

  /** For other threads: newlines before each block that is counted; valid until the index is cut. */
  get beforeBlocks(): Float64Array<SharedArrayBuffer> {
    return this.before.subarray(0, this.blocks)
  }

  /** The same of what they hold: 1 for ASCII without a carriage return. */
  get plainBlocks(): Uint8Array<SharedArrayBuffer> {
    return this.plain.subarray(0, this.blocks)
  }

  /** Where line `line` begins; `line` is at most `lines`. */
  startOf(line: number): number {
    if (line <= 0) return this.origin
    let low = 0
    let high = this.blocks
    // The last block with fewer than `line` newlines before it holds the newline that ends the line before.
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.before[middle] ?? 0) < line) low = middle + 1
      else high = middle
    }
    const block = low - 1
    const at = this.origin + block * BLOCK_BYTES
    return at + this.newlineIn(at, line - (this.before[block] ?? 0)) + this.source.unit
  }

  /** The line that the byte at `offset` is part of; `offset` is at most `counted`. */
  lineAt(offset: number): number {
    if (offset <= this.origin) return 0
    const block = Math.min(Math.floor((offset - this.origin) / BLOCK_BYTES), this.blocks - 1)
    const at = this.origin + block * BLOCK_BYTES
    const length = this.load(at, offset)
    return (this.before[block] ?? 0) + this.count(0, length)
  }

  /** Forgets what is behind `end`, which must be counted; the file still has what is before it. */
  cut(end: number): void {
    if (end >= this.counted) return
    const lines = this.lineAt(end)
    this.blocks = Math.ceil((end - this.origin) / BLOCK_BYTES)
    this.counted = end
    this.lines = lines
    this.endsWhole = end === this.origin || this.startOf(lines) === end
  }

  private take(length: number): void {
    let from = 0
    while (from < length) {
      const inBlock = (this.counted - this.origin) % BLOCK_BYTES
      if (inBlock === 0) this.push(this.lines)
      const to = Math.min(length, from + BLOCK_BYTES - inBlock)
      this.lines += this.count(from, to)
      if (this.plain[this.blocks - 1] === 1 && !this.isPlain(from, to)) this.plain[this.blocks - 1] = 0
      this.counted += to - from
      from = to
    }
    const { unit } = this.source
    this.endsWhole = this.count(length - unit, length) === 1
  }

  private push(lines: number): void {
    if (this.blocks === this.before.length) {
      const more = shared(this.before.length * 2)
      more.set(this.before)
      this.before = more
      const morePlain = new Uint8Array(new SharedArrayBuffer(more.length))
      morePlain.set(this.plain)
      this.plain = morePlain
    }
    this.plain[this.blocks] = this.source.encoding === 'utf-8' ? 1 : 0
    this.before[this.blocks++] = lines
  }

  private isPlain(from: number, to: number): boolean {
    const { text } = this.kernel
    // A buffer's own search is the system's, and ten times as fast as that of other arrays.
    const bytes = Buffer.from(text.buffer, text.byteOffset + from, to - from)
    return isAscii(bytes) && !bytes.includes(CARRIAGE_RETURN)
  }

  private count(from: number, to: number): number {
    const { encoding } = this.source
    if (this.source.unit === 1) return this.kernel.count(from, to)
    return this.kernel.count16(from, to, encoding === 'utf-16le' ? 'little' : 'big')
  }

  /** Reads a block up to `end` to the kernel's text. */
  private load(at: number, end: number): number {
    const length = Math.min(BLOCK_BYTES, this.counted - at, end - at)
    return this.source.read(this.kernel.text.subarray(0, length), at)
  }

  /** Where the `nth` newline (from 1) stands behind `at`. */
  private newlineIn(at: number, nth: number): number {
    const length = this.load(at, this.counted)
    if (this.source.unit === 1) {
      const place = this.kernel.list(0, length)[nth - 1]
      // The file became shorter under us: the line is where it ends.
      return place === undefined ? length : place - TEXT_START
    }
    const bytes = this.kernel.text.subarray(0, length)
    let found = -2
    for (let n = 0; n < nth; n++) {
      found = this.source.newlineIn(bytes, found + 2)
      if (found < 0) return length
    }
    return found
  }
}

/** Posted to other threads without a copy. */
function shared(length: number): Float64Array<SharedArrayBuffer> {
  return new Float64Array(new SharedArrayBuffer(8 * length))
}

/** Numbers of lines by where they begin, for offsets that ascend: by a sparse index as far as there is one, else counted. */
import { isAscii } from 'node:buffer'
import { readSync } from 'node:fs'
import { TextKernel } from '../../core/lines/wasm/textKernel'
import { BLOCK_BYTES } from './lineIndex'
import type { ScanSource } from './scanProtocol'

const NEWLINE = 10
const CARRIAGE_RETURN = 13
/** Read at once. */
const WINDOW_BYTES = 128 * 1024

/** A line's bytes, without its end; valid until the next call. */
export interface LineBytesAt {
  readonly bytes: Buffer
  /** ASCII without a carriage return, before the newline too. */
  readonly isPlain: boolean
}

export class LinePlaces {
  /** Newlines before this are counted. */
  offset: number
  /** How many they are. */
  line = 0
  private readonly kernel = new TextKernel(WINDOW_BYTES)
  private readonly window: Buffer
  private windowAt = 0
  private held = 0
  private isPlain: boolean | undefined

  constructor(private readonly source: ScanSource) {
    const { text } = this.kernel
    this.offset = source.from
    this.window = Buffer.from(text.buffer, text.byteOffset, text.length)
  }

  /**
   * Counts on to `offset`, at most `most` bytes. @returns whether it is there
   * @throws Error when the file became shorter
   */
  advance(offset: number, most: number): boolean {
    const { from, blocks } = this.source
    const block = Math.min(Math.floor((offset - from) / BLOCK_BYTES), (blocks?.length ?? 0) - 1)
    const blockAt = from + block * BLOCK_BYTES
    if (block >= 0 && blockAt > this.offset) {
      this.offset = blockAt
      this.line = blocks?.[block] ?? 0
    }
    const end = Math.min(offset, this.offset + most)
    while (this.offset < end) {
      if (!this.holds(this.offset)) this.load(this.offset)
      const to = Math.min(end, this.windowAt + this.held)
      this.line += this.kernel.count(this.offset - this.windowAt, to - this.windowAt)
      this.offset = to
    }
    return this.offset === offset
  }

  /** So many newlines stand before `offset`. */
  moveTo(offset: number, line: number): void {
    this.offset = offset
    this.line = line
  }

  /** Whether the line that begins at `offset` is known to be ASCII without a carriage return, without a look at it. */
  isKnownPlain(offset: number, line: number): boolean {
    const { from, blocks, plainBlocks } = this.source
    const block = Math.floor((offset - from) / BLOCK_BYTES)
    // It ends in the block in which it begins.
    return (blocks?.[block + 1] ?? 0) > line && plainBlocks?.[block] === 1
  }

  /** The line that begins at `offset`; undefined for one that is too long to be looked at here. */
  lineAt(offset: number): LineBytesAt | undefined {
    let end = this.holds(offset) ? this.window.subarray(0, this.held).indexOf(NEWLINE, offset - this.windowAt) : -1
    if (end < 0) {
      this.load(offset)
      end = this.window.subarray(0, this.held).indexOf(NEWLINE)
      if (end < 0) return undefined
    }
    const { window } = this
    const start = offset - this.windowAt
    this.isPlain ??= isAscii(window.subarray(0, this.held)) && !window.subarray(0, this.held).includes(CARRIAGE_RETURN)
    const hasReturn = end > start && window[end - 1] === CARRIAGE_RETURN
    return { bytes: window.subarray(start, hasReturn ? end - 1 : end), isPlain: this.isPlain }
  }

  private holds(offset: number): boolean {
    return offset >= this.windowAt && offset < this.windowAt + this.held
  }

  private load(offset: number): void {
    this.windowAt = offset
    this.isPlain = undefined
    this.held = readSync(this.source.fd, this.window, 0, Math.min(WINDOW_BYTES, this.source.end - offset), offset)
    if (this.held === 0) throw new Error('the file became shorter')
  }
}

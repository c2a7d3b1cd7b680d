/** The lines of a log's blocks, read when somebody looks at them; those that were looked at last are kept, within a bound of bytes. */
import { NEWLINE } from '../runlog/eventLine'
import type { BlockPlace } from '../runlog/blockIndex'

const KEPT_BYTES = 4 * 1024 * 1024
/** A block that is longer, with a line of many megabytes in it, is not kept whole: only where its lines begin. */
const LONG_BLOCK_BYTES = 2 * 1024 * 1024
const STEP_BYTES = 1024 * 1024

/** @returns what there is of the log from `position` on, at most `length` bytes */
export type ReadBytes = (position: number, length: number) => Promise<Buffer>

/** Event lines of one block. */
export interface Lines {
  readonly block: BlockPlace
  /** Where each line begins in the block; one more entry than there are lines. */
  readonly starts: readonly number[]
  /** Undefined for a long block. */
  readonly bytes: Buffer | undefined
}

export class BlockLines {
  private readonly kept = new Map<number, Lines>()
  private bytes = 0

  constructor(private readonly read: ReadBytes) {}

  async of(block: BlockPlace): Promise<Lines> {
    const known = this.kept.get(block.offset)
    // Blocks of another size begin there when an index was made anew.
    if (known?.block.end === block.end) {
      this.kept.delete(block.offset)
      this.kept.set(block.offset, known)
      return known
    }
    const lines = await this.readBlock(block)
    this.keep(lines)
    return lines
  }

  /** One line of a block, without its newline; of a line longer than `most` its beginning and its end. */
  async line({ block, starts, bytes }: Lines, number: number, most: number): Promise<Buffer | undefined> {
    const [start, next] = [starts[number], starts[number + 1]]
    if (start === undefined || next === undefined) return undefined
    return bytes === undefined
      ? readLine(this.read, block.offset + start, block.offset + next - 1, most)
      : bytes.subarray(start, next - 1)
  }

  clear(): void {
    this.kept.clear()
    this.bytes = 0
  }

  private async readBlock(block: BlockPlace): Promise<Lines> {
    const length = block.end - block.offset
    if (length <= LONG_BLOCK_BYTES) {
      const bytes = await this.read(block.offset, length)
      const starts = [0]
      addStarts(starts, bytes, 0)
      return { block, bytes, starts }
    }
    const starts = [0]
    for (let at = 0; at < length; at += STEP_BYTES)
      addStarts(starts, await this.read(block.offset + at, Math.min(STEP_BYTES, length - at)), at)
    return { block, bytes: undefined, starts }
  }

  private keep(lines: Lines): void {
    const old = this.kept.get(lines.block.offset)
    if (old !== undefined) this.bytes -= sizeOf(old)
    this.kept.delete(lines.block.offset)
    this.kept.set(lines.block.offset, lines)
    this.bytes += sizeOf(lines)
    for (const [offset, oldest] of this.kept) {
      if (this.bytes <= KEPT_BYTES || oldest === lines) break
      this.kept.delete(offset)
      this.bytes -= sizeOf(oldest)
    }
  }
}

/** A line without its newline at `[start, end)`; of one longer than `most` its beginning and its end, which tell its stamp. */
export async function readLine(read: ReadBytes, start: number, end: number, most: number): Promise<Buffer> {
  if (end - start <= most) return read(start, end - start)
  const half = most >> 1
  return Buffer.concat([await read(start, most - half), await read(end - half, half)])
}

function addStarts(starts: number[], bytes: Buffer, at: number): void {
  for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, end + 1)) starts.push(at + end + 1)
}

function sizeOf({ bytes, starts }: Lines): number {
  return (bytes?.length ?? 0) + starts.length * 8
}

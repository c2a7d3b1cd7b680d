/**
 * One run log as a reader in the host sees it: its block index, and rows and details read on demand. It grows when it is
 * told that the file grew and never watches anything itself.
 */
import { open, type FileHandle } from 'node:fs/promises'
import type { Query } from '../../shared/protocol/rows'
import { BLOCK_BYTES, BlockBuilder, BlockIndex, Column, type PackedBlocks } from '../runlog/blockIndex'
import { NEWLINE, stampOf } from '../runlog/eventLine'
import { IndexReader } from '../runlog/indexFile'
import { indexPathOf } from '../runlog/layout'
import { readAt, type LogInfo } from '../runlog/reader'
import { readLine, type ReadBytes } from './blockLines'
import { LogLines, type TailLine } from './logLines'

/**
 * Finds the blocks of a log in another thread, from its first line on and for as long as it is not told to stop.
 * @param onBlocks told of more blocks, and up to where the log was read; `Infinity` when it can't be read there
 * @returns stops it
 */
export type ScanBlocks = (onBlocks: (blocks: PackedBlocks, scanned: number) => void) => () => void

/** Of longer lines only the ends are looked at, which tell their stamps. */
const LONG_LINE_BYTES = 256 * 1024
/** Work on the extension host stops this often for others. */
const SLICE_MS = 5
const STEP_BYTES = 256 * 1024
/** What is longer, and in no index, is read in another thread. */
const HAND_OVER_BYTES = 4 * 1024 * 1024
/** Lines are kept one by one up to this; then they become blocks, with the index or without. */
const MAX_TAIL_BYTES = 512 * 1024

export class LogFile {
  index = new BlockIndex()
  private readonly read: ReadBytes = (position, length) => readAt(this.file, position, length)
  readonly lines = new LogLines(this, this.read)
  /** Where the lines begin that are in no block yet. */
  private tailStart: number
  /** How much of the index file was taken over; undefined when it is of no use any more. */
  private indexRead: number | undefined = 0
  private tailLines: TailLine[] = []
  private known: number
  private reading: Promise<void> = Promise.resolve()
  private stopScan: (() => void) | undefined
  private isDisposed = false

  private constructor(
    readonly info: LogInfo,
    private file: FileHandle,
  ) {
    this.known = info.eventsOffset
    this.target = info.eventsOffset
    this.tailStart = info.eventsOffset
  }

  /** Opens the log and takes over what its index file knows; `advance` does the rest. */
  static async open(info: LogInfo): Promise<LogFile> {
    const log = new LogFile(info, await open(info.path, 'r'))
    await log.takeIndex(info.eventsEnd)
    return log
  }

  /** Whole event lines seen. */
  get size(): number {
    return this.index.count + this.tailLines.length
  }

  /** Bytes of the log that are indexed. */
  get bytes(): number {
    return this.known
  }

  get lastTime(): number | undefined {
    const last = this.tailLines.findLast(({ time }) => !Number.isNaN(time))?.time
    const block = last === undefined ? this.index.at(this.index.length - 1)?.time : undefined
    return last ?? (block !== undefined && Number.isFinite(block) ? block : undefined)
  }

  /** The lines that are in no block. */
  tail(): readonly TailLine[] {
    return this.tailLines
  }

  /** When the first of them happened. */
  get tailTime(): number | undefined {
    return this.tailLines.find(({ time }) => !Number.isNaN(time))?.time
  }

  /**
   * Where wanted lines may be: of each stretch where it begins and ends, and the position of its first line. The last one is open
   * (`Infinity`) where later lines may be wanted too.
   */
  stretches(wanted: ((key: string) => boolean) | undefined, time: Query['time']): Float64Array {
    const { index } = this
    const { from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY } = time ?? {}
    const found: number[] = []
    const add = (offset: number, end: number, position: number): void => {
      if (found.at(-2) === offset) found[found.length - 2] = end
      else found.push(offset, end, position)
    }
    const sums = new Column(Float64Array)
    index.sumUp(wanted ?? (() => true), sums)
    const first = from === Number.NEGATIVE_INFINITY ? 0 : Math.max(0, index.firstFrom(from) - 1)
    for (let i = first; i < index.length; i++) {
      const block = index.at(i)
      if (block === undefined || block.time >= to) break
      if (sums.at(i) > (i === 0 ? 0 : sums.at(i - 1))) add(block.offset, block.end, block.position)
    }
    if ((this.lastTime ?? Number.NEGATIVE_INFINITY) < to || !((this.tailTime ?? Number.NEGATIVE_INFINITY) >= to))
      add(this.tailStart, Number.POSITIVE_INFINITY, index.count)
    return Float64Array.from(found)
  }

  /** Counts by key over everything seen. */
  countsByKey(): Map<string, number> {
    const counts = this.index.countsByKey()
    for (const { key } of this.tailLines) counts.set(key, (counts.get(key) ?? 0) + 1)
    return counts
  }

  /** Counts by key of the lines before a position: sums of the blocks, and the lines of the one that holds it. */
  async countsBefore(position: number): Promise<ReadonlyMap<string, number>> {
    const { index } = this
    const block = index.findPosition(position)
    const counts = block < 0 ? new Map(index.countsByKey()) : index.countsBefore(block)
    const count = (key: string): void => {
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    if (block < 0) for (const { key } of this.tailLines.slice(0, position - index.count)) count(key)
    else await this.lines.eachKeyIn(block, position, count)
    return counts
  }

  /** The lines behind the last whole block that a filter wants, as positions. */
  tailPositions(wanted: (key: string) => boolean): number[] {
    const first = this.index.count
    return this.tailLines.flatMap(({ key }, i) => (wanted(key) ? [first + i] : []))
  }

  /** Up to here the log was said to have whole lines. */
  target: number

  /** Whether all of them are indexed. */
  get isComplete(): boolean {
    return this.known >= this.target
  }

  /**
   * Reads and indexes what was appended up to `end` (the end of a whole line), in steps.
   * @param scanBlocks for a long stretch that is in no index; without it all is read here, a little at a time
   * @param onStep told after each step, for a progress that can be seen
   */
  advance(end: number, scanBlocks?: ScanBlocks, onStep?: () => void): Promise<void> {
    this.target = Math.max(this.target, end)
    const reading = this.reading.then(() => this.readOn(end, scanBlocks, onStep))
    // What one could not read the next one tries again.
    this.reading = reading.catch(() => undefined)
    return reading
  }

  private async readOn(end: number, scanBlocks?: ScanBlocks, onStep?: () => void): Promise<void> {
    let began = performance.now()
    if (end - this.known > HAND_OVER_BYTES) {
      await this.takeIndex(end)
      if (end - this.known > HAND_OVER_BYTES && scanBlocks !== undefined)
        await this.takeScanned(end, scanBlocks, onStep)
    }
    while (this.known < end && !this.isDisposed) {
      // What a fast run wrote is in its index already: only the rest is looked at line by line.
      if (end - this.known > BLOCK_BYTES || this.known - this.tailStart > BLOCK_BYTES) await this.takeIndex(end)
      const bytes = await this.readMore(Math.min(STEP_BYTES, end - this.known))
      if (bytes.length === 0) return
      let start = 0
      for (let stop = bytes.indexOf(NEWLINE); stop >= 0; stop = bytes.indexOf(NEWLINE, start)) {
        this.addLine(bytes, start, stop)
        start = stop + 1
        if (performance.now() - began > SLICE_MS) {
          await new Promise(setImmediate)
          began = performance.now()
        }
      }
      if (start === 0 && !(await this.addLong(this.known + bytes.length, end))) return
      if (this.known - this.tailStart > MAX_TAIL_BYTES) {
        await this.takeIndex(end)
        if (this.known - this.tailStart > MAX_TAIL_BYTES) this.foldTail()
      }
      onStep?.()
    }
  }

  /** A log that was deleted under its recorder is made again with what it held: it grows there, and not where we have it open. */
  private async readMore(length: number): Promise<Buffer> {
    const bytes = await readAt(this.file, this.known, length)
    if (bytes.length > 0) return bytes
    const old = this.file
    this.file = await open(this.info.path, 'r')
    await old.close()
    return readAt(this.file, this.known, length)
  }

  private addLine(bytes: Buffer, start: number, stop: number): void {
    this.addStamp(bytes.subarray(start, stop), stop + 1 - start)
  }

  /** A line that does not end before `from`. @returns false when it does not end before `end` either: it is not whole yet */
  private async addLong(from: number, end: number): Promise<boolean> {
    for (let at = from; at < end && !this.isDisposed;) {
      const bytes = await this.read(at, Math.min(STEP_BYTES, end - at))
      if (bytes.length === 0) return false
      const stop = bytes.indexOf(NEWLINE)
      at += bytes.length
      if (stop < 0) continue
      const length = at - bytes.length + stop + 1 - this.known
      this.addStamp(await readLine(this.read, this.known, this.known + length - 1, LONG_LINE_BYTES), length)
      return true
    }
    return false
  }

  /** @param line the whole line without its newline, or the ends of a long one @param length in bytes, with its newline */
  private addStamp(line: Buffer, length: number): void {
    const { key, timeMs } = stampOf(line, 0, line.length)
    this.tailLines.push({ key, time: timeMs, start: this.known, end: this.known + length })
    this.known += length
  }

  /** Takes over what the index file says of the log before `end`; lines that were read one by one give way to it. */
  private async takeIndex(end: number): Promise<void> {
    if (this.indexRead === undefined) return
    const before = this.indexRead
    const blocks = new IndexReader(await readIndexFile(this.info, before), this.index)
    let began = performance.now()
    while (blocks.next()) {
      // An index that does not fit its log is another file's, or was cut: from here on the log itself is read.
      if (blocks.offset !== this.tailStart || blocks.position !== this.index.count) {
        this.indexRead = undefined
        break
      }
      if (blocks.end > end) break
      blocks.take()
      this.tailStart = blocks.end
      this.indexRead = before + blocks.at
      if (performance.now() - began > SLICE_MS) {
        await new Promise(setImmediate)
        began = performance.now()
      }
    }
    this.dropCovered()
  }

  /** Takes over the blocks that another thread finds, once they go beyond what is known. */
  private async takeScanned(end: number, scanBlocks: ScanBlocks, onStep?: () => void): Promise<void> {
    if (this.isDisposed) return
    const index = new BlockIndex()
    await new Promise<void>((resolve) => {
      const stop = scanBlocks((blocks, scanned) => {
        if (blocks.numbers.length > 0) index.pushPacked(blocks)
        if ((index.end ?? 0) > this.tailStart) this.takeOver(index)
        if (scanned >= end) this.stopScan?.()
        else onStep?.()
      })
      this.stopScan = () => {
        this.stopScan = undefined
        stop()
        resolve()
      }
    })
  }

  private takeOver(index: BlockIndex): void {
    this.indexRead = undefined
    this.index = index
    this.tailStart = index.end ?? this.tailStart
    this.dropCovered()
  }

  /** Lines that are in a block by now are not kept one by one. */
  private dropCovered(): void {
    const covered = this.tailLines.findIndex((line) => line.start >= this.tailStart)
    this.tailLines = covered < 0 ? [] : this.tailLines.slice(covered)
    this.known = Math.max(this.known, this.tailStart)
  }

  /** Makes blocks of our own, where no index tells of them. */
  private foldTail(): void {
    this.indexRead = undefined
    const builder = new BlockBuilder(this.tailStart, this.index.count)
    for (const { key, time, start, end } of this.tailLines) {
      const block = builder.add(end - start, key, time)
      if (block === undefined) continue
      this.index.push(block)
      this.tailStart = block.end
    }
    this.tailLines = this.tailLines.filter(({ start }) => start >= this.tailStart)
  }

  async dispose(): Promise<void> {
    this.isDisposed = true
    this.stopScan?.()
    this.lines.clear()
    await this.reading.catch(() => undefined)
    await this.file.close()
  }
}

async function readIndexFile(info: LogInfo, from: number): Promise<Buffer> {
  try {
    const file = await open(indexPathOf(info.path), 'r')
    try {
      const { size } = await file.stat()
      return await readAt(file, from, size - from)
    } finally {
      await file.close()
    }
  } catch {
    // No index: it is only a cache, the log is read instead.
    return Buffer.alloc(0)
  }
}

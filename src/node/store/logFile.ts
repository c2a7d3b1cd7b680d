/**
 * One run log as a reader in the host sees it: its block index, and rows and details read on demand. It grows when it is
 * told that the file grew and never watches anything itself.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { rowOf, damagedRow } from '../../core/rows'
import type { EventDetail, Place } from '../../core/store/eventStore'
import type { Query, Row } from '../../shared/protocol/rows'
import { BLOCK_BYTES, BlockBuilder, BlockIndex, Column, parseBlockLine, type PackedBlocks } from '../runlog/blockIndex'
import { DAMAGED, NEWLINE, parseEventLine, stampOf, type Stamp } from '../runlog/eventLine'
import { indexPathOf } from '../runlog/layout'
import { readAt, type LogInfo } from '../runlog/reader'
import { BlockLines, readLine } from './blockLines'

/**
 * Finds the blocks of a log in another thread, from its first line on and for as long as it is not told to stop.
 * @param onBlocks told of more blocks, and up to where the log was read; `Infinity` when it can't be read there
 * @returns stops it
 */
export type ScanBlocks = (onBlocks: (blocks: PackedBlocks, scanned: number) => void) => () => void

/** Longer lines are shown by their beginning. */
const LONG_LINE_BYTES = 256 * 1024
const DETAIL_MAX_BYTES = 4 * 1024 * 1024
/** Work on the extension host stops this often for others. */
const SLICE_MS = 5
const STEP_BYTES = 256 * 1024
/** What is longer, and in no index, is read in another thread. */
const HAND_OVER_BYTES = 4 * 1024 * 1024
/** Lines are kept one by one up to this; then they become blocks, with the index or without. */
const MAX_TAIL_BYTES = 512 * 1024

export class LogFile {
  index = new BlockIndex()
  private readonly read = (position: number, length: number): Promise<Buffer> => readAt(this.file, position, length)
  private readonly blocks = new BlockLines(this.read)
  /** Where the lines begin that are in no block yet. */
  private tailStart: number
  /** How much of the index file was taken over; undefined when it is of no use any more. */
  private indexRead: number | undefined = 0
  private tailLines: { key: string; time: number; start: number; end: number }[] = []
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
  tail(): readonly { readonly key: string; readonly time: number }[] {
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
    const counts = new Map(this.index.countsByKey())
    for (const { key } of this.tailLines) counts.set(key, (counts.get(key) ?? 0) + 1)
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
    let wanted = STEP_BYTES
    let began = performance.now()
    if (end - this.known > HAND_OVER_BYTES) {
      await this.takeIndex(end)
      if (end - this.known > HAND_OVER_BYTES && scanBlocks !== undefined)
        await this.takeScanned(end, scanBlocks, onStep)
    }
    while (this.known < end && !this.isDisposed) {
      // What a fast run wrote is in its index already: only the rest is looked at line by line.
      if (end - this.known > BLOCK_BYTES || this.known - this.tailStart > BLOCK_BYTES) await this.takeIndex(end)
      const bytes = await this.readMore(Math.min(wanted, end - this.known))
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
      // No line ends within what was read: the line is longer, or not whole yet.
      if (start === 0) {
        if (bytes.length >= end - this.known) return
        wanted *= 2
      }
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
    const { key, timeMs } = stampOf(bytes, start, stop)
    const length = stop + 1 - start
    this.tailLines.push({ key, time: timeMs, start: this.known, end: this.known + length })
    this.known += length
  }

  /** Takes over what the index file says of the log before `end`; lines that were read one by one give way to it. */
  private async takeIndex(end: number): Promise<void> {
    if (this.indexRead === undefined) return
    const text = await readIndexFile(this.info, this.indexRead)
    let began = performance.now()
    let from = 0
    for (let stop = text.indexOf('\n'); stop >= 0; stop = text.indexOf('\n', from)) {
      const block = parseBlockLine(text.slice(from, stop))
      // An index that does not fit its log is another file's, or was cut: from here on the log itself is read.
      if (block?.offset !== this.tailStart || block.position !== this.index.count) {
        this.indexRead = undefined
        break
      }
      if (block.end > end) break
      this.index.push(block)
      this.tailStart = block.end
      this.indexRead += Buffer.byteLength(text.slice(from, stop)) + 1
      from = stop + 1
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

  /** The rows at these positions (ascending). Positions that don't exist are left out. */
  async rowsAt(positions: readonly number[]): Promise<Row[]> {
    const rows: Row[] = []
    let began = performance.now()
    for (const position of positions) {
      const line = await this.line(position, LONG_LINE_BYTES)
      if (line !== undefined) rows.push(toRow(position, line.bytes, line.length))
      began = await this.breathe(began)
    }
    return rows
  }

  /** The positions `from` … `to` (exclusive) among the lines of a block that a filter wants. */
  async positionsIn(
    blockNumber: number,
    wanted: (key: string) => boolean,
    from: number,
    to: number,
  ): Promise<number[]> {
    const positions: number[] = []
    let n = 0
    await this.eachLine(blockNumber, (position, { key }) => {
      if (!wanted(key)) return true
      if (n >= from) positions.push(position)
      n++
      return n < to
    })
    return positions
  }

  /** The position of the first line at or after a place; `size` when there is none. */
  async positionOf(place: Place): Promise<number> {
    if ('line' in place) return Math.min(this.size, Math.max(0, place.line - 1))
    return 'time' in place ? this.positionOfTime(place.time) : this.positionOfSeq(place.seq)
  }

  private async positionOfTime(time: number): Promise<number> {
    // The blocks' times ascend: only the one before the first that begins later is read.
    const block = this.index.firstFrom(time)
    let found: number | undefined
    if (block > 0) {
      await this.eachLine(block - 1, (position, stamp) => {
        if (stamp.timeMs >= time) found = position
        return found === undefined
      })
    }
    if (found !== undefined) return found
    const later = this.index.at(block)?.position
    if (later !== undefined) return later
    const inTail = this.tailLines.findIndex((line) => line.time >= time)
    return inTail < 0 ? this.size : this.index.count + inTail
  }

  private async positionOfSeq(seq: number): Promise<number> {
    // In a whole log it is the position; in one that lost lines, halving finds it.
    let low = 0
    let high = this.size
    let middle = Math.min(high - 1, Math.max(0, Math.floor(seq)))
    while (low < high) {
      const found = await this.seqFrom(middle)
      if (found.seq < seq) low = found.position + 1
      else {
        if (found.seq === seq && found.position === middle) return middle
        high = middle
      }
      middle = (low + high) >>> 1
    }
    return low
  }

  /** The first readable line at or behind a position. */
  private async seqFrom(from: number): Promise<{ position: number; seq: number }> {
    for (let position = from; position < this.size; position++) {
      const line = await this.line(position, LONG_LINE_BYTES)
      const { seq, timeMs } = line === undefined ? DAMAGED : stampOf(line.bytes, 0, line.bytes.length)
      if (!Number.isNaN(timeMs)) return { position, seq }
    }
    return { position: this.size - 1, seq: Number.POSITIVE_INFINITY }
  }

  /** How many wanted lines of a block stand before a position. */
  async countIn(blockNumber: number, wanted: (key: string) => boolean, before: number): Promise<number> {
    let count = 0
    await this.eachLine(blockNumber, (position, { key }) => {
      if (position < before && wanted(key)) count++
      return position + 1 < before
    })
    return count
  }

  /** Visits the lines of a block until the visitor has enough. */
  private async eachLine(blockNumber: number, visit: (position: number, stamp: Stamp) => boolean): Promise<void> {
    const block = this.index.at(blockNumber)
    if (block === undefined) return
    const lines = await this.blocks.of(block)
    let began = performance.now()
    for (let i = 0; i + 1 < lines.starts.length; i++) {
      const bytes =
        lines.bytes?.subarray(lines.starts[i], (lines.starts[i + 1] ?? 0) - 1) ??
        (await this.blocks.line(lines, i, LONG_LINE_BYTES))
      if (bytes === undefined || !visit(block.position + i, stampOf(bytes, 0, bytes.length))) return
      if ((i & 31) === 31) began = await this.breathe(began)
    }
  }

  /** Lets others have the thread when it was ours for a while. */
  private async breathe(began: number): Promise<number> {
    if (performance.now() - began <= SLICE_MS) return began
    await new Promise(setImmediate)
    return performance.now()
  }

  async detail(position: number): Promise<EventDetail> {
    const line = await this.line(position, DETAIL_MAX_BYTES)
    if (line === undefined) throw new RangeError(`This run has no event at position ${String(position)}.`)
    const { bytes, length } = line
    const event = length <= DETAIL_MAX_BYTES ? parseEventLine(bytes.toString('utf8')) : undefined
    if (event !== undefined) return { position, bytes: length, event }
    return { position, bytes: length, text: bytes.toString('utf8', 0, Math.min(bytes.length, 256 * 1024)) }
  }

  async dispose(): Promise<void> {
    this.isDisposed = true
    this.stopScan?.()
    this.blocks.clear()
    await this.reading.catch(() => undefined)
    await this.file.close()
  }

  /** A line without its newline; of one longer than `most` its beginning and its end. */
  private async line(position: number, most: number): Promise<{ bytes: Buffer; length: number } | undefined> {
    const block = this.index.at(this.index.findPosition(position))
    if (block !== undefined) {
      const lines = await this.blocks.of(block)
      const i = position - block.position
      const bytes = await this.blocks.line(lines, i, most)
      return bytes && { bytes, length: (lines.starts[i + 1] ?? 0) - (lines.starts[i] ?? 0) - 1 }
    }
    const inTail = this.tailLines[position - this.index.count]
    if (inTail === undefined) return undefined
    return { bytes: await this.tailLine(inTail.start, inTail.end, most), length: inTail.end - 1 - inTail.start }
  }

  private tailBytes: { from: number; bytes: Buffer } | undefined

  private async tailLine(start: number, end: number, most: number): Promise<Buffer> {
    if (end - start > most) return readLine(this.read, start, end - 1, most)
    const held = this.tailBytes
    if (held === undefined || start < held.from || end > held.from + held.bytes.length) {
      const from = this.tailLines[0]?.start ?? start
      if (this.known - from > 4 * MAX_TAIL_BYTES) return this.read(start, end - 1 - start)
      this.tailBytes = { from, bytes: await this.read(from, this.known - from) }
    }
    const { from, bytes } = this.tailBytes ?? { from: start, bytes: Buffer.alloc(0) }
    return start >= from ? bytes.subarray(start - from, end - 1 - from) : this.read(start, end - 1 - start)
  }
}

function toRow(position: number, bytes: Buffer, length: number): Row {
  if (length > LONG_LINE_BYTES) {
    const { seq, timeMs, key } = stampOf(bytes, 0, bytes.length)
    if (key === 'damaged') return damagedRow(position, length)
    const [phase = ''] = key.split(':')
    const data = bytes.toString('utf8', 0, 4096).replace(/^.*?"data":/s, '')
    return { position, seq, time: timeMs, phase, text: `${data.slice(0, 4000)}…` }
  }
  const event = parseEventLine(bytes.toString('utf8'))
  return event === undefined ? damagedRow(position, length) : rowOf(position, event)
}

async function readIndexFile(info: LogInfo, from: number): Promise<string> {
  try {
    const file = await open(indexPathOf(info.path), 'r')
    try {
      const { size } = await file.stat()
      return (await readAt(file, from, size - from)).toString('utf8')
    } finally {
      await file.close()
    }
  } catch {
    // No index: it is only a cache, the log is read instead.
    return ''
  }
}

/**
 * One run log as a reader in the host sees it: its block index, and rows and details read on demand. It grows when it is
 * told that the file grew and never watches anything itself.
 */
import { open, type FileHandle } from 'node:fs/promises'
import { parseEventLine } from '../../core/eventLine'
import { rowOf, damagedRow } from '../../core/rows'
import type { EventDetail } from '../../core/store/eventStore'
import type { Row } from '../../shared/protocol/rows'
import { BLOCK_BYTES, BlockBuilder, BlockIndex, parseBlockLine, type Block } from '../runlog/blockIndex'
import { NEWLINE, stampOf } from '../runlog/format'
import { indexPathOf } from '../runlog/layout'
import { readAt, type LogInfo } from '../runlog/reader'

/** Event lines of one block, as byte ranges of its bytes. */
interface Lines {
  readonly block: Block
  readonly bytes: Buffer
  /** Where each line begins; one more entry than there are lines. */
  readonly starts: readonly number[]
}

const CACHED_BLOCKS = 32
/** Longer lines are shown by their beginning. */
const LONG_LINE_BYTES = 256 * 1024
const DETAIL_MAX_BYTES = 4 * 1024 * 1024
/** Work on the extension host stops this often for others. */
const SLICE_MS = 5
const STEP_BYTES = 256 * 1024
/** Lines are kept one by one up to this; then they become blocks, with the index or without. */
const MAX_TAIL_BYTES = 512 * 1024

export class LogFile {
  readonly index = new BlockIndex()
  private readonly cache = new Map<number, Lines>()
  /** Where the lines begin that are in no block yet. */
  private tailStart: number
  /** How much of the index file was taken over; undefined when it is of no use any more. */
  private indexRead: number | undefined = 0
  private tailLines: { key: string; time: number; start: number; end: number }[] = []
  private known: number
  private reading: Promise<void> = Promise.resolve()

  private constructor(
    readonly info: LogInfo,
    private file: FileHandle,
  ) {
    this.known = info.eventsOffset
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
    return this.tailLines.at(-1)?.time ?? this.index.at(this.index.length - 1)?.time
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

  /**
   * Reads and indexes what was appended up to `end` (the end of a whole line), in steps.
   * @param onStep told after each step, for a progress that can be seen
   */
  advance(end: number, onStep?: () => void): Promise<void> {
    this.reading = this.reading.then(() => this.readOn(end, onStep))
    return this.reading
  }

  private async readOn(end: number, onStep?: () => void): Promise<void> {
    let wanted = STEP_BYTES
    let began = performance.now()
    while (this.known < end) {
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
    for (const position of positions) {
      const line = await this.line(position)
      if (line !== undefined) rows.push(toRow(position, line))
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
    const lines = await this.blockLines(blockNumber)
    if (lines === undefined) return []
    const positions: number[] = []
    let n = 0
    for (let i = 0; i + 1 < lines.starts.length && n < to; i++) {
      if (!wanted(stampOf(lines.bytes, lines.starts[i] ?? 0, (lines.starts[i + 1] ?? 0) - 1).key)) continue
      if (n >= from) positions.push(lines.block.position + i)
      n++
    }
    return positions
  }

  async detail(position: number): Promise<EventDetail> {
    const line = await this.line(position)
    if (line === undefined) throw new RangeError(`This run has no event at position ${String(position)}.`)
    const bytes = line.length
    const event = bytes <= DETAIL_MAX_BYTES ? parseEventLine(line.toString('utf8')) : undefined
    if (event !== undefined) return { position, bytes, event }
    return { position, bytes, text: line.toString('utf8', 0, Math.min(bytes, 256 * 1024)) }
  }

  async dispose(): Promise<void> {
    this.cache.clear()
    await this.reading
    await this.file.close()
  }

  private async line(position: number): Promise<Buffer | undefined> {
    const blockNumber = this.index.findPosition(position)
    if (blockNumber >= 0) {
      const lines = await this.blockLines(blockNumber)
      const i = position - (lines?.block.position ?? 0)
      const start = lines?.starts[i]
      const end = lines?.starts[i + 1]
      return lines === undefined || start === undefined || end === undefined
        ? undefined
        : lines.bytes.subarray(start, end - 1)
    }
    const inTail = this.tailLines[position - this.index.count]
    return inTail && (await this.tailLine(inTail.start, inTail.end))
  }

  private tailBytes: { from: number; bytes: Buffer } | undefined

  private async tailLine(start: number, end: number): Promise<Buffer> {
    const held = this.tailBytes
    if (held === undefined || start < held.from || end > held.from + held.bytes.length) {
      const from = this.tailLines[0]?.start ?? start
      this.tailBytes = { from, bytes: await readAt(this.file, from, this.known - from) }
    }
    const { from, bytes } = this.tailBytes ?? { from: start, bytes: Buffer.alloc(0) }
    return start >= from ? bytes.subarray(start - from, end - 1 - from) : readAt(this.file, start, end - 1 - start)
  }

  private async blockLines(blockNumber: number): Promise<Lines | undefined> {
    const held = this.cache.get(blockNumber)
    if (held !== undefined) {
      this.cache.delete(blockNumber)
      this.cache.set(blockNumber, held)
      return held
    }
    const block = this.index.at(blockNumber)
    if (block === undefined) return undefined
    const bytes = await readAt(this.file, block.offset, block.end - block.offset)
    const starts = [0]
    for (let end = bytes.indexOf(NEWLINE); end >= 0; end = bytes.indexOf(NEWLINE, end + 1)) starts.push(end + 1)
    const lines = { block, bytes, starts }
    this.cache.set(blockNumber, lines)
    const oldest = this.cache.size > CACHED_BLOCKS ? this.cache.keys().next().value : undefined
    if (oldest !== undefined) this.cache.delete(oldest)
    return lines
  }
}

function toRow(position: number, line: Buffer): Row {
  if (line.length > LONG_LINE_BYTES) {
    const { seq, timeMs, key } = stampOf(line, 0, line.length)
    if (key === 'damaged') return damagedRow(position, line.length)
    const [phase = ''] = key.split(':')
    const data = line.toString('utf8', 0, 4096).replace(/^.*?"data":/s, '')
    return { position, seq, time: timeMs, phase, text: `${data.slice(0, 4000)}…` }
  }
  const event = parseEventLine(line.toString('utf8'))
  return event === undefined ? damagedRow(position, line.length) : rowOf(position, event)
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

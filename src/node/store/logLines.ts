/** The lines of a log as rows, details and places: read from the file when somebody asks for them. */
import { damagedRow, rowOf } from '../../core/rows'
import type { EventDetail, Place } from '../../core/store/eventStore'
import type { Row } from '../../shared/protocol/rows'
import type { BlockIndex } from '../runlog/blockIndex'
import { parseEventLine } from '../../core/eventLine'
import { DAMAGED, stampOf, type Stamp } from '../runlog/eventLine'
import { BlockLines, readLine, type ReadBytes } from './blockLines'

/** A line that is in no block yet. */
export interface TailLine {
  readonly key: string
  readonly time: number
  readonly start: number
  /** Behind its newline. */
  readonly end: number
}

/** What of a log is known. */
interface KnownLog {
  readonly index: BlockIndex
  /** The lines behind the last block. */
  tail(): readonly TailLine[]
  /** Whole event lines. */
  readonly size: number
  /** Bytes up to the last of them. */
  readonly bytes: number
}

/** Longer lines are shown by their beginning. */
const LONG_LINE_BYTES = 256 * 1024
const DETAIL_MAX_BYTES = 4 * 1024 * 1024
/** Lines behind the last block that are read at once. */
const MAX_TAIL_BYTES = 2 * 1024 * 1024
/** Work on the extension host stops this often for others. */
const SLICE_MS = 5

export class LogLines {
  private readonly blocks: BlockLines
  private tailBytes: { from: number; bytes: Buffer } | undefined

  constructor(
    private readonly log: KnownLog,
    private readonly read: ReadBytes,
  ) {
    this.blocks = new BlockLines(read)
  }

  clear(): void {
    this.blocks.clear()
    this.tailBytes = undefined
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
    if ('line' in place) return Math.min(this.log.size, Math.max(0, place.line - 1))
    return 'time' in place ? this.positionOfTime(place.time) : this.positionOfSeq(place.seq)
  }

  private async positionOfTime(time: number): Promise<number> {
    // The blocks' times ascend: only the one before the first that begins later is read.
    const block = this.log.index.firstFrom(time)
    let found: number | undefined
    if (block > 0) {
      await this.eachLine(block - 1, (position, stamp) => {
        if (stamp.timeMs >= time) found = position
        return found === undefined
      })
    }
    if (found !== undefined) return found
    const later = this.log.index.at(block)?.position
    if (later !== undefined) return later
    const inTail = this.log.tail().findIndex((line) => line.time >= time)
    return inTail < 0 ? this.log.size : this.log.index.count + inTail
  }

  private async positionOfSeq(seq: number): Promise<number> {
    // In a whole log it is the position; in one that lost lines, halving finds it.
    let low = 0
    let high = this.log.size
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
    for (let position = from; position < this.log.size; position++) {
      const line = await this.line(position, LONG_LINE_BYTES)
      const { seq, timeMs } = line === undefined ? DAMAGED : stampOf(line.bytes, 0, line.bytes.length)
      if (!Number.isNaN(timeMs)) return { position, seq }
    }
    return { position: this.log.size - 1, seq: Number.POSITIVE_INFINITY }
  }

  /** How many wanted lines of a block stand before a position. */
  async countIn(blockNumber: number, wanted: (key: string) => boolean, before: number): Promise<number> {
    let count = 0
    await this.eachKeyIn(blockNumber, before, (key) => {
      if (wanted(key)) count++
    })
    return count
  }

  /** Calls back with the key of each line of a block that stands before a position. */
  async eachKeyIn(blockNumber: number, before: number, visit: (key: string) => void): Promise<void> {
    await this.eachLine(blockNumber, (position, { key }) => {
      if (position < before) visit(key)
      return position + 1 < before
    })
  }

  /** Visits the lines of a block until the visitor has enough. */
  private async eachLine(blockNumber: number, visit: (position: number, stamp: Stamp) => boolean): Promise<void> {
    const block = this.log.index.at(blockNumber)
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

  /** A line without its newline; of one longer than `most` its beginning and its end. */
  private async line(position: number, most: number): Promise<{ bytes: Buffer; length: number } | undefined> {
    const block = this.log.index.at(this.log.index.findPosition(position))
    if (block !== undefined) {
      const lines = await this.blocks.of(block)
      const i = position - block.position
      const bytes = await this.blocks.line(lines, i, most)
      return bytes && { bytes, length: (lines.starts[i + 1] ?? 0) - (lines.starts[i] ?? 0) - 1 }
    }
    const inTail = this.log.tail()[position - this.log.index.count]
    if (inTail === undefined) return undefined
    return { bytes: await this.tailLine(inTail.start, inTail.end, most), length: inTail.end - 1 - inTail.start }
  }

  private async tailLine(start: number, end: number, most: number): Promise<Buffer> {
    if (end - start > most) return readLine(this.read, start, end - 1, most)
    const held = this.tailBytes
    if (held === undefined || start < held.from || end > held.from + held.bytes.length) {
      const from = this.log.tail()[0]?.start ?? start
      if (this.log.bytes - from > MAX_TAIL_BYTES) return this.read(start, end - 1 - start)
      this.tailBytes = { from, bytes: await this.read(from, this.log.bytes - from) }
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

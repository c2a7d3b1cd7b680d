/** One pass of a thread over a log, and over what it grows by: its blocks, its summary, its timeline, its keyframes. */
import { parseEventLine } from '../../core/eventLine'
import { TextKernel } from '../../core/lines/wasm/textKernel'
import { createAnswerLedger } from '../../core/reduce/capture'
import { RunPass } from '../../core/store/runPass'
import type { RunKind } from '../../shared/events/schema'
import type { TimelineInfo } from '../../shared/protocol/timeline'
import { BLOCK_BYTES, Column, type PackedBlocks } from '../runlog/blockIndex'
import { SCAN_TEXT_BYTES } from '../textfile/scanText'
import type { AnswerPiece } from './logProtocol'
import { LogText, type LogPiece } from './logText'
import { StampScan, type LineKey } from './stampScan'

export class LogPass {
  readonly pass: RunPass
  private readonly kernel = new TextKernel(SCAN_TEXT_BYTES)
  private readonly buffer: Buffer
  private readonly stamps = new StampScan(this.kernel)
  private readonly text: LogText
  private readonly place = { time: Number.NaN, offset: 0, end: 0 }
  private readonly packed = new Column(Float64Array)
  /** Lines by key in the block that is not full yet. */
  private counts = new Uint32Array(64)
  private linesOfPiece = 0
  private readonly block: { offset: number; lines: number; time: number }

  /** @throws an error of the system when the log can't be opened */
  constructor(
    path: string,
    private readonly eventsOffset: number,
    kind: RunKind,
  ) {
    const { text } = this.kernel
    this.buffer = Buffer.from(text.buffer, text.byteOffset, text.length)
    this.pass = new RunPass(kind)
    this.text = new LogText(path, this.kernel, eventsOffset, 0)
    this.block = { offset: eventsOffset, lines: 0, time: Number.NaN }
  }

  /** Up to here the log was read. */
  get scanned(): number {
    return this.text.offset
  }

  /** Event lines that were read. */
  get lines(): number {
    return this.text.position
  }

  /** Reads a piece before `end`. @returns false when there is no more */
  step(end: number): boolean {
    const piece = this.text.next(end)
    if (piece === undefined) return false
    this.linesOfPiece = 0
    if (piece.kind === 'lines') this.stamps.lines(piece.length, this.takeLine)
    else if (piece.kind === 'long') this.takeLong(piece)
    this.text.taken(piece, this.linesOfPiece)
    return true
  }

  private readonly takeLine = (from: number, to: number, key: LineKey, time: number): void => {
    const { pass, place, text } = this
    this.linesOfPiece++
    place.time = time
    place.offset = text.pieceAt + from
    place.end = text.pieceAt + to + 1
    const isWanted = pass.wants(key.phase, key.level, time)
    pass.add(place, isWanted ? parseEventLine(this.buffer.toString('utf8', from, to)) : undefined)
    this.count(key, time, place.end)
  }

  private takeLong({ start, end }: Extract<LogPiece, { kind: 'long' }>): void {
    const { pass, text, stamps } = this
    const ends = text.ends(start, end)
    const { key, time } = stamps.slow(ends, 0, ends.length)
    const isWanted = pass.wants(key.phase, key.level, time)
    const line = isWanted ? text.line(start, end) : undefined
    pass.add({ time, offset: start, end }, line === undefined ? undefined : parseEventLine(line))
    this.count(key, time, end)
  }

  private count({ id }: LineKey, time: number, end: number): void {
    const { block } = this
    if (id >= this.counts.length) {
      const more = new Uint32Array(id * 2)
      more.set(this.counts)
      this.counts = more
    }
    this.counts[id] = (this.counts[id] ?? 0) + 1
    if (Number.isNaN(block.time)) block.time = time
    block.lines++
    if (end - block.offset >= BLOCK_BYTES) this.endBlock(end)
  }

  private endBlock(end: number): void {
    const { packed, counts, block } = this
    const kinds = this.stamps.keys.filter(({ id }) => (counts[id] ?? 0) > 0)
    packed.push(end)
    packed.push(block.lines)
    packed.push(block.time)
    packed.push(kinds.length)
    for (const { id } of kinds) {
      packed.push(id)
      packed.push(counts[id] ?? 0)
    }
    counts.fill(0)
    Object.assign(block, { offset: end, lines: 0, time: Number.NaN })
  }

  /** Tells blocks, each once. */
  blockTeller(): () => PackedBlocks {
    let told = 0
    let [offset, position] = [this.eventsOffset, 0]
    return () => {
      const numbers = this.packed.slice(told)
      const blocks = { offset, position, numbers, keys: this.stamps.keys.map(({ key }) => key) }
      for (let at = 0; at < numbers.length; at += 4 + 2 * (numbers[at + 3] ?? 0)) {
        offset = numbers[at] ?? 0
        position += numbers[at + 1] ?? 0
      }
      told += numbers.length
      return blocks
    }
  }

  /** Tells the pieces of the answers that were not told yet. */
  answerTeller(): () => readonly AnswerPiece[] {
    const { capture } = this.pass.reducer
    const ledger = capture === undefined ? undefined : createAnswerLedger(capture)
    return () => ledger?.changes() ?? []
  }

  timeline(end: number): TimelineInfo {
    return this.pass.timeline.info(this.scanned >= end)
  }

  close(): void {
    this.text.close()
  }
}

/** What a thread is asked about a log and answers from its lines, a piece at a time. */
import { parseEventLine } from '../../core/eventLine'
import type { TextKernel } from '../../core/lines/wasm/textKernel'
import { levelNumber } from '../../core/store/levelSeries'
import { RequestBars } from '../../core/store/requestBars'
import type { Replayer } from '../../core/store/runPass'
import { Column } from '../runlog/blockIndex'
import type { CountedBlocks, Question } from './logProtocol'
import { LogText } from './logText'
import { StampScan, type LineKey, type LineVisitor } from './stampScan'

/** An answer in the making. */
export interface Asked {
  /** Reads a piece. @returns the answer, when it is known @throws RangeError for what is not there */
  step(end: number): unknown
  close(): void
}

/** Reads the lines of one stretch after the other. */
abstract class LineReader implements Asked {
  protected readonly stamps: StampScan
  private readonly buffer: Buffer
  private text: LogText | undefined
  private lines = 0

  constructor(
    private readonly path: string,
    private readonly kernel: TextKernel,
  ) {
    this.stamps = new StampScan(kernel)
    this.buffer = Buffer.from(kernel.text.buffer, kernel.text.byteOffset, kernel.text.length)
  }

  abstract step(end: number): unknown

  close(): void {
    this.text?.close()
    this.text = undefined
  }

  protected begin(offset: number): void {
    this.text ??= new LogText(this.path, this.kernel, offset, 0)
    this.text.startAt(offset, 0)
  }

  /** Takes the lines of the next piece. @returns false when there is no more before `end` */
  protected read(end: number): boolean {
    const { text } = this
    const piece = text?.next(end)
    if (text === undefined || piece === undefined) return false
    this.lines = 0
    if (piece.kind === 'lines') this.stamps.lines(piece.length, this.visit)
    else if (piece.kind === 'long') {
      const ends = text.ends(piece.start, piece.end)
      const { key, time } = this.stamps.slow(ends, 0, ends.length)
      this.take(key, time, piece.end, () => text.line(piece.start, piece.end) ?? '')
    }
    text.taken(piece, this.lines)
    return true
  }

  private readonly visit: LineVisitor = (from, to, key, time) => {
    this.lines++
    this.take(key, time, (this.text?.pieceAt ?? 0) + to + 1, () => this.buffer.toString('utf8', from, to))
  }

  /** @param end where the next line begins @param line gives the line as text */
  protected abstract take(key: LineKey, time: number, end: number, line: () => string): void
}

/** The state of the run as of an event. */
class AskedState extends LineReader {
  private position: number

  constructor(
    path: string,
    kernel: TextKernel,
    private readonly replayer: Replayer,
    private readonly wanted: number,
  ) {
    super(path, kernel)
    const place = replayer.seek(wanted)
    this.position = place.position
    if (place.position <= wanted) this.begin(place.offset)
  }

  step(end: number): unknown {
    if (this.position > this.wanted) return this.replayer.state()
    if (!this.read(end)) throw new RangeError(`This run has no event at position ${String(this.wanted)}.`)
    return this.position > this.wanted ? this.replayer.state() : undefined
  }

  protected take({ phase, level }: LineKey, time: number, end: number, line: () => string): void {
    if (this.position > this.wanted) return
    this.replayer.add(end, time, this.replayer.wants(phase, level, time) ? parseEventLine(line()) : undefined)
    this.position++
  }
}

/** Network requests of a stretch of time. */
class AskedRequests extends LineReader {
  private readonly bars = new RequestBars()
  private next = 0
  private end = 0

  constructor(
    path: string,
    kernel: TextKernel,
    private readonly question: Extract<Question, { kind: 'requests' }>,
  ) {
    super(path, kernel)
  }

  step(): unknown {
    if (this.read(this.end)) return undefined
    const { stretches } = this.question
    if (this.next >= stretches.length) return this.bars.bars()
    this.begin(stretches[this.next] ?? 0)
    this.end = stretches[this.next + 1] ?? 0
    this.next += 2
    return undefined
  }

  protected take({ phase }: LineKey, time: number, _end: number, line: () => string): void {
    const { from, to } = this.question
    if (phase !== 'network' || !(time >= from && time < to)) return
    const event = parseEventLine(line())
    if (event !== undefined) this.bars.add(event)
  }
}

/** Lines of blocks by time and level. */
class AskedCounts extends LineReader {
  private readonly starts: number[] = [0]
  private readonly times = new Column(Float64Array)
  private readonly levels: number[] = []
  private readonly counts = new Column(Uint32Array)
  private next = 0
  private run = { time: Number.NaN, level: -1, count: 0 }

  constructor(
    path: string,
    kernel: TextKernel,
    private readonly blocks: Float64Array,
  ) {
    super(path, kernel)
  }

  step(): unknown {
    const { blocks, starts } = this
    const at = this.next
    if (at >= blocks.length) return this.counted()
    this.begin(blocks[at] ?? 0)
    while (this.read(blocks[at + 1] ?? 0));
    this.endRun()
    starts.push(this.times.length)
    this.next += 2
    return undefined
  }

  protected take({ level }: LineKey, time: number): void {
    const { run } = this
    const number = levelNumber(level)
    if (run.time === time && run.level === number) {
      run.count++
      return
    }
    this.endRun()
    this.run = { time, level: number, count: 1 }
  }

  private endRun(): void {
    const { time, level, count } = this.run
    if (count > 0 && !Number.isNaN(time)) {
      this.times.push(time)
      this.levels.push(level)
      this.counts.push(count)
    }
    this.run.count = 0
    this.run.level = -1
  }

  private counted(): CountedBlocks {
    return {
      starts: Uint32Array.from(this.starts),
      times: this.times.slice(0),
      levels: Uint8Array.from(this.levels),
      counts: this.counts.slice(0),
    }
  }
}

/** @param replayer of the pass over the same log */
export function ask(path: string, kernel: TextKernel, replayer: Replayer, question: Question): Asked {
  switch (question.kind) {
    case 'state':
      return new AskedState(path, kernel, replayer, question.position)
    case 'requests':
      return new AskedRequests(path, kernel, question)
    case 'count':
      return new AskedCounts(path, kernel, question.blocks)
  }
}

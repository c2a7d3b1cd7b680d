/**
 * One text file as the reading thread sees it: its contents one behind the other (a rotated one stays), the rows between them
 * that tell what became of the file, and the numbering of all. Everything here is done in short steps.
 */
import { setImmediate } from 'node:timers/promises'
import { compileFormat } from '../../core/lines/formats/custom'
import type { TextKernel } from '../../core/lines/wasm/textKernel'
import { rowOf } from '../../core/rows'
import type { EventDetail } from '../../core/store/eventStore'
import type { AnyEvent } from '../../shared/events/schema'
import type { Row } from '../../shared/protocol/rows'
import { UserError } from '../../shared/userError'
import { unreadable } from '../follow/namedFile'
import type { FollowedEvent, Follower, StartFollower } from './follower'
import { KnownContents, SEQ_GAP } from './knownContents'
import { LineRows } from './lineRows'
import { TextBytes } from './textBytes'
import type { FollowState, LinesPart, MarkPart, Place, TextFileOptions, TextState } from './textProtocol'
import { countOf, findPlace, type Numbered, type Part, type Mark } from './textPlaces'
import { TextSegment } from './textSegment'

/** Counted in one go; the thread answers requests in between. */
const STEP_BYTES = 8 * 1024 * 1024
/** While the index is made its progress is told so often. */
const TELL_MS = 50
/** So many contents are held open; the lines of older ones leave the view. */
const MAX_CONTENTS = 5
/** Rows so near to each other are read together. */
const NEAR_ROWS = 8

/** The generation of what nobody follows. */
const OLDER = -1

export interface TextFileHost {
  readonly kernel: TextKernel
  readonly follow: StartFollower
  onState(state: TextState): void
  onNotice(message: string): void
}

export class TextFile {
  private parts: Part[] = []
  private readonly rowsOf: LineRows
  private follower: Follower | undefined
  private followState: FollowState = 'waiting'
  private resets = 0
  private readonly contents: KnownContents
  private nextSeq: number
  private step: NodeJS.Immediate | undefined
  private toldAt = 0
  private isClosed = false
  /** Contents that nobody may read any more who knows of so many resets. */
  private leaving: { readonly source: TextBytes; readonly resets: number }[] = []
  private renumbers = 0
  /** By how much the numbers of the last lines changed when the last estimate was settled, and which those were. */
  private settled = { from: 0, by: 0 }
  /** Contents that were put before by wish. */
  private older = 0
  private readonly shownAs: string

  constructor(
    readonly path: string,
    private readonly options: TextFileOptions,
    private readonly host: TextFileHost,
  ) {
    this.rowsOf = new LineRows({ format: options.format, custom: options.formats?.map(compileFormat) })
    this.shownAs = options.shownAs ?? path
    this.contents = new KnownContents(options.contents)
    this.nextSeq = this.contents.next
  }

  /**
   * Opens the file, or waits for one that is not there; the last rows can be asked for at once.
   * @throws UserError for what is no file or can't be read
   */
  async open(): Promise<TextState> {
    const bytes = this.openFirst()
    if (bytes !== undefined) this.add(bytes, 0, bytes.start, Math.max(bytes.start, bytes.size))
    if (this.options.follow !== false) {
      const end = this.last()?.end
      this.follower = this.host.follow(this.path, end === undefined ? undefined : end, {
        bytes: (generation, end) => {
          this.grew(generation, end)
        },
        file: (event) => {
          this.changed(event)
        },
        state: (state) => {
          this.followState = state
          this.tell()
        },
        notice: (message) => this.host.onNotice(message),
      })
      await this.follower.start()
    } else if (bytes === undefined) this.openBytes(true)
    this.countSoon()
    return this.state()
  }

  /** Rows by numbers that may be those of an estimate which is settled by now: the last lines are meant then, as they were counted. */
  rowsAsked({ from, to, renumbers }: { from: number; to: number; renumbers: number }): Row[] {
    const by = renumbers < this.renumbers && from >= this.settled.from ? this.settled.by : 0
    return this.rows(from + by, to + by)
  }

  rows(from: number, to: number): Row[] {
    const rows: Row[] = []
    for (const { part, first } of this.numbered()) {
      const [start, end] = [Math.max(from, first), Math.min(to, first + countOf(part))]
      if (start >= end) continue
      if (part instanceof TextSegment) rows.push(...this.rowsOf.rows(part, start - first, end - first, start))
      else rows.push(markRow(part, first))
    }
    return rows
  }

  /** Rows one by one, their positions counted from the beginning of the file. Waits for the index where it has not come there. */
  async rowsAt(positions: Float64Array): Promise<Row[]> {
    const rows: Row[] = []
    for (let i = 0; i < positions.length;) {
      // Neighbours are read together, with the lines between them.
      let end = i + 1
      while (end < positions.length && (positions[end] ?? 0) - (positions[end - 1] ?? 0) <= NEAR_ROWS) end++
      const wanted = new Set(positions.subarray(i, end))
      const [first, last] = [positions[i] ?? 0, (positions[end - 1] ?? 0) + 1]
      await this.countTo(last)
      rows.push(...this.rows(first, last).filter(({ position }) => wanted.has(position)))
      i = end
    }
    return rows
  }

  detail(position: number): EventDetail {
    for (const { part, first } of this.numbered()) {
      if (position < first || position >= first + countOf(part)) continue
      if (part instanceof TextSegment) return this.rowsOf.detail(part, position - first, position)
      return { position, bytes: 0, event: part.event }
    }
    throw new RangeError(`There is no line at position ${String(position)}.`)
  }

  /** As TextFileStore's. */
  async prepend(path: string, shownAs: string): Promise<void> {
    const source = TextBytes.open(path, this.options.encoding ?? 'utf-8', shownAs)
    const end = Math.max(source.start, source.size)
    // The number of its lines must be known, or those of all others would not be.
    const segment = new TextSegment(this.host.kernel, source, OLDER, source.start, end, 0)
    while (!segment.isComplete && !this.isClosed) {
      segment.countOn(STEP_BYTES)
      await setImmediate()
    }
    if (this.isClosed) {
      source.release()
      return
    }
    const first = this.firstSeq()
    const base = this.contents.olderBase(source, end, first - 1)
    if (base === undefined) {
      source.release()
      throw new UserError(`No more older files can be shown above ${this.shownAs}.`, 'too_many_files', 'bad_input')
    }
    segment.seqBase = base
    this.parts.unshift(segment, { event: this.eventOf('rotated', first - 1), time: source.modifiedAt })
    this.older++
    this.resets++
    this.tell()
  }

  /**
   * The position of the first row at or after a place; `count` when there is none.
   * @param isExact counted from the beginning of the file, even where `count` is an estimate
   */
  async positionOf(at: Place, isExact: boolean): Promise<number> {
    if (isExact) await this.countUntil((part) => 'seq' in at && part.knowsOffset(at.seq - part.seqBase))
    return findPlace([...this.numbered()], this.rowsOf, at)
  }

  pause(isPaused: boolean): void {
    if (isPaused) this.follower?.pause()
    else this.follower?.resume()
  }

  state(): TextState {
    const parts: (LinesPart | MarkPart)[] = []
    let [count, bytes, indexed, isComplete] = [0, 0, 0, true]
    for (const { part, first } of this.numbered()) {
      if (part instanceof TextSegment) {
        this.contents.note(part)
        const { source, generation, origin: from, end, seqBase } = part
        const { fd, encoding } = source
        const { beforeBlocks: blocks, plainBlocks } = part.index
        const { count } = part
        parts.push({ kind: 'lines', first, count, generation, fd, encoding, from, end, blocks, plainBlocks, seqBase })
        bytes += end - from
        indexed += part.isComplete ? end - from : part.index.counted - from
        isComplete &&= part.isComplete
      } else parts.push({ kind: 'mark', first, count: 1, seq: part.event.seq, time: part.time })
      count = first + countOf(part)
    }
    const { format } = this.rowsOf
    return {
      parts,
      count,
      bytes,
      indexed,
      isComplete,
      follow: this.options.follow === false ? 'paused' : this.followState,
      resets: this.resets,
      renumbers: this.renumbers,
      contents: this.contents.list,
      encoding: this.last()?.source.encoding ?? this.options.encoding ?? 'utf-8',
      waitingBytes: this.follower?.pendingBytes ?? 0,
      ...(format === undefined ? {} : { format: { id: format.id, name: format.name } }),
    }
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.isClosed = true
    clearImmediate(this.step)
    await this.follower?.close()
    for (const part of this.parts.splice(0)) if (part instanceof TextSegment) part.source.release()
    this.release(Number.POSITIVE_INFINITY)
  }

  /** Nobody reads contents any more that were dropped up to this reset. */
  release(resets: number): void {
    for (const one of this.leaving) if (one.resets <= resets) one.source.release()
    this.leaving = this.leaving.filter((one) => one.resets > resets)
  }

  private openFirst(): TextBytes | undefined {
    try {
      return this.openBytes()
    } catch (error) {
      throw error instanceof UserError ? error : unreadable(this.path, error)
    }
  }

  /** @returns undefined for a file that is not there */
  private openBytes(isNeeded = false): TextBytes | undefined {
    try {
      return TextBytes.open(this.path, this.options.encoding ?? 'utf-8', this.shownAs)
    } catch (error) {
      if (!isNeeded && (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  private grew(generation: number, end: number): void {
    const index = this.parts.findLastIndex((part) => part instanceof TextSegment && part.generation === generation)
    const part = this.parts[index]
    if (!(part instanceof TextSegment)) return
    const before = part.count
    part.grow(end)
    this.rowsOf.detect(part)
    // A rotated file that is still written to: the rows behind it have other places now.
    if (index < this.parts.length - 1 && part.count !== before) this.resets++
    this.tell()
  }

  private changed(event: FollowedEvent): void {
    const { state, generation, content } = event
    const last = this.last()
    // What was opened here first is the follower's first content.
    if (state === 'opened' && last !== undefined && last.source.identity === content?.identity) {
      last.generation = generation
    } else if (state === 'gone') this.mark(state, 0)
    else if (last?.generation === generation) this.goOn(last)
    else this.takeContent(state === 'opened' && last !== undefined ? 'replaced' : state, event)
    this.tell()
  }

  private takeContent(state: FollowedEvent['state'], { generation, content, goesOn }: FollowedEvent): void {
    const last = this.last()
    let gone = 0
    if (last !== undefined && content !== undefined) {
      const isLost = state === 'truncated' || state === 'rewritten'
      // An unfinished line that comes again is the new content's.
      if (isLost || goesOn === true) gone = last.cut(Math.min(content.start, last.end))
      if (goesOn === true && gone > 0) gone--
      if (gone > 0) this.resets++
    }
    const bytes = content === undefined ? undefined : this.openContent(content.path, content.identity)
    if (last !== undefined || state !== 'opened') this.mark(state, gone)
    if (last?.count === 0) this.drop(last)
    if (bytes === undefined || content === undefined) return
    const from = Math.max(bytes.start, content.start)
    this.add(bytes, generation, from, from)
    this.dropOldest()
  }

  /** A file has its name back: what it gets now stands behind the row that says so, an unfinished line too. */
  private goOn(last: TextSegment): void {
    const { source, generation, end } = last
    const from = last.isUnfinished ? last.startOf(last.count - 1) : end
    last.cut(from)
    this.mark('back', 0)
    this.add(source.hold(), generation, from, end)
  }

  private openContent(path: string, identity: string): TextBytes | undefined {
    try {
      const bytes = TextBytes.open(path, this.options.encoding ?? 'utf-8', this.shownAs)
      if (bytes.identity === identity) return bytes
      bytes.release()
    } catch {
      // It was renamed or removed meanwhile.
    }
    this.host.onNotice(`A content of ${this.path} was rotated away before it could be opened: its lines are not shown.`)
    return undefined
  }

  private add(source: TextBytes, generation: number, from: number, end: number): void {
    const seqBase = this.parts.length === 0 ? this.contents.baseOf(source) : this.nextSeq - from
    const segment = new TextSegment(this.host.kernel, source, generation, from, end, seqBase)
    this.parts.push(segment)
    this.rowsOf.detect(segment)
    this.countSoon()
  }

  /** @param gone how many lines were lost */
  private mark(state: FollowedEvent['state'], gone: number): void {
    const last = this.last()
    if (last !== undefined) this.nextSeq = Math.max(this.nextSeq, last.seqBase + last.end + SEQ_GAP)
    const event = this.eventOf(state, this.nextSeq++, gone)
    this.parts.push({ event, time: Date.parse(event.timestamp) })
  }

  private eventOf(state: FollowedEvent['state'], seq: number, gone = 0): AnyEvent {
    const data = { state, path: this.shownAs, ...(gone === 0 ? {} : { lines_gone: gone }) }
    return { capture_id: '', seq, timestamp: new Date().toISOString(), phase: 'file', data }
  }

  /** Contents are bounded: the oldest leave, with the marks before the next. */
  private dropOldest(): void {
    const contents = this.parts.filter((part) => part instanceof TextSegment)
    if (contents.length <= MAX_CONTENTS + this.older) return
    const [oldest] = contents
    if (oldest === undefined) return
    this.drop(oldest)
    this.parts.splice(
      0,
      this.parts.findIndex((part) => part instanceof TextSegment),
    )
  }

  /** Others may read its content until they have heard of it. */
  private drop(segment: TextSegment): void {
    this.parts.splice(this.parts.indexOf(segment), 1)
    this.resets++
    this.leaving.push({ source: segment.source, resets: this.resets })
  }

  /** The lowest that is taken. */
  private firstSeq(): number {
    const [first] = this.parts
    if (first === undefined) return this.nextSeq
    return first instanceof TextSegment ? first.seqBase : first.event.seq
  }

  private last(): TextSegment | undefined {
    return this.parts.findLast((part) => part instanceof TextSegment)
  }

  private *numbered(): Generator<Numbered> {
    let first = 0
    for (const part of this.parts) {
      yield { part, first }
      first += countOf(part)
    }
  }

  private countTo(position: number): Promise<void> {
    return this.countUntil((part, first) => part.knowsLine(position - first))
  }

  /** Counts until each content is counted as far as it is wanted, or whole. The thread answers others in between. */
  private async countUntil(isEnough: (part: TextSegment, first: number) => boolean): Promise<void> {
    for (;;) {
      let part: TextSegment | undefined
      for (const one of this.numbered()) {
        if (!(one.part instanceof TextSegment) || one.part.isComplete || isEnough(one.part, one.first)) continue
        part = one.part
        break
      }
      if (part === undefined) return
      const next = part
      this.count(next, () => next.countOn(STEP_BYTES))
      await setImmediate()
    }
  }

  /** Counts lines of a part; tells when their number has become known. */
  private count(part: TextSegment, run: () => void): void {
    if (part.isComplete) return
    const { count, endFrom } = part
    run()
    if (!isCounted(part)) return
    if (part.count !== count) {
      this.renumbers++
      this.settled = { from: endFrom, by: part.count - count }
    }
    this.tell()
  }

  private countSoon(): void {
    if (this.step !== undefined || this.isClosed || this.parts.every((part) => isCounted(part))) return
    this.step = globalThis.setImmediate(() => {
      this.step = undefined
      this.countOn()
    })
  }

  private countOn(): void {
    const part = this.parts.find((one) => !isCounted(one))
    if (part instanceof TextSegment) {
      this.count(part, () => part.countOn(STEP_BYTES))
      if (performance.now() - this.toldAt > TELL_MS) this.tell()
    }
    this.countSoon()
  }

  private tell(): void {
    if (this.isClosed) return
    this.toldAt = performance.now()
    this.host.onState(this.state())
  }
}

function isCounted(part: Part): boolean {
  return !(part instanceof TextSegment) || part.isComplete
}

function markRow({ event, time }: Mark, position: number): Row {
  return { ...rowOf(position, event), time }
}

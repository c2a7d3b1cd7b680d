/** The ways to a list of positions: all, by the index's keys, a stretch of time of either, and what a search found. */
import { LineSet } from '../../core/query/lineSet'
import type { Place, View } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { UserError } from '../../shared/userError'
import type { Query, Row } from '../../shared/protocol/rows'
import { Column, lastAtMost } from '../runlog/blockIndex'
import type { LogFile } from './logFile'

export abstract class LogView implements View {
  protected readonly changed = new Emitter<undefined>()
  private readonly disposers: (() => void)[] = []
  readonly onDidChange = this.changed.event
  abstract readonly count: number
  abstract readonly complete: boolean

  constructor(protected readonly log: LogFile) {}

  onDispose(action: () => void): void {
    this.disposers.push(action)
  }

  async rows(from: number, to: number): Promise<readonly Row[]> {
    const start = Math.max(0, from)
    const end = Math.min(this.count, to)
    return end <= start ? [] : this.log.lines.rowsAt(await this.positions(start, end))
  }

  async positionOf(place: Place): Promise<number> {
    return this.indexOf(await this.log.lines.positionOf(place))
  }

  dispose(): void {
    for (const action of this.disposers.splice(0)) action()
  }

  didGrow(): void {
    this.changed.fire(undefined)
  }

  /** The positions of the rows `from` to `to` (exclusive), which are there. */
  abstract positions(from: number, to: number): Promise<readonly number[]>

  /** How many rows of this view stand before a position. */
  abstract indexOf(position: number): Promise<number> | number
}

/** Every event: index and position are the same. */
export class AllView extends LogView {
  readonly complete = true

  get count(): number {
    return this.log.size
  }

  positions(from: number, to: number): Promise<readonly number[]> {
    return Promise.resolve(Array.from({ length: to - from }, (_, i) => from + i))
  }

  indexOf(position: number): number {
    return Math.min(position, this.count)
  }
}

/** A filter by phase and level: counted from prefix sums, found by halving, read block by block. */
export class KeyView extends LogView {
  readonly complete = true
  /** Of each block the wanted lines up to its end. */
  private sums = new Column(Float64Array)
  private tail: readonly number[] = []
  private tailOf = -1
  private sumsOf: unknown

  constructor(
    log: LogFile,
    private readonly wanted: (key: string) => boolean,
  ) {
    super(log)
  }

  get count(): number {
    this.refresh()
    return this.inBlocks + this.tail.length
  }

  private get inBlocks(): number {
    return this.sums.length === 0 ? 0 : this.sums.at(this.sums.length - 1)
  }

  private refresh(): void {
    const { index, size } = this.log
    if (this.tailOf === size && this.sumsOf === index) return
    // An index that was made anew has other blocks.
    if (this.sumsOf !== index) this.sums = new Column(Float64Array)
    this.sumsOf = index
    this.tailOf = size
    index.sumUp(this.wanted, this.sums)
    this.tail = this.log.tailPositions(this.wanted)
  }

  async positions(from: number, to: number): Promise<readonly number[]> {
    this.refresh()
    const { sums, tail, inBlocks } = this
    const found: number[] = []
    let next = from
    while (next < Math.min(to, inBlocks)) {
      const block = lastAtMost(sums.length, (i) => sums.at(i), next) + 1
      const before = block === 0 ? 0 : sums.at(block - 1)
      const positions = await this.log.lines.positionsIn(block, this.wanted, next - before, to - before)
      if (positions.length === 0) break
      for (const position of positions) found.push(position)
      next += positions.length
    }
    found.push(...tail.slice(Math.max(0, next - inBlocks), Math.max(0, to - inBlocks)))
    return found
  }

  async indexOf(position: number): Promise<number> {
    this.refresh()
    const { sums, tail, inBlocks } = this
    const block = this.log.index.findPosition(position)
    if (block < 0) return inBlocks + tail.filter((one) => one < position).length
    const before = block === 0 ? 0 : sums.at(block - 1)
    return before + (await this.log.lines.countIn(block, this.wanted, position))
  }
}

/**
 * A stretch of time of a view whose rows ascend by time, which those of a log do: only its edges are looked for. What is damaged
 * belongs to where it stands.
 */
export class TimeView extends LogView {
  readonly complete = true
  private bounds = { from: 0, to: 0 }
  /** No later event can lie before the bounds. */
  private isSettled = false
  private looking: Promise<void> | undefined

  private constructor(
    log: LogFile,
    private readonly view: AllView | KeyView,
    private readonly time: NonNullable<Query['time']>,
  ) {
    super(log)
  }

  static async open(log: LogFile, view: AllView | KeyView, time: NonNullable<Query['time']>): Promise<TimeView> {
    const made = new TimeView(log, view, time)
    await made.look()
    return made
  }

  get count(): number {
    return Math.max(0, this.bounds.to - this.bounds.from)
  }

  override didGrow(): void {
    if (this.isSettled) return
    this.looking ??= this.look().then(
      () => {
        this.looking = undefined
        this.changed.fire(undefined)
      },
      () => {
        // The log is gone; who reads rows is told.
        this.looking = undefined
      },
    )
  }

  async positions(from: number, to: number): Promise<readonly number[]> {
    return this.view.positions(this.bounds.from + from, Math.min(this.bounds.to, this.bounds.from + to))
  }

  async indexOf(position: number): Promise<number> {
    return Math.min(this.count, Math.max(0, (await this.view.indexOf(position)) - this.bounds.from))
  }

  private async look(): Promise<void> {
    const { from, to } = this.time
    const last = this.log.lastTime ?? Number.NEGATIVE_INFINITY
    const bounds = {
      from: from === undefined ? 0 : await this.view.positionOf({ time: from }),
      to: to === undefined ? this.view.count : await this.view.positionOf({ time: to }),
    }
    this.bounds = bounds
    this.isSettled = to !== undefined && last >= to
  }
}

export interface SearchListener {
  /** What it finds ascends. @param scanned the log was searched up to here */
  onFound(positions: Float64Array, scanned: number): void
  /** What was found is void: it is searched again. */
  onRestart(): void
  /** It can't go on: nothing more is told. */
  onFailure(error: UserError): void
}

/** Begins a search. @returns ends it */
export type StartSearch = (listener: SearchListener) => () => void

/** What a text search finds: positions come in batches from another thread, and go on as the log grows. */
export class FoundView extends LogView {
  private readonly found = new LineSet()
  private scanned = 0
  private readonly stop: () => void
  problem: UserError | undefined

  constructor(log: LogFile, search: StartSearch) {
    super(log)
    this.stop = search({
      onFound: (positions, scanned) => {
        for (const position of positions) this.found.add(position)
        this.scanned = scanned
        this.changed.fire(undefined)
      },
      onRestart: () => {
        this.found.clear()
        this.scanned = 0
        this.changed.fire(undefined)
      },
      onFailure: (error) => {
        this.problem = error
        this.changed.fire(undefined)
      },
    })
  }

  get count(): number {
    return this.found.count
  }

  get complete(): boolean {
    return this.problem !== undefined || this.scanned >= this.log.bytes
  }

  override dispose(): void {
    this.stop()
    super.dispose()
  }

  positions(from: number, to: number): Promise<readonly number[]> {
    return Promise.resolve(Array.from({ length: to - from }, (_, i) => this.found.at(from + i)))
  }

  indexOf(position: number): number {
    return this.found.countBefore(position)
  }
}

/** The three ways to a list of positions: all, by the index's keys, and what a search found. */
import type { Place, View } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Query, Row } from '../../shared/protocol/rows'
import { lastAtMost } from '../runlog/blockIndex'
import type { LogFile } from './logFile'
import type { LogWorker } from './logWorker'

abstract class LogView implements View {
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
    return end <= start ? [] : this.log.rowsAt(await this.positions(start, end))
  }

  async positionOf(place: Place): Promise<number> {
    // An event is a line of the log.
    const at = 'line' in place ? { seq: place.line - 1 } : place
    // Rows ascend by seq and time, so that halving finds the place; each look reads one row.
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      const [row] = await this.rows(middle, middle + 1)
      const before = row !== undefined && ('seq' in at ? row.seq < at.seq : row.time < at.time)
      if (before) low = middle + 1
      else high = middle
    }
    return low
  }

  dispose(): void {
    for (const action of this.disposers.splice(0)) action()
  }

  didGrow(): void {
    this.changed.fire(undefined)
  }

  protected abstract positions(from: number, to: number): Promise<readonly number[]>
}

/** Every event: index and position are the same. */
export class AllView extends LogView {
  readonly complete = true

  get count(): number {
    return this.log.size
  }

  protected positions(from: number, to: number): Promise<readonly number[]> {
    return Promise.resolve(Array.from({ length: to - from }, (_, i) => from + i))
  }
}

/** A filter by phase and level: counted from prefix sums, found by halving, read block by block. */
export class KeyView extends LogView {
  readonly complete = true
  private sums: Float64Array = new Float64Array(1)
  private tail: readonly number[] = []
  private tailOf = -1

  constructor(
    log: LogFile,
    private readonly wanted: (key: string) => boolean,
  ) {
    super(log)
  }

  get count(): number {
    this.refresh()
    return (this.sums.at(-1) ?? 0) + this.tail.length
  }

  private refresh(): void {
    if (this.tailOf === this.log.size) return
    this.tailOf = this.log.size
    this.sums = this.log.index.prefixSums(this.wanted, this.sums)
    this.tail = this.log.tailPositions(this.wanted)
  }

  protected async positions(from: number, to: number): Promise<readonly number[]> {
    this.refresh()
    const { sums, tail } = this
    const inBlocks = sums.at(-1) ?? 0
    const found: number[] = []
    let next = from
    while (next < Math.min(to, inBlocks)) {
      const block = lastAtMost(sums.length, (i) => sums[i] ?? 0, next)
      const before = sums[block] ?? 0
      const positions = await this.log.positionsIn(block, this.wanted, next - before, to - before)
      if (positions.length === 0) break
      found.push(...positions)
      next += positions.length
    }
    found.push(...tail.slice(Math.max(0, next - inBlocks), Math.max(0, to - inBlocks)))
    return found
  }
}

/** What a text search finds: positions come in batches from the worker thread, and go on as the log grows. */
export class FoundView extends LogView {
  private readonly found: number[] = []
  private scanned = 0
  private readonly stop: () => void

  constructor(log: LogFile, worker: LogWorker, query: Query) {
    super(log)
    const search = worker.search(query, (positions, scanned) => {
      for (const position of positions) this.found.push(position)
      this.scanned = scanned
      this.changed.fire(undefined)
    })
    this.stop = () => {
      search.dispose()
    }
    worker.grew(log.bytes)
  }

  get count(): number {
    return this.found.length
  }

  get complete(): boolean {
    return this.scanned >= this.log.bytes
  }

  override dispose(): void {
    this.stop()
    super.dispose()
  }

  protected positions(from: number, to: number): Promise<readonly number[]> {
    return Promise.resolve(this.found.slice(from, to))
  }
}

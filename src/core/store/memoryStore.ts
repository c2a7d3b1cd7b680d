/** The EventStore over a run log in memory, for a page without a host. Nothing grows in it; what takes long goes in slices. */
import { Emitter } from '../../shared/lib/emitter'
import type { Query, Row } from '../../shared/protocol/rows'
import { keyFilter } from '../query/keyFilter'
import { createEventMatcher, isInTime } from '../query/textMatcher'
import { damagedRow, rowOf } from '../rows'
import { Slices } from '../slices'
import type { EventDetail, EventStore, Growth, Place, Timeline, View } from './eventStore'
import { byPhaseAndLevel } from './keyCounts'
import type { MemoryLog } from './memoryLog'

/** What a search found is told at most this often. */
const TELL_MS = 100
const STRIDE = 64
const DETAIL_MAX_CHARS = 4 * 1024 * 1024
const BEGINNING_CHARS = 256 * 1024

export class MemoryStore implements EventStore {
  readonly growth: Growth
  readonly onDidGrow = never
  readonly onDidReset = never

  constructor(
    private readonly log: MemoryLog,
    readonly timeline: Timeline,
  ) {
    this.growth = growthOf(log)
  }

  view(query: Query, signal?: AbortSignal): Promise<View> {
    signal?.throwIfAborted()
    const { log } = this
    const wanted = keyFilter(query)
    const matches = createEventMatcher(query)
    if (wanted === undefined && matches === undefined && query.time === undefined)
      return Promise.resolve(new MemoryView(log))
    const keys = log.keyNames.map((key) => wanted?.(key) !== false)
    const isCandidate = (position: number): boolean =>
      keys[log.keyIds[position] ?? 0] === true && isInTime(query, log.times[position] ?? Number.NaN)
    const view = new FoundView(log, isCandidate, matches)
    signal?.addEventListener('abort', () => {
      view.dispose()
    })
    return Promise.resolve(view)
  }

  detail(position: number): Promise<EventDetail> {
    const bytes = this.log.lengthOf(position)
    const line = this.log.line(position)
    const event = line.length <= DETAIL_MAX_CHARS ? this.log.event(position) : undefined
    return Promise.resolve(
      event === undefined ? { position, bytes, text: line.slice(0, BEGINNING_CHARS) } : { position, bytes, event },
    )
  }

  dispose(): void {
    // Views end by themselves; the memory goes with the page.
  }
}

/** Of what does not change nobody is told. */
function never(): () => void {
  return () => undefined
}

function growthOf(log: MemoryLog): Growth {
  const lastTime = log.times.findLast((time) => !Number.isNaN(time))
  return {
    size: log.size,
    bytes: log.end,
    ...byPhaseAndLevel(log.countsBefore(log.size)),
    ...(lastTime === undefined ? {} : { lastTime }),
  }
}

/** Every event: index and position are the same. */
class MemoryView implements View {
  protected readonly changed = new Emitter<undefined>()
  readonly onDidChange = this.changed.event

  constructor(protected readonly log: MemoryLog) {}

  get count(): number {
    return this.log.size
  }

  get complete(): boolean {
    return true
  }

  rows(from: number, to: number): Promise<readonly Row[]> {
    const rows: Row[] = []
    for (let i = Math.max(0, from); i < Math.min(to, this.count); i++) rows.push(this.row(i))
    return Promise.resolve(rows)
  }

  positionOf(place: Place): Promise<number> {
    // Rows ascend by seq and time; a damaged line has no time and counts as before.
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.isBefore(middle, place)) low = middle + 1
      else high = middle
    }
    return Promise.resolve(low)
  }

  dispose(): void {
    // Nothing runs.
  }

  /** The position of row `i`. */
  protected at(i: number): number {
    return i
  }

  private isBefore(i: number, place: Place): boolean {
    const position = this.at(i)
    if ('line' in place) return position < place.line - 1
    if ('time' in place) return !((this.log.times[position] ?? Number.NaN) >= place.time)
    return this.row(i).seq < place.seq
  }

  private row(i: number): Row {
    const position = this.at(i)
    const event = this.log.event(position)
    return event === undefined ? damagedRow(position, this.log.lengthOf(position)) : rowOf(position, event)
  }
}

/** Those that a query wants, found in slices from the first event on. */
class FoundView extends MemoryView {
  private readonly found: number[] = []
  private isDone = false
  private isDisposed = false

  constructor(
    log: MemoryLog,
    private readonly isCandidate: (position: number) => boolean,
    private readonly matches: ((line: string) => boolean) | undefined,
  ) {
    super(log)
    void this.search()
  }

  override get count(): number {
    return this.found.length
  }

  override get complete(): boolean {
    return this.isDone
  }

  override dispose(): void {
    this.isDisposed = true
  }

  protected override at(i: number): number {
    return this.found[i] ?? 0
  }

  private async search(): Promise<void> {
    const slices = new Slices()
    let told = Date.now()
    for (let position = 0; position < this.log.size; position++) {
      if (this.isCandidate(position) && this.matches?.(this.log.line(position)) !== false) this.found.push(position)
      if (position % STRIDE !== 0 || !slices.isOver) continue
      if (Date.now() - told >= TELL_MS) {
        told = Date.now()
        this.changed.fire(undefined)
      }
      await slices.rest()
      if (this.isDisposed) return
    }
    this.isDone = true
    this.changed.fire(undefined)
  }
}

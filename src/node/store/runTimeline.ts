/**
 * A run log over time. Levels are counted from the block index: a block that lies within one bucket adds its counts, of one that lies
 * over an edge the lines are read, so that every count is exact, but for damaged lines, which have no time. The thread that reads the log makes
 * the rest.
 */
import { setImmediate } from 'node:timers/promises'
import { LevelHistogram } from '../../core/query/levelHistogram'
import { byPhaseAndLevel } from '../../core/store/keyCounts'
import { levelNumber, levelSeriesOf } from '../../core/store/levelSeries'
import type { Timeline } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import { UserError } from '../../shared/userError'
import type { LevelSeries, ReplayState, TimelineInfo } from '../../shared/protocol/timeline'
import type { BlockPlace } from '../runlog/blockIndex'
import type { LogFile } from './logFile'
import type { LogWorker } from './logWorker'

/** Blocks whose lines are kept as counted: about 3 kB each. */
const KEPT_COUNTS = 1024
/** Work on the extension host stops this often for others. */
const SLICE_MS = 4
/** Asked of the thread at once. */
const COUNTED_BLOCKS = 256

interface Counted {
  readonly times: Float64Array
  readonly levels: Uint8Array
  readonly counts: Uint32Array
}

export class RunTimeline implements Timeline {
  private readonly changed = new Emitter<TimelineInfo>()
  private last: TimelineInfo | undefined
  private stopWatching: (() => void) | undefined
  private waiting: { readonly resolve: (info: TimelineInfo) => void; readonly reject: (error: Error) => void }[] = []
  /** By where the block begins and ends. */
  private readonly counted = new Map<string, Counted>()
  private readonly levelNumbers = new Map<string, number>()
  readonly onDidChange = this.changed.event

  constructor(
    private readonly log: LogFile,
    private readonly worker: () => LogWorker,
  ) {}

  info(): Promise<TimelineInfo> {
    const { last } = this
    if (last !== undefined) return Promise.resolve(last)
    return new Promise((resolve, reject) => {
      this.stopWatching ??= this.watch()
      this.waiting.push({ resolve, reject })
    })
  }

  private watch(): () => void {
    return this.worker().watchTimeline(
      (info) => {
        this.last = info
        for (const { resolve } of this.waiting.splice(0)) resolve(info)
        this.changed.fire(info)
      },
      (error) => {
        // Who asks again tries again.
        this.stopWatching = undefined
        this.giveUp(error)
      },
    )
  }

  private giveUp(error: Error): void {
    for (const { reject } of this.waiting.splice(0)) reject(error)
  }

  async levels(from: number, to: number, buckets: number, signal?: AbortSignal): Promise<LevelSeries> {
    const histogram = new LevelHistogram({ from, to, buckets })
    const { index } = this.log
    const width = (to - from) / buckets
    const bucketOf = (time: number): number => Math.floor((time - from) / width)
    const edges: number[] = []
    let began = performance.now()
    // The block before may end within the range.
    for (let block = Math.max(0, index.firstFrom(from) - 1); block < index.length; block++) {
      const first = index.timeOf(block)
      if (first >= to) break
      // The times of a block's lines go up to where the next one begins; those of the last one are read.
      const next = block + 1 < index.length ? index.timeOf(block + 1) : (this.log.tailTime ?? Number.POSITIVE_INFINITY)
      if (next < from) continue
      if (first >= from && next < to && bucketOf(first) === bucketOf(next)) {
        index.eachKey(block, (key, count) => {
          const level = this.levelOf(key)
          if (level >= 0) histogram.add(first, level, count)
        })
      } else edges.push(block)
      if ((block & 255) === 0 && performance.now() - began > SLICE_MS) {
        await setImmediate()
        signal?.throwIfAborted()
        began = performance.now()
      }
    }
    for (let i = 0; i < edges.length; i += COUNTED_BLOCKS) {
      signal?.throwIfAborted()
      const places = edges.slice(i, i + COUNTED_BLOCKS).flatMap((block) => index.at(block) ?? [])
      await this.addLines(places, histogram, signal)
    }
    for (const { key, time } of this.log.tail()) histogram.add(time, Math.max(0, this.levelOf(key)))
    return levelSeriesOf(histogram.buckets(), this.log.isComplete)
  }

  async requests(from: number, to: number, signal?: AbortSignal): ReturnType<Timeline['requests']> {
    const stretches = this.log.stretches((key) => key === 'network', { from, to })
    const ends: number[] = []
    for (let i = 0; i < stretches.length; i += 3)
      ends.push(stretches[i] ?? 0, Math.min(stretches[i + 1] ?? 0, this.log.bytes))
    return this.worker().ask({ kind: 'requests', stretches: Float64Array.from(ends), from, to }, signal)
  }

  async stateAt(position: number, signal?: AbortSignal): Promise<ReplayState> {
    if (!(position >= 0 && position < this.log.size))
      throw new RangeError(`This run has no event at position ${String(position)}.`)
    const [state, counts] = await Promise.all([
      this.worker().ask({ kind: 'state', position }, signal),
      this.log.countsBefore(position + 1),
    ])
    return { ...state, ...byPhaseAndLevel(counts) }
  }

  dispose(): void {
    this.stopWatching?.()
    this.stopWatching = undefined
    this.giveUp(new UserError('The run is closed.', 'closed'))
    this.counted.clear()
  }

  /** The number of a key's level; -1 for damaged lines, which have no time. */
  private levelOf(key: string): number {
    let level = this.levelNumbers.get(key)
    if (level === undefined) {
      level = key === 'damaged' ? -1 : levelNumber(key.split(':')[1])
      this.levelNumbers.set(key, level)
    }
    return level
  }

  private async addLines(
    places: readonly BlockPlace[],
    histogram: LevelHistogram,
    signal?: AbortSignal,
  ): Promise<void> {
    const missing = places.filter(({ offset, end }) => !this.counted.has(keyOf(offset, end)))
    const found = new Map<string, Counted>()
    if (missing.length > 0) {
      const asked = Float64Array.from(missing.flatMap(({ offset, end }) => [offset, end]))
      const { starts, times, levels, counts } = await this.worker().ask({ kind: 'count', blocks: asked }, signal)
      for (const [i, { offset, end }] of missing.entries()) {
        const [first, last] = [starts[i], starts[i + 1]]
        found.set(keyOf(offset, end), {
          times: times.slice(first, last),
          levels: levels.slice(first, last),
          counts: counts.slice(first, last),
        })
      }
    }
    for (const { offset, end } of places) {
      const key = keyOf(offset, end)
      const counted = found.get(key) ?? this.counted.get(key)
      if (counted === undefined) continue
      for (const [i, time] of counted.times.entries()) histogram.add(time, counted.levels[i] ?? 0, counted.counts[i])
      this.counted.delete(key)
      this.counted.set(key, counted)
    }
    for (const key of this.counted.keys()) {
      if (this.counted.size <= KEPT_COUNTS) break
      this.counted.delete(key)
    }
  }
}

function keyOf(offset: number, end: number): string {
  return `${String(offset)} ${String(end)}`
}

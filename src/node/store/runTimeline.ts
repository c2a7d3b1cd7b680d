/**
 * A run log over time. Levels are counted from the block index: a block that lies within one bucket adds its counts, of one that lies
 * over an edge the lines are read, so that every count is exact, but for damaged lines, which have no time. The thread that reads the log makes
 * the rest.
 */
import { LevelHistogram } from '../../core/query/levelHistogram'
import { levelNumber, levelSeriesOf } from '../../core/store/levelSeries'
import type { Timeline } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { LevelSeries, ReplayState, TimelineInfo } from '../../shared/protocol/timeline'
import type { LogFile } from './logFile'
import type { LogWorker } from './logWorker'

/** Blocks whose lines are kept as counted: about 3 kB each. */
const KEPT_COUNTS = 1024
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
  private waiting: ((info: TimelineInfo) => void)[] = []
  /** By where the block begins and ends. */
  private readonly counted = new Map<string, Counted>()
  readonly onDidChange = this.changed.event

  constructor(
    private readonly log: LogFile,
    private readonly worker: () => LogWorker,
  ) {}

  info(): Promise<TimelineInfo> {
    const { last } = this
    if (last !== undefined) return Promise.resolve(last)
    this.stopWatching ??= this.worker().watchTimeline((info) => {
      this.last = info
      for (const resolve of this.waiting.splice(0)) resolve(info)
      this.changed.fire(info)
    })
    return new Promise((resolve) => {
      this.waiting.push(resolve)
    })
  }

  async levels(from: number, to: number, buckets: number, signal?: AbortSignal): Promise<LevelSeries> {
    const histogram = new LevelHistogram({ from, to, buckets })
    const { index } = this.log
    const width = (to - from) / buckets
    const bucketOf = (time: number): number => Math.floor((time - from) / width)
    const edges: number[] = []
    // The block before may end within the range.
    for (let block = Math.max(0, index.firstFrom(from) - 1); block < index.length; block++) {
      const first = index.at(block)?.time ?? Number.NaN
      if (first >= to) break
      // The times of a block's lines go up to where the next one begins.
      const next = index.at(block + 1)?.time ?? this.log.tailTime ?? this.log.lastTime ?? first
      if (next < from) continue
      if (first >= from && next < to && bucketOf(first) === bucketOf(next)) {
        index.eachKey(block, (key, count) => {
          const [, level] = key.split(':')
          if (key !== 'damaged') histogram.add(first, levelNumber(level), count)
        })
      } else edges.push(block)
    }
    for (let i = 0; i < edges.length; i += COUNTED_BLOCKS) {
      signal?.throwIfAborted()
      await this.addLines(edges.slice(i, i + COUNTED_BLOCKS), histogram, signal)
    }
    for (const { key, time } of this.log.tail()) histogram.add(time, levelNumber(key.split(':')[1]))
    return levelSeriesOf(histogram.buckets(), this.log.isComplete)
  }

  requests(from: number, to: number, signal?: AbortSignal): ReturnType<Timeline['requests']> {
    const stretches = this.log.stretches((key) => key === 'network', { from, to })
    const ends: number[] = []
    for (let i = 0; i < stretches.length; i += 3)
      ends.push(stretches[i] ?? 0, Math.min(stretches[i + 1] ?? 0, this.log.bytes))
    return this.worker().ask({ kind: 'requests', stretches: Float64Array.from(ends), from, to }, signal)
  }

  stateAt(position: number, signal?: AbortSignal): Promise<ReplayState> {
    if (!(position >= 0 && position < this.log.size))
      return Promise.reject(new RangeError(`This run has no event at position ${String(position)}.`))
    return this.worker().ask({ kind: 'state', position }, signal)
  }

  dispose(): void {
    this.stopWatching?.()
    this.counted.clear()
  }

  private async addLines(blocks: readonly number[], histogram: LevelHistogram, signal?: AbortSignal): Promise<void> {
    const places = blocks.flatMap((block) => this.log.index.at(block) ?? [])
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

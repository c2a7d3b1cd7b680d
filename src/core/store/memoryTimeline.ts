/** A run in memory over time: its levels, its timeline, its requests, and its state at any of its events. */
import type { LevelSeries, ReplayState, RequestBar, TimelineInfo } from '../../shared/protocol/timeline'
import { LevelHistogram } from '../query/levelHistogram'
import { Slices } from '../slices'
import type { Timeline } from './eventStore'
import { byPhaseAndLevel } from './keyCounts'
import { levelNumber, levelSeriesOf } from './levelSeries'
import type { MemoryLog } from './memoryLog'
import { RequestBars } from './requestBars'
import { Replayer, type RunPass } from './runPass'

const STRIDE = 256

export class MemoryTimeline implements Timeline {
  private readonly replayer: Replayer
  private readonly timelineInfo: TimelineInfo
  /** Nothing grows. */
  readonly onDidChange = () => () => undefined

  /** @param pass has seen all events of the log, with positions in the place of offsets */
  constructor(
    private readonly log: MemoryLog,
    { kind, keyframes, timeline }: RunPass,
  ) {
    this.replayer = new Replayer(kind, keyframes, 0)
    this.timelineInfo = timeline.info(true)
  }

  levels(from: number, to: number, buckets: number): Promise<LevelSeries> {
    const { times, keyIds, keyNames } = this.log
    const histogram = new LevelHistogram({ from, to, buckets })
    const levels = keyNames.map((key) => levelNumber(key.split(':')[1]))
    for (const [position, id] of keyIds.entries()) histogram.add(times[position] ?? Number.NaN, levels[id] ?? 0)
    return Promise.resolve(levelSeriesOf(histogram.buckets(), true))
  }

  info(): Promise<TimelineInfo> {
    return Promise.resolve(this.timelineInfo)
  }

  async requests(
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<{ requests: readonly RequestBar[]; left_out: number }> {
    const { log } = this
    const network = log.keyNames.indexOf('network')
    const bars = new RequestBars()
    const slices = new Slices()
    for (let position = 0; position < log.size; position++) {
      if ((log.times[position] ?? Number.NaN) > to) break
      const event = log.keyIds[position] === network ? log.event(position) : undefined
      if (event !== undefined) bars.add(event)
      if (position % STRIDE !== 0 || !slices.isOver) continue
      await slices.rest()
      signal?.throwIfAborted()
    }
    const { requests, left_out } = bars.bars()
    return { requests: requests.filter((bar) => bar.to === undefined || bar.to >= from), left_out }
  }

  stateAt(position: number): Promise<ReplayState> {
    const { log, replayer } = this
    if (position < 0 || position >= log.size)
      throw new RangeError(`This run has no event at position ${String(position)}.`)
    for (let at = replayer.seek(position).position; at <= position; at++) {
      const [phase = '', level] = log.keyOf(at).split(':')
      const time = log.times[at] ?? Number.NaN
      replayer.add(at + 1, time, replayer.wants(phase, level, time) ? log.event(at) : undefined)
    }
    return Promise.resolve({ ...replayer.state(), ...byPhaseAndLevel(log.countsBefore(position + 1)) })
  }
}

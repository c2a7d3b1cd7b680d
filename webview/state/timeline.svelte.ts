/** What the timeline shows: the whole run over time, asked anew as it grows and as the panel gets wider. */
import type { RunInfo } from '../../src/shared/protocol/contract'
import { RequestError, type Client } from '../../src/shared/protocol/peer'
import type { LevelSeries, RequestBar, TimelineInfo, TimelineTick } from '../../src/shared/protocol/timeline'
import { axisOf, partOf, stretched, type Axis } from '../lib/timelineScale'

/** Pixels of one bar of the histogram. */
const BAR = 3
const MAX_BUCKETS = 2000

interface TimelinePanel {
  readonly run: RunInfo | undefined
  readonly live: boolean
}

export class Timeline {
  info = $state.raw<TimelineInfo>()
  series = $state.raw<LevelSeries>()
  /** The longest requests, and how many shorter ones there are; undefined while they are not shown. */
  requests = $state.raw<{ readonly requests: readonly RequestBar[]; readonly left_out: number }>()
  showsRequests = $state(false)
  /** Why there is nothing to draw. */
  problem = $state<string>()
  private width = $state(0)
  private loading = false
  /** Something changed while answers were under way. */
  private stale = false
  private readonly stops: (() => void)[]

  /** The part that is looked at; undefined: all. */
  zoomed = $state.raw<Axis>()
  private readonly whole: Axis | undefined = $derived.by(() => {
    const { info } = this
    return info === undefined ? undefined : axisOf(info, this.panel.live)
  })
  readonly axis: Axis | undefined = $derived(this.zoomed ?? this.whole)

  constructor(
    private readonly panel: TimelinePanel,
    private readonly client: Client,
    private readonly onInfo: (info: TimelineInfo) => void,
  ) {
    this.stops = [
      client.on('timeline', (info) => {
        this.info = info
        onInfo(info)
        void this.load()
      }),
    ]
  }

  /** Whether the run has one: files that are only looked at have none. */
  get isThere(): boolean {
    return this.panel.run !== undefined && this.panel.run.follow === undefined && this.problem !== ''
  }

  /** Nothing was recorded yet, or at all. */
  get isEmpty(): boolean {
    const { info, series } = this
    // A part of a run may have none.
    if (info?.complete !== true || info.start !== info.end) return false
    return series?.complete === true && !hasEvents(series)
  }

  /** Errors, markers and turns that stand at a time. */
  get ticks(): readonly TimelineTick[] {
    const { info } = this
    return info === undefined ? [] : [...info.errors, ...info.markers]
  }

  /** Asks for everything, at the start and when the panel may have missed something. */
  async open(): Promise<void> {
    if (this.panel.run === undefined || this.panel.run.follow !== undefined) return
    try {
      const info = await this.client.call('timeline/get', {})
      this.info = info
      this.problem = undefined
      this.onInfo(info)
      await this.load()
    } catch (error) {
      this.fail(error)
    }
  }

  /** @param width pixels that there are to draw on */
  resize(width: number): void {
    if (width === this.width) return
    this.width = width
    void this.load()
  }

  /** Looks at a stretch; undefined: at the whole run. */
  zoom(stretch: Axis | undefined): void {
    const { whole } = this
    this.zoomed = stretch === undefined || whole === undefined ? undefined : partOf(whole, stretch)
    void this.load()
  }

  /** Looks nearer (a factor under 1) or at more. @param around a time that stays where it is */
  zoomBy(factor: number, around: number): void {
    if (this.axis !== undefined) this.zoom(stretched(this.axis, factor, around))
  }

  switchRequests(): void {
    this.showsRequests = !this.showsRequests
    if (this.showsRequests) void this.load()
    else this.requests = undefined
  }

  dispose(): void {
    for (const stop of this.stops) stop()
  }

  /** One question at a time: whatever changed meanwhile is asked for after the answer, so that a fast run can't starve it. */
  private async load(): Promise<void> {
    if (this.loading) {
      this.stale = true
      return
    }
    this.loading = true
    try {
      do {
        this.stale = false
        await this.ask()
      } while (this.isStale())
    } catch (error) {
      this.fail(error)
    } finally {
      this.loading = false
    }
  }

  private async ask(): Promise<void> {
    const { axis, width } = this
    if (axis === undefined || width <= 0) return
    const buckets = Math.min(MAX_BUCKETS, Math.max(1, Math.floor(width / BAR)))
    // The end is outside of what is asked for, and the last event stands at it.
    const stretch = { from: axis.from, to: axis.to + 1 }
    const [series, requests] = await Promise.all([
      this.client.call('levels/get', { ...stretch, buckets }),
      this.showsRequests ? this.client.call('timeline/requests', stretch) : undefined,
    ])
    this.series = series
    this.requests = this.showsRequests ? (requests ?? this.requests) : undefined
  }

  private isStale(): boolean {
    return this.stale
  }

  private fail(error: unknown): void {
    if (error instanceof RequestError && ['cancelled', 'disposed'].includes(error.code)) return
    // An empty text: there is none, and nothing to tell.
    this.problem =
      error instanceof RequestError && error.code === 'no_timeline'
        ? ''
        : error instanceof Error
          ? error.message
          : String(error)
  }
}

function hasEvents({ counts }: LevelSeries): boolean {
  return Object.values(counts).some((buckets) => buckets.some((count) => count > 0))
}

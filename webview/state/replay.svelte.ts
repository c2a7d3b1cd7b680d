/**
 * Replays the run: what had come by a moment is shown, and the moment goes on by itself. The list is bounded at an event
 * (`Feed.setUntil`), the summary and the answers come from the host as they were then.
 */
import { RequestError, type Client } from '../../src/shared/protocol/peer'
import type { ReplayState, TimelineInfo, TimelineTick } from '../../src/shared/protocol/timeline'
import { PlayingTime, ReplayClock, SPEEDS } from '../lib/replayClock'
import type { SavedReplay } from '../lib/savedState'
import { positionIn } from './landing'
import type { Feed } from './feed.svelte'
import type { Anchor } from './frame'

/** While it plays, the host is asked for the summary no more often; milliseconds. */
const STATE_MS = 250

/** A place in the run: what came at or before a time, or the events up to one and itself. */
type Moment = { readonly time: number } | { readonly seq: number }

interface ReplayPanel {
  readonly feed: Feed
  readonly live: boolean
  readonly timeline: { readonly info: TimelineInfo | undefined }
  readonly bookmarks: { readonly markers: readonly TimelineTick[] }
  setPaused(paused: boolean): void
  /** The panel shows the run as it was; undefined: as it is. */
  takeReplayed(state: ReplayState | undefined, count: number): void
  /** Opens the view of the whole run again. */
  showWhole(anchor: Anchor | undefined): Promise<void>
  jumpToEnd(): void
  say(text: string): void
  tell(text: string): void
  showProblem(error: unknown): void
}

export class Replay {
  isActive = $state(false)
  isPlaying = $state(false)
  speed = $state(1)
  /** Whether gaps without an event are passed in two seconds. */
  skipsIdle = $state(true)
  /** The moment that is shown; milliseconds since the epoch. */
  time = $state(0)
  /** Where the list stood before, to come back to. */
  before: { readonly anchor: Anchor | undefined; readonly follow: boolean } | undefined

  private course = $state.raw(new PlayingTime(0, 0, []))
  private readonly clock = new ReplayClock(this.course)
  /** Events that had come. */
  private count = -1
  /** The first event that had not come. */
  private until = 0
  /** A view of every event. */
  private view: number | undefined
  private frame: number | undefined
  /** What is to be shown when the answers to the last moment are here: the newest wins. */
  private wanted: Moment | undefined
  private isShowing = false
  private stateWanted: { readonly position: number; readonly count: number } | undefined
  private stateRequest: AbortController | undefined
  private stateTimer: ReturnType<typeof setTimeout> | undefined
  /** A replay that begins when the timeline is here. */
  private pending: SavedReplay | undefined

  constructor(
    private readonly panel: ReplayPanel,
    private readonly client: Client,
    private readonly onIntent: () => void,
  ) {}

  /** Milliseconds since the epoch. */
  get start(): number {
    return this.course.start
  }

  get end(): number {
    return this.course.end
  }

  /** Milliseconds that playing takes at the speed 1, and those of the run that it leaves out. */
  get length(): { readonly playing: number; readonly skipped: number } {
    return { playing: this.course.length, skipped: this.course.skipped }
  }

  /** What is kept over a reload. */
  get saved(): SavedReplay | undefined {
    return this.isActive ? { time: this.time, speed: this.speed, skipsIdle: this.skipsIdle } : this.pending
  }

  /** @param saved where it was; without it the run is played from its beginning */
  begin(saved?: SavedReplay): void {
    const { info } = this.panel.timeline
    if (this.isActive && saved === undefined) {
      this.seek(this.start)
      this.play()
      return
    }
    if (info === undefined) {
      // Whoever asks for it anew does not want the place of the last time.
      const fresh = { time: -Infinity, speed: this.speed, skipsIdle: this.skipsIdle }
      this.pending = saved === undefined ? fresh : (this.pending ?? saved)
      return
    }
    this.pending = undefined
    this.panel.setPaused(false)
    const { feed } = this.panel
    this.before ??= { anchor: feed.anchor, follow: feed.follow }
    this.isActive = true
    if (saved !== undefined) this.skipsIdle = saved.skipsIdle
    this.takeInfo(info)
    this.setSpeed(saved?.speed ?? this.speed)
    feed.setFollow(true)
    this.seek(Math.max(info.start, saved?.time ?? info.start))
    if (saved === undefined || saved.time === -Infinity) this.play()
  }

  /** The run has grown, or is known for the first time. */
  takeInfo(info: TimelineInfo): void {
    const { pending } = this
    if (pending !== undefined) this.begin(pending)
    if (!this.isActive) return
    this.course = new PlayingTime(info.start, info.end, this.skipsIdle ? info.idle : [])
    this.clock.setCourse(this.course, performance.now())
  }

  toggle(): void {
    if (this.isPlaying) this.pause()
    else this.play()
  }

  play(): void {
    if (!this.isActive) return
    const now = performance.now()
    // At its end it begins anew, as every player does.
    if (this.clock.isAtEnd(now)) this.clock.seek(this.start, now)
    this.clock.play(now)
    this.isPlaying = true
    this.panel.feed.setFollow(true)
    this.frame ??= requestAnimationFrame(this.tick)
  }

  pause(): void {
    this.clock.pause(performance.now())
    this.isPlaying = false
    if (this.frame !== undefined) cancelAnimationFrame(this.frame)
    this.frame = undefined
    this.onIntent()
  }

  setSpeed(speed: number): void {
    this.speed = SPEEDS.includes(speed) ? speed : 1
    this.clock.setSpeed(this.speed, performance.now())
    this.onIntent()
  }

  setSkipsIdle(skips: boolean): void {
    this.skipsIdle = skips
    const { info } = this.panel.timeline
    if (info !== undefined) this.takeInfo(info)
    this.onIntent()
  }

  /** @param time milliseconds since the epoch */
  seek(time: number): void {
    this.clock.seek(time, performance.now())
    this.time = Math.min(this.end, Math.max(this.start, time))
    this.show({ time: this.time })
  }

  /** Shows the run up to an event or a time, and stands there. */
  jump(at: Moment): void {
    if ('time' in at) this.seek(at.time)
    else {
      this.pause()
      this.show(at)
    }
  }

  /** To the next or the previous event of the list. */
  async step(direction: 1 | -1): Promise<void> {
    this.pause()
    try {
      const { feed } = this.panel
      const next = feed.known - 1 + direction
      const [row] = await feed.fetch(next, next + 1)
      if (row !== undefined) this.show({ seq: row.seq })
      else this.panel.say(`There is no ${direction === 1 ? 'later' : 'earlier'} event in this view.`)
    } catch (error) {
      this.panel.showProblem(error)
    }
  }

  /** To the next or the previous turn or marker. */
  stepTo(what: 'turn' | 'marker', direction: 1 | -1): void {
    this.pause()
    const { info } = this.panel.timeline
    const ticks = what === 'turn' ? (info?.turns ?? []) : this.panel.bookmarks.markers
    const tick =
      direction === 1 ? ticks.find(({ seq }) => seq >= this.until) : ticks.findLast(({ seq }) => seq < this.until - 1)
    if (what === 'turn' && ticks.length === 0)
      this.panel.tell('This run has no prompts, phases or iterations to step to.')
    else if (tick === undefined) this.panel.say(`There is no ${direction === 1 ? 'later' : 'earlier'} ${what}.`)
    else {
      this.show({ seq: tick.seq })
      this.panel.say(tick.label)
    }
  }

  /** Back to the whole run, as it was before, or to its live end. */
  async leave(toEnd = false): Promise<void> {
    if (!this.isActive) return
    this.pause()
    this.isActive = false
    this.wanted = undefined
    this.stateWanted = undefined
    this.stateRequest?.abort()
    this.count = -1
    const { before } = this
    this.before = undefined
    const { feed } = this.panel
    this.panel.takeReplayed(undefined, 0)
    try {
      await feed.setUntil(undefined)
      if (toEnd) this.panel.jumpToEnd()
      else {
        feed.setFollow(before?.follow ?? false)
        await this.panel.showWhole(before?.anchor)
      }
      this.onIntent()
      const { view } = this
      this.view = undefined
      if (view !== undefined) await this.client.call('view/close', { view })
    } catch (error) {
      this.panel.showProblem(error)
    }
  }

  /** The host has forgotten its views. */
  forget(): void {
    this.view = undefined
    this.count = -1
    if (this.isActive) this.show({ time: this.time })
  }

  dispose(): void {
    if (this.frame !== undefined) cancelAnimationFrame(this.frame)
    clearTimeout(this.stateTimer)
    this.stateRequest?.abort()
  }

  private readonly tick = (): void => {
    this.frame = requestAnimationFrame(this.tick)
    const now = performance.now()
    this.time = this.clock.timeAt(now)
    this.show({ time: this.time })
    if (!this.clock.isAtEnd(now)) return
    if (this.panel.live) void this.leave(true)
    else this.pause()
  }

  private show(moment: Moment): void {
    this.wanted = moment
    if (!this.isShowing) void this.showWanted()
  }

  private async showWanted(): Promise<void> {
    this.isShowing = true
    try {
      for (let at = this.takeWanted(); at !== undefined; at = this.takeWanted()) await this.showAt(at)
    } catch (error) {
      this.panel.showProblem(error)
    } finally {
      this.isShowing = false
    }
  }

  private takeWanted(): Moment | undefined {
    const { wanted } = this
    this.wanted = undefined
    return this.isActive ? wanted : undefined
  }

  private async showAt(moment: Moment): Promise<void> {
    const { client } = this
    this.view ??= (await client.call('view/open', { query: {} })).view
    const { view } = this
    const count =
      'seq' in moment
        ? (await positionIn(client, view, moment.seq)) + 1
        : (await client.call('position/find', { view, at: { time: Math.floor(moment.time) + 1 } })).position
    if (count === this.count || !this.isActive) return
    const { rows } = await client.call('rows/get', { view, from: Math.max(0, count - 1), to: count })
    const [last] = rows
    if (last === undefined || !this.isStillActive()) return
    this.count = count
    this.until = last.seq + 1
    if ('seq' in moment) {
      this.clock.seek(last.time, performance.now())
      this.time = last.time
    }
    await this.panel.feed.setUntil(this.until)
    if (!this.isStillActive()) return
    this.onIntent()
    this.wantState({ position: last.position, count })
  }

  private isStillActive(): boolean {
    return this.isActive
  }

  /** Asks for the state at an event: while it plays now and then, else at once and for nothing but the newest. */
  private wantState(wanted: { readonly position: number; readonly count: number }): void {
    this.stateWanted = wanted
    if (!this.isPlaying) {
      this.stateRequest?.abort()
      this.stateRequest = undefined
      clearTimeout(this.stateTimer)
      this.stateTimer = undefined
    }
    if (this.stateRequest === undefined && this.stateTimer === undefined) void this.askState()
  }

  private async askState(): Promise<void> {
    const { stateWanted: wanted } = this
    if (wanted === undefined || !this.isActive) return
    this.stateWanted = undefined
    const request = new AbortController()
    this.stateRequest = request
    try {
      const { position } = wanted
      const state = await this.client.call('replay/state', { position }, { signal: request.signal })
      if (!request.signal.aborted && this.isStillActive()) this.panel.takeReplayed(state, wanted.count)
    } catch (error) {
      if (!(error instanceof RequestError && error.code === 'cancelled')) this.panel.showProblem(error)
    } finally {
      if (this.stateRequest === request) {
        this.stateRequest = undefined
        this.stateTimer = setTimeout(() => {
          this.stateTimer = undefined
          void this.askState()
        }, STATE_MS)
      }
    }
  }
}

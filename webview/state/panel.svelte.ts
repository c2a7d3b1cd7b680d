/** The panel's whole state: the run as the host tells it, and the parts that draw it. */
import type { Bookmark, RunInfo } from '../../src/shared/protocol/contract'
import type { Row, TextQuery } from '../../src/shared/protocol/rows'
import type { ReplayState } from '../../src/shared/protocol/timeline'
import { RequestError } from '../../src/shared/protocol/peer'
import { clampAside, readState, type SavedState } from '../lib/savedState'
import { PROTOCOL_VERSION } from '../../src/shared/protocol/version'
import type { Place } from '../transport'
import { Answers } from './answers.svelte'
import { Bookmarks } from './bookmarks.svelte'
import { Columns } from './columns.svelte'
import { Details, type OpenDetail } from './details.svelte'
import { Feed } from './feed.svelte'
import type { Anchor } from './frame'
import { Filters } from './filters.svelte'
import { Followed } from './followed.svelte'
import { Highlights } from './highlights.svelte'
import { Hits } from './hits.svelte'
import { Keeper } from './keeper'
import { Launch } from './launch.svelte'
import { Picked } from './picked.svelte'
import { Replay } from './replay.svelte'
import { rowsAround } from './rowsAround'
import { ShownRun } from './shownRun.svelte'
import { SavedFilters } from './savedFilters.svelte'
import { Timeline } from './timeline.svelte'
import { Trajectories } from './trajectories.svelte'

/** Before a line, and after it. */
const CONTEXT_LINES = 5

/** What the page says that it shows: a run's log, or followed files. */
export interface PanelKey {
  readonly run?: string | undefined
  readonly files?: string | undefined
}

export class Panel extends ShownRun {
  /** Set when the host can't be reached; the panel then shows how to try again. */
  connectionProblem = $state<string>()
  goToOpen = $state(false)
  asideWidth = $state(0)
  tab = $state<'events' | 'summary'>('events')
  /** What a search over all runs found the event by that it went to. */
  found = $state.raw<TextQuery>()

  readonly feed: Feed
  readonly filters: Filters
  readonly columns: Columns
  readonly answers: Answers
  readonly launch: Launch
  readonly followed: Followed
  readonly bookmarks: Bookmarks
  readonly highlights: Highlights
  readonly hits: Hits
  readonly savedFilters: SavedFilters
  readonly trajectories: Trajectories
  readonly timeline: Timeline
  readonly details: Details
  readonly replay: Replay
  readonly picked: Picked

  private readonly saved: SavedState
  private readonly stops: (() => void)[]
  private readonly keeper: Keeper
  private syncing: Promise<void> | undefined
  private started = false
  private wantedSeq: number | undefined

  constructor(
    place: Place,
    private readonly key: PanelKey,
  ) {
    super(place)
    this.saved = readState(place.loadState())
    this.keeper = new Keeper(place, () => this.stateNow())
    this.asideWidth = this.saved.asideWidth
    this.tab = this.saved.tab
    const report = (error: unknown) => {
      this.showProblem(error)
    }
    const keep = () => {
      this.keeper.saveSoon()
    }
    this.feed = new Feed({
      client: this.client,
      onProblem: report,
      onIntent: keep,
      folds: () => this.columns.folds,
      isMarked: (row) => this.bookmarks.has(row),
    })
    this.feed.selectedSeq = this.saved.detail
    this.feed.bounds.cleared = this.saved.cleared
    this.filters = new Filters(this.saved, {
      changed: () => {
        this.keeper.saveSoon()
        void this.reopen()
      },
      typing: () => {
        this.client.call('search/prepare', {}).catch(report)
      },
      now: () => (this.live || this.growth.lastTime === undefined ? Date.now() : this.growth.lastTime),
    })
    const onGap = () => {
      void this.sync()
    }
    this.answers = new Answers(this.client, onGap, keep)
    this.answers.asSource = this.saved.answerSource === true
    this.launch = new Launch(this)
    this.followed = new Followed(this)
    this.bookmarks = new Bookmarks(this, this.client)
    this.columns = new Columns(this, this.saved, keep)
    this.hits = new Hits(this, this.client)
    this.savedFilters = new SavedFilters(this, this.client)
    this.highlights = new Highlights(this.saved.highlights, keep)
    this.trajectories = new Trajectories(this.client, keep)
    this.picked = new Picked(this, this.client)
    this.replay = new Replay(this, this.client, keep)
    this.timeline = new Timeline(this, this.client, (info) => {
      this.replay.takeInfo(info)
    })
    this.details = new Details(this.client, keep)
    const onVisible = () => {
      if (document.visibilityState === 'visible') void this.sync()
      else this.keeper.saveNow()
    }
    const onHide = () => {
      this.keeper.saveNow()
    }
    document.addEventListener('visibilitychange', onVisible)
    window.addEventListener('pagehide', onHide)
    this.stops = [
      this.client.on('run', (run) => {
        this.takeRun(run)
      }),
      this.client.on('grew', (growth) => {
        this.latestGrowth = growth
        if (!this.isHeld) this.growth = growth
      }),
      this.client.on('summary', (summary) => {
        this.latestSummary = summary
        if (!this.isHeld) this.summary = summary
      }),
      this.client.on('replay', () => {
        this.replay.begin()
      }),
      this.client.on('reset', () => {
        void this.sync()
      }),
      this.client.on('bookmarks', ({ bookmarks }) => {
        this.bookmarks.take(bookmarks)
      }),
      this.client.on('goTo', ({ seq, found }) => {
        this.found = found
        void this.goToEvent(seq)
      }),
      this.client.on('notice', (notice) => {
        this.notice = notice
      }),
      () => {
        document.removeEventListener('visibilitychange', onVisible)
        window.removeEventListener('pagehide', onHide)
      },
    ]
    void this.sync()
  }

  /** Whether it is a page without an editor: what only that can do is not offered. */
  get offline(): boolean {
    return this.place.offline === true
  }

  /** Whether what is shown is not what there is by now. */
  private get isHeld(): boolean {
    return this.feed.paused || this.replay.isActive
  }

  /** Events that came since the view was paused, whether the filter shows them or not. */
  get newWhilePaused(): number {
    return Math.max(0, this.latestGrowth.size - this.growth.size)
  }

  /** Asks the host for everything anew: at the start, and whenever the panel may have missed something. */
  sync(): Promise<void> {
    this.syncing ??= this.greet().finally(() => {
      this.syncing = undefined
    })
    return this.syncing
  }

  setPaused(paused: boolean): void {
    this.feed.setPaused(paused)
    this.answers.setPaused(paused)
    // What a replay shows is as of its moment.
    if (paused || this.replay.isActive) return
    this.growth = this.latestGrowth
    if (this.latestSummary !== undefined) this.summary = this.latestSummary
  }

  jumpToEnd(): void {
    this.setPaused(false)
    this.feed.jumpToEnd()
  }

  /** An event that the host wants in view; as soon as there is a view. */
  async goToEvent(seq: number): Promise<void> {
    // A list that is just being opened has no row to choose yet.
    await this.syncing
    this.setTab('events')
    if (this.started) await this.jump({ seq })
    else this.wantedSeq = seq
  }

  /** Shows the run as it was at a moment of its replay; undefined: as it is. */
  takeReplayed(state: ReplayState | undefined, count: number): void {
    this.isReplayed = state !== undefined
    if (state === undefined) this.growth = this.latestGrowth
    else {
      const { time: lastTime, phaseCounts, levelCounts } = state
      this.growth = { size: count, phaseCounts, levelCounts, lastTime }
    }
    this.summary = state?.summary ?? this.latestSummary
    this.answers.replay(state?.answers)
  }

  showWhole(anchor: Anchor | undefined): Promise<void> {
    return this.reopen(anchor)
  }

  /** Goes to an event or a time of the run; an event that a filter hides is shown in full. */
  async jump(at: { seq: number } | { time: number }): Promise<void> {
    if (this.replay.isActive) {
      this.replay.jump(at)
      return
    }
    try {
      if (await this.feed.goTo(at)) return
      if ('time' in at) this.tell('There is no such event in this view: it is filtered out.')
      else {
        this.say('This event is not in the list: a filter hides it. Its details are shown.')
        await this.details.showEvent(at.seq, true)
      }
    } catch (error) {
      this.showProblem(error)
    }
  }

  /** Takes away of the filters what hides the event that is shown in full, and chooses it in the list. */
  async reveal(): Promise<void> {
    const row = this.detail?.row
    if (row === undefined) return
    try {
      this.feed.showAll()
      this.filters.showKindOf(row)
      // What is typed may hide it too.
      if (!(await this.feed.goTo({ seq: row.seq }))) {
        this.filters.setText({ pattern: '' })
        this.filters.applyText()
        await this.feed.goTo({ seq: row.seq })
      }
      await this.details.show(row)
      document.getElementById('feed')?.focus()
    } catch (error) {
      this.showProblem(error)
    }
  }

  async goToBookmark(bookmark: Bookmark): Promise<void> {
    try {
      await this.bookmarks.goTo(bookmark)
    } catch (error) {
      this.showProblem(error)
    }
  }

  /** Highlights the selected text, else what is searched for. */
  highlightSelected(): void {
    if (!this.highlights.add(this.feed.searched[0]?.pattern ?? '')) this.say('Select a text to highlight first.')
  }

  async clearFeed(): Promise<void> {
    try {
      this.closeDetail()
      this.setPaused(false)
      await this.feed.clear(this.growth.size)
    } catch (error) {
      this.showProblem(error)
    }
  }

  get detail(): OpenDetail | undefined {
    return this.details.open
  }

  async openDetail(row: Row): Promise<void> {
    await this.details.show(row)
  }

  /** The lines around a row, whatever the list shows. */
  async around(row: Row): Promise<readonly Row[]> {
    try {
      return await rowsAround(this.client, row, CONTEXT_LINES)
    } catch (error) {
      this.showProblem(error)
      return []
    }
  }

  closeDetail(): void {
    this.details.close()
  }

  setAsideWidth(width: number): void {
    this.asideWidth = clampAside(width)
    this.keeper.saveSoon()
  }

  setTab(tab: 'events' | 'summary'): void {
    this.tab = tab
    this.keeper.saveSoon()
  }

  dispose(): void {
    this.keeper.saveNow()
    for (const stop of this.stops) stop()
    this.feed.dispose()
    this.filters.dispose()
    this.answers.dispose()
    this.trajectories.dispose()
    this.timeline.dispose()
    this.replay.dispose()
    this.client.dispose()
  }

  private async greet(): Promise<void> {
    try {
      const { run, growth, habits, bookmarks } = await this.client.call('hello', { protocol: PROTOCOL_VERSION })
      this.columns.takeUsual(habits)
      this.feed.forget()
      this.hits.forget()
      this.latestGrowth = growth
      if (!this.replay.isActive) this.growth = growth
      this.bookmarks.take(bookmarks)
      this.takeRun(run)
      this.connectionProblem = undefined
      const first = !this.started
      if (first) this.feed.setFollow(this.saved.follow ?? this.live)
      if (first && !this.live) this.filters.showLonelyRequests(growth.phaseCounts)
      await this.feed.open(this.filters.query, first ? this.saved.anchor : this.feed.anchor, this.filters.marks)
      this.started = true
      this.replay.forget()
      void this.timeline.open()
      if (first && this.saved.replay !== undefined) this.replay.begin(this.saved.replay)
      if (first && this.saved.trajectories !== undefined) void this.trajectories.open(this.saved.trajectories)
      if (first && this.saved.detail !== undefined) await this.details.showEvent(this.saved.detail)
      const { wantedSeq } = this
      this.wantedSeq = undefined
      if (wantedSeq !== undefined) await this.goToEvent(wantedSeq)
      this.keeper.saveSoon()
    } catch (error) {
      if (error instanceof RequestError && error.code === 'disposed') return
      this.connectionProblem = error instanceof Error ? error.message : String(error)
    }
  }

  private async reopen(anchor = this.feed.anchor): Promise<void> {
    // The host knows no view of a panel that has not said hello.
    if (!this.started) return
    try {
      await this.feed.open(this.filters.query, anchor, this.filters.marks)
      // Another view has what came meanwhile, also while it is paused.
      if (!this.replay.isActive) this.growth = this.latestGrowth
    } catch (error) {
      if (error instanceof RequestError && error.code === 'bad_expression') this.filters.problem = error.message
      else this.showProblem(error)
    }
  }

  private takeRun(run: RunInfo): void {
    this.run = run
    this.feed.dense = this.isText
    this.launch.input.take(run)
    this.runReceivedAt = performance.now()
    if (run.state !== 'running') this.stopRequested = false
    // A run that is over brings nothing new to hold back.
    if (!this.live && this.feed.paused) this.setPaused(false)
  }

  private stateNow(): Omit<SavedState, 'version'> {
    const { feed, filters } = this
    return {
      run: this.key.run ?? (this.key.files === undefined ? this.run?.path : undefined),
      files: this.key.files,
      hidden: filters.hidden,
      levels: filters.onlyLevels,
      text: filters.text,
      onlyHits: filters.onlyHits,
      ...(this.started
        ? (this.replay.before ?? { anchor: feed.anchor, follow: feed.follow })
        : { anchor: this.saved.anchor, follow: this.saved.follow }),
      detail: this.started ? this.detail?.row.seq : this.saved.detail,
      asideWidth: this.asideWidth,
      tab: this.tab,
      ...this.columns.chosen,
      cleared: feed.bounds.cleared,
      highlights: this.highlights.words,
      range: filters.range,
      replay: this.started ? this.replay.saved : this.saved.replay,
      trajectories: this.started ? this.trajectories.path : this.saved.trajectories,
      ...(this.answers.asSource ? { answerSource: true } : {}),
    }
  }
}

/** The panel's whole state: the run as the host tells it, and the parts that draw it. */
import type {
  Bookmark,
  ExportFormat,
  GrowthInfo,
  RequestName,
  RunInfo,
  RunState,
} from '../../src/shared/protocol/contract'
import type { Row } from '../../src/shared/protocol/rows'
import type { ReplayState } from '../../src/shared/protocol/timeline'
import type { CaptureSummary, RunSummary } from '../../src/shared/protocol/summary'
import {
  createClient,
  RequestError,
  type CallOptions,
  type CallParams,
  type Client,
} from '../../src/shared/protocol/peer'
import { clampAside, readState, STATE_VERSION, type SavedState } from '../lib/savedState'
import type { OutputLink } from '../lib/outputText'
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
import { Launch, type Notice } from './launch.svelte'
import { Picked } from './picked.svelte'
import { Replay } from './replay.svelte'
import { rowsAround } from './rowsAround'
import { SavedFilters } from './savedFilters.svelte'
import { Timeline } from './timeline.svelte'
import { Trajectories } from './trajectories.svelte'

const SAVE_MS = 200
/** Before a line, and after it. */
const CONTEXT_LINES = 5
const LIVE: ReadonlySet<RunState> = new Set(['running', 'stopping', 'elsewhere', 'following', 'waiting', 'gone'])

/** What the page says that it shows: a run's log, or followed files. */
export interface PanelKey {
  readonly run?: string | undefined
  readonly files?: string | undefined
}

export class Panel {
  run = $state.raw<RunInfo>()
  /** What the view has: it stands still while the view is paused. */
  growth = $state.raw<GrowthInfo>({ size: 0, phaseCounts: {}, levelCounts: {} })
  summary = $state.raw<RunSummary>()
  notice = $state.raw<Notice>()
  /** Set when the host can't be reached; the panel then shows how to try again. */
  connectionProblem = $state<string>()
  stopRequested = $state(false)
  goToOpen = $state(false)
  asideWidth = $state(0)
  tab = $state<'events' | 'summary'>('events')
  /** What was just done, for who hears the panel. */
  said = $state('')
  /** What there is, in the view or not. */
  private latestGrowth = $state.raw(this.growth)
  /** `performance.now()` when `run` arrived: the clock counts on from there. */
  runReceivedAt = $state(0)

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

  private readonly client: Client
  private readonly saved: SavedState
  private readonly stops: (() => void)[]
  private saveTimer: ReturnType<typeof setTimeout> | undefined
  private syncing: Promise<void> | undefined
  private latestSummary: RunSummary | undefined
  private started = false
  private wantedSeq: number | undefined

  constructor(
    private readonly place: Place,
    private readonly key: PanelKey,
  ) {
    this.saved = readState(place.loadState())
    this.asideWidth = this.saved.asideWidth
    this.tab = this.saved.tab
    this.client = createClient(place.transport)
    const report = (error: unknown) => {
      this.showProblem(error)
    }
    const keep = () => {
      this.saveSoon()
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
        this.saveSoon()
        void this.reopen()
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
    this.bookmarks = new Bookmarks(this)
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
      else this.saveNow()
    }
    const onHide = () => {
      this.saveNow()
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
      this.client.on('goTo', ({ seq }) => {
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

  /** The state's word as the person sees it: a stop that was asked for counts at once. */
  get state(): RunState | undefined {
    return this.run?.state === 'running' && this.stopRequested ? 'stopping' : this.run?.state
  }

  /** The summary of a capture; undefined for another kind of run, or before it came. */
  get captureSummary(): CaptureSummary | undefined {
    return this.summary?.kind === 'capture' ? this.summary : undefined
  }

  get isLaunch(): boolean {
    return this.run?.kind === 'launch'
  }

  /** Whether the list is of the lines of log files: themselves, or as they were recorded. */
  get isLog(): boolean {
    return this.run?.kind === 'follow'
  }

  /** Whether the list is of lines of text: a command's output, a followed file. */
  get isText(): boolean {
    return this.isLaunch || this.isLog
  }

  /** Whether it is a page without an editor: what only that can do is not offered. */
  get offline(): boolean {
    return this.place.offline === true
  }

  /** Whether events may still come. */
  get live(): boolean {
    const state = this.run?.state
    return state !== undefined && LIVE.has(state)
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
    if (paused) return
    this.growth = this.latestGrowth
    if (this.latestSummary !== undefined) this.summary = this.latestSummary
  }

  jumpToEnd(): void {
    this.setPaused(false)
    this.feed.jumpToEnd()
  }

  async stop(how: 'polite' | 'force'): Promise<void> {
    this.stopRequested = true
    if (!(await this.act('run/stop', { how }))) this.stopRequested = false
  }

  async compare(): Promise<void> {
    await this.act('run/compare', {})
  }

  async exportRun(format: ExportFormat): Promise<void> {
    await this.act('run/export', { format })
  }

  async openLog(): Promise<void> {
    await this.act('run/openLog', {})
  }

  async showOutput(): Promise<void> {
    await this.act('output/show', {})
  }

  async deleteRun(): Promise<void> {
    await this.act('run/delete', {})
  }

  async copy(text: string): Promise<boolean> {
    return this.act('clipboard/write', { text })
  }

  async openLink(url: string): Promise<void> {
    await this.act('link/open', { url })
  }

  /** Opens what a line of output names: a file in an editor, an address after the editor's own question. */
  async follow(link: OutputLink): Promise<void> {
    if (link.kind === 'web') await this.openLink(link.url)
    else
      await this.openFile({
        path: link.path,
        ...(link.line === undefined ? {} : { line: link.line }),
        ...(link.column === undefined ? {} : { column: link.column }),
      })
  }

  async openFile(place: { path: string; line?: number; column?: number }): Promise<void> {
    await this.act('file/open', place)
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
    this.growth = state === undefined ? this.latestGrowth : { ...this.latestGrowth, size: count, lastTime: state.time }
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
        this.tell('This event is not in the list: a filter hides it. Its details are shown.')
        await this.details.showEvent(at.seq)
      }
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

  /** Told to who sees the panel, too. */
  tell(text: string): void {
    this.notice = { level: 'warning', text }
  }

  /** Told to who hears the panel, again when it is the same. */
  say(text: string): void {
    this.said = this.said === text ? `${text}\u00a0` : text
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
    this.saveSoon()
  }

  setTab(tab: 'events' | 'summary'): void {
    this.tab = tab
    this.saveSoon()
  }

  dispose(): void {
    this.saveNow()
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
      this.saveSoon()
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

  /** Sends what a person asked for; tells them when it could not be done. */
  async act<N extends RequestName>(name: N, params: CallParams<N>): Promise<boolean> {
    // These may wait for a person: a file to choose, a question to answer.
    const options: CallOptions = { timeoutMs: 0 }
    try {
      await this.client.call(name, params, options)
      return true
    } catch (error) {
      this.showProblem(error)
      return false
    }
  }

  showProblem(error: unknown): void {
    if (error instanceof RequestError && ['cancelled', 'disposed', 'no_view'].includes(error.code)) return
    this.notice = { level: 'error', text: error instanceof Error ? error.message : String(error) }
  }

  private saveSoon(): void {
    this.saveTimer ??= setTimeout(() => {
      this.saveNow()
    }, SAVE_MS)
  }

  private saveNow(): void {
    clearTimeout(this.saveTimer)
    this.saveTimer = undefined
    const { feed, filters } = this
    const state: SavedState = {
      version: STATE_VERSION,
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
    this.place.saveState(state)
  }
}

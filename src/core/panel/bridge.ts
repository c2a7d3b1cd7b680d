/**
 * The host's end of one panel: answers its requests from the run's store and tells it what grew. Knows no vscode, so that
 * the panel can be tested against it in a plain browser. The webview shows what strangers wrote, so each request is
 * checked, and there are only named actions.
 */
import type { EventStore, Timeline, View } from '../store/eventStore'
import type {
  Bookmark,
  BookmarkChange,
  DetailInfo,
  GrowthInfo,
  Habits,
  ExportFormat,
  NotificationName,
  Notifications,
  PanelRequestName,
  RequestParams,
  RunInfo,
  SavedFilter,
  ToWebview,
} from '../../shared/protocol/contract'
import type { Row, TextQuery } from '../../shared/protocol/rows'
import type { RunSummary } from '../../shared/protocol/summary'
import type { Trajectory, TrajectoryEntry } from '../../shared/protocol/trajectory'
import {
  createServer,
  type Handlers,
  type Server,
  type ServerOptions,
  type Transport,
} from '../../shared/protocol/peer'
import { PROTOCOL_VERSION } from '../../shared/protocol/version'
import { jsonText } from '../jsonText'
import { textExpression, textParts } from '../query/textMatcher'
import { UserError } from '../../shared/userError'
import { checkLink } from './checkLink'
import { parsedOf } from './parsedLine'
import { recordedEntry } from './recordedEntry'

/** A run or followed files as the bridge needs them: RunSession, FollowSession. */
export interface BridgeRun {
  readonly info: RunInfo
  readonly store: EventStore
  readonly onDidChange: (listener: (info: RunInfo) => void) => () => void
  stop(how: 'polite' | 'force'): Promise<void>
  /** To the standard input of the command. @throws UserError when it can't be reached */
  write(text: string, end: boolean): Promise<void>
  /** Names the end of a run that lives. @throws UserError when it is over or can't be reached */
  mark(name: string): Promise<void>
  /** The person's marks were changed, here or elsewhere. */
  readonly onDidMark?: (listener: (bookmarks: readonly Bookmark[]) => void) => () => void
  /** Makes the summary, now and as it changes, until the returned function is called or it can't any more. */
  summarize(
    listener: (summary: RunSummary, answers: readonly Notifications['answer'][]) => void,
    onFailure: (error: Error) => void,
  ): () => void
  /** Of followed files. */
  readonly follow?: BridgeFollow
}

export interface BridgeFollow {
  /** @throws UserError when nothing can be recorded here */
  setRecording(on: boolean): Promise<void>
  /** @param files undefined: the person is asked @throws UserError when one can't be followed */
  add(files: readonly string[] | undefined): Promise<void>
  /** @throws UserError when it can't be read */
  showOlder(path: string): Promise<void>
}

/** What a panel may make the editor do. */
export interface BridgeActions {
  exportRun(format: ExportFormat | undefined): Promise<string | undefined>
  deleteRun(): Promise<void>
  openLog(): Promise<void>
  showOutput(): Promise<void>
  /** What was chosen last in any panel. */
  habits(): Habits
  /** What is not named stays. */
  rememberHabits(habits: Habits): Promise<void>
  /** What the person marked in this run or file. */
  bookmarks(): Promise<readonly Bookmark[]>
  /** @returns all that are kept now */
  changeBookmarks(change: BookmarkChange): Promise<readonly Bookmark[]>
  /** The filters that are kept for the workspace, by name. */
  savedFilters(): readonly SavedFilter[]
  /** @returns all that are kept now */
  saveFilter(filter: SavedFilter): Promise<readonly SavedFilter[]>
  deleteFilter(name: string): Promise<readonly SavedFilter[]>
  copy(text: string): Promise<void>
  openLink(url: string): Promise<void>
  /** Starts the same launch again; returns the id of the new run, or undefined when the person cancelled. */
  runAgain(): Promise<string | undefined>
  openFolder(): Promise<void>
  /** Asks for the other run; returns when that is chosen or not. */
  compare(): Promise<void>
  /** As the Runs view does it. */
  manage(what: RequestParams<'run/manage'>['what']): Promise<void>
  saveText(): Promise<string | undefined>
  openFile(path: string, line: number | undefined, column: number | undefined): Promise<void>
  listTrajectories(path: string): Promise<{ trajectories: readonly TrajectoryEntry[]; total: number }>
  getTrajectory(path: string, line: number): Promise<Trajectory>
  log(message: string): void
}

export interface BridgeOptions {
  /** The panel was brought back, after a reload. */
  readonly restored: boolean
  /** Checks what the page asks. */
  readonly validate: ServerOptions['validate']
}

/** Windows are small; whoever asks for more gets this much. */
const MAX_ROWS = 1000
const MAX_VIEWS = 50
/** Counts and states are told at most this often; rows of the tail go at once. */
const TELL_MS = 100
/** The summary is made of the whole run: the first rows come before it, if they are asked for within so long. */
const ROWS_FIRST_MS = 250
/** A page that is shown again and has said nothing for so long is asked to greet. */
const GREET_MS = 1000

interface HeldView {
  readonly id: number
  readonly view: View
  readonly stop: () => void
  /** The first row that was told and had no end yet. */
  open: number | undefined
  /** Nothing was found for it yet. */
  isEmpty: boolean
}

export class PanelBridge {
  private readonly views = new Map<number, HeldView>()
  private readonly server: Server
  private readonly stops: (() => void)[]
  private nextView = 1
  private tail: { id: number; view: View; rows: number } | undefined
  private sending = false
  private tailStale = false
  private summaryTimer: ReturnType<typeof setTimeout> | undefined
  private stopSummary: (() => void) | undefined
  private stopTimeline: (() => void) | undefined
  private tellTimer: ReturnType<typeof setTimeout> | undefined
  private greeted = false
  /** A replay was asked for before the page had said hello. */
  private replayPending = false
  private growths = 0
  /** Views have been told of so many growths. */
  private toldGrowths = 0
  private isVisible = true
  /** How many pages have ended so far. */
  private ends = 0
  private greetTimer: ReturnType<typeof setTimeout> | undefined
  private disposed = false
  /** The event that a page that is not there yet is to show. */
  private wanted: Notifications['goTo'] | undefined

  constructor(
    private readonly run: BridgeRun,
    private readonly actions: BridgeActions,
    transport: Transport<ToWebview, unknown>,
    private readonly options: BridgeOptions,
  ) {
    this.server = createServer(transport, {
      handlers: this.handlers,
      validate: options.validate,
      onDefect: (error, request) => {
        actions.log(
          `panel request ${request}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        )
      },
    })
    this.stops = [
      run.onDidChange((info) => {
        this.notify('run', info)
        this.tellSoon()
      }),
      run.store.onDidReset(() => {
        this.notify('reset', {})
      }),
      run.onDidMark?.((bookmarks) => {
        this.notify('bookmarks', { bookmarks })
      }) ?? (() => undefined),
      run.store.onDidGrow(() => {
        this.growths++
        void this.sendTail()
        this.tellSoon()
      }),
    ]
  }

  /** The editor ends the page of a hidden panel, and loads it anew when it is shown: nothing is made for nobody. */
  setVisible(isVisible: boolean): void {
    if (this.isVisible === isVisible || this.disposed) return
    this.isVisible = isVisible
    clearTimeout(this.greetTimer)
    if (isVisible) {
      // A panel that is moved may be told of as hidden for a moment, with its page alive.
      this.greetTimer = setTimeout(() => {
        this.server.notify('reset', {})
      }, GREET_MS)
      return
    }
    clearTimeout(this.tellTimer)
    this.tellTimer = undefined
    this.ends++
    this.greeted = false
    this.server.forget()
    this.forgetViews()
  }

  /** Brings an event into view; in a page that is not there yet as soon as it is. */
  goTo(seq: number, found?: TextQuery): void {
    const place = { seq, ...(found === undefined ? {} : { found }) }
    this.wanted = this.greeted ? undefined : place
    this.notify('goTo', place)
  }

  /** Has the page replay the run, as soon as it is there. */
  startReplay(): void {
    this.replayPending = !this.greeted
    this.notify('replay', {})
  }

  dispose(): void {
    this.disposed = true
    this.ends++
    clearTimeout(this.tellTimer)
    clearTimeout(this.greetTimer)
    for (const stop of this.stops) stop()
    this.server.dispose()
    this.forgetViews()
  }

  private readonly handlers: Handlers<PanelRequestName> = {
    hello: async ({ protocol }) => {
      if (protocol !== PROTOCOL_VERSION)
        throw new UserError(
          'This panel is of another version of Tapedeck. Close it and open the run again.',
          'protocol',
        )
      const { ends } = this
      const { bookmarks, problem } = await this.bookmarks()
      if (ends !== this.ends) throw new UserError('The page that greeted is gone.', 'cancelled')
      // A panel that says hello again has lost everything it had: it starts anew.
      this.forgetViews()
      clearTimeout(this.greetTimer)
      this.greeted = true
      this.summaryTimer = setTimeout(this.summarize, ROWS_FIRST_MS)
      if (problem !== undefined) this.notify('notice', { level: 'warning', text: problem })
      if (this.wanted !== undefined) this.goTo(this.wanted.seq, this.wanted.found)
      if (this.replayPending) this.startReplay()
      const { info } = this.run
      const { restored } = this.options
      return { run: info, growth: this.growth(), restored, bookmarks, habits: this.actions.habits() }
    },
    'view/open': async ({ query }, signal) => {
      if (this.views.size >= MAX_VIEWS) throw new UserError('Too many views are open in this panel.', 'too_many_views')
      const { wanted, unwanted } = textParts(query)
      for (const part of [...wanted, ...unwanted]) checkExpression(part)
      const view = await this.run.store.view(query)
      if (signal.aborted) {
        view.dispose()
        throw new UserError('The panel does not wait for this view any more.', 'cancelled')
      }
      const id = this.nextView++
      const stop = view.onDidChange(() => {
        this.tellFound(held)
        this.tellSoon()
      })
      const held: HeldView = { id, view, stop, open: undefined, isEmpty: view.count === 0 }
      this.views.set(id, held)
      return { view: id, count: view.count, complete: view.complete }
    },
    'view/close': ({ view }) => {
      const held = this.views.get(view)
      held?.stop()
      held?.view.dispose()
      this.views.delete(view)
      if (this.tail?.id === view) this.tail = undefined
      return Promise.resolve({})
    },
    'rows/get': async ({ view: id, from, to }) => {
      const view = this.view(id)
      const { growths } = this
      const rows = await view.rows(from, Math.min(to, from + MAX_ROWS))
      this.noteOpen(id, from, rows, growths)
      if (this.summaryTimer !== undefined) this.summarize()
      return { rows, count: view.count }
    },
    'search/prepare': () => {
      this.run.store.prepareSearch?.()
      return Promise.resolve({})
    },
    'position/find': async ({ view, at }) => ({ position: await this.view(view).positionOf(at) }),
    'tail/set': ({ view: id, rows }) => {
      this.tail = rows === 0 ? undefined : { id, view: this.view(id), rows }
      void this.sendTail()
      return Promise.resolve({})
    },
    'detail/get': async ({ position }) => this.detail(position),
    'run/stop': async ({ how }) => {
      await this.run.stop(how)
      return {}
    },
    'levels/get': ({ from, to, buckets }, signal) => this.timeline.levels(from, to, buckets, signal),
    'timeline/get': async () => {
      this.stopTimeline ??= this.timeline.onDidChange((info) => {
        this.notify('timeline', info)
      })
      return this.timeline.info()
    },
    'timeline/requests': ({ from, to }, signal) => this.timeline.requests(from, to, signal),
    'replay/state': ({ position }, signal) => this.timeline.stateAt(position, signal),
    'run/mark': ({ name }) => this.run.mark(name).then(() => ({})),
    'run/export': async ({ format }) => {
      const path = await this.actions.exportRun(format)
      return path === undefined ? {} : { path }
    },
    'run/input': ({ text, end }) => this.run.write(text, end === true).then(() => ({})),
    'run/again': async () => {
      const capture_id = await this.actions.runAgain()
      return capture_id === undefined ? {} : { capture_id }
    },
    'run/openFolder': () => this.actions.openFolder().then(() => ({})),
    'run/compare': () => this.actions.compare().then(() => ({})),
    'run/manage': ({ what }) => this.actions.manage(what).then(() => ({})),
    'run/saveText': async () => {
      const path = await this.actions.saveText()
      return path === undefined ? {} : { path }
    },
    'file/open': ({ path, line, column }) => this.actions.openFile(path, line, column).then(() => ({})),
    'trajectories/list': ({ path }) => this.actions.listTrajectories(path),
    'trajectories/get': ({ path, line }) => this.actions.getTrajectory(path, line),
    'follow/record': ({ on }) => this.follow.setRecording(on).then(() => ({})),
    'follow/add': ({ files }) => this.follow.add(files).then(() => ({})),
    'follow/older': ({ path }) => this.follow.showOlder(path).then(() => ({})),
    'bookmarks/change': async (change) => ({ bookmarks: await this.actions.changeBookmarks(change) }),
    'filters/list': () => Promise.resolve({ filters: this.actions.savedFilters() }),
    'filters/save': async (filter) => ({ filters: await this.actions.saveFilter(filter) }),
    'filters/delete': async ({ name }) => ({ filters: await this.actions.deleteFilter(name) }),
    'run/delete': () => this.actions.deleteRun().then(() => ({})),
    'run/openLog': () => this.actions.openLog().then(() => ({})),
    'panel/remember': (habits) => this.actions.rememberHabits(habits).then(() => ({})),
    'output/show': () => this.actions.showOutput().then(() => ({})),
    'clipboard/write': ({ text }) => this.actions.copy(text).then(() => ({})),
    'link/open': ({ url }) => {
      checkLink(url)
      return this.actions.openLink(url).then(() => ({}))
    },
  }

  /** A run can be looked at also when nobody can tell what was marked in it. */
  private async bookmarks(): Promise<{ readonly bookmarks: readonly Bookmark[]; readonly problem?: string }> {
    try {
      return { bookmarks: await this.actions.bookmarks() }
    } catch (error) {
      return { bookmarks: [], problem: error instanceof Error ? error.message : String(error) }
    }
  }

  private get follow(): BridgeFollow {
    if (this.run.follow === undefined) throw new UserError('This panel follows no file.', 'not_followed')
    return this.run.follow
  }

  private get timeline(): Timeline {
    const { timeline } = this.run.store
    if (timeline === undefined) throw new UserError('A text file has no timeline.', 'no_timeline')
    return timeline
  }

  private view(id: number): View {
    const held = this.views.get(id)
    if (held === undefined) throw new UserError('This view is closed.', 'no_view')
    return held.view
  }

  private async detail(position: number): Promise<DetailInfo> {
    const { store, follow } = this.run
    const { bytes, event, text, entry: known } = await store.detail(position)
    if (event === undefined) return { position, bytes, fields: text ?? '', partial: true }
    const { raw, ...fields } = event.data
    // A text file tells it itself.
    const entry = follow === undefined ? await recordedEntry(store, position, event) : known
    const parsed = event.phase === 'log_line' ? await parsedOf(fields) : undefined
    return {
      position,
      bytes,
      seq: event.seq,
      timestamp: event.timestamp,
      phase: event.phase,
      fields: jsonText(fields, 2),
      ...(raw === undefined ? {} : { raw: jsonText(raw, 2) }),
      ...(parsed === undefined ? {} : { parsed }),
      ...(entry === undefined ? {} : { entry }),
    }
  }

  private growth(): GrowthInfo {
    const { size, phaseCounts, levelCounts, lastTime } = this.run.store.growth
    return { size, phaseCounts, levelCounts, ...(lastTime === undefined ? {} : { lastTime }) }
  }

  /** The way from an event to its pixels: one push at a time, each with the newest rows. */
  private async sendTail(): Promise<void> {
    if (this.sending) {
      this.tailStale = true
      return
    }
    this.sending = true
    try {
      do {
        this.tailStale = false
        const tail = this.currentTail()
        if (tail === undefined) return
        const { count } = tail.view
        const { growths } = this
        const from = Math.max(0, count - tail.rows)
        const rows = await tail.view.rows(from, count)
        this.noteOpen(tail.id, from, rows, growths)
        if (this.currentTail() !== tail) continue
        this.notify('tail', { view: tail.id, count, from, rows })
        if (this.summaryTimer !== undefined) this.summarize()
      } while (this.isTailStale())
    } catch (error) {
      this.actions.log(`panel tail: ${String(error)}`)
    } finally {
      this.sending = false
    }
  }

  /**
   * A followed line without an end is told again when the file has grown; rows of a log stay as they are.
   * @param growths how many there had been when the rows were asked for
   */
  private noteOpen(id: number, from: number, rows: readonly Row[], growths: number): void {
    const held = this.views.get(id)
    const at = rows.findIndex(({ unterminated }) => unterminated === true)
    if (this.run.follow === undefined || held === undefined || at < 0) return
    held.open = Math.min(held.open ?? from + at, from + at)
    // It grew while they were read: they may be older than what was told of it.
    if (growths === this.growths) return
    this.toldGrowths = Math.min(this.toldGrowths, growths)
    this.tellSoon()
  }

  private currentTail(): typeof this.tail {
    return this.disposed ? undefined : this.tail
  }

  private isTailStale(): boolean {
    return this.tailStale
  }

  private tellSoon(): void {
    if (!this.greeted) return
    this.tellTimer ??= setTimeout(() => {
      this.tellTimer = undefined
      this.notify('grew', this.growth())
      for (const held of this.views.values()) {
        const { open } = held
        const isVoid = this.growths > this.toldGrowths && open !== undefined
        if (isVoid) held.open = undefined
        this.tellView(held, isVoid ? { voidFrom: open } : {})
      }
      this.toldGrowths = this.growths
      // A search that found more moves its tail too.
      void this.sendTail()
    }, TELL_MS)
  }

  private tellView(
    { id, view: { count, complete, problem } }: HeldView,
    more: Pick<Notifications['view/changed'], 'voidFrom'> = {},
  ): void {
    const failed = problem === undefined ? {} : { problem: problem.message }
    this.notify('view/changed', { view: id, count, complete, ...more, ...failed })
  }

  /** What a search finds first is what it was begun for: it is told at once. */
  private tellFound(held: HeldView): void {
    if (!held.isEmpty || held.view.count === 0) return
    held.isEmpty = false
    this.tellView(held)
    void this.sendTail()
  }

  private readonly summarize = (): void => {
    clearTimeout(this.summaryTimer)
    this.summaryTimer = undefined
    this.stopSummary = this.run.summarize(
      (summary, answers) => {
        this.notify('summary', summary)
        for (const piece of answers) this.notify('answer', piece)
      },
      ({ message }) => {
        this.notify('notice', { level: 'warning', text: message })
      },
    )
  }

  private forgetViews(): void {
    clearTimeout(this.summaryTimer)
    this.summaryTimer = undefined
    this.stopSummary?.()
    this.stopSummary = undefined
    this.stopTimeline?.()
    this.stopTimeline = undefined
    this.tail = undefined
    for (const { view, stop } of this.views.values()) {
      stop()
      view.dispose()
    }
    this.views.clear()
  }

  private notify<N extends NotificationName>(name: N, value: Notifications[N]): void {
    if (this.greeted && !this.disposed) this.server.notify(name, value)
  }
}

/** @throws UserError that says where the expression is bad */
function checkExpression(text: Parameters<typeof textExpression>[0]): void {
  try {
    textExpression(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error)
    throw new UserError(`The regular expression is not valid: ${reason}`, 'bad_expression', 'bad_input')
  }
}

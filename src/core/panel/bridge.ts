/**
 * The host's end of one panel: answers its requests from the run's store and tells it what grew. Knows no vscode, so that
 * the panel can be tested against it in a plain browser. The webview shows what strangers wrote, so each request is
 * checked, and there are only named actions.
 */
import type { EventStore, Timeline } from '../store/eventStore'
import type {
  Bookmark,
  BookmarkChange,
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
import type { TextQuery } from '../../shared/protocol/rows'
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
import { UserError } from '../../shared/userError'
import { checkLink } from './checkLink'
import { detailOf } from './detail'
import { OpenViews } from './openViews'

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

/** The summary is made of the whole run: the first rows come before it, if they are asked for within so long. */
const ROWS_FIRST_MS = 250
/** A page that is shown again and has said nothing for so long is asked to greet. */
const GREET_MS = 1000

export class PanelBridge {
  private readonly server: Server
  private readonly views: OpenViews
  private readonly stops: (() => void)[]
  private summaryTimer: ReturnType<typeof setTimeout> | undefined
  private stopSummary: (() => void) | undefined
  private stopTimeline: (() => void) | undefined
  private greeted = false
  /** A replay was asked for before the page had said hello. */
  private replayPending = false
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
    this.views = new OpenViews(run.store, {
      hasOpenLines: run.follow !== undefined,
      isListening: () => this.greeted && !this.disposed,
      notify: (name, value) => {
        this.notify(name, value)
      },
      onRows: () => {
        if (this.summaryTimer !== undefined) this.summarize()
      },
      log: (message) => {
        actions.log(message)
      },
    })
    this.stops = [
      run.onDidChange((info) => {
        this.notify('run', info)
        this.views.tellSoon()
      }),
      run.store.onDidReset(() => {
        this.notify('reset', {})
      }),
      run.onDidMark?.((bookmarks) => {
        this.notify('bookmarks', { bookmarks })
      }) ?? (() => undefined),
      run.store.onDidGrow(() => {
        this.views.didGrow()
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
    this.ends++
    this.greeted = false
    this.server.forget()
    this.forgetPage()
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
    clearTimeout(this.greetTimer)
    for (const stop of this.stops) stop()
    this.server.dispose()
    this.forgetPage()
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
      this.forgetPage()
      clearTimeout(this.greetTimer)
      this.greeted = true
      this.summaryTimer = setTimeout(this.summarize, ROWS_FIRST_MS)
      if (problem !== undefined) this.notify('notice', { level: 'warning', text: problem })
      if (this.wanted !== undefined) this.goTo(this.wanted.seq, this.wanted.found)
      if (this.replayPending) this.startReplay()
      const { info } = this.run
      const { restored } = this.options
      return { run: info, growth: this.views.growth, restored, bookmarks, habits: this.actions.habits() }
    },
    'view/open': ({ query }, signal) => this.views.open(query, signal),
    'view/close': ({ view }) => {
      this.views.close(view)
      return Promise.resolve({})
    },
    'rows/get': ({ view, from, to }) => this.views.rows(view, from, to),
    'search/prepare': () => {
      this.run.store.prepareSearch?.()
      return Promise.resolve({})
    },
    'position/find': async ({ view, at }) => ({ position: await this.views.get(view).positionOf(at) }),
    'tail/set': ({ view, rows }) => {
      this.views.setTail(view, rows)
      return Promise.resolve({})
    },
    'detail/get': ({ position }) => detailOf(this.run, position),
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

  /** What a page has asked for ends with it. */
  private forgetPage(): void {
    clearTimeout(this.summaryTimer)
    this.summaryTimer = undefined
    this.stopSummary?.()
    this.stopSummary = undefined
    this.stopTimeline?.()
    this.stopTimeline = undefined
    this.views.forget()
  }

  private notify<N extends NotificationName>(name: N, value: Notifications[N]): void {
    if (this.greeted && !this.disposed) this.server.notify(name, value)
  }
}

/**
 * One run that somebody in this window looks at or that is live: its store, its connection to the runner, and its state
 * as a person sees it. Shared by panels, output channel and status bar; closed when the last of them lets go.
 */
import { recordedInfo } from '../../core/panel/recordedInfo'
import { ControlClient } from '../../node/control/client'
import { describeRun, titleOf, type ListedRun } from '../../node/runlog/history'
import { readEntry, livenessOf } from '../../node/control/registry'
import type { LogWorker } from '../../node/store/logWorker'
import { RunLogStore } from '../../node/store/runLogStore'
import type { LogInfo } from '../../node/runlog/reader'
import { Emitter } from '../../shared/lib/emitter'
import { UserError } from '../../shared/userError'
import { notedMarkers } from '../../shared/lib/bookmarks'
import type { Bookmark, RunInfo, RunState } from '../../shared/protocol/contract'

export interface SessionServices {
  readonly startWorker: (info: LogInfo) => LogWorker
  /** A process of its own closes the logs of lost runs. */
  recover(): void
  log(message: string): void
  /** Tells the person what a runner could not do. */
  warn(message: string): void
}

/** How often a log that we can't be told about is looked at. */
const LOOK_INTERVAL_MS = 1000

export class RunSession {
  private readonly changed = new Emitter<RunInfo>()
  private readonly ended = new Emitter<RunInfo>()
  private readonly marked = new Emitter<readonly Bookmark[]>()
  private control: ControlClient | undefined
  private stopping = false
  private inputEnded = false
  private timer: NodeJS.Timeout | undefined
  private disposed = false
  private readonly waiting: (() => void)[] = []
  private connecting: Promise<void> = Promise.resolve()
  readonly onDidChange = this.changed.event
  readonly onDidMark = this.marked.event
  /** Fired once, when a run that was live here has ended and its log is closed. */
  readonly onDidEnd = this.ended.event

  private constructor(
    private run: ListedRun,
    readonly store: RunLogStore,
    private readonly services: SessionServices,
  ) {}

  /** @throws UserError when the log can't be read */
  static async open(path: string, services: SessionServices): Promise<RunSession> {
    const store = await RunLogStore.open(path, services.startWorker)
    const run = await describe(path)
    const session = new RunSession(run, store, services)
    session.begin()
    return session
  }

  get captureId(): string {
    return this.run.capture_id
  }

  get path(): string {
    return this.run.path
  }

  /** Events that are told to be missing in the log; 0 while it is open. */
  get dropped(): number {
    return this.run.metadata?.dropped ?? 0
  }

  get isLive(): boolean {
    return this.run.state === 'running'
  }

  get info(): RunInfo {
    const { head, metadata, capture_id, path } = this.run
    const known = metadata ?? head ?? this.store.info.head
    const error = metadata?.error ?? this.run.problem
    const startedMs = Date.parse(known.started_at)
    const lastMs = this.store.growth.lastTime ?? startedMs
    const elapsed_ms = metadata?.duration_ms ?? Math.max(0, (this.isLive ? Date.now() : lastMs) - startedMs)
    return {
      ...recordedInfo(known, metadata),
      capture_id,
      title: titleOf({ ...this.run, head: known }),
      state: this.state,
      elapsed_ms,
      path,
      ...(error === undefined ? {} : { error }),
      ...(this.run.notes?.pinned === true ? { pinned: true } : {}),
      ...(known.kind === 'launch' && this.isLive && !this.inputEnded ? { accepts_input: true } : {}),
    }
  }

  private get state(): RunState {
    const { state } = this.run
    if (state === 'running') return this.stopping ? 'stopping' : 'running'
    return state === 'damaged' ? 'stale' : state
  }

  /** What a person says of the run has changed. */
  takeNotes({ notes }: Pick<ListedRun, 'notes'>): void {
    if (JSON.stringify(notes) === JSON.stringify(this.run.notes)) return
    const { notes: before, ...run } = this.run
    this.run = notes === undefined ? run : { ...run, notes }
    // Notes that can't be read say nothing of markers.
    if (notes !== undefined && JSON.stringify(notes.markers) !== JSON.stringify(before?.markers))
      this.marked.fire(notedMarkers(notes))
    this.tell()
  }

  /**
   * Asks the runner to stop.
   * @throws UserError `unreachable` when nobody of this machine records the run
   */
  async stop(how: 'polite' | 'force'): Promise<void> {
    const control = await this.reach("so it can't be stopped here")
    control.stop(how)
  }

  /**
   * To the standard input of the launched command; `end` closes it after the text.
   * @throws UserError `unreachable`, or `no_input` when the run is over, takes none, or its input was closed
   */
  async write(text: string, end: boolean): Promise<void> {
    const { title, kind } = this.info
    if (!this.isLive || kind !== 'launch')
      throw new UserError(`${title} is not a running command, so it takes no input.`, 'no_input')
    if (this.inputEnded) throw new UserError(`The input of ${title} is closed.`, 'no_input')
    const control = await this.reach("so it can't be given input here")
    control.input(text, end)
    if (!end) return
    this.inputEnded = true
    this.tell()
  }

  /**
   * Puts a marker into the log, behind what is there.
   * @throws UserError `unreachable` when nobody of this machine records the run
   */
  async mark(name: string): Promise<void> {
    const control = await this.reach('so nothing can be marked in its log')
    control.mark(name)
  }

  /** Resolves when the run is over and its log is closed, or nobody looks at it any more. */
  async whenEnded(): Promise<void> {
    await this.connecting
    if (this.disposed || this.run.metadata !== undefined || this.run.problem !== undefined) return
    await new Promise<void>((resolve) => {
      this.waiting.push(resolve)
    })
  }

  private async reach(consequence: string): Promise<ControlClient> {
    await this.connecting
    if (this.control !== undefined) return this.control
    throw new UserError(`The recorder of ${this.info.title} can't be reached, ${consequence}.`, 'unreachable')
  }

  summarize(...listeners: Parameters<RunLogStore['summarize']>): () => void {
    return this.store.summarize(...listeners)
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    clearTimeout(this.timer)
    this.control?.dispose()
    this.store.dispose()
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  private begin(): void {
    this.connecting = this.guard(async () => {
      await this.store.advance()
      if (this.isLive) await this.connect()
      else if (this.run.metadata === undefined) this.lookLater()
    })
  }

  private async connect(): Promise<void> {
    const { entry } = this.run
    if (entry === undefined) return
    try {
      const control = await ControlClient.connect(entry, {
        onGrew: ({ bytes }) => void this.guard(() => this.store.advance(bytes)),
        onStopping: () => {
          this.stopping = true
          this.tell()
        },
        onError: (message) => {
          this.services.warn(`${this.info.title}: ${message}`)
        },
        onClosed: () => {
          this.control = undefined
          if (!this.disposed) void this.guard(() => this.look())
        },
      })
      if (this.disposed) control.dispose()
      else this.control = control
      this.stopping = control.stopping
      this.tell()
    } catch (error) {
      this.services.log(`${this.captureId}: the recorder can't be reached: ${String(error)}`)
      this.lookLater()
    }
  }

  /** Reads the log's ends again: it grew without a word to us, was closed, or its recorder is gone. */
  private async look(): Promise<void> {
    const wasOpen = this.run.metadata === undefined
    const run = await describe(this.run.path)
    if (this.disposed) return
    if (run.head === undefined) {
      this.becomeUnreadable(run)
      return
    }
    this.takeNotes(run)
    this.run = run
    const { eventsEnd } = await this.store.look()
    await this.store.advance(eventsEnd)
    this.tell()
    if (run.metadata !== undefined) {
      if (wasOpen) this.ended.fire(this.info)
      for (const resolve of this.waiting.splice(0)) resolve()
      return
    }
    if (run.entry !== undefined && livenessOf(run.entry).state === 'lost') this.services.recover()
    if (run.state === 'running' && this.control === undefined) await this.connect()
    if (this.control === undefined) this.lookLater()
  }

  /** The log was deleted, or something else was put in its place: nobody records it any more. */
  private becomeUnreadable({ state, problem }: ListedRun): void {
    const wasLive = this.isLive
    this.run = { ...this.run, state, ...(problem === undefined ? {} : { problem }) }
    this.tell()
    for (const resolve of this.waiting.splice(0)) resolve()
    if (wasLive) this.ended.fire(this.info)
    else this.lookLater()
  }

  private lookLater(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.guard(() => this.look()), LOOK_INTERVAL_MS)
  }

  private tell(): void {
    if (!this.disposed) this.changed.fire(this.info)
  }

  private async guard(action: () => Promise<void>): Promise<void> {
    try {
      await action()
    } catch (error) {
      if (!this.disposed)
        this.services.log(
          `${this.captureId}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        )
    }
  }
}

function describe(path: string): Promise<ListedRun> {
  const id = /([^/\\]+)\.json$/.exec(path)?.[1] ?? ''
  return describeRun(path, readEntry(id))
}

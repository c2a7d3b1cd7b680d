/**
 * The EventStore over a run log. Filters by phase, level and time are answered from the block index, text by a thread that searches;
 * rows come from the file when somebody looks at them.
 */
import { keyFilter } from '../../core/query/keyFilter'
import { stat } from 'node:fs/promises'
import { textParts } from '../../core/query/textMatcher'
import type { EventDetail, EventStore, Growth, View } from '../../core/store/eventStore'
import { byPhaseAndLevel } from '../../core/store/keyCounts'
import { Emitter } from '../../shared/lib/emitter'
import type { Query } from '../../shared/protocol/rows'
import { UserError } from '../../shared/userError'
import { readLogInfo, type LogInfo } from '../runlog/reader'
import { LogFile } from './logFile'
import { AllView, FoundView, KeyView, TimeView, type LogView } from './views'
import type { LogWorker } from './logWorker'
import { RunTimeline } from './runTimeline'

/** A store that reads on tells so at most this often. */
const TELL_MS = 100

export class RunLogStore implements EventStore {
  private readonly grew = new Emitter<Growth>()
  private readonly reset = new Emitter<undefined>()
  private readonly views = new Set<LogView>()
  private worker: LogWorker | undefined
  private log: LogFile
  private disposed = false
  private resetting: Promise<void> | undefined
  timeline: RunTimeline
  readonly onDidGrow = this.grew.event
  readonly onDidReset = this.reset.event

  private constructor(
    private readonly startWorker: (info: LogInfo) => LogWorker,
    log: LogFile,
  ) {
    this.log = log
    this.timeline = this.timelineOf(log)
  }

  /**
   * @param startWorker makes the threads' end when the first of them is wanted
   * @throws UserError when the file is no run log or can't be read
   */
  static async open(path: string, startWorker: (info: LogInfo) => LogWorker): Promise<RunLogStore> {
    const info = await readLogInfo(path)
    return new RunLogStore(startWorker, await LogFile.open(info))
  }

  get info(): LogInfo {
    return this.log.info
  }

  get growth(): Growth {
    const { size, bytes, lastTime } = this.log
    const counts = byPhaseAndLevel(this.log.countsByKey())
    return { size, bytes, ...counts, ...(lastTime === undefined ? {} : { lastTime }) }
  }

  /** Takes in what the log holds up to `bytes`; the end of the events when nothing is given. */
  async advance(bytes: number = this.log.info.eventsEnd): Promise<void> {
    await this.resetting
    if (this.disposed) return
    const { log } = this
    if (bytes < log.target && (await this.isCut(log))) {
      this.resetting ??= this.readAnew().finally(() => (this.resetting = undefined))
      return this.resetting
    }
    await this.take(log, bytes)
  }

  private async take(log: LogFile, bytes: number): Promise<void> {
    let told = performance.now()
    const before = log.bytes
    const scan = (onBlocks: Parameters<LogWorker['scanBlocks']>[1]): (() => void) =>
      this.running().scanBlocks(bytes, onBlocks)
    await log.advance(bytes, scan, () => {
      if (performance.now() - told < TELL_MS) return
      told = performance.now()
      this.tell()
    })
    if (log === this.log && log.bytes !== before) this.tell()
  }

  /** Reads the ends of the log again, for a reader that nobody tells of growth. */
  look(): Promise<LogInfo> {
    return readLogInfo(this.log.info.path)
  }

  /** Makes the summary of the run, now and as it grows, until it can't any more. */
  summarize(...listeners: Parameters<LogWorker['summarize']>): () => void {
    return this.running().summarize(...listeners)
  }

  /** Somebody shortened the file, or put a shorter one in its place. */
  private async isCut(log: LogFile): Promise<boolean> {
    const { size } = await stat(log.info.path)
    return size < log.bytes
  }

  /** What was read is void, and everything that was made of it. */
  private async readAnew(): Promise<void> {
    const old = this.log
    const info = await readLogInfo(old.info.path)
    const log = await LogFile.open(info)
    if (this.disposed) {
      await log.dispose()
      return
    }
    this.log = log
    this.forget(old)
    this.timeline = this.timelineOf(log)
    this.reset.fire(undefined)
    this.tell()
    await this.take(log, info.eventsEnd)
  }

  private forget(log: LogFile): void {
    for (const view of [...this.views]) view.dispose()
    this.timeline.dispose()
    this.worker?.dispose()
    this.worker = undefined
    void log.dispose()
  }

  private timelineOf(log: LogFile): RunTimeline {
    return new RunTimeline(log, () => this.running())
  }

  /** @throws UserError `closed` for who comes late: nobody would end the thread */
  private running(): LogWorker {
    if (this.disposed) throw new UserError('The run is closed.', 'closed')
    this.worker ??= this.startWorker(this.log.info)
    this.worker.grew(Math.max(this.log.bytes, this.log.target))
    return this.worker
  }

  private tell(): void {
    if (this.disposed) return
    this.worker?.grew(this.log.bytes)
    for (const view of this.views) view.didGrow()
    this.grew.fire(this.growth)
  }

  async view(query: Query, signal?: AbortSignal): Promise<View> {
    signal?.throwIfAborted()
    const view = await this.createView(query)
    this.views.add(view)
    view.onDispose(() => this.views.delete(view))
    if (signal?.aborted === true) {
      view.dispose()
      signal.throwIfAborted()
    }
    signal?.addEventListener('abort', () => {
      view.dispose()
    })
    return view
  }

  private async createView(query: Query): Promise<LogView> {
    const { log } = this
    const wanted = keyFilter(query)
    if (isScanned(query)) {
      return new FoundView(log, (listener) => {
        const stretches = log.stretches(wanted, query.time)
        return this.running().search(query, stretches, listener)
      })
    }
    const view = wanted === undefined ? new AllView(log) : new KeyView(log, wanted)
    return query.time === undefined ? view : TimeView.open(log, view, query.time)
  }

  prepareSearch(): void {
    if (!this.disposed) this.running().prepareSearch()
  }

  detail(position: number): Promise<EventDetail> {
    return this.log.lines.detail(position)
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    this.forget(this.log)
  }
}

/** Whether a query asks for more than the index knows. */
function isScanned(query: Query): boolean {
  const { wanted, unwanted } = textParts(query)
  return wanted.length + unwanted.length > 0 || query.sources !== undefined || query.withoutSources !== undefined
}

/**
 * The EventStore over a run log. Filters by phase and level are answered from the block index, text by a worker thread;
 * rows come from the file when somebody looks at them.
 */
import { keyFilter } from '../../core/query/keyFilter'
import { textParts } from '../../core/query/textMatcher'
import type { EventDetail, EventStore, Growth, View } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Query } from '../../shared/protocol/rows'
import { readLogInfo, type LogInfo } from '../runlog/reader'
import { LogFile } from './logFile'
import { AllView, FoundView, KeyView } from './views'
import type { LogWorker } from './logWorker'

export class RunLogStore implements EventStore {
  private readonly grew = new Emitter<Growth>()
  private readonly reset = new Emitter<undefined>()
  private readonly views = new Set<{ didGrow(): void; dispose(): void }>()
  private worker: LogWorker | undefined
  private disposed = false
  readonly onDidGrow = this.grew.event
  readonly onDidReset = this.reset.event

  private constructor(
    private readonly log: LogFile,
    private readonly startWorker: (info: LogInfo) => LogWorker,
  ) {}

  /**
   * @param startWorker makes the worker thread when the first text search wants one
   * @throws UserError when the file is no run log or can't be read
   */
  static async open(path: string, startWorker: (info: LogInfo) => LogWorker): Promise<RunLogStore> {
    const info = await readLogInfo(path)
    return new RunLogStore(await LogFile.open(info), startWorker)
  }

  get info(): LogInfo {
    return this.log.info
  }

  get growth(): Growth {
    const phaseCounts: Record<string, number> = {}
    const levelCounts: Record<string, number> = {}
    for (const [key, count] of this.log.countsByKey()) {
      const [phase = '', level] = key.split(':')
      phaseCounts[phase] = (phaseCounts[phase] ?? 0) + count
      if (level !== undefined) levelCounts[level] = (levelCounts[level] ?? 0) + count
    }
    const { size, bytes, lastTime } = this.log
    return { size, bytes, phaseCounts, levelCounts, ...(lastTime === undefined ? {} : { lastTime }) }
  }

  /** Takes in what the log holds up to `bytes`; the end of the events when nothing is given. */
  async advance(bytes: number = this.log.info.eventsEnd): Promise<void> {
    let told = performance.now()
    const before = this.log.bytes
    await this.log.advance(bytes, () => {
      if (performance.now() - told < 100) return
      told = performance.now()
      this.tell()
    })
    if (!this.disposed && this.log.bytes !== before) this.tell()
  }

  /** Reads the ends of the log again, for a reader that nobody tells of growth. */
  look(): Promise<LogInfo> {
    return readLogInfo(this.log.info.path)
  }

  /** Makes the summary of the run, now and as it grows. */
  summarize(listener: Parameters<LogWorker['summarize']>[0]): () => void {
    this.worker ??= this.startWorker(this.log.info)
    this.worker.grew(this.log.bytes)
    return this.worker.summarize(listener)
  }

  private tell(): void {
    if (this.disposed) return
    this.worker?.grew(this.log.bytes)
    for (const view of this.views) view.didGrow()
    this.grew.fire(this.growth)
  }

  view(query: Query, signal?: AbortSignal): Promise<View> {
    signal?.throwIfAborted()
    const view = this.createView(query)
    this.views.add(view)
    view.onDispose(() => this.views.delete(view))
    signal?.addEventListener('abort', () => {
      view.dispose()
    })
    return Promise.resolve(view)
  }

  private createView(query: Query): AllView | KeyView | FoundView {
    if (isScanned(query)) {
      this.worker ??= this.startWorker(this.log.info)
      return new FoundView(this.log, this.worker, query)
    }
    const wanted = keyFilter(query)
    return wanted === undefined ? new AllView(this.log) : new KeyView(this.log, wanted)
  }

  detail(position: number): Promise<EventDetail> {
    return this.log.detail(position)
  }

  dispose(): void {
    if (this.disposed) return
    this.disposed = true
    for (const view of [...this.views]) view.dispose()
    this.worker?.dispose()
    void this.log.dispose()
  }
}

/** Whether a query asks for more than the index knows. */
function isScanned(query: Query): boolean {
  const { wanted, unwanted } = textParts(query)
  return (
    wanted.length + unwanted.length > 0 ||
    query.time !== undefined ||
    query.sources !== undefined ||
    query.withoutSources !== undefined
  )
}

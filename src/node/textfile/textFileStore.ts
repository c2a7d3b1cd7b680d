/**
 * The EventStore over a text file that may be written to and rotated: a row is a line. The file is read by a thread
 * (textThread.ts); here is only how it stands.
 *
 * A row's `seq` is made of where its line begins in the file, so that it stays the same while the number of lines is an
 * estimate and when it becomes known: after `onDidReset` a place is found again by its seq. `position` counts rows.
 */
import { levelNames } from '../../core/lines/parsedLine'
import type { EventDetail, Growth } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Query } from '../../shared/protocol/rows'
import type { TextFileOptions, TextState } from './textProtocol'
import { HistogramCounter, type HistogramProgress } from './histogramCounter'
import type { TimeRange } from './scanProtocol'
import type { FollowedText } from './followedText'
import type { OpenText, TextReader, ThreadLike } from './textReader'
import { TextScanner } from './textScanner'
import { createTextView, type StoreView, type TextView } from './textViews'

/** The threads of text files: one reads for all stores, each store has its own that searches. */
export interface TextThreads {
  readonly reader: TextReader
  readonly startScanner: () => ThreadLike
}

export class TextFileStore implements FollowedText {
  private readonly grew = new Emitter<Growth>()
  private readonly reset = new Emitter<undefined>()
  private readonly stateChanged = new Emitter<TextState>()
  private readonly noticed = new Emitter<string>()
  private readonly views = new Set<StoreView>()
  private readonly counters = new Set<HistogramCounter>()
  private scanner: TextScanner | undefined
  /** Entries by level, once they are counted. */
  private levels: Float64Array | undefined
  private known: TextState
  private isDisposed = false
  readonly onDidGrow = this.grew.event
  /**
   * Positions are void: lines are gone, older ones came or left, or the estimated number of lines became the known one. Views
   * go on by themselves with new counts; who shows rows asks for them again, and finds its place by a row's seq.
   */
  readonly onDidReset = this.reset.event
  /** How the file stands: followed, paused, waited for, gone; indexed so far. */
  readonly onDidChangeState = this.stateChanged.event
  /** Sentences for the person. */
  readonly onDidNotice = this.noticed.event

  private constructor(
    /** For people: that of the packed file where an unpacked copy is read. */
    readonly path: string,
    private readonly file: OpenText,
    private readonly startScanner: () => ThreadLike,
  ) {
    this.known = file.state
  }

  /**
   * Opens a file, or waits for one that is not there yet. The last rows can be had at once, whatever the file's size.
   * @throws UserError for what is no text file or can't be read
   */
  static async open(path: string, options: TextFileOptions, threads: TextThreads): Promise<TextFileStore> {
    const opened: { store?: TextFileStore } = {}
    // What is told before the answer is part of it.
    const file = await threads.reader.open(path, options, {
      onState: (state) => opened.store?.take(state),
      onNotice: (message) => opened.store?.noticed.fire(message),
    })
    opened.store = new TextFileStore(options.shownAs ?? path, file, threads.startScanner)
    return opened.store
  }

  get state(): TextState {
    return this.known
  }

  get files(): readonly { readonly path: string; readonly state: TextState }[] {
    return [this]
  }

  countLevels(listener: (isComplete: boolean) => void): { dispose(): void } {
    return this.histogram(undefined, ({ isComplete }) => {
      listener(isComplete)
    })
  }

  get growth(): Growth {
    const { count, bytes, parts } = this.known
    const marks = parts.filter(({ kind }) => kind === 'mark').length
    return {
      size: count,
      bytes,
      phaseCounts: { log_line: count - marks, ...(marks === 0 ? {} : { file: marks }) },
      levelCounts: levelCountsOf(this.levels),
    }
  }

  view(query: Query, signal?: AbortSignal): Promise<TextView> {
    signal?.throwIfAborted()
    const view = createTextView(this.file, this.path, this.known, query, () => this.searcher())
    this.views.add(view)
    view.onDispose(() => this.views.delete(view))
    signal?.addEventListener('abort', () => {
      view.dispose()
    })
    return Promise.resolve(view)
  }

  /**
   * Counts the entries of the whole file by level over time, and goes on as it grows.
   * @param range buckets of a part of the time; without it all times, as finely as about 2,000 buckets can
   * @param listener told several times a second while it counts
   */
  histogram(range: TimeRange | undefined, listener: (progress: HistogramProgress) => void): { dispose(): void } {
    const counter = new HistogramCounter(this.searcher(), range, this.known, (progress) => {
      if (range === undefined) this.levels = progress.buckets.totals
      listener(progress)
    })
    this.counters.add(counter)
    return {
      dispose: () => {
        this.counters.delete(counter)
        void counter.dispose()
      },
    }
  }

  detail(position: number): Promise<EventDetail> {
    return this.file.ask('detail', { position })
  }

  /** Nothing new is shown until `resume`; what comes in is counted (`state.waitingBytes`). */
  pause(): Promise<undefined> {
    return this.file.ask('pause', { isPaused: true })
  }

  resume(): Promise<undefined> {
    return this.file.ask('pause', { isPaused: false })
  }

  /**
   * Puts the lines of an older file (olderSiblings.ts, unpacked where it is compressed) before all others.
   * @param shownAs the path for people, where `path` is an unpacked copy
   * @throws UserError when it can't be read, or there are too many
   */
  prepend(path: string, shownAs = path): Promise<undefined> {
    return this.file.ask('prepend', { path, shownAs })
  }

  /** Releases the file. The thread stays for others. */
  dispose(): void {
    void this.close().catch(() => undefined)
  }

  /** As `dispose`; resolves when every descriptor and watcher is released. */
  async close(): Promise<void> {
    if (this.isDisposed) return
    this.isDisposed = true
    for (const view of [...this.views]) view.dispose()
    this.counters.clear()
    // It must not read any more when the descriptors are closed.
    await this.scanner?.dispose()
    await this.file.ask('close', {})
  }

  private take(state: TextState): void {
    if (this.isDisposed) return
    const before = this.known
    this.known = state
    const isReset = state.resets !== before.resets
    for (const reader of [...this.views, ...this.counters]) reader.update(state)
    if (isReset) void this.release(state.resets)
    if (isReset || state.renumbers !== before.renumbers) this.reset.fire(undefined)
    this.stateChanged.fire(state)
    if (state.bytes !== before.bytes || state.count !== before.count) this.grew.fire(this.growth)
  }

  /** Contents that left the view may be closed when nobody searches them any more. */
  private async release(resets: number): Promise<void> {
    await Promise.all([...this.views, ...this.counters].map((reader) => reader.settled()))
    if (!this.isDisposed) await this.file.ask('release', { resets }).catch(() => undefined)
  }

  private searcher(): TextScanner {
    this.scanner ??= new TextScanner(this.startScanner)
    return this.scanner
  }
}

function levelCountsOf(totals: Float64Array | undefined): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const [level, count] of totals?.entries() ?? []) {
    const name = levelNames[level]
    if (name !== undefined && count > 0) counts[name] = count
  }
  return counts
}

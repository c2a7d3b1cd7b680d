/**
 * The EventStore over a text file that may be written to and rotated: a row is a line. The file is read by a thread
 * (textThread.ts); here is only how it stands.
 *
 * A row's `seq` is made of where its line begins in the file, so that it stays the same while the number of lines is an
 * estimate and when it becomes known: after `onDidReset` a place is found again by its seq. `position` counts rows.
 */
import type { EventDetail, EventStore, Growth } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Query } from '../../shared/protocol/rows'
import type { TextFileOptions, TextState } from './textProtocol'
import type { OpenText, TextReader } from './textReader'
import { AllTextView, type TextView } from './textViews'

export class TextFileStore implements EventStore {
  private readonly grew = new Emitter<Growth>()
  private readonly reset = new Emitter<undefined>()
  private readonly stateChanged = new Emitter<TextState>()
  private readonly noticed = new Emitter<string>()
  private readonly views = new Set<AllTextView>()
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
    readonly path: string,
    private readonly file: OpenText,
  ) {
    this.known = file.state
  }

  /**
   * Opens a file, or waits for one that is not there yet. The last rows can be had at once, whatever the file's size.
   * @throws UserError for what is no text file or can't be read
   */
  static async open(path: string, options: TextFileOptions, reader: TextReader): Promise<TextFileStore> {
    const opened: { store?: TextFileStore } = {}
    // What is told before the answer is part of it.
    const file = await reader.open(path, options, {
      onState: (state) => opened.store?.take(state),
      onNotice: (message) => opened.store?.noticed.fire(message),
    })
    opened.store = new TextFileStore(path, file)
    return opened.store
  }

  get state(): TextState {
    return this.known
  }

  get growth(): Growth {
    const { count, bytes, parts } = this.known
    const marks = parts.filter(({ kind }) => kind === 'mark').length
    return {
      size: count,
      bytes,
      phaseCounts: { log_line: count - marks, ...(marks === 0 ? {} : { file: marks }) },
      levelCounts: {},
    }
  }

  view(_query: Query, signal?: AbortSignal): Promise<TextView> {
    signal?.throwIfAborted()
    const { file } = this
    const state = (): TextState => this.known
    const view = new AllTextView(
      {
        get count() {
          return state().count
        },
        get isComplete() {
          return state().isComplete
        },
        rows: (from, to) => file.ask('rows', { from, to }),
        positionOf: (at) => file.ask('positionOf', { at }),
      },
      (disposed) => this.views.delete(disposed),
    )
    this.views.add(view)
    return Promise.resolve(view)
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

  /** Releases the file. The thread stays for others. */
  dispose(): void {
    void this.close().catch(() => undefined)
  }

  /** As `dispose`; resolves when every descriptor and watcher is released. */
  async close(): Promise<void> {
    if (this.isDisposed) return
    this.isDisposed = true
    for (const view of [...this.views]) view.dispose()
    await this.file.ask('close', {})
  }

  private take(state: TextState): void {
    if (this.isDisposed) return
    const before = this.known
    this.known = state
    if (state.resets !== before.resets) this.reset.fire(undefined)
    for (const view of this.views) view.didChange()
    this.stateChanged.fire(state)
    if (state.bytes !== before.bytes || state.count !== before.count) this.grew.fire(this.growth)
  }
}

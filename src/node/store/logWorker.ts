/** The store's end of the threads that read and search its log: one passes over it and answers, the other searches. */
import { Worker } from 'node:worker_threads'
import type { Query } from '../../shared/protocol/rows'
import type { RunSummary } from '../../shared/protocol/summary'
import type { TimelineInfo } from '../../shared/protocol/timeline'
import { UserError } from '../../shared/userError'
import type { PackedBlocks } from '../runlog/blockIndex'
import type { LogInfo } from '../runlog/reader'
import type { SearchListener } from './views'
import type {
  AnswerPiece,
  Answers,
  FromReader,
  FromSearcher,
  Question,
  ToReader,
  ToSearcher,
  WorkerData,
} from './logProtocol'

/** A search that is told to end has so long; then its thread is ended (a regular expression that takes for ever). */
const PATIENCE_MS = 300
/** What the threads need besides their keyframes is little: garbage is collected early rather than kept. */
const LIMITS = { maxYoungGenerationSizeMb: 4 }

type Watched = Exclude<FromReader, { type: 'answer' | 'failed' }>

interface Search {
  readonly query: Query
  readonly stretches: Float64Array
  readonly listener: SearchListener
}

interface Waiting {
  readonly resolve: (value: never) => void
  readonly reject: (error: Error) => void
}

export class LogWorker {
  private reader: Worker | undefined
  private searcher: Worker | undefined
  private readonly searches = new Map<number, Search>()
  private readonly ending = new Map<number, NodeJS.Timeout>()
  private readonly watches = new Map<number, (message: Watched | undefined) => void>()
  private readonly waiting = new Map<number, Waiting>()
  private nextId = 1
  private bytes = 0
  private isDisposed = false

  /**
   * @param script the bundle of worker.ts; threads are started when they are needed
   * @param onFailure told when a thread can't go on (a file gone, a defect)
   */
  constructor(
    private readonly script: string,
    private readonly info: Pick<LogInfo, 'path' | 'eventsOffset' | 'head'>,
    private readonly onFailure: (message: string) => void,
  ) {}

  /** The log has whole lines up to here. */
  grew(bytes: number): void {
    if (bytes <= this.bytes) return
    this.bytes = bytes
    this.reader?.postMessage({ type: 'grew', bytes } satisfies ToReader)
    this.searcher?.postMessage({ type: 'grew', bytes } satisfies ToSearcher)
  }

  /**
   * Searches stretches of the log, and what comes if the last one is open.
   * @param stretches where each begins and ends in the log, and the position of its first line; ascending
   * @returns ends it
   */
  search(query: Query, stretches: Float64Array, listener: SearchListener): () => void {
    const id = this.nextId++
    this.searches.set(id, { query, stretches, listener })
    this.toSearcher({ type: 'search', id, query, stretches })
    return () => {
      this.endSearch(id)
    }
  }

  /** Starts the thread that searches, unless it runs. */
  prepareSearch(): void {
    this.toSearcher({ type: 'grew', bytes: this.bytes })
  }

  /** Makes the summary now and after each growth, until it can't any more; answers come in pieces. The result ends it. */
  summarize(
    listener: (summary: RunSummary, answers: readonly AnswerPiece[]) => void,
    onFailure: (error: Error) => void,
  ): () => void {
    return this.watch('summary', (message) => {
      if (message?.type === 'summary') listener(message.summary, message.answers)
      else if (!this.isDisposed) onFailure(this.unreadable('its summary could not be made'))
    })
  }

  /** Tells the timeline now and at most once a second as it changes, until it can't any more. The result ends it. */
  watchTimeline(listener: (info: TimelineInfo) => void, onFailure: (error: Error) => void): () => void {
    return this.watch('timeline', (message) => {
      if (message?.type === 'timeline') listener(message.info)
      else onFailure(this.unreadable('its timeline could not be made'))
    })
  }

  /** Finds the log's blocks. @param end so far they are wanted @param onBlocks told `Infinity` when it can't be read */
  scanBlocks(end: number, onBlocks: (blocks: PackedBlocks, scanned: number) => void): () => void {
    this.grew(end)
    return this.watch('blocks', (message) => {
      if (message?.type === 'blocks') onBlocks(message.blocks, message.scanned)
      else {
        const nothing = { offset: 0, position: 0, numbers: new Float64Array(), keys: [] }
        onBlocks(nothing, Number.POSITIVE_INFINITY)
      }
    })
  }

  /** @throws RangeError for what is not in the log, UserError when it can't be read, whatever the signal was aborted with */
  async ask<K extends Question['kind']>(
    question: Extract<Question, { kind: K }>,
    signal?: AbortSignal,
  ): Promise<Answers[K]> {
    signal?.throwIfAborted()
    if (this.isDisposed) throw closed()
    const id = this.nextId++
    const cancel = (): void => {
      this.waiting.get(id)?.reject(signal?.reason instanceof Error ? signal.reason : new Error('nobody waits for it'))
      this.waiting.delete(id)
      this.toReader({ type: 'cancel', id })
    }
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await new Promise<Answers[K]>((resolve, reject) => {
        this.waiting.set(id, { resolve, reject })
        this.toReader({ type: 'ask', id, question })
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  }

  dispose(): void {
    this.isDisposed = true
    this.searches.clear()
    for (const timer of this.ending.values()) clearTimeout(timer)
    this.ending.clear()
    this.lose(closed())
    void this.reader?.terminate()
    void this.searcher?.terminate()
  }

  private watch(what: Extract<ToReader, { type: 'watch' }>['what'], listener: (message: Watched | undefined) => void) {
    const id = this.nextId++
    this.watches.set(id, listener)
    this.toReader({ type: 'watch', id, what })
    return () => {
      if (this.watches.delete(id)) this.toReader({ type: 'cancel', id })
    }
  }

  private endSearch(id: number): void {
    if (!this.searches.delete(id) || this.searcher === undefined || this.isDisposed) return
    this.toSearcher({ type: 'cancel', id })
    this.ending.set(
      id,
      setTimeout(() => {
        this.restartSearcher()
      }, PATIENCE_MS),
    )
  }

  /** It does not answer: it is ended, and the other searches begin again. */
  private restartSearcher(): void {
    for (const timer of this.ending.values()) clearTimeout(timer)
    this.ending.clear()
    void this.searcher?.terminate()
    this.searcher = undefined
    for (const [id, { query, stretches, listener }] of this.searches) {
      listener.onRestart()
      this.toSearcher({ type: 'search', id, query, stretches })
    }
  }

  private toReader(message: ToReader): void {
    if (this.isDisposed) return
    if (this.reader === undefined) {
      const reader = this.start('read')
      this.reader = reader
      reader.on('message', (answer: FromReader) => {
        this.takeRead(answer)
      })
      reader.on('error', (error) => {
        if (this.reader !== reader) return
        this.reader = undefined
        this.lose(this.failure(error))
      })
      // Listeners would hold the process again.
      reader.unref()
      reader.postMessage({ type: 'grew', bytes: this.bytes } satisfies ToReader)
    }
    this.reader.postMessage(message)
  }

  private toSearcher(message: ToSearcher): void {
    if (this.isDisposed) return
    if (this.searcher === undefined) {
      const searcher = this.start('search')
      this.searcher = searcher
      searcher.on('message', (answer: FromSearcher) => {
        if (this.searcher === searcher) this.takeFound(answer)
      })
      searcher.on('error', (error) => {
        if (this.searcher !== searcher) return
        this.searcher = undefined
        for (const timer of this.ending.values()) clearTimeout(timer)
        this.ending.clear()
        for (const id of [...this.searches.keys()]) this.failSearch(id, error.message)
      })
      searcher.unref()
      searcher.postMessage({ type: 'grew', bytes: this.bytes } satisfies ToSearcher)
    }
    this.searcher.postMessage(message)
  }

  private start(role: 'read' | 'search'): Worker {
    const { path, eventsOffset, head } = this.info
    const workerData: WorkerData = { path, eventsOffset, kind: head.kind, role }
    return new Worker(this.script, {
      workerData,
      name: `tapedeck log ${role}`,
      resourceLimits: LIMITS,
    })
  }

  private takeRead(message: FromReader): void {
    const { id } = message
    if (message.type !== 'answer' && message.type !== 'failed') {
      this.watches.get(id)?.(message)
      return
    }
    const waiting = this.waiting.get(id)
    this.waiting.delete(id)
    if (message.type === 'answer') waiting?.resolve(message.value as never)
    else if (waiting === undefined) {
      // The thread tells it nothing more.
      const listener = this.watches.get(id)
      this.watches.delete(id)
      listener?.(undefined)
      this.onFailure(message.message)
    } else {
      const error = message.isRange === true ? new RangeError(message.message) : this.unreadable(message.message)
      waiting.reject(error)
    }
  }

  private takeFound(message: FromSearcher): void {
    const { id } = message
    if (message.type === 'found') this.searches.get(id)?.listener.onFound(message.positions, message.scanned)
    else if (message.type === 'failed') this.failSearch(id, message.message)
    else {
      clearTimeout(this.ending.get(id))
      this.ending.delete(id)
    }
  }

  private failSearch(id: number, reason: string): void {
    const search = this.searches.get(id)
    this.searches.delete(id)
    if (search === undefined) return
    this.onFailure(reason)
    search.listener.onFailure(new UserError(`The run can't be searched to its end: ${reason}`, 'search_failed'))
  }

  private failure(error: unknown): UserError {
    const reason = error instanceof Error ? error.message : String(error)
    if (!this.isDisposed) this.onFailure(reason)
    return this.unreadable(reason)
  }

  private unreadable(reason: string): UserError {
    return new UserError(`The run log ${this.info.path} can't be read: ${reason}.`, 'log_unreadable')
  }

  /** Whoever waits for the reading thread waits no longer. */
  private lose(error: Error): void {
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
    for (const listener of [...this.watches.values()]) listener(undefined)
    this.watches.clear()
  }
}

function closed(): UserError {
  return new UserError('The run is closed.', 'closed')
}

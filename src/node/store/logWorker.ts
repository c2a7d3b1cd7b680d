/** The main thread's end of the worker that searches a log and makes its summary. */
import { Worker } from 'node:worker_threads'
import type { Query } from '../../shared/protocol/rows'
import type { RunSummary } from '../../shared/protocol/summary'

export interface AnswerPiece {
  readonly message_id: string
  readonly from: number
  readonly text: string
}

/** To the worker. `grew` names the end of the last whole line. */
export type ToWorker =
  | { readonly type: 'grew'; readonly bytes: number }
  | { readonly type: 'search'; readonly id: number; readonly query: Query }
  | { readonly type: 'cancel'; readonly id: number }
  | { readonly type: 'summarize'; readonly id: number }

export type FromWorker =
  | { readonly type: 'found'; readonly id: number; readonly positions: Float64Array; readonly scanned: number }
  | {
      readonly type: 'summary'
      readonly id: number
      readonly summary: RunSummary
      readonly answers: readonly AnswerPiece[]
    }
  | { readonly type: 'failed'; readonly message: string }

export interface WorkerData {
  readonly path: string
  readonly eventsOffset: number
}

export class LogWorker {
  private readonly worker: Worker
  private readonly searches = new Map<number, (positions: Float64Array, scanned: number) => void>()
  private nextId = 1
  private readonly summaries = new Map<number, (summary: RunSummary, answers: readonly AnswerPiece[]) => void>()

  /**
   * @param script the worker's bundle
   * @param onFailure told when the thread can't go on (a file gone, a defect)
   */
  constructor(script: string, workerData: WorkerData, onFailure: (message: string) => void) {
    this.worker = new Worker(script, { workerData, name: 'tapedeck log reader' })
    this.worker.on('message', (message: FromWorker) => {
      if (message.type === 'found') this.searches.get(message.id)?.(message.positions, message.scanned)
      else if (message.type === 'summary') this.summaries.get(message.id)?.(message.summary, message.answers)
      else onFailure(message.message)
    })
    this.worker.on('error', (error) => {
      onFailure(error instanceof Error ? error.message : String(error))
    })
    this.worker.unref()
  }

  grew(bytes: number): void {
    this.post({ type: 'grew', bytes })
  }

  /** Searches everything there is and what comes; dispose ends it. */
  search(query: Query, onFound: (positions: Float64Array, scanned: number) => void): { dispose(): void } {
    const id = this.nextId++
    this.searches.set(id, onFound)
    this.post({ type: 'search', id, query })
    return {
      dispose: () => {
        this.searches.delete(id)
        this.post({ type: 'cancel', id })
      },
    }
  }

  /** Makes the summary now and after each growth; answers come in pieces. The result ends it. */
  summarize(listener: (summary: RunSummary, answers: readonly AnswerPiece[]) => void): () => void {
    const id = this.nextId++
    this.summaries.set(id, listener)
    this.post({ type: 'summarize', id })
    return () => {
      this.summaries.delete(id)
      this.post({ type: 'cancel', id })
    }
  }

  dispose(): void {
    this.searches.clear()
    void this.worker.terminate()
  }

  private post(message: ToWorker): void {
    this.worker.postMessage(message)
  }
}

/** The main thread's end of a search over runs. Each search has a thread of its own, so that even an expression without end can be ended. */
import { Worker } from 'node:worker_threads'
import type { TextQuery } from '../../shared/protocol/rows'
import { UserError } from '../../shared/userError'
import type { RunHit, SearchBounds, SearchEnd, SearchedRun } from './searchRuns'

export interface SearchData {
  readonly runs: readonly SearchedRun[]
  readonly query: TextQuery
  readonly bounds: SearchBounds
}

/** Hits of one run, in order; a run may be told of several times. */
export interface FoundInRun {
  readonly id: string
  readonly hits: readonly RunHit[]
  /** It has more than are told. */
  readonly isCut: boolean
}

export type FromSearch =
  | { readonly type: 'hits'; readonly found: readonly FoundInRun[] }
  | { readonly type: 'end'; readonly end: SearchEnd }
  | { readonly type: 'failed'; readonly message: string; readonly isOwn: boolean }

export interface RunSearch {
  /** Rejects with a UserError for a bad expression; undefined when it was stopped. */
  readonly ended: Promise<SearchEnd | undefined>
  stop(): void
}

/** @param script the bundle of searchWorker.ts */
export function startRunSearch(
  script: string,
  data: SearchData,
  onFound: (found: readonly FoundInRun[]) => void,
): RunSearch {
  const worker = new Worker(script, { workerData: data, name: 'tapedeck run search' })
  worker.unref()
  let isStopped = false
  const ended = new Promise<SearchEnd | undefined>((resolve, reject) => {
    worker.on('message', (message: FromSearch) => {
      if (isStopped) return
      if (message.type === 'hits') onFound(message.found)
      else if (message.type === 'end') resolve(message.end)
      else reject(message.isOwn ? new UserError(message.message, 'bad_expression') : new Error(message.message))
    })
    worker.on('error', reject)
    worker.on('exit', () => {
      resolve(undefined)
    })
  })
  return {
    ended,
    stop: () => {
      isStopped = true
      void worker.terminate()
    },
  }
}

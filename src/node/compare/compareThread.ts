/** The main thread's end of a comparison. */
import { Worker } from 'node:worker_threads'
import type { Comparison } from '../../shared/protocol/compare'
import type { CompareOptions } from './compareLogs'
import { UserError } from '../../shared/userError'

export interface CompareThreadData {
  /** Paths of the logs. */
  readonly left: string
  readonly right: string
}

export interface ComparedLogs {
  readonly comparison: Comparison
  /** The same, the right run on the left. */
  readonly swapped: Comparison
}

export type FromCompareThread =
  | { readonly type: 'progress'; readonly done: number }
  | ({ readonly type: 'compared' } & ComparedLogs)
  /** `code` where it is an error for the person. */
  | { readonly type: 'failed'; readonly message: string; readonly code?: string }

/**
 * Compares two run logs in a thread that lives as long as that takes.
 * @param script the thread's bundle
 * @throws UserError when a log can't be read; what `signal` was aborted with
 */
export function compareInThread(
  script: string,
  logs: CompareThreadData,
  options: CompareOptions = {},
): Promise<ComparedLogs> {
  const { signal, onProgress } = options
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const worker = new Worker(script, { workerData: logs, name: 'tapedeck comparison' })
    const end = (settle: () => void): void => {
      signal?.removeEventListener('abort', onAbort)
      void worker.terminate()
      settle()
    }
    const fail = (error: Error): void => {
      end(() => {
        reject(error)
      })
    }
    const onAbort = (): void => {
      const reason: unknown = signal?.reason
      fail(reason instanceof Error ? reason : new Error('The comparison was cancelled.'))
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    worker.on('message', (message: FromCompareThread) => {
      switch (message.type) {
        case 'progress':
          onProgress?.(message.done)
          break
        case 'compared':
          end(() => {
            resolve({ comparison: message.comparison, swapped: message.swapped })
          })
          break
        case 'failed':
          fail(message.code === undefined ? new Error(message.message) : new UserError(message.message, message.code))
      }
    })
    worker.on('error', (error: unknown) => {
      fail(error instanceof Error ? error : new Error(String(error)))
    })
    worker.on('exit', () => {
      fail(new Error('The comparison ended without a result.'))
    })
  })
}

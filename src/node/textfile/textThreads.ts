/** Starts the threads of text files. */
import { Worker } from 'node:worker_threads'
import type { Ripgrep } from './ripgrepSearch'
import type { TextThreads } from './textFileStore'
import { TextReader, type ThreadLike } from './textReader'

/** What a thread is started for. */
export interface TextWorkerData {
  readonly role: 'read' | 'scan'
  readonly ripgrep?: Ripgrep
}

/** Below that our own search is there before another program has begun. */
const RIPGREP_FROM_BYTES = 16 * 1024 * 1024

/**
 * @param script the bundle of textWorker.ts
 * @param ripgrep the path of the program that searches large files, if there is one
 */
export function createTextThreads(script: string, ripgrep?: string): TextThreads {
  const start = (role: 'read' | 'scan'): ThreadLike => {
    const workerData: TextWorkerData = {
      role,
      ...(ripgrep === undefined ? {} : { ripgrep: { path: ripgrep, fromBytes: RIPGREP_FROM_BYTES } }),
    }
    const worker = new Worker(script, { workerData, name: `tapedeck text ${role}` })
    worker.unref()
    return {
      postMessage: (message) => worker.postMessage(message),
      onMessage: (listener) => worker.on('message', listener as (message: unknown) => void),
      onError: (listener) => worker.on('error', listener),
      terminate: () => worker.terminate(),
    }
  }
  return { reader: new TextReader(() => start('read')), startScanner: () => start('scan') }
}

/** Starts the threads of text files. */
import { Worker } from 'node:worker_threads'
import type { TextThreads } from './textFileStore'
import { TextReader, type ThreadLike } from './textReader'

/** @param script the bundle of textWorker.ts */
export function createTextThreads(script: string): TextThreads {
  const start = (role: 'read' | 'scan'): ThreadLike => {
    const worker = new Worker(script, { workerData: role, name: `tapedeck text ${role}` })
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

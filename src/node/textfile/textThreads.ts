/** Starts the threads of text files. */
import { Worker } from 'node:worker_threads'
import type { CustomFormat } from '../../core/lines/formats/custom'
import type { TextThreads } from './textFileStore'
import { TextReader, type ThreadLike } from './textReader'

/** What a thread of textWorker.ts is started with. */
export interface TextWorkerData {
  readonly role: 'read' | 'scan'
  /** The person's own formats of lines, good ones. */
  readonly formats: readonly CustomFormat[]
}

/**
 * @param script the bundle of textWorker.ts
 * @param formats the person's own formats of lines as they are when a file is opened, good ones
 */
export function createTextThreads(script: string, formats: () => readonly CustomFormat[] = () => []): TextThreads {
  const start = (role: TextWorkerData['role']): ThreadLike => {
    const workerData: TextWorkerData = { role, formats: formats() }
    const worker = new Worker(script, { workerData, name: `tapedeck text ${role}` })
    worker.unref()
    return {
      postMessage: (message) => worker.postMessage(message),
      onMessage: (listener) => worker.on('message', listener as (message: unknown) => void),
      onError: (listener) => {
        worker.on('error', listener)
        worker.on('exit', (code) => {
          listener(new Error(`it ended with code ${String(code)}`))
        })
      },
      terminate: () => worker.terminate(),
    }
  }
  return { reader: new TextReader(() => start('read')), startScanner: () => start('scan') }
}

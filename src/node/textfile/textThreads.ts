/** Starts the threads of text files. */
import { Worker } from 'node:worker_threads'
import type { CustomFormat } from '../../core/lines/formats/custom'
import type { Ripgrep } from './ripgrepSearch'
import type { TextThreads } from './textFileStore'
import { TextReader, type ThreadLike } from './textReader'

/** What a thread of textWorker.ts is started with. */
export interface TextWorkerData {
  readonly role: 'read' | 'scan'
  /** The person's own formats of lines, good ones. */
  readonly formats: readonly CustomFormat[]
  readonly ripgrep?: Ripgrep
}

export interface TextThreadSettings {
  /** The person's own formats of lines as they are when a file is opened, good ones. */
  readonly formats?: () => readonly CustomFormat[]
  /** The path of the program that searches large files, if there is one. */
  readonly ripgrep?: string
}

/** Below that our own search is there before another program has begun. */
const RIPGREP_FROM_BYTES = 16 * 1024 * 1024

/** @param script the bundle of textWorker.ts */
export function createTextThreads(script: string, { formats, ripgrep }: TextThreadSettings = {}): TextThreads {
  const start = (role: TextWorkerData['role']): ThreadLike => {
    const workerData: TextWorkerData = {
      role,
      formats: formats?.() ?? [],
      ...(ripgrep === undefined ? {} : { ripgrep: { path: ripgrep, fromBytes: RIPGREP_FROM_BYTES } }),
    }
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

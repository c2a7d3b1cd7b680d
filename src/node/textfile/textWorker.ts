/** The bundle of the threads that read and search text files; `workerData` says which of them this is. */
import { parentPort, workerData } from 'node:worker_threads'
import { compileFormat } from '../../core/lines/formats/custom'
import { followFile } from './fileFollowing'
import { serveScans } from './scanThread'
import { serveTextFiles } from './textThread'
import type { TextWorkerData } from './textThreads'

const port = {
  post: (message: unknown) => parentPort?.postMessage(message),
  onMessage: (listener: (message: never) => void) => parentPort?.on('message', listener as (message: unknown) => void),
}

const { role, formats, ripgrep } = workerData as TextWorkerData
if (role === 'scan') serveScans(port, { formats: formats.map(compileFormat), ripgrep })
else serveTextFiles(port, followFile)

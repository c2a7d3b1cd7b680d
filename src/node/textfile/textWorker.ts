/** The bundle of the threads that read and search text files; `workerData` says which of them this is. */
import { parentPort, workerData } from 'node:worker_threads'
import { followFile } from './fileFollowing'
import { serveScans } from './scanThread'
import { serveTextFiles } from './textThread'

const port = {
  post: (message: unknown) => parentPort?.postMessage(message),
  onMessage: (listener: (message: never) => void) => parentPort?.on('message', listener as (message: unknown) => void),
}

if (workerData === 'scan') serveScans(port)
else serveTextFiles(port, followFile)

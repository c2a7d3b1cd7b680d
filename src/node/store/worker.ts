/** The bundle of the threads that read and search a log, so that the extension host never waits for a scan. */
import { parentPort, workerData } from 'node:worker_threads'
import type { WorkerData } from './logProtocol'
import { serveLog } from './readThread'
import { serveSearches } from './searchThread'

const port = {
  post: (message: unknown) => parentPort?.postMessage(message),
  onMessage: (listener: (message: never) => void) => parentPort?.on('message', listener as (message: unknown) => void),
}

const data = workerData as WorkerData
if (data.role === 'search') serveSearches(port, data)
else serveLog(port, data)

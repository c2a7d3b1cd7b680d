/** The bundle of the threads that read and search text files; `workerData` says which of them this is. */
import { parentPort } from 'node:worker_threads'
import { followFile } from './fileFollowing'
import { serveTextFiles } from './textThread'

serveTextFiles(
  {
    post: (message) => parentPort?.postMessage(message),
    onMessage: (listener) => parentPort?.on('message', listener),
  },
  followFile,
)

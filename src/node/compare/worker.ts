/** The thread of one comparison: reading two logs and finding what differs would hold up the extension host. */
import { parentPort, workerData } from 'node:worker_threads'
import { UserError } from '../../shared/userError'
import { compareBothWays } from './compareLogs'
import type { FromCompareThread, CompareThreadData } from './compareThread'

const { left, right } = workerData as CompareThreadData

function post(message: FromCompareThread): void {
  parentPort?.postMessage(message)
}

compareBothWays(left, right, {
  onProgress: (done) => {
    post({ type: 'progress', done })
  },
}).then(
  (compared) => {
    post({ type: 'compared', ...compared })
  },
  (error: unknown) => {
    const code = error instanceof UserError ? error.code : undefined
    const message = error instanceof Error ? error.message : String(error)
    post({ type: 'failed', message, ...(code === undefined ? {} : { code }) })
  },
)

/** The thread of one search over runs; it ends with the search. */
import { parentPort, workerData } from 'node:worker_threads'
import { isUserError } from '../../shared/userError'
import type { FromSearch, SearchData } from './runSearch'
import { searchRuns, type RunHit, type SearchedRun } from './searchRuns'

const { runs, query, bounds } = workerData as SearchData
/** News are told at most this often. */
const TELL_MS = 60

let told = 0
let waiting: { id: string; hits: RunHit[]; isCut: boolean }[] = []

function post(message: FromSearch): void {
  parentPort?.postMessage(message)
}

function tell(): void {
  told = performance.now()
  if (waiting.length > 0) post({ type: 'hits', found: waiting })
  waiting = []
}

function take({ capture_id }: SearchedRun, hits: readonly RunHit[], isCut: boolean): void {
  const last = waiting.at(-1)
  if (last?.id === capture_id) {
    last.hits.push(...hits)
    last.isCut ||= isCut
  } else waiting.push({ id: capture_id, hits: [...hits], isCut })
  if (performance.now() - told >= TELL_MS) tell()
}

searchRuns(runs, query, bounds, take).then(
  (end) => {
    tell()
    post({ type: 'end', end })
  },
  (error: unknown) => {
    tell()
    post({ type: 'failed', message: error instanceof Error ? error.message : String(error), isOwn: isUserError(error) })
  },
)

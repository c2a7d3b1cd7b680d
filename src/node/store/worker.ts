/** The worker thread of one log: it reads the file on its own, so that the extension host never waits for a scan. */
import { parentPort, workerData } from 'node:worker_threads'
import { createEventMatcher, isInTime } from '../../core/query/textMatcher'
import { createRunReducer, type RunReducer } from '../../core/reduce/byKind'
import { createAnswerLedger } from '../../core/reduce/capture'
import type { Query } from '../../shared/protocol/rows'
import { keyFilter } from '../runlog/blockIndex'
import { parseEventLine, stampOf } from '../runlog/format'
import { readLines, readLogInfo } from '../runlog/reader'
import type { FromWorker, ToWorker, WorkerData } from './logWorker'

const { path, eventsOffset } = workerData as WorkerData
/** Results are told at most this often. */
const TELL_MS = 100

/** Something that reads the log from its beginning on, as far as it goes. */
abstract class Scan {
  private offset = eventsOffset
  private position = 0
  private running = false
  cancelled = false

  /** Reads on to the end of what is known; calls at the same time become one. */
  async run(): Promise<void> {
    if (this.running) return
    this.running = true
    try {
      await this.prepare()
      while (this.offset < known && !this.cancelled) await this.scanTo(known)
      if (!this.cancelled) this.tell(this.offset)
    } finally {
      this.running = false
    }
  }

  private async scanTo(end: number): Promise<void> {
    let told = performance.now()
    for await (const line of readLines(path, this.offset, end, this.position)) {
      this.take(line.bytes, line.position)
      this.offset = line.offset + line.bytes.length + 1
      this.position = line.position + 1
      if (performance.now() - told < TELL_MS) continue
      this.tell(this.offset)
      // Messages (a cancel, growth) are only seen when the thread is let go.
      await new Promise(setImmediate)
      if (this.cancelled) return
      told = performance.now()
    }
    if (this.offset < end) this.offset = end
  }

  /** What must be known before the first line is read. */
  protected prepare(): Promise<void> {
    return Promise.resolve()
  }

  protected abstract take(bytes: Buffer, position: number): void
  protected abstract tell(scanned: number): void
}

class Search extends Scan {
  private found: number[] = []
  private readonly wanted: ((key: string) => boolean) | undefined
  private readonly matches: ((line: string) => boolean) | undefined

  constructor(
    private readonly id: number,
    private readonly query: Query,
  ) {
    super()
    this.wanted = keyFilter(query)
    this.matches = createEventMatcher(query)
  }

  protected take(bytes: Buffer, position: number): void {
    const { key, timeMs } = stampOf(bytes, 0, bytes.length)
    if (this.wanted?.(key) === false || !isInTime(this.query, timeMs)) return
    if (this.matches?.(bytes.toString('utf8')) !== false) this.found.push(position)
  }

  protected tell(scanned: number): void {
    const positions = Float64Array.from(this.found)
    this.found = []
    post({ type: 'found', id: this.id, positions, scanned })
  }
}

class Summary extends Scan {
  private reducer: RunReducer | undefined
  private ledger: ReturnType<typeof createAnswerLedger> | undefined

  constructor(private readonly id: number) {
    super()
  }

  protected override async prepare(): Promise<void> {
    if (this.reducer !== undefined) return
    const { head } = await readLogInfo(path)
    this.reducer = createRunReducer(head.kind)
    if (this.reducer.capture !== undefined) this.ledger = createAnswerLedger(this.reducer.capture)
  }

  protected take(bytes: Buffer): void {
    const { key, timeMs } = stampOf(bytes, 0, bytes.length)
    if (this.reducer?.wants(key.split(':')[0] ?? '') !== true) {
      this.reducer?.count?.(key, 1, timeMs)
      return
    }
    const event = parseEventLine(bytes.toString('utf8'))
    if (event !== undefined) this.reducer.add(event)
  }

  protected tell(): void {
    if (this.reducer === undefined) return
    post({ type: 'summary', id: this.id, summary: this.reducer.summary(), answers: this.ledger?.changes() ?? [] })
  }
}

let known = eventsOffset
const scans = new Map<number, Scan>()

function post(message: FromWorker): void {
  parentPort?.postMessage(message)
}

function start(scan: Scan): void {
  scan.run().catch((error: unknown) => {
    post({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
  })
}

function begin(id: number, scan: Scan): void {
  scans.set(id, scan)
  start(scan)
}

parentPort?.on('message', (message: ToWorker) => {
  switch (message.type) {
    case 'grew':
      known = Math.max(known, message.bytes)
      for (const scan of scans.values()) start(scan)
      break
    case 'search':
      begin(message.id, new Search(message.id, message.query))
      break
    case 'summarize':
      begin(message.id, new Summary(message.id))
      break
    case 'cancel': {
      const scan = scans.get(message.id)
      if (scan !== undefined) scan.cancelled = true
      scans.delete(message.id)
    }
  }
})

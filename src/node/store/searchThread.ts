/** The thread that searches a log for its store: several searches, each a little at a time. */
import { TextKernel } from '../../core/lines/wasm/textKernel'
import { Column } from '../runlog/blockIndex'
import { SCAN_TEXT_BYTES } from '../textfile/scanText'
import type { ThreadPort } from '../textfile/textThread'
import type { FromSearcher, ToSearcher, WorkerData } from './logProtocol'
import { LogSearch } from './logSearch'

/** One search has the thread for so long. */
const TURN_MS = 10
const TELL_MS = 100
/** So many found are told at once. */
const FULL = 65_536

interface Running {
  readonly search: LogSearch
  found: Column<Float64Array<ArrayBuffer>>
  toldAt: number
  isIdle: boolean
}

/** Serves until the thread ends. */
export function serveSearches(port: ThreadPort<FromSearcher, ToSearcher>, { path, eventsOffset }: WorkerData): void {
  const kernel = new TextKernel(SCAN_TEXT_BYTES)
  const running = new Map<number, Running>()
  let known = eventsOffset
  let last: Running | undefined
  let next: NodeJS.Immediate | undefined

  function turn(): void {
    next = undefined
    for (const [id, one] of running) {
      if (one.isIdle) continue
      if (one !== last) one.search.resume()
      last = one
      try {
        search(id, one)
      } catch (error) {
        end(id)
        port.post({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) })
      }
    }
    turnSoon()
  }

  function search(id: number, one: Running): void {
    const began = performance.now()
    for (;;) {
      const isMore = one.search.step(known)
      const now = performance.now()
      const isFirst = one.toldAt === Number.NEGATIVE_INFINITY && one.found.length > 0
      if (!isMore || isFirst || one.found.length >= FULL || (one.toldAt > 0 && now - one.toldAt > TELL_MS))
        tell(id, one, now)
      one.isIdle = !isMore
      if (!isMore || (now - began > TURN_MS && !one.search.isWithinLine)) return
    }
  }

  function tell(id: number, one: Running, now: number): void {
    one.toldAt = now
    const positions = one.found.slice(0)
    one.found = new Column(Float64Array)
    port.post({ type: 'found', id, positions, scanned: one.search.scanned })
  }

  function end(id: number): void {
    running.get(id)?.search.close()
    running.delete(id)
  }

  function turnSoon(): void {
    if ([...running.values()].some(({ isIdle }) => !isIdle)) next ??= setImmediate(turn)
  }

  port.onMessage((message) => {
    if (message.type === 'grew') {
      known = Math.max(known, message.bytes)
      for (const one of running.values()) one.isIdle = false
    } else if (message.type === 'search') {
      const { id, query, stretches } = message
      try {
        const one: Running = {
          search: new LogSearch(path, kernel, query, stretches, (position) => {
            one.found.push(position)
          }),
          found: new Column(Float64Array),
          toldAt: Number.NEGATIVE_INFINITY,
          isIdle: false,
        }
        running.set(id, one)
      } catch (error) {
        port.post({ type: 'failed', id, message: error instanceof Error ? error.message : String(error) })
      }
    } else {
      end(message.id)
      port.post({ type: 'cancelled', id: message.id })
    }
    turnSoon()
  })
}

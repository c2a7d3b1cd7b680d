/** A recorded run in memory as a panel's bridge needs it: all of it is there, and nothing happens to it any more. */
import { levelOf } from '../../shared/events/levels'
import type { RunInfo } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import { createAnswerLedger } from '../reduce/capture'
import { MemoryLog } from '../store/memoryLog'
import { MemoryStore } from '../store/memoryStore'
import { MemoryTimeline } from '../store/memoryTimeline'
import { RunPass } from '../store/runPass'
import type { BridgeRun } from './bridge'

/** @param bytes the run's log */
export async function memoryRun(info: RunInfo, bytes: Uint8Array): Promise<BridgeRun> {
  const pass = new RunPass(info.kind)
  const log = await MemoryLog.read(bytes, (event, position) => {
    const { phase, data, timestamp } = event ?? { phase: 'damaged', data: {}, timestamp: '' }
    const time = Date.parse(timestamp)
    const isWanted = pass.wants(phase, levelOf(phase, data), time)
    pass.add({ time, offset: position, end: position + 1 }, isWanted ? event : undefined)
  })
  const over = (): Promise<never> =>
    Promise.reject(new UserError('This is a recorded run: it is over, and only looked at here.', 'recorded'))
  const store = new MemoryStore(log, new MemoryTimeline(log, pass))
  const startedMs = Date.parse(info.started_at)
  const elapsed_ms = info.duration_ms ?? Math.max(0, (store.growth.lastTime ?? startedMs) - startedMs)
  return {
    info: { ...info, elapsed_ms },
    store,
    onDidChange: () => () => undefined,
    stop: over,
    write: over,
    mark: over,
    summarize: (listener) => {
      const { reducer } = pass
      const answers = reducer.capture === undefined ? [] : createAnswerLedger(reducer.capture).changes()
      // Not at once: the panel has not been answered yet.
      queueMicrotask(() => {
        listener(reducer.summary(), answers)
      })
      return () => undefined
    },
  }
}

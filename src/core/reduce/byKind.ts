/** The reducer that makes the summary of a run of some kind. */
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import type { RunSummary } from '../../shared/protocol/summary'
import { createCaptureReducer, relevantPhases, type CaptureReducer } from './capture'
import { createFollowReducer } from './follow'
import { createLaunchReducer } from './launch'
import { createSessionReducer } from './session'
import { createStreamReducer } from './stream'
import { UsageCourse, type UsageCourseSnapshot } from './usageCourse'

/** What a reader of a log needs to know of a reducer, whatever the run is. */
export interface RunReducer {
  /** Whether an event of this phase may change the summary now; a reader need not parse others. */
  wants(phase: string): boolean
  add(event: AnyEvent): void
  /**
   * Where it is there, told of what `wants` refused, without a parse: so many events of one key (`phase` or
   * `phase:level`), the last of them at `time` (milliseconds since the epoch).
   */
  count?(key: string, count: number, time: number): void
  summary(): RunSummary
  /**
   * What it knows now, to go on from (`createRunReducer`). It can be cloned, and shares with the reducer and other snapshots
   * what does not change any more: nothing in it may be changed.
   */
  snapshot(): unknown
  /** The reducer of a capture, which alone has answers. */
  readonly capture?: CaptureReducer
}

interface Snapshot {
  readonly ofKind: unknown
  readonly usage: UsageCourseSnapshot
}

/** @param snapshot of a reducer of the same kind, to go on from */
export function createRunReducer(kind: RunKind, snapshot?: unknown): RunReducer {
  const before = snapshot as Snapshot | undefined
  const reducer = reducerOfKind(kind, before?.ofKind)
  const usage = new UsageCourse(before?.usage)
  return {
    wants: (phase) => phase === 'usage' || reducer.wants(phase),
    add: (event) => {
      const time = Date.parse(event.timestamp)
      usage.reach(time)
      if (event.phase === 'usage') usage.add(event.data, time)
      reducer.add(event)
    },
    ...(reducer.count === undefined
      ? {}
      : {
          count: (key, count, time) => {
            reducer.count?.(key, count, time)
          },
        }),
    summary: () => {
      const course = usage.summary()
      return { ...reducer.summary(), ...(course === undefined ? {} : { usage_course: course }) }
    },
    snapshot: () => ({ ofKind: reducer.snapshot(), usage: usage.snapshot() }) satisfies Snapshot,
    ...(reducer.capture === undefined ? {} : { capture: reducer.capture }),
  }
}

function reducerOfKind(kind: RunKind, snapshot: unknown): RunReducer {
  if (kind === 'follow') return createFollowReducer(snapshot)
  if (kind === 'session') return createSessionReducer(snapshot)
  // What is sent to us is a stream of lines too.
  if (kind === 'stream' || kind === 'ingest') return createStreamReducer(snapshot)
  if (kind === 'launch') return createLaunchReducer(snapshot)
  const capture = createCaptureReducer(snapshot)
  return {
    wants: (phase) => relevantPhases.has(phase),
    add: (event) => {
      capture.add(event)
    },
    summary: () => capture.summary(),
    snapshot: () => capture.snapshot(),
    capture,
  }
}

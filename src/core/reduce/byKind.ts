/** The reducer that makes the summary of a run of some kind. */
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import type { RunSummary } from '../../shared/protocol/summary'
import { createCaptureReducer, relevantPhases, type CaptureReducer } from './capture'
import { createFollowReducer } from './follow'
import { createLaunchReducer } from './launch'
import { createSessionReducer } from './session'
import { createStreamReducer } from './stream'

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

/** @param snapshot of a reducer of the same kind, to go on from */
export function createRunReducer(kind: RunKind, snapshot?: unknown): RunReducer {
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

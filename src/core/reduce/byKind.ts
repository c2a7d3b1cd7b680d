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
  /** The reducer of a capture, which alone has answers. */
  readonly capture?: CaptureReducer
}

/** @param snapshot what a reducer of the same kind gave: the new one goes on from there */
export function createRunReducer(kind: RunKind, snapshot?: unknown): RunReducer {
  if (kind === 'follow') return createFollowReducer(snapshot)
  if (kind === 'session') return createSessionReducer(snapshot)
  // What is sent to us is a stream of lines too.
  if (kind === 'stream' || kind === 'ingest') return createStreamReducer(snapshot)
  if (kind === 'launch') return createLaunchReducer()
  const capture = createCaptureReducer()
  return {
    wants: (phase) => relevantPhases.has(phase),
    add: (event) => {
      capture.add(event)
    },
    summary: () => capture.summary(),
    capture,
  }
}

/** The reducer that makes the summary of a run of some kind. */
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import type { RunSummary } from '../../shared/protocol/summary'
import { createCaptureReducer, relevantPhases, type CaptureReducer } from './capture'
import { createLaunchReducer } from './launch'

/** What a reader of a log needs to know of a reducer, whatever the run is. */
export interface RunReducer {
  /** Whether an event of this phase may change the summary now; a reader need not parse others. */
  wants(phase: string): boolean
  add(event: AnyEvent): void
  summary(): RunSummary
  /**
   * What it knows now, to go on from (`createRunReducer`). It can be cloned, and shares with the reducer and other snapshots
   * what does not change any more: nothing in it may be changed.
   */
  snapshot(): unknown
  /** The reducer of a capture, which alone has answers. */
  readonly capture?: CaptureReducer
}

/**
 * Kinds without a summary of their own are told like captures: searches, answers, usage, errors.
 * @param snapshot of a reducer of that kind, to go on from
 */
export function createRunReducer(kind: RunKind, snapshot?: unknown): RunReducer {
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

/** What a timeline draws of a run, and the state of a run at one of its events. Plain types: the webview sees them without zod. */
import type { RunSummary } from './summary'

/** Events over time: bucket `i` is from `from + i * step` (inclusive) to the next one (exclusive), in milliseconds since the epoch. */
export interface LevelSeries {
  readonly from: number
  /** Milliseconds of a bucket. */
  readonly step: number
  /** Counts of each bucket by level, `none` for events without one; a level that never came is absent. */
  readonly counts: Readonly<Record<string, readonly number[]>>
  /** False while the log is still being read for the first time. */
  readonly complete: boolean
}

/** A stretch of the run with a name: a phase, an iteration, the answering of a prompt. */
export interface TimelineBand {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly from: number
  /** Absent while it lasts. */
  readonly to?: number
  readonly label: string
}

/** One event that is worth a tick. */
export interface TimelineTick {
  readonly seq: number
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly label: string
}

/** What is known of the whole run; each list is bounded, and says how many it left out. */
export interface TimelineInfo {
  /** Of the first and the last event, in milliseconds since the epoch; equal for a run without events. */
  readonly start: number
  readonly end: number
  readonly bands: readonly TimelineBand[]
  readonly errors: readonly TimelineTick[]
  /** Markers in the log itself; those that were set later are the notes' (`hello`, `marks`). */
  readonly markers: readonly TimelineTick[]
  /** Where a step by turn stops: prompts that were sent, messages of the user, iterations, phases. */
  readonly turns: readonly TimelineTick[]
  /** Gaps without an event of over 2 s, ascending, the longest 10,000 of them. */
  readonly idle: readonly (readonly [from: number, to: number])[]
  readonly left_out: number
  /** False while the log is still being read for the first time. */
  readonly complete: boolean
}

/** A network request as a bar. */
export interface RequestBar {
  readonly seq: number
  readonly from: number
  /** Absent where its end is not known. */
  readonly to?: number
  readonly method: string
  readonly url: string
  readonly status?: number
  readonly failed?: true
}

/** The run as it was when the event at `position` had come. */
export interface ReplayState {
  readonly position: number
  /** Of that event; milliseconds since the epoch. */
  readonly time: number
  readonly summary: RunSummary
  /** Events so far, as `grew` tells those of the whole run. */
  readonly phaseCounts: Readonly<Record<string, number>>
  readonly levelCounts: Readonly<Record<string, number>>
  /** The answers so far, whole. */
  readonly answers: readonly { readonly message_id: string; readonly text: string }[]
}

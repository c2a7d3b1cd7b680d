/**
 * What a view reads a run through: a count, windows of short rows, one event in full. The run log and a text file look
 * the same from here. A position is the ordinal of an event line in the log, from 0; in a whole log it equals `seq`.
 */
import type { AnyEvent } from '../../shared/events/schema'
import type { EntryLines, Query, Row } from '../../shared/protocol/rows'
import type { UserError } from '../../shared/userError'
import type { LevelSeries, ReplayState, RequestBar, TimelineInfo } from '../../shared/protocol/timeline'

export type Listener<T> = (value: T) => void
export type Unsubscribe = () => void
export type EventSource<T> = (listener: Listener<T>) => Unsubscribe

export interface Growth {
  /** Whole event lines. */
  readonly size: number
  /** Bytes of the log up to the last whole line. */
  readonly bytes: number
  readonly phaseCounts: Readonly<Record<string, number>>
  readonly levelCounts: Readonly<Record<string, number>>
  /** Milliseconds since the epoch of the last event, if any. */
  readonly lastTime?: number
}

/** Where a row is looked for: at an event, a time (milliseconds since the epoch), or a line of a text, from 1. */
export type Place = { readonly seq: number } | { readonly time: number } | { readonly line: number }

export interface View {
  readonly count: number
  /** False while a scan is still finding rows; `count` grows until then. */
  readonly complete: boolean
  /** Why the search could not go on; what was found until then stays, and nothing more comes. */
  readonly problem?: UserError | undefined
  readonly onDidChange: EventSource<undefined>
  /** Rows `from` (inclusive) to `to` (exclusive) of this view, clamped to what there is. */
  rows(from: number, to: number): Promise<readonly Row[]>
  /** The index in this view of the first row at or after that place; `count` when there is none. */
  positionOf(at: Place): Promise<number>
  dispose(): void
}

export interface EventStore {
  readonly growth: Growth
  readonly onDidGrow: EventSource<Growth>
  /** The file was truncated or replaced: every position is void. */
  readonly onDidReset: EventSource<undefined>
  view(query: Query, signal?: AbortSignal): Promise<View>
  /** One event in full. @throws RangeError when there is no such position */
  detail(position: number): Promise<EventDetail>
  /** A search is likely to come soon: what takes time to begin is begun. */
  prepareSearch?(): void
  /** Of a run log; text files have none. */
  readonly timeline?: Timeline
  dispose(): void
}

/** What is asked of a run over time. Whatever is not awaited any more ends by its signal. */
export interface Timeline {
  /** @param from inclusive @param to exclusive, both in milliseconds since the epoch */
  levels(from: number, to: number, buckets: number, signal?: AbortSignal): Promise<LevelSeries>
  /** Reads the run for it when it is first asked. */
  info(): Promise<TimelineInfo>
  /** It changed since `info` told it; at most once a second. */
  readonly onDidChange: EventSource<TimelineInfo>
  requests(
    from: number,
    to: number,
    signal?: AbortSignal,
  ): Promise<{ requests: readonly RequestBar[]; left_out: number }>
  /** @throws RangeError when there is no such position */
  stateAt(position: number, signal?: AbortSignal): Promise<ReplayState>
}

export interface EventDetail {
  readonly position: number
  /** Length of the line in bytes. */
  readonly bytes: number
  /** Absent when the line is damaged or longer than a detail may be. */
  readonly event?: AnyEvent
  /** The beginning of the line as it is in the file, when `event` is absent. */
  readonly text?: string
  /** Of a line of a text file whose entry has several. */
  readonly entry?: EntryLines
}

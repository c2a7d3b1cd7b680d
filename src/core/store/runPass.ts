/**
 * One pass over the events of a run: feeds its summary and its timeline, and keeps keyframes of the summary for a Replayer.
 * Whoever reads the events (a log line by line, or a list in memory) asks of each whether it is wanted whole.
 */
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import type { ReplayState } from '../../shared/protocol/timeline'
import { createRunReducer, type RunReducer } from '../reduce/byKind'
import { Keyframes, type Keyframe } from '../reduce/keyframes'
import { createTimelineReducer, type TimelineReducer } from '../reduce/timeline'
import type { KeyCounts } from './keyCounts'

/** An event as its line stands in the log; in memory, where there are no lines, `offset` and `end` may be positions. */
export interface EventPlace {
  /** Milliseconds since the epoch; NaN for a damaged line. */
  readonly time: number
  /** Where its line begins and where the next one does. */
  readonly offset: number
  readonly end: number
}

/** A state without what only the keys of all events tell. */
export type ReducedState = Omit<ReplayState, keyof KeyCounts>

export class RunPass {
  readonly reducer: RunReducer
  readonly timeline: TimelineReducer = createTimelineReducer()
  readonly keyframes: Keyframes
  private position = 0
  private time = Number.NaN
  private isReduced = false
  private isDrawn = false

  /** @param maxKeyframeBytes bound of what the keyframes hold */
  constructor(
    readonly kind: RunKind,
    maxKeyframeBytes?: number,
  ) {
    this.reducer = createRunReducer(kind)
    this.keyframes = new Keyframes(maxKeyframeBytes)
  }

  /** Whether the next event must be given whole; `add` must follow. @param level its level (levelOf), if it has one */
  wants(phase: string, level: string | undefined, time: number): boolean {
    this.isReduced = isReduced(this.reducer, phase, level, time)
    this.isDrawn = this.timeline.wants(phase, level, time)
    return this.isReduced || this.isDrawn
  }

  /** @param event undefined where it is not wanted, or can't be read */
  add({ time, offset, end }: EventPlace, event: AnyEvent | undefined): void {
    this.position++
    // What is damaged happened when the one before it did.
    if (!Number.isNaN(time)) this.time = time
    this.timeline.pass(time)
    const isReduced = this.isReduced && event !== undefined
    if (event !== undefined) {
      if (isReduced) this.reducer.add(event)
      if (this.isDrawn) this.timeline.add(event)
    }
    if (this.keyframes.pass(end - offset, isReduced))
      this.keyframes.add({ position: this.position, offset: end, time: this.time, snapshot: this.reducer.snapshot() })
  }
}

/** Makes the state of a run as of any of its events, by the keyframes of a pass and the events behind the nearest. */
export class Replayer {
  private reducer: RunReducer
  /** The next event that the reducer has not seen, and the time of the last one that it has. */
  private place: Pick<Keyframe, 'position' | 'offset' | 'time'>

  /** @param start where the first event's line begins */
  constructor(
    private readonly kind: RunKind,
    private readonly keyframes: Keyframes,
    private readonly start: number,
  ) {
    this.reducer = createRunReducer(kind)
    this.place = { position: 0, offset: start, time: Number.NaN }
  }

  /**
   * Goes to the nearest known state at or before the one behind the event at `position`, which may be where it stands.
   * @returns the first event that must be added, `add` by `add`, up to that at `position`
   */
  seek(position: number): { readonly position: number; readonly offset: number } {
    const frame = this.keyframes.before(position + 1)
    if (this.place.position > position + 1 || this.place.position < (frame?.position ?? 0)) {
      this.reducer = createRunReducer(this.kind, frame?.snapshot)
      this.place = frame ?? { position: 0, offset: this.start, time: Number.NaN }
    }
    return this.place
  }

  /** Whether the next event must be given whole; `add` must follow. @param level its level (levelOf), if it has one */
  wants(phase: string, level: string | undefined, time: number): boolean {
    return isReduced(this.reducer, phase, level, time)
  }

  /**
   * @param end where the next event's line begins
   * @param time of the event; NaN for a damaged line
   * @param event undefined where it is not wanted, or can't be read
   */
  add(end: number, time: number, event: AnyEvent | undefined): void {
    const { position, time: last } = this.place
    this.place = { position: position + 1, offset: end, time: Number.isNaN(time) ? last : time }
    if (event !== undefined) this.reducer.add(event)
  }

  /** The state behind the last event that was added. */
  state(): ReducedState {
    const { position, time } = this.place
    const { capture } = this.reducer
    const answers = [...(capture?.answers ?? [])].map(([message_id, { pieces }]) => ({
      message_id,
      text: pieces.join(''),
    }))
    return { position: position - 1, time: Number.isNaN(time) ? 0 : time, summary: this.reducer.summary(), answers }
  }
}

/** Whether a reducer takes an event whole; else it counts it, where it counts. */
function isReduced(reducer: RunReducer, phase: string, level: string | undefined, time: number): boolean {
  if (reducer.wants(phase)) return true
  reducer.count?.(level === undefined ? phase : `${phase}:${level}`, 1, time)
  return false
}

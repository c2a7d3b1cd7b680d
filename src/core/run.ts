/**
 * A Run: the only writer of `seq`. It takes drafts from its sources in one order, redacts and stamps them, and hands them
 * to the log in batches: the first at once, then at most every 16 ms or 256 kB.
 */
import { levelOf } from '../shared/events/levels'
import type { EventDraft } from '../shared/events/schema'

export interface Clock {
  /** Milliseconds since the epoch. */
  wall(): number
  /** Milliseconds that never jump; durations come from here. */
  monotonic(): number
  /** Runs `action` once after `ms`; the result cancels it. */
  after(ms: number, action: () => void): () => void
}

/** One stamped event, as the log writes it. */
export interface StampedEvent {
  /** The event as JSON, without comma or newline. */
  readonly json: string
  readonly seq: number
  readonly timeMs: number
  /** `phase`, or `phase:level` for an event that has a level: what the index counts. */
  readonly key: string
  readonly draft: EventDraft
}

/** Where a run's events go. */
export interface EventSink {
  /** Takes a batch; a promise means that the sink is behind, and resolves when it has caught up. */
  append(events: readonly StampedEvent[]): Promise<void> | undefined
}

interface DraftRedactor {
  redact(draft: EventDraft): readonly EventDraft[]
}

const BATCH_INTERVAL_MS = 16
const BATCH_CHARS = 256 * 1024
/** A difference between wall and monotonic clock that is a jump and not drift. */
const CLOCK_JUMP_MS = 1000

export class Run {
  readonly phaseCounts = new Map<string, number>()
  readonly levelCounts = new Map<string, number>()
  /** Events that could not be kept, by `dropped` events. */
  dropped = 0
  private nextSeq = 0
  private pending: StampedEvent[] = []
  private pendingChars = 0
  private lastFlush = Number.NEGATIVE_INFINITY
  private cancelTimer: (() => void) | undefined
  private flushQueued = false
  private behind: Promise<void> | undefined
  private lastStamp = 0
  private lastIso = ''
  private clockOffset: number
  private readonly prefix: string

  constructor(
    readonly captureId: string,
    private readonly clock: Clock,
    private readonly redactor: DraftRedactor,
    private readonly sink: EventSink,
  ) {
    this.prefix = `{"capture_id":"${captureId}","seq":`
    this.clockOffset = clock.wall() - clock.monotonic()
  }

  get eventCount(): number {
    return this.nextSeq
  }

  /** Redacts, stamps and queues one event. The promise, if any, resolves when the log has caught up. */
  emit(draft: EventDraft): Promise<void> | undefined {
    this.noteClockJump()
    for (const clean of this.redactor.redact(draft)) this.stamp(clean)
    return this.behind
  }

  /** Hands everything that is queued to the sink now. */
  flush(): Promise<void> | undefined {
    this.cancelTimer?.()
    this.cancelTimer = undefined
    this.flushQueued = false
    if (this.pending.length === 0) return this.behind
    const batch = this.pending
    this.pending = []
    this.pendingChars = 0
    this.lastFlush = this.clock.monotonic()
    const behind = this.sink.append(batch)
    if (behind) {
      const settled: Promise<void> = behind.finally(() => {
        if (this.behind === settled) this.behind = undefined
      })
      this.behind = settled
    }
    return this.behind
  }

  private noteClockJump(): void {
    const offset = this.clock.wall() - this.clock.monotonic()
    const delta = offset - this.clockOffset
    if (Math.abs(delta) <= CLOCK_JUMP_MS) return
    this.clockOffset = offset
    this.stamp({ phase: 'clock', data: { delta_ms: Math.round(delta) } })
  }

  private stamp(draft: EventDraft): void {
    const now = Math.floor(this.clock.wall())
    if (now > this.lastStamp) {
      this.lastStamp = now
      this.lastIso = new Date(now).toISOString()
    }
    const seq = this.nextSeq++
    const level = levelOf(draft.phase, draft.data)
    count(this.phaseCounts, draft.phase)
    if (level !== undefined) count(this.levelCounts, level)
    if (draft.phase === 'dropped') this.dropped += draft.data.count
    const json = `${this.prefix}${String(seq)},"timestamp":"${this.lastIso}","phase":"${draft.phase}","data":${JSON.stringify(draft.data)}}`
    const key = level === undefined ? draft.phase : `${draft.phase}:${level}`
    this.pending.push({ json, seq, timeMs: this.lastStamp, key, draft })
    this.pendingChars += json.length
    this.schedule()
  }

  private schedule(): void {
    if (this.pendingChars >= BATCH_CHARS) {
      void this.flush()
      return
    }
    if (this.flushQueued) return
    this.flushQueued = true
    const wait = this.lastFlush + BATCH_INTERVAL_MS - this.clock.monotonic()
    if (wait > 0) {
      this.cancelTimer = this.clock.after(wait, () => void this.flush())
    } else {
      // A microtask, so that the events of one decoded chunk travel together.
      void Promise.resolve().then(() => {
        if (this.flushQueued && this.cancelTimer === undefined) void this.flush()
      })
    }
  }
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

/**
 * A Run: the only writer of `seq`. It takes drafts and output from its sources in one order, redacts and stamps them, and
 * hands them to the log as bytes in batches: the first at once, then at most every 17 ms or 256 kB.
 */
import { levelOf } from '../shared/events/levels'
import type { EventDraft } from '../shared/events/schema'
import { EventBuffer, type EventBatch } from './eventBatch'
import { LineEncoder, type LineOrigin, type LineRedactor } from './lines/lineEncoder'

export interface Clock {
  /** Milliseconds since the epoch. */
  wall(): number
  /** Milliseconds that never jump; durations come from here. */
  monotonic(): number
  /** Runs `action` once after `ms`; the result cancels it. */
  after(ms: number, action: () => void): () => void
}

/** Where a run's events go. */
export interface EventSink {
  /** Takes a batch; a promise means that the sink is behind, and resolves when it has caught up. */
  append(batch: EventBatch): Promise<void> | undefined
}

export interface DraftRedactor extends LineRedactor {
  redact(draft: EventDraft): readonly EventDraft[]
}

/** What came while the log could not be written. */
export interface Lost {
  readonly count: number
  /** Of output, as it was printed; of what had become events before only the count is known. */
  readonly bytes: number
}

/** Viewers are told 60 times a second at most: a batch that is not sooner than that is told of as soon as it is written. */
const BATCH_INTERVAL_MS = 17
const BATCH_BYTES = 256 * 1024
/** A difference between wall and monotonic clock that is a jump and not drift. */
const CLOCK_JUMP_MS = 1000

export class Run {
  private readonly seq = { next: 0 }
  private readonly buffer = new EventBuffer()
  private readonly encoders = new Map<string, LineEncoder>()
  private lastFlush = Number.NEGATIVE_INFINITY
  private cancelTimer: (() => void) | undefined
  private flushQueued = false
  private behind: Promise<void> | undefined
  private lastStamp = 0
  private lastIso = ''
  private second = Number.NaN
  private secondIso = ''
  private clockOffset: number
  private readonly prefix: string
  private lost: { count: number; bytes: number } | undefined
  /** The gap that was told last: the number of its `dropped` event, and what it told. */
  private gap: { seq: number; count: number; bytes: number } | undefined
  /** Events that could not be kept, by the `dropped` events so far. */
  dropped = 0

  constructor(
    readonly captureId: string,
    private readonly clock: Clock,
    private readonly redactor: DraftRedactor,
    private readonly sink: EventSink,
    /** Infinity: a batch goes when it is full, for who reads faster than time passes. */
    private readonly batchIntervalMs = BATCH_INTERVAL_MS,
  ) {
    this.prefix = `{"capture_id":"${captureId}","seq":`
    this.clockOffset = clock.wall() - clock.monotonic()
  }

  get eventCount(): number {
    return this.seq.next
  }

  /** Redacts, stamps and queues one event. The promise, if any, resolves when the log has caught up. */
  emit(draft: EventDraft): Promise<void> | undefined {
    this.noteClockJump()
    for (const clean of this.redactor.redact(draft)) this.write(clean)
    return this.behind
  }

  /**
   * Takes output as it comes, cut anywhere; its whole lines become `log_line`s. The bytes may be used again afterwards.
   * The promise, if any, resolves when the log has caught up.
   */
  output(origin: LineOrigin, bytes: Uint8Array): Promise<void> | undefined {
    this.noteClockJump()
    this.encoderOf(origin).feed(bytes)
    return this.behind
  }

  /** The stream is over: a last line without newline counts. */
  endOutput(origin: LineOrigin): void {
    this.encoderOf(origin).end()
  }

  /** Hands everything that is queued to the sink now. */
  flush(): Promise<void> | undefined {
    this.cancelTimer?.()
    this.cancelTimer = undefined
    this.flushQueued = false
    if (this.buffer.at === 0) return this.behind
    this.lastFlush = this.clock.monotonic()
    const behind = this.sink.append(this.buffer.take())
    if (behind) {
      const settled: Promise<void> = behind.finally(() => {
        if (this.behind === settled) this.behind = undefined
      })
      this.behind = settled
    }
    return this.behind
  }

  /**
   * The log can't be written: what comes from now on is counted and let go.
   * @param written events that are in the log; the next one that is kept gets that `seq`
   * @param unwritten events that were handed over and are not in the log
   */
  breakOff(written: number, unwritten: number): void {
    const batch = this.buffer.take()
    let count = unwritten + batch.count + (this.lost?.count ?? 0)
    let bytes = this.lost?.bytes ?? 0
    batch.release()
    if (this.gap !== undefined && this.gap.seq >= written) {
      // The event that told the last gap is not in the log either: both gaps are one.
      count += this.gap.count - 1
      bytes += this.gap.bytes
      this.dropped -= this.gap.count
    }
    this.gap = undefined
    this.lost = { count, bytes }
    this.seq.next = written
    this.behind = undefined
  }

  /** The log can be written again, or is tried: one `dropped` event tells the gap. */
  resume(why: string): void {
    const { lost } = this
    this.lost = undefined
    if (lost === undefined || lost.count === 0) return
    this.gap = { seq: this.seq.next, ...lost }
    this.write({
      phase: 'dropped',
      data: { count: lost.count, why, ...(lost.bytes === 0 ? {} : { bytes: lost.bytes }) },
    })
  }

  /** What came since the log could not be written; undefined while it can. */
  get unkept(): Lost | undefined {
    return this.lost
  }

  private encoderOf(origin: LineOrigin): LineEncoder {
    const key = origin.source === undefined ? origin.stream : `${origin.stream} ${origin.source}`
    let encoder = this.encoders.get(key)
    if (encoder === undefined) {
      encoder = new LineEncoder(origin, {
        captureId: this.captureId,
        buffer: this.buffer,
        clock: this.clock,
        redactor: this.redactor,
        seq: this.seq,
        now: () => this.stampNow(),
        emit: (draft) => {
          for (const clean of this.redactor.redact(draft)) this.write(clean)
        },
        didWrite: () => {
          this.schedule()
        },
        lost: () => this.lost,
      })
      this.encoders.set(key, encoder)
    }
    return encoder
  }

  private noteClockJump(): void {
    const offset = this.clock.wall() - this.clock.monotonic()
    const delta = offset - this.clockOffset
    if (Math.abs(delta) <= CLOCK_JUMP_MS) return
    this.clockOffset = offset
    this.write({ phase: 'clock', data: { delta_ms: Math.round(delta) } })
  }

  /** The stamp of an event that happens now: never earlier than the last one. */
  private stampNow(): { ms: number; iso: string } {
    const now = Math.floor(this.clock.wall())
    if (now > this.lastStamp) {
      this.lastStamp = now
      this.lastIso = this.isoOf(now)
    }
    return { ms: this.lastStamp, iso: this.lastIso }
  }

  /** Of a second only the milliseconds are new. */
  private isoOf(ms: number): string {
    const inSecond = ms % 1000
    if (ms - inSecond !== this.second) {
      this.second = ms - inSecond
      this.secondIso = new Date(this.second).toISOString().slice(0, -4)
    }
    return `${this.secondIso}${String(inSecond).padStart(3, '0')}Z`
  }

  private write(draft: EventDraft): void {
    if (this.lost !== undefined) {
      this.lost.count++
      return
    }
    const { ms, iso } = this.stampNow()
    const seq = this.seq.next++
    const level = levelOf(draft.phase, draft.data)
    if (draft.phase === 'dropped') this.dropped += draft.data.count
    const comma = seq === 0 ? '' : ','
    this.buffer.text(
      `${comma}${this.prefix}${String(seq)},"timestamp":"${iso}","phase":"${draft.phase}","data":${JSON.stringify(draft.data)}}\n`,
    )
    this.buffer.ended(level === undefined ? draft.phase : `${draft.phase}:${level}`, ms)
    this.schedule()
  }

  private schedule(): void {
    if (this.buffer.at >= BATCH_BYTES) {
      void this.flush()
      return
    }
    if (this.flushQueued) return
    this.flushQueued = true
    const wait = this.lastFlush + this.batchIntervalMs - this.clock.monotonic()
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

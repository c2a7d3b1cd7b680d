/**
 * Event lines as bytes on their way to the log, and the buffer in which a Run gathers them. The hot path (lines of output)
 * writes into the buffer itself, so its fields are open to the line encoder.
 */

/** A stretch of whole event lines, small enough to count as one for the block index. */
export interface Segment {
  readonly bytes: number
  readonly count: number
  /** Milliseconds since the epoch of its first event. */
  readonly timeMs: number
  readonly lastTimeMs: number
  /** Events by key: `phase`, or `phase:level` for an event that has a level. */
  readonly counts: Readonly<Record<string, number>>
}

/** Whole lines, each with its comma before (but for seq 0) and its newline behind. */
export interface EventBatch {
  /** Belongs to the sink until it calls `release`. */
  readonly bytes: Uint8Array
  readonly count: number
  readonly segments: readonly Segment[]
  /** Gives the memory back. */
  release(): void
}

const BUFFER_BYTES = 320 * 1024
const SEGMENT_BYTES = 32 * 1024
/** Buffers that are kept for the next batch: as many as may wait for a disk. */
const KEPT_BUFFERS = 80

const encoder = new TextEncoder()

export class EventBuffer {
  bytes: Uint8Array = new Uint8Array(BUFFER_BYTES)
  /** Where the next byte goes. */
  at = 0
  private segments: Segment[] = []
  private segmentStart = 0
  private segmentCount = 0
  private segmentTime = 0
  private lastTime = 0
  private counts: Record<string, number> = {}
  private readonly spare: Uint8Array[] = []

  /** Makes room for so many more bytes. */
  reserve(bytes: number): void {
    if (this.bytes.length - this.at >= bytes) return
    const larger = new Uint8Array(Math.max(this.bytes.length * 2, this.at + bytes))
    larger.set(this.bytes.subarray(0, this.at))
    this.bytes = larger
  }

  text(text: string): void {
    // A UTF-16 unit becomes at most three bytes.
    this.reserve(text.length * 3)
    this.at += encoder.encodeInto(text, this.bytes.subarray(this.at)).written
  }

  /** Counts the event that ends at `at`. */
  ended(key: string, timeMs: number): void {
    this.count(key, 1, timeMs)
    this.closeFull()
  }

  /** Counts so many events of one kind; `closeFull` must follow when all bytes are there. */
  count(key: string, events: number, timeMs: number): void {
    if (this.segmentCount === 0) this.segmentTime = timeMs
    this.segmentCount += events
    this.lastTime = timeMs
    this.counts[key] = (this.counts[key] ?? 0) + events
  }

  /** Begins a new segment where this one is large enough. */
  closeFull(): void {
    if (this.at - this.segmentStart >= SEGMENT_BYTES) this.closeSegment()
  }

  /** What was gathered, as one batch; the buffer is empty then. */
  take(): EventBatch {
    this.closeSegment()
    const { bytes, at, segments } = this
    const count = segments.reduce((sum, segment) => sum + segment.count, 0)
    this.bytes = this.spare.pop() ?? new Uint8Array(BUFFER_BYTES)
    this.at = 0
    this.segmentStart = 0
    this.segments = []
    return {
      bytes: bytes.subarray(0, at),
      count,
      segments,
      release: () => {
        if (bytes.length === BUFFER_BYTES && this.spare.length < KEPT_BUFFERS) this.spare.push(bytes)
      },
    }
  }

  private closeSegment(): void {
    if (this.segmentCount === 0) return
    this.segments.push({
      bytes: this.at - this.segmentStart,
      count: this.segmentCount,
      timeMs: this.segmentTime,
      lastTimeMs: this.lastTime,
      counts: this.counts,
    })
    this.segmentStart = this.at
    this.segmentCount = 0
    this.counts = {}
  }
}

/** Time and bytes of the demo site's streams: pauses that scale and end with their owner, and a record of every write. */
import { EventEmitter, once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** One write of a stream: when it was handed to the socket, and its text. */
export interface Write {
  /** Epoch milliseconds with a fraction, from the monotonic clock (`performance.timeOrigin + performance.now()`). */
  readonly at: number
  /** The text of the write; at most 4096 characters of it are kept. */
  readonly text: string
}

/** The most writes that are remembered; the oldest tenth goes when it is reached. */
export const WRITES_KEPT = 100_000
const TEXT_KEPT = 4096

/** Remembers when each piece of a stream was written, so that a bench can compare it with what a recorder saw. */
export class WriteRecord {
  readonly entries: Write[] = []
  private readonly waiting = new Set<{ readonly text: string; readonly found: () => void }>()

  /** Notes one write, at this moment. Call it just before the bytes go to the socket. */
  note(text: string): void {
    if (this.entries.length >= WRITES_KEPT) this.entries.splice(0, WRITES_KEPT / 10)
    // A copy, because a slice would keep the whole long string alive.
    const kept = text.length > TEXT_KEPT ? Buffer.from(text.slice(0, TEXT_KEPT)).toString() : text
    this.entries.push({ at: performance.timeOrigin + performance.now(), text: kept })
    for (const waiting of this.waiting) {
      if (!text.includes(waiting.text)) continue
      this.waiting.delete(waiting)
      waiting.found()
    }
  }

  /** Calls `found` at the next write that contains `text`, unless the result is called before. */
  whenWritten(text: string, found: () => void): () => void {
    const waiting = { text, found }
    this.waiting.add(waiting)
    return () => this.waiting.delete(waiting)
  }
}

/** Pauses of the scenarios, divided by a speed. They can be held, so that a test need not race a stream. */
export class Pace {
  private held: EventEmitter | undefined

  /** @param speed 1 is the pace as written, 10 is ten times as fast; must be above 0. */
  constructor(private readonly speed: number) {}

  /**
   * Waits `ms` at speed 1; under one real millisecond it doesn't wait at all.
   * @throws AbortError when the signal fires first.
   */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    const real = ms / this.speed
    if (real >= 1) await sleep(real, undefined, { signal })
    else signal.throwIfAborted()
    if (this.held !== undefined) await once(this.held, 'over', { signal })
  }

  /** No pause ends from now on, until the result is called. */
  hold(): () => void {
    const hold = new EventEmitter()
    this.held = hold
    return () => {
      if (this.held === hold) this.held = undefined
      hold.emit('over')
    }
  }
}

/** Whether an error only says that the owner of a stream ended it. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** The clock of a run that is read from a file: it stands where the file says, and never goes back. */
import type { Clock } from '../run'

interface Timer {
  readonly at: number
  readonly action: () => void
}

export class SourceClock implements Clock {
  private timers: readonly Timer[] = []
  /** When the first of them is due. */
  private next = Number.POSITIVE_INFINITY

  /** @param now milliseconds since the epoch */
  constructor(private now: number) {}

  /** Times run at the pace of the file, so both are one. */
  wall(): number {
    return this.now
  }

  monotonic(): number {
    return this.now
  }

  after(ms: number, action: () => void): () => void {
    const timer = { at: this.now + ms, action }
    this.keep([...this.timers, timer])
    return () => {
      this.keep(this.timers.filter((one) => one !== timer))
    }
  }

  /** Lets the time pass until then, with what is due meanwhile; a time before the last, or none (NaN), changes nothing. */
  advance(to: number): void {
    if (!(to > this.now)) return
    while (this.next <= to) {
      const first = this.timers.find(({ at }) => at === this.next)
      this.keep(this.timers.filter((one) => one !== first))
      this.now = Math.max(this.now, first?.at ?? 0)
      first?.action()
    }
    this.now = to
  }

  private keep(timers: readonly Timer[]): void {
    this.timers = timers
    this.next = timers.reduce((least, { at }) => Math.min(least, at), Number.POSITIVE_INFINITY)
  }
}

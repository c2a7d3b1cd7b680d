/** The clock of a run that is read from a file: it stands where the file says, and never goes back. */
import type { Clock } from '../run'

interface Timer {
  readonly at: number
  readonly action: () => void
}

export class SourceClock implements Clock {
  private timers: Timer[] = []

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
    this.timers.push(timer)
    return () => {
      this.timers = this.timers.filter((one) => one !== timer)
    }
  }

  /** Lets the time pass until then, with what is due meanwhile; a time before the last, or none (NaN), changes nothing. */
  advance(to: number): void {
    if (!(to > this.now)) return
    for (;;) {
      const due = this.timers.filter(({ at }) => at <= to)
      const first = due.reduce<Timer | undefined>((a, b) => (a === undefined || b.at < a.at ? b : a), undefined)
      if (first === undefined) break
      this.timers = this.timers.filter((one) => one !== first)
      this.now = Math.max(this.now, first.at)
      first.action()
    }
    this.now = to
  }
}

/**
 * The loggers that lines come from. A logger stands in the middle of a line, so a line must be parsed for it: the first
 * 100,000 lines all are, after that a stretch of 1,024 in each 16,384, which tells the shares of a log of any size.
 */
import type { LoggerSummary } from '../../shared/protocol/summary'

const WHOLE_LINES = 100_000
const STRETCH = 1024
const PERIOD = 16_384
const MAX_LOGGERS = 1000
const TOLD = 20
const MAX_NAME = 200

export interface LoggersState {
  readonly names: readonly (readonly [name: string, count: number])[]
  readonly leftOut: number
  readonly isEstimated: boolean
}

export class Loggers {
  private readonly counts: Map<string, number>
  private leftOut: number
  private isEstimated: boolean

  constructor(state?: LoggersState) {
    this.counts = new Map(state?.names)
    this.leftOut = state?.leftOut ?? 0
    this.isEstimated = state?.isEstimated ?? false
  }

  /** Whether the line behind so many others is one that is looked at. */
  wantsLine(before: number): boolean {
    return before < WHOLE_LINES || before % PERIOD < STRETCH
  }

  /** The line behind `before` others; what is not wanted is left alone. */
  add(logger: unknown, before: number): void {
    const isWhole = before < WHOLE_LINES
    if (!isWhole) this.isEstimated = true
    if (typeof logger !== 'string' || logger === '' || !this.wantsLine(before)) return
    const name = logger.slice(0, MAX_NAME)
    const weight = isWhole ? 1 : PERIOD / STRETCH
    const known = this.counts.get(name)
    if (known !== undefined) this.counts.set(name, known + weight)
    else if (this.counts.size < MAX_LOGGERS) this.counts.set(name, weight)
    else this.leftOut += weight
  }

  summary(): LoggerSummary {
    const loggers = [...this.counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).slice(0, TOLD)
    return {
      loggers: loggers.map(([name, count]) => ({ name, count })),
      ...(this.isEstimated && this.counts.size > 0 ? { loggers_estimated: true } : {}),
      ...(this.leftOut > 0 ? { loggers_left_out: this.leftOut } : {}),
    }
  }

  snapshot(): LoggersState {
    return { names: [...this.counts], leftOut: this.leftOut, isEstimated: this.isEstimated }
  }
}

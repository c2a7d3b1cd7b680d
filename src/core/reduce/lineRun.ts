/** What the summaries of followed files and of streams have in common: lines, loggers, errors. */
import type { AnyEvent } from '../../shared/events/schema'
import type { ErrorSummary, LineRates, LoggerSummary } from '../../shared/protocol/summary'
import { LineCounter, type LineRatesState } from './lineRates'
import { Loggers, type LoggersState } from './loggers'
import { Troubles, type TroublesState } from './troubles'

export interface LineRunState {
  readonly lines: LineRatesState
  readonly loggers: LoggersState
  readonly troubles: TroublesState
}

export class LineRun {
  private readonly lines: LineCounter
  private readonly loggers: Loggers
  private readonly troubles: Troubles

  constructor(state?: LineRunState) {
    this.lines = new LineCounter(state?.lines)
    this.loggers = new Loggers(state?.loggers)
    this.troubles = new Troubles(state?.troubles)
  }

  wants(phase: string): boolean {
    if (phase === 'log_line') return this.loggers.wantsLine(this.lines.lines)
    return phase === 'error' || phase === 'dropped'
  }

  add(event: AnyEvent): void {
    const { phase, data } = event
    const time = Date.parse(event.timestamp)
    if (phase === 'log_line') {
      this.loggers.add(data['logger'], this.lines.lines)
      this.lines.add(data['level'], 1, time)
      return
    }
    this.lines.tick(time)
    this.troubles.add(event)
  }

  /** `count` events that were not parsed; `key` is `phase` or `phase:level`, `time` that of the last of them. */
  count(key: string, count: number, time: number): void {
    const [phase, level] = key.split(':')
    if (phase === 'log_line') this.lines.add(level, count, time)
    else this.lines.tick(time)
  }

  get lastError(): (ErrorSummary & { readonly time: number }) | undefined {
    return this.troubles.last
  }

  summary(): LineRates & LoggerSummary & { readonly errors: readonly ErrorSummary[]; readonly dropped: number } {
    return { ...this.lines.summary(), ...this.loggers.summary(), ...this.troubles.summary() }
  }

  snapshot(): LineRunState {
    return {
      lines: this.lines.snapshot(),
      loggers: this.loggers.snapshot(),
      troubles: this.troubles.snapshot(),
    }
  }
}

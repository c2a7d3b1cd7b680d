/** Counts lines by level, in all and over the last minute. Its state is of fixed size. */
import type { LineRates } from '../../shared/protocol/summary'
import type { Level } from '../../shared/events/schema'

const levels: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const NONE = levels.length
const WINDOW_S = 60

/** Counts by level; the last of them is of lines without one. */
type Counts = number[]

export interface LineRatesState {
  readonly total: Counts
  /** The seconds of the last minute that had lines, ascending; seconds since the epoch. */
  readonly seconds: [second: number, counts: Counts][]
  first: number | undefined
  last: number | undefined
  /** Of the last event, a line or not; milliseconds since the epoch. */
  now: number
}

export class LineCounter {
  private readonly state: LineRatesState

  constructor(state?: LineRatesState) {
    this.state = structuredClone(state) ?? { total: none(), seconds: [], first: undefined, last: undefined, now: 0 }
  }

  get lines(): number {
    return sum(this.state.total)
  }

  /** The clock of the run: what is older than a minute now does not count for the last minute any more. */
  tick(time: number): void {
    const { state } = this
    if (!(time > state.now)) return
    state.now = time
    const oldest = Math.floor(time / 1000) - WINDOW_S
    let gone = 0
    while ((state.seconds[gone]?.[0] ?? Infinity) <= oldest) gone++
    if (gone > 0) state.seconds.splice(0, gone)
  }

  /** Lines of one level, the last of them at `time`. */
  add(level: unknown, count: number, time: number): void {
    const { state } = this
    const known = (levels as readonly unknown[]).indexOf(level)
    const at = known < 0 ? NONE : known
    state.total[at] = (state.total[at] ?? 0) + count
    if (!Number.isFinite(time)) return
    this.tick(time)
    state.first ??= time
    state.last = Math.max(state.last ?? time, time)
    const second = Math.floor(state.now / 1000)
    let open = state.seconds.at(-1)
    if (open?.[0] !== second) {
      open = [second, none()]
      state.seconds.push(open)
    }
    open[1][at] = (open[1][at] ?? 0) + count
  }

  summary(): LineRates {
    const { total, seconds, first, last } = this.state
    const minute = none()
    for (const [, counts] of seconds) for (const [i, count] of counts.entries()) minute[i] = (minute[i] ?? 0) + count
    return {
      lines: sum(total),
      levels: named(total),
      ...(first === undefined ? {} : { first_time: first }),
      ...(last === undefined ? {} : { last_time: last }),
      last_minute: { lines: sum(minute), levels: named(minute) },
    }
  }

  snapshot(): LineRatesState {
    return structuredClone(this.state)
  }
}

function none(): Counts {
  return new Array<number>(levels.length + 1).fill(0)
}

function sum(counts: Counts): number {
  return counts.reduce((all, count) => all + count, 0)
}

function named(counts: Counts): Record<string, number> {
  return Object.fromEntries(
    levels.flatMap((level, i) => {
      const count = counts[i] ?? 0
      return count > 0 ? [[level, count]] : []
    }),
  )
}

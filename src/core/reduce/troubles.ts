/** What went wrong in a run: its errors, and what could not be written. */
import type { AnyEvent } from '../../shared/events/schema'
import type { ErrorSummary } from '../../shared/protocol/summary'
import { countOf, numberOf, textOf } from './values'

const MAX_ERRORS = 200

export interface TroublesState {
  readonly errors: ErrorSummary[]
  readonly last: (ErrorSummary & { readonly time: number }) | undefined
  readonly dropped: number
}

export class Troubles {
  private readonly errors: ErrorSummary[]
  /** Also where the list is full; `time` in milliseconds since the epoch. */
  last: (ErrorSummary & { readonly time: number }) | undefined
  private dropped: number

  constructor(state?: TroublesState) {
    this.errors = [...(state?.errors ?? [])]
    this.last = state?.last
    this.dropped = state?.dropped ?? 0
  }

  /** An event of the phase `error` or `dropped`; others are left alone. */
  add({ seq, phase, timestamp, data }: AnyEvent): void {
    if (phase === 'dropped') this.dropped += countOf(data['count'])
    if (phase !== 'error') return
    const error = { seq, message: textOf(data['message']) ?? '', fatal: data['fatal'] === true }
    if (this.errors.length < MAX_ERRORS) this.errors.push(error)
    this.last = { ...error, time: numberOf(Date.parse(timestamp)) ?? 0 }
  }

  summary(): { readonly errors: readonly ErrorSummary[]; readonly dropped: number } {
    return { errors: [...this.errors], dropped: this.dropped }
  }

  snapshot(): TroublesState {
    return { errors: [...this.errors], last: this.last, dropped: this.dropped }
  }
}

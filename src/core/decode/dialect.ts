/** A format of event streams that many sites speak. One dialect is one module and one line of the list in decoders.ts. */
import type { RunCounters } from './counters'
import type { DecodeContext } from './decoder'
import { defined, type Json } from './json'

/** Reads one stream of a dialect. Must not throw, whatever comes. */
export interface DialectReader {
  /** One event whose data is a JSON object. */
  event(name: string, value: Json): void
  /** The literal `[DONE]`. */
  done(): void
  /** The stream is over, whole or broken off. */
  end(): void
}

/** A format, and how to know and read it. */
export interface Dialect {
  readonly name: string
  /** Whether a stream that has this event is of this dialect. Asked event by event until one dialect says yes. */
  readonly claims: (name: string, value: Json) => boolean
  readonly read: (context: DecodeContext, counters: RunCounters) => DialectReader
}

const MAX_REASON_CHARS = 2000

/** What the readers of all dialects share: one turn, that is told complete, failed or interrupted once. */
export class DialectTurn {
  private isOver = false
  private lastModel: string | undefined

  constructor(private readonly context: DecodeContext) {
    this.status('response_started')
    context.turn({ state: 'started' })
  }

  /** The model that answers; told when it is new. */
  model(model: string | undefined): void {
    if (model === undefined || model === this.lastModel) return
    this.lastModel = model
    this.status('model', { model })
  }

  /** A `browser_status` event. */
  status(status: string, more: { detail?: string | undefined; model?: string | undefined } = {}): void {
    this.context.emit({ phase: 'browser_status', data: { status, ...defined(more) } })
  }

  /** The stream proved that the answer is whole. */
  complete(): void {
    if (this.isOver) return
    this.isOver = true
    this.status('response_complete')
    this.context.turn({ state: 'complete' })
  }

  /** @param reason the server's own words */
  fail(code: string, reason: string): void {
    if (this.isOver) return
    this.isOver = true
    const error = { code, message: `The model’s server reports an error: ${reason.slice(0, MAX_REASON_CHARS)}` }
    this.context.emit({ phase: 'error', data: { ...error, fatal: true } })
    this.context.turn({ state: 'failed', error })
  }

  /** The stream is over; without a proof it was broken off. */
  end(): void {
    if (this.isOver) return
    this.isOver = true
    this.context.turn({ state: 'interrupted' })
  }
}

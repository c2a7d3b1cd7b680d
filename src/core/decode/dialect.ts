/** A format of event streams that many sites speak. One dialect is one module and one line of the list in decoders.ts. */
import type { BodyEnd, DecodeContext } from './decoder'
import type { Json } from './json'

export interface DialectReader {
  event(name: string, value: Json): void
  /** The literal `[DONE]`. */
  done(): void
  end(how: BodyEnd): void
}

export interface Dialect {
  readonly name: string
  /** Whether a stream whose first JSON event is this one is of this dialect. */
  claims(name: string, value: Json): boolean
  read(context: DecodeContext): DialectReader
}

/** What the readers of all dialects share: one turn, that is told complete, failed or interrupted once. */
export class DialectTurn {
  private over = false

  constructor(private readonly context: DecodeContext) {
    context.emit({ phase: 'browser_status', data: { status: 'response_started' } })
    context.turn({ state: 'started' })
  }

  model(model: string | undefined): void {
    if (model !== undefined) this.context.emit({ phase: 'browser_status', data: { status: 'model', model } })
  }

  complete(): void {
    if (this.over) return
    this.over = true
    this.context.emit({ phase: 'browser_status', data: { status: 'response_complete' } })
    this.context.turn({ state: 'complete' })
  }

  fail(code: string, message: string): void {
    if (this.over) return
    this.over = true
    const error = { code, message: `The model's server reports an error: ${message.slice(0, 2000)}` }
    this.context.emit({ phase: 'error', data: { ...error, fatal: true } })
    this.context.turn({ state: 'failed', error })
  }

  /** The stream is over; without a proof it was broken off. */
  end(): void {
    if (this.over) return
    this.over = true
    this.context.turn({ state: 'interrupted' })
  }
}

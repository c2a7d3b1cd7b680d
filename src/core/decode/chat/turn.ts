/**
 * One turn of a chat: a prompt and its answer, over as many carriers as it takes (facts on wire formats, 1.2). It knows what is
 * proved: a turn is complete by the proofs of 1.11 alone, and a carrier that ends without one leaves it interrupted.
 */
import type { DecodeContext, TurnError } from '../decoder'
import { defined } from '../json'
import type { MessageListener } from './messages'

/** What is known of a turn from its request. */
export interface TurnOrigin {
  readonly conversationId?: string | undefined
  /** The ids of the messages that the request sends: the prompt. */
  readonly promptIds: ReadonlySet<string>
  /** The message that the prompt answers: the end of the turn before. */
  readonly parentId?: string | undefined
  readonly model?: string | undefined
}

type State = 'new' | 'streaming' | 'handed_off' | 'interrupted' | 'over'

/** What a carrier's end depends on. */
export interface CarrierState {
  /** The answer goes on elsewhere: this carrier's end says nothing. */
  readonly handedOff: boolean
  /** `[DONE]` came. */
  readonly sawDone: boolean
}

export class Turn implements MessageListener {
  conversationId: string | undefined
  /** The site's own id of the turn (`turn_exchange_id`). */
  turnId: string | undefined
  private state: State = 'new'
  private hasStarted = false
  private hasText = false
  private isProved = false
  private model: string | undefined
  private isResolved = false
  /** What is told once a turn. */
  private readonly told = new Set<string>()

  constructor(
    private readonly context: DecodeContext,
    readonly number: number,
    readonly origin: TurnOrigin,
  ) {
    this.conversationId = origin.conversationId
  }

  get isOver(): boolean {
    return this.state === 'over'
  }

  /** The prompt was sent. */
  submitted(): void {
    this.status('prompt_submitted', { model: this.origin.model })
    this.context.turn({ state: 'submitted' })
  }

  /** A carrier begins to answer. */
  started(): void {
    if (this.state === 'new') this.state = 'streaming'
    if (this.hasStarted) return
    this.hasStarted = true
    this.status('response_started')
    this.context.turn({ state: 'started' })
  }

  /** The page asks for the rest over another carrier, or the rest comes there. */
  resumed(detail?: string): void {
    if (this.isOver) return
    this.state = 'streaming'
    this.status('stream_resumed', { detail })
    this.context.turn({ state: 'resumed' })
  }

  /** Something of this turn came over a WebSocket. */
  heardFromSocket(): void {
    if (this.state === 'handed_off' || this.state === 'interrupted') this.resumed('WebSocket')
    else this.started()
  }

  handedOff(): void {
    if (this.isOver) return
    this.state = 'handed_off'
    this.status('stream_handoff')
    this.context.turn({ state: 'handed_off' })
  }

  onAnswer(): void {
    this.hasText = true
  }

  /** The proof by the answer itself. What the stream still says belongs to the turn, so it is not over yet. */
  onFinished(): void {
    this.isProved = true
  }

  onModel(model: string, isResolved: boolean): void {
    // What really answered wins over what was asked for.
    if (model === this.model || (this.isResolved && !isResolved)) return
    this.model = model
    this.isResolved = isResolved
    this.status('model', { model })
  }

  onError(code: string, message: string): void {
    this.fail(chatError(code, message))
  }

  onPartial(why: string): void {
    this.status('response_partial', { detail: why })
  }

  /** The stream of the turn says that it is complete. */
  complete(): void {
    if (this.isOver) return
    this.state = 'over'
    this.status('response_complete')
    this.context.turn({ state: 'complete' })
  }

  /** The body of one carrier ended. */
  bodyEnded({ handedOff, sawDone }: CarrierState): void {
    if (this.isProved || (sawDone && !handedOff && this.hasText)) this.complete()
    else if (!handedOff) this.interrupted()
  }

  /** A WebSocket says that the turn is over. */
  socketDone(): void {
    if (this.isProved || this.hasText) this.complete()
    else this.interrupted()
  }

  /** Ends the turn; told once. An error that comes after the end is told without ending anything. */
  fail(error: TurnError): void {
    if (this.isOver) {
      if (this.firstTime(`error ${error.code}`)) this.error(error, false)
      return
    }
    this.state = 'over'
    this.told.add(`error ${error.code}`)
    this.error(error, true)
    this.context.turn({ state: 'failed', error })
  }

  /** A setback that the page may overcome: told, and the turn waits. */
  setback(error: TurnError): void {
    this.error(error, false)
    this.interrupted()
  }

  /** A carrier is gone. Without a proof the turn waits for another one. */
  interrupted(): void {
    if (this.isProved) this.complete()
    if (this.isOver || this.state === 'interrupted') return
    this.state = 'interrupted'
    this.context.turn({ state: 'interrupted' })
  }

  /** True the first time that a turn asks with this key. Bounded, so that a stream of new words floods nothing. */
  firstTime(key: string): boolean {
    if (this.told.has(key) || this.told.size > 200) return false
    this.told.add(key)
    return true
  }

  status(
    status: string,
    more: { detail?: string | undefined; model?: string | undefined; url?: string | undefined; raw?: unknown } = {},
  ): void {
    this.context.emit({ phase: 'browser_status', data: { status, ...defined(more) } })
  }

  private error(error: TurnError, fatal: boolean): void {
    this.context.emit({ phase: 'error', data: { ...error, fatal } })
  }
}

const MAX_REASON_CHARS = 2000

/** An error that the chat itself reports in a stream. */
export function chatError(code: string, reason: string): TurnError {
  return { code, message: `The chat reports an error: ${reason.slice(0, MAX_REASON_CHARS)}` }
}

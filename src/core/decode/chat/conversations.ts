/** The turns of a page's conversations, and which carrier belongs to which (facts on wire formats, 1.1, 1.2, 1.13). */
import type { BodyDecoder, BodyEnd, DecodeContext, Exchange } from '../decoder'
import type { RunCounters } from '../counters'
import { field, listField, numberField, parseJson, textField } from '../json'
import type { MalformedFrames } from '../malformed'
import { SseDecoder } from '../sse'
import { endpointOf, type Endpoint } from './endpoints'
import { failureOf, isChallenge } from './failures'
import { Leg, type Shared } from './leg'
import { Messages } from './messages'
import { Turn, type TurnOrigin } from './turn'

/** What a carrier says of its turn. */
export interface TurnIds {
  readonly turnId?: string | undefined
  readonly conversationId?: string | undefined
}

/** Turns that carriers may still speak of. */
const MAX_TURNS = 50
const MAX_WAITING = 1000

export class Conversations {
  readonly shared: Shared
  private turns: Turn[] = []
  private turnCount = 0
  /** The root streams of turns that have one. */
  private readonly roots = new WeakMap<Turn, Leg>()
  /** Turns whose root stream broke off: a resume goes on with its decoder. */
  private readonly broken = new WeakSet<Turn>()
  /** The turn of each request whose response has not come yet. */
  private readonly waiting = new Map<string, { readonly turn: Turn; readonly body: unknown }>()

  constructor(
    private readonly context: DecodeContext,
    malformed: MalformedFrames,
    counters: RunCounters,
  ) {
    const emit: Shared['emit'] = (draft) => {
      context.emit(draft)
    }
    this.shared = { messages: new Messages(emit, counters), malformed, emit }
  }

  /** A request of the page, if it concerns a turn. A request that is told twice counts once. */
  request(exchange: Exchange): void {
    const endpoint = endpointOf(exchange)
    if (endpoint === undefined || this.waiting.has(exchange.requestId)) return
    const body = parseJson(exchange.postData ?? '')
    if (endpoint === 'stop') {
      this.context.emit({ phase: 'browser_status', data: { status: 'stop_requested' } })
      return
    }
    const turn =
      endpoint === 'turn'
        ? this.begin(originOf(body))
        : this.turnFor({ conversationId: textField(body, 'conversation_id') })
    this.waiting.set(exchange.requestId, { turn, body })
    const [oldest] = this.waiting.keys()
    if (this.waiting.size > MAX_WAITING && oldest !== undefined) this.waiting.delete(oldest)
    if (endpoint === 'turn') turn.submitted()
    else turn.resumed()
  }

  /** Who reads the body of this response, if it concerns a turn. */
  response(exchange: Exchange): BodyDecoder | undefined {
    const endpoint = endpointOf(exchange)
    if (endpoint === undefined || endpoint === 'stop') return undefined
    const waiting = this.waiting.get(exchange.requestId)
    this.waiting.delete(exchange.requestId)
    const turn = waiting?.turn ?? (endpoint === 'turn' ? this.begin(originOf(undefined)) : this.turnFor({}))
    if (isChallenge(exchange)) {
      this.challenged(exchange)
      return undefined
    }
    if ((exchange.status ?? 200) >= 400) return this.refusal(exchange, endpoint, turn)
    turn.started()
    if (endpoint === 'turn') return this.rootBody(turn)
    return this.body(this.resumeLeg(turn, numberField(waiting?.body, 'offset')))
  }

  /** The carrier of a turn that began before we listened, or at an address that is not known. */
  unknownCarrier(): { readonly leg: Leg; readonly end: () => void } {
    const turn = this.begin(originOf(undefined))
    turn.started()
    const leg = new Leg(this.shared, turn, true)
    return {
      leg,
      end: () => {
        turn.bodyEnded(leg)
      },
    }
  }

  /** The turn that something speaks of; a new one where it can be none that is known. */
  turnFor(ids: TurnIds): Turn {
    const turn = this.knownTurn(ids) ?? this.begin({ conversationId: ids.conversationId, promptIds: new Set() })
    turn.turnId ??= ids.turnId
    turn.conversationId ??= ids.conversationId
    return turn
  }

  /** The newest turn that these ids can mean, one that is not over first. */
  knownTurn({ turnId, conversationId }: TurnIds): Turn | undefined {
    const newest = this.turns.toReversed()
    const byId = turnId === undefined ? undefined : newest.find((turn) => turn.turnId === turnId)
    if (byId !== undefined) return byId
    const fits = newest.filter(
      (turn) =>
        (turnId === undefined || turn.turnId === undefined) &&
        (conversationId === undefined || turn.conversationId === undefined || turn.conversationId === conversationId),
    )
    // What names a turn that nobody knows is not one that is over.
    return fits.find((turn) => !turn.isOver) ?? (turnId === undefined ? fits[0] : undefined)
  }

  private begin(origin: TurnOrigin): Turn {
    const turn = new Turn(this.context, this.turnCount++, origin)
    this.turns = [...this.turns.slice(1 - MAX_TURNS), turn]
    return turn
  }

  private rootBody(turn: Turn): BodyDecoder {
    const leg = new Leg(this.shared, turn, true)
    this.roots.set(turn, leg)
    return this.body(leg)
  }

  /** A broken root stream and its resume share one decoder; after a hand-off, and from the beginning, a new one begins. */
  private resumeLeg(turn: Turn, offset: number | undefined): Leg {
    const root = this.roots.get(turn)
    if (root === undefined || !this.broken.has(turn) || root.handedOff || offset === 0) {
      return new Leg(this.shared, turn, false)
    }
    if (offset !== undefined) root.resumeAt(offset)
    return root
  }

  private body(leg: Leg): BodyDecoder {
    const sse = new SseDecoder()
    return {
      push: (bytes) => {
        for (const event of sse.push(bytes)) leg.event(event)
      },
      end: (how: BodyEnd) => {
        // Of a broken stream the last event may be half, and a resume tells it again.
        const rest = sse.end()
        if (how === 'finished') for (const event of rest) leg.event(event)
        if (!leg.sawDone) this.broken.add(leg.turn)
        leg.turn.bodyEnded(leg)
      },
    }
  }

  private challenged({ status }: Exchange): void {
    const detail = 'The site wants to know that a person is there.'
    this.context.emit({ phase: 'browser_status', data: { status: 'human_needed', detail } })
    const message =
      'The chat answered with a challenge instead of an answer. Deal with it in the browser window, then send the prompt again.'
    const http_status = status === undefined ? {} : { http_status: status }
    this.context.emit({ phase: 'error', data: { message, code: 'challenge', fatal: false, ...http_status } })
  }

  private refusal(exchange: Exchange, endpoint: Endpoint, turn: Turn): BodyDecoder {
    return collectText((text) => {
      const error = failureOf(exchange, text)
      if (exchange.status === 401) turn.status('authentication_required')
      // A page whose resume is refused tries again or reads the stored answer.
      if (endpoint === 'resume') turn.setback(error)
      else turn.fail(error)
    })
  }
}

function originOf(body: unknown): TurnOrigin {
  const ids = listField(body, 'messages').map((message) => textField(message, 'id'))
  return {
    conversationId: textField(body, 'conversation_id'),
    promptIds: new Set(ids.filter((id) => id !== undefined)),
    // `continue` and `variant` name the message that they go on with; only a new prompt's parent is history.
    parentId: field(body, 'action') === 'next' ? textField(body, 'parent_message_id') : undefined,
    model: textField(body, 'model'),
  }
}

const MAX_TEXT_BYTES = 64 * 1024

/** A short body as text, cut at a bound. */
function collectText(onEnd: (text: string) => void): BodyDecoder {
  const utf8 = new TextDecoder()
  let text = ''
  let bytesLeft = MAX_TEXT_BYTES
  return {
    push: (bytes) => {
      text += utf8.decode(bytes.subarray(0, bytesLeft), { stream: true })
      bytesLeft = Math.max(0, bytesLeft - bytes.length)
    },
    end: () => {
      onEnd(text)
    },
  }
}

/**
 * One conversation of a page: its turns, told over the body of the turn's request, a resume, or a WebSocket (facts 1.2).
 * Each carrier is a leg with a delta decoder of its own; what the legs tell meets in `Messages`.
 */
import type { BodyDecoder, BodyEnd, DecodeContext, Exchange, TurnError } from '../decoder'
import { DeltaV1Decoder } from '../deltaV1'
import { field, isObject, parseJson, stringField, type Json } from '../json'
import { SseDecoder, type SseEvent } from '../sse'
import { endpointOf } from './endpoints'
import { failureOf, isChallenge } from './failures'
import { Messages, type LegTexts } from './messages'

/** Typed side events that say nothing that is not told otherwise. */
const QUIET = new Set([
  'resume_conversation_token',
  'input_message',
  'message_marker',
  'url_moderation',
  'conversation_detail_metadata',
  'conversation_async_status',
  'streaming_parent_patch',
  'num_variants_in_stream',
  'perf_stats',
  'system_hint_suggestion',
  'beacon_ui_response',
  'survey_campaign_effect',
  'ads',
  'heartbeat',
  'ping',
])

/** What is decoded with the same state: one stream, or a root stream and the resume that continues it. */
class Leg {
  readonly deltas = new DeltaV1Decoder()
  readonly texts: LegTexts = new Map()
  announced = false
  sawDone = false
}

export class Conversation {
  private readonly messages: Messages
  private root = new Leg()
  private broken = false
  private handoff = false
  private turnId: string | undefined
  private hasText = false
  private finished = false
  private streamComplete = false
  private over = true
  private readonly models = new Set<string>()
  private title = ''
  private started = false
  private malformed = 0
  private readonly told = new Set<string>()

  constructor(private readonly context: DecodeContext) {
    this.messages = new Messages({
      emit: (draft) => {
        context.emit(draft)
      },
      onAnswer: () => {
        this.hasText = true
      },
      onFinished: () => {
        this.finished = true
      },
      onModel: (model) => {
        this.tellModel(model)
      },
      onError: (code, message) => {
        this.fail({ code, message })
      },
    })
  }

  request(exchange: Exchange): void {
    const endpoint = endpointOf(exchange)
    if (endpoint === 'turn') this.beginTurn(exchange)
    else if (endpoint === 'resume') {
      this.context.emit({ phase: 'browser_status', data: { status: 'stream_resumed' } })
      this.context.turn({ state: 'resumed' })
    } else if (endpoint === 'stop') this.context.emit({ phase: 'browser_status', data: { status: 'stop_requested' } })
  }

  /** Who reads the body of this response, if it carries a turn. */
  response(exchange: Exchange): BodyDecoder | undefined {
    const endpoint = endpointOf(exchange)
    if (endpoint === undefined || endpoint === 'stop') return undefined
    if (isChallenge(exchange)) {
      this.context.emit({
        phase: 'browser_status',
        data: { status: 'human_needed', detail: 'The site wants to know that a person is there.' },
      })
      return undefined
    }
    if ((exchange.status ?? 200) >= 400)
      return new Refusal((body) => {
        this.refused(exchange, endpoint, body)
      })
    const leg = endpoint === 'resume' && this.broken && !this.handoff ? this.root : new Leg()
    if (endpoint === 'turn') this.root = leg
    this.broken = false
    this.start()
    return new StreamBody(leg, this, (how) => {
      this.endBody(leg, how)
    })
  }

  /** A leg for a topic of a WebSocket. */
  newLeg(): Leg {
    return new Leg()
  }

  /** One SSE event of a leg. */
  event(leg: Leg, { name, data, truncated }: SseEvent): void {
    if (truncated === true) {
      this.context.emit({
        phase: 'error',
        data: {
          message: 'One event of the stream was longer than 64 MB. Its beginning is kept, its rest is not decoded.',
          code: 'event_truncated',
          fatal: false,
        },
      })
      return
    }
    const text = data.trim()
    if (text === '') return
    if (text === '[DONE]') {
      leg.sawDone = true
      return
    }
    if (name === 'delta_encoding' || text === '"v1"' || text === 'v1') this.encoding(leg, text)
    else this.json(leg, name, parseJson(text), text)
  }

  /** A whole message from elsewhere (a conversation update). */
  wholeMessage(message: Json): void {
    this.messages.update(message, new Map(), { text: true, metadata: true })
  }

  /** The WebSocket says that the turn is over. */
  turnDone(): void {
    if (this.finished || this.streamComplete || this.hasText) this.complete()
  }

  fail(error: TurnError): void {
    if (this.over) return
    this.over = true
    this.context.emit({ phase: 'error', data: { ...error, fatal: true } })
    this.context.turn({ state: 'failed', error })
  }

  end(): void {
    if (this.malformed > 1) {
      this.context.emit({
        phase: 'error',
        data: {
          message: `${String(this.malformed)} frames of the chat's streams could not be read. They are in the network bodies as they came.`,
          code: 'malformed_frames',
          fatal: false,
        },
      })
    }
  }

  /** Counts a frame that can't be read; the first one is told at once. */
  noteMalformed(sample: string): void {
    if (++this.malformed > 1) return
    const raw = sample.slice(0, 500)
    this.context.emit({
      phase: 'error',
      data: {
        message: "A frame of the chat's stream could not be read. The capture goes on.",
        code: 'malformed_frames',
        fatal: false,
        raw,
      },
    })
  }

  private beginTurn(exchange: Exchange): void {
    this.root = new Leg()
    this.broken = this.handoff = this.hasText = this.finished = this.streamComplete = this.started = false
    this.models.clear()
    this.over = false
    this.turnId = undefined
    const model = stringField(parseJson(exchange.postData ?? ''), 'model')
    this.context.emit({
      phase: 'browser_status',
      data: model === undefined ? { status: 'prompt_submitted' } : { status: 'prompt_submitted', model },
    })
    this.context.turn({ state: 'submitted' })
  }

  private start(): void {
    this.over = false
    this.context.turn({ state: 'started' })
    if (this.started) return
    this.started = true
    this.context.emit({ phase: 'browser_status', data: { status: 'response_started' } })
  }

  /** A turn names its model often, and sometimes more than one; each is told once. */
  private tellModel(model: string): void {
    if (this.models.has(model)) return
    this.models.add(model)
    this.context.emit({ phase: 'browser_status', data: { status: 'model', model } })
  }

  private encoding(leg: Leg, text: string): void {
    const name = text.replaceAll('"', '')
    leg.announced = true
    if (name === 'v1') return
    this.context.emit({
      phase: 'error',
      data: {
        message: `The stream uses the encoding ${JSON.stringify(name.slice(0, 50))}, which this version does not know. Its bytes are kept.`,
        code: 'unknown_encoding',
        fatal: false,
      },
    })
  }

  private json(leg: Leg, name: string, value: unknown, text: string): void {
    if (!isObject(value)) {
      this.noteMalformed(text)
      return
    }
    const isDelta = name === 'delta' || (!('type' in value) && ('v' in value || 'o' in value || 'p' in value))
    if (isDelta) this.delta(leg, value)
    else if (typeof value['type'] === 'string') this.side(value['type'], value)
    else if ('message' in value || 'error' in value) this.document(leg, value, { text: true, metadata: true })
    else this.noteMalformed(text)
  }

  private delta(leg: Leg, delta: Json): void {
    const { document, changes, failed } = leg.deltas.apply(delta)
    if (failed > 0) this.noteMalformed(JSON.stringify(delta))
    if (!isObject(document) || changes.length === 0) return
    const message = field(document, 'message')
    const [change] = changes
    // A piece of text is by far the most frequent delta, and nothing else needs looking at.
    if (
      changes.length === 1 &&
      change?.op === 'append' &&
      typeof change.value === 'string' &&
      isTextPath(change.path) &&
      isObject(message)
    ) {
      if (this.isOurs(message)) this.messages.append(message, change.value, leg.texts)
      return
    }
    const whole = changes.some(({ path }) => path.length < 2)
    const touches = (key: string): boolean => whole || changes.some(({ path }) => path[1] === key)
    this.document(leg, document, { text: touches('content'), metadata: touches('metadata') })
  }

  private document(leg: Leg, document: Json, parts: { text: boolean; metadata: boolean }): void {
    const message = field(document, 'message')
    if (isObject(message) && this.isOurs(message)) this.messages.update(message, leg.texts, parts)
    const error = field(document, 'error')
    if (error === null || error === undefined || error === false) return
    const text = typeof error === 'string' ? error : (stringField(error, 'message') ?? 'The chat reports an error.')
    const code = stringField(document, 'error_code') ?? stringField(error, 'code') ?? 'stream_error'
    this.fail({ code, message: `The chat reports an error: ${text.slice(0, 2000)}` })
  }

  /** Earlier turns are told again on a resume; they are not this turn's. */
  private isOurs(message: Json): boolean {
    const turn = stringField(field(message, 'metadata'), 'turn_exchange_id')
    return turn === undefined || this.turnId === undefined || turn === this.turnId
  }

  private side(type: string, value: Json): void {
    switch (type) {
      case 'stream_handoff':
        this.handoff = true
        this.turnId = stringField(value, 'turn_exchange_id') ?? this.turnId
        this.context.emit({ phase: 'browser_status', data: { status: 'stream_handoff' } })
        this.context.turn({ state: 'handed_off' })
        break
      case 'message_stream_complete':
        this.streamComplete = true
        break
      case 'server_ste_metadata': {
        const metadata = field(value, 'metadata')
        const model = stringField(metadata, 'resolved_model_slug') ?? stringField(metadata, 'model_slug')
        if (model !== undefined) this.tellModel(model)
        break
      }
      case 'title_generation': {
        const title = stringField(value, 'title') ?? ''
        if (title !== this.title) this.context.emit({ phase: 'browser_status', data: { status: 'title', detail: title } })
        this.title = title
        break
      }
      case 'moderation':
        if (field(field(value, 'moderation_response'), 'blocked') === true)
          this.fail({ code: 'moderation_blocked', message: 'The chat blocked this content.' })
        break
      case 'error': {
        const error = field(value, 'error')
        const text =
          stringField(value, 'message') ??
          stringField(error, 'message') ??
          (typeof error === 'string' ? error : 'unknown')
        this.fail({
          code: stringField(value, 'code') ?? 'stream_error',
          message: `The chat reports an error: ${text.slice(0, 2000)}`,
        })
        break
      }
      default:
        // Kept once a turn and kind: the stream's bytes have all of them.
        if (QUIET.has(type) || this.told.has(type) || this.told.size > 200) return
        this.told.add(type)
        this.context.emit({ phase: 'browser_status', data: { status: type.slice(0, 100), raw: value } })
    }
  }

  private refused(exchange: Exchange, endpoint: 'turn' | 'resume', body: string): void {
    const error = failureOf(exchange, body)
    if (endpoint === 'turn') this.fail(error)
    else {
      // The page polls or tries again; the driver's patience decides.
      this.context.emit({ phase: 'error', data: { ...error, fatal: false } })
      this.context.turn({ state: 'interrupted' })
    }
  }

  private endBody(leg: Leg, how: BodyEnd): void {
    if (this.over) return
    if (this.finished || this.streamComplete) this.complete()
    else if (how === 'finished' && leg.sawDone && this.hasText && !this.handoff) this.complete()
    else if (!(this.handoff && leg === this.root)) {
      this.broken = true
      this.context.turn({ state: 'interrupted' })
    }
  }

  private complete(): void {
    if (this.over) return
    this.over = true
    this.context.emit({ phase: 'browser_status', data: { status: 'response_complete' } })
    this.context.turn({ state: 'complete' })
  }
}

export type { Leg }

function isTextPath(path: readonly (string | number)[]): boolean {
  return path.length === 4 && path[0] === 'message' && path[1] === 'content' && path[2] === 'parts' && path[3] === 0
}

class StreamBody implements BodyDecoder {
  private readonly sse = new SseDecoder()

  constructor(
    private readonly leg: Leg,
    private readonly conversation: Conversation,
    private readonly onEnd: (how: BodyEnd) => void,
  ) {}

  push(bytes: Uint8Array): void {
    for (const event of this.sse.push(bytes)) this.conversation.event(this.leg, event)
  }

  end(how: BodyEnd): void {
    // The last event of a broken stream may be half: only a whole stream's rest is an event.
    const rest = this.sse.end()
    if (how === 'finished') for (const event of rest) this.conversation.event(this.leg, event)
    this.onEnd(how)
  }
}

const REFUSAL_BYTES = 64 * 1024

class Refusal implements BodyDecoder {
  private readonly utf8 = new TextDecoder()
  private text = ''

  constructor(private readonly onEnd: (body: string) => void) {}

  push(bytes: Uint8Array): void {
    if (this.text.length < REFUSAL_BYTES) this.text += this.utf8.decode(bytes, { stream: true })
  }

  end(): void {
    this.onEnd(this.text)
  }
}

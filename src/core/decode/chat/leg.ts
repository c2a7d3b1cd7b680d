/**
 * One carrier of a turn and its decoder state: a stream, a topic of a WebSocket, or a root stream and the resume that continues
 * it. Says what each SSE event is, also where `event:` lines are missing (facts on wire formats, 1.3).
 */
import type { EventDraft } from '../../../shared/events/schema'
import { DeltaV1Decoder, type Change } from '../deltaV1'
import { field, isObject, parseJson, stringField, textField, type Json } from '../json'
import type { MalformedFrames } from '../malformed'
import type { SseEvent } from '../sse'
import { isFinished, type Message } from './messageKind'
import type { Messages } from './messages'
import { sideEvent } from './sideEvents'
import { chatError, type CarrierState, type Turn } from './turn'

/** What the carriers of a run share. */
export interface Shared {
  readonly messages: Messages
  readonly malformed: MalformedFrames
  emit(draft: EventDraft): void
}

/** The last events of a carrier, kept against a resume that repeats them. */
const MAX_KEPT_EVENTS = 512
const MAX_KEPT_CHARS = 1_000_000

export class Leg implements CarrierState {
  handedOff = false
  sawDone = false
  private readonly deltas = new DeltaV1Decoder()
  private isKnownEncoding = true
  /** Events that count for a resume's offset, and the data of the last of them. */
  private counted = 0
  private kept: string[] = []
  private keptChars = 0
  /** What a resume is expected to repeat. */
  private repeats: string[] = []

  /** @param isRoot the body of the turn's own request: what it says is this turn's. */
  constructor(
    private readonly shared: Shared,
    readonly turn: Turn,
    private readonly isRoot: boolean,
  ) {}

  /** A resume goes on at this offset (events, by 1.13); what it repeats of what came before is not applied again. */
  resumeAt(offset: number): void {
    const first = this.counted - this.kept.length
    this.repeats = offset >= first && offset < this.counted ? this.kept.slice(offset - first) : []
  }

  /** Takes one event of the carrier. */
  event({ name, data, truncated }: SseEvent): void {
    if (truncated === true) {
      const message = 'One event of the stream was longer than 64 MB. Its beginning is kept, its rest is not decoded.'
      this.shared.emit({ phase: 'error', data: { message, code: 'event_truncated', fatal: false } })
      return
    }
    const text = data.trim()
    if (text === '' || name === 'ping') return
    if (text === '[DONE]') this.sawDone = true
    else if (!this.isRepeat(text)) this.decode(name, text)
  }

  private isRepeat(text: string): boolean {
    if (this.repeats[0] === text) {
      this.repeats.shift()
      return true
    }
    this.repeats = []
    this.counted++
    this.kept.push(text)
    this.keptChars += text.length
    while (this.kept.length > MAX_KEPT_EVENTS || (this.keptChars > MAX_KEPT_CHARS && this.kept.length > 0)) {
      this.keptChars -= this.kept.shift()?.length ?? 0
    }
    return false
  }

  private decode(name: string, text: string): void {
    if (name === 'delta_encoding' || text === '"v1"' || text === 'v1') {
      this.encoding(text.replaceAll('"', ''))
      return
    }
    const value = parseJson(text)
    if (!isObject(value)) {
      this.shared.malformed.note(text)
      return
    }
    const type = stringField(value, 'type')
    const hasDelta = 'v' in value || 'p' in value
    if (name === 'delta' || (hasDelta && type === undefined) || ('o' in value && type === undefined)) this.delta(value)
    else if (type !== undefined && !hasDelta) sideEvent(this.turn, this, type, value)
    else if ('message' in value || 'error' in value) this.document(value, undefined)
    else this.shared.malformed.note(text)
  }

  private encoding(name: string): void {
    this.isKnownEncoding = name === 'v1'
    if (this.isKnownEncoding) return
    const message = `The stream is written in the encoding “${name.slice(0, 50)}”, which this version can't read. Its bytes are recorded.`
    this.shared.emit({ phase: 'error', data: { message, code: 'unknown_encoding', fatal: false } })
  }

  private delta(delta: Json): void {
    if (!this.isKnownEncoding) return
    const { document, changes, failed } = this.deltas.apply(delta)
    if (failed > 0) this.shared.malformed.note(sample(delta))
    if (!isObject(document) || changes.length === 0) return
    const isWhole = changes.some(({ path }) => path.length === 0 || (path.length === 1 && path[0] === 'message'))
    this.document(document, isWhole ? undefined : changes)
  }

  /** @param changes what a delta did to the document; undefined where it is new as a whole */
  private document(document: Json, changes: readonly Change[] | undefined): void {
    this.turn.conversationId ??= textField(document, 'conversation_id')
    const message = field(document, 'message')
    if (isObject(message)) {
      const inside = changes?.filter(({ path }) => path[0] === 'message')
      const isTouched = inside === undefined || inside.length > 0
      const relative = inside?.map(({ path, op, value }) => ({ path: path.slice(1), op, value }))
      if (isTouched && this.isOurs(message, changes === undefined)) {
        this.shared.messages.update(message, { carrier: this, turn: this.turn }, relative)
      }
    }
    if (changes === undefined || changes.some(({ path }) => path[0] === 'error')) this.error(document)
  }

  private error(document: Json): void {
    const error = field(document, 'error')
    if (error === null || error === undefined || error === false) return
    const reason = typeof error === 'string' ? error : stringField(error, 'message')
    const code = textField(document, 'error_code') ?? textField(error, 'code') ?? 'stream_error'
    this.turn.fail(chatError(code, reason ?? 'no reason given'))
  }

  /** A carrier that goes on may tell the prompt and earlier turns again (1.16); they are none of this turn. */
  private isOurs(message: Message, isWhole: boolean): boolean {
    const id = textField(message, 'id')
    const { origin, number } = this.turn
    if (id === undefined || id === origin.parentId || origin.promptIds.has(id)) return false
    const metadata = field(message, 'metadata')
    const turnId = textField(metadata, 'turn_exchange_id')
    if (this.isRoot) {
      this.turn.turnId ??= turnId
      return true
    }
    if (turnId !== undefined && this.turn.turnId !== undefined && turnId !== this.turn.turnId) return false
    const known = this.shared.messages.turnNumber(id)
    return known === undefined || known === number || !(isWhole && isFinished(message))
  }
}

function sample(delta: Json): string {
  const words = ['c', 'p', 'o'].map((key) => {
    const value = delta[key]
    return typeof value === 'string' || typeof value === 'number' ? `${key} ${JSON.stringify(value).slice(0, 200)}` : ''
  })
  return `an operation that can't be applied: ${words.filter((word) => word !== '').join(', ')}`
}

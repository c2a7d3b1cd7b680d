/**
 * WebSocket frames of a chat (facts on wire formats, 1.12.2): envelopes whose items are pieces of the same SSE text as an HTTP
 * body. Catch-ups repeat items; each is applied once.
 */
import { field, isObject, listField, parseJson, stringField, textField, type Json } from '../json'
import { SseDecoder } from '../sse'
import type { Conversations } from './conversations'
import { Leg } from './leg'
import { streamError } from './sideEvents'
import type { Turn } from './turn'

/** Ids of items are remembered against catch-ups; a turn has some thousands. */
const MAX_REMEMBERED = 100_000
const MAX_TOPICS = 200
const CHAT_FRAME = /"(?:conversation-|stream-item|topic_id|catchups|encoded_item)/
const utf8 = new TextEncoder()

/** The frames of one run's sockets. One for all of them: after a reconnect the same topics go on. */
export class SocketFrames {
  private readonly topics = new Map<string, Leg>()
  private readonly seen = new Set<string>()
  /** Messages that came by updates alone. */
  private readonly updated = new Set<string>()
  /** Turns that a socket tells of, by the socket. */
  private readonly turns = new Map<string, Set<Turn>>()

  constructor(private readonly conversations: Conversations) {}

  /** One text frame that the page received; frames of other protocols are left alone. */
  frame(socketId: string, text: string): void {
    if (!CHAT_FRAME.test(text)) return
    const value = parseJson(text)
    if (value === undefined) this.conversations.shared.malformed.note(text)
    else for (const envelope of Array.isArray(value) ? (value as unknown[]) : [value]) this.envelope(socketId, envelope)
  }

  /** The socket is gone: what it told of is interrupted, until the page goes on elsewhere. */
  closed(socketId: string): void {
    for (const turn of this.turns.get(socketId) ?? []) turn.interrupted()
    this.turns.delete(socketId)
  }

  private envelope(socketId: string, envelope: unknown): void {
    if (!isObject(envelope)) return
    for (const item of listField(field(envelope, 'reply'), 'catchups')) this.message(socketId, item)
    this.message(socketId, envelope)
  }

  private message(socketId: string, envelope: unknown): void {
    const payload = field(envelope, 'payload')
    if (stringField(envelope, 'type') === 'conversation-update') this.update(payload)
    else if (stringField(payload, 'type') === 'conversation-update') this.update(field(payload, 'payload'))
    else if (stringField(payload, 'type') === 'conversation-turn-stream')
      this.item(socketId, envelope, field(payload, 'payload'))
    else if (stringField(payload, 'type') === 'conversation-turn-complete') this.turnComplete(field(payload, 'payload'))
  }

  private turnComplete(payload: unknown): void {
    const conversationId = textField(payload, 'conversation_id')
    const turnId = textField(payload, 'turn_id') ?? textField(payload, 'turn_exchange_id')
    // Turns of other windows are complete too; they are none of this run's.
    this.conversations.knownTurn({ conversationId, turnId })?.socketDone()
  }

  private item(socketId: string, envelope: unknown, item: unknown): void {
    const topic = stringField(envelope, 'topic_id') ?? ''
    if (this.isRepeat(topic, envelope, item)) return
    const leg = this.leg(topic, item)
    this.remember(socketId, leg.turn)
    const encoded = stringField(item, 'encoded_item')
    switch (stringField(item, 'type')) {
      case 'done':
        leg.turn.socketDone()
        break
      case 'error':
        leg.turn.fail(streamError(item))
        break
      case 'heartbeat':
        break
      default:
        if (encoded !== undefined) this.encoded(leg, encoded)
    }
  }

  private isRepeat(topic: string, envelope: unknown, item: unknown): boolean {
    const id = textField(item, 'stream_item_id')
    const offset = textField(envelope, 'offset')
    const keys: string[] = []
    if (id !== undefined) keys.push(`item ${id}`)
    if (offset !== undefined) keys.push(`offset ${topic} ${offset}`)
    const isKnown = keys.some((key) => this.seen.has(key))
    for (const key of keys) this.seen.add(key)
    for (const oldest of this.seen) {
      if (this.seen.size <= MAX_REMEMBERED) break
      this.seen.delete(oldest)
    }
    return isKnown
  }

  private leg(topic: string, item: unknown): Leg {
    const known = this.topics.get(topic)
    if (known !== undefined) return known
    const turnId = textField(item, 'turn_id') ?? /^conversation-turn-(.+)$/.exec(topic)?.[1]
    const turn = this.conversations.turnFor({ turnId, conversationId: textField(item, 'conversation_id') })
    const leg = new Leg(this.conversations.shared, turn, false)
    this.topics.set(topic, leg)
    const [oldest] = this.topics.keys()
    if (this.topics.size > MAX_TOPICS && oldest !== undefined) this.topics.delete(oldest)
    return leg
  }

  private remember(socketId: string, turn: Turn): void {
    const turns = this.turns.get(socketId) ?? new Set()
    this.turns.set(socketId, turns.add(turn))
  }

  /** An item is normally one SSE event, and may lack the blank line after it. */
  private encoded(leg: Leg, text: string): void {
    leg.turn.heardFromSocket()
    const sse = new SseDecoder()
    for (const event of [...sse.push(utf8.encode(text)), ...sse.end()]) leg.event(event)
    if (leg.sawDone) leg.turn.bodyEnded(leg)
  }

  /** Whole messages of background work. What a stream told is not told again. */
  private update(payload: unknown): void {
    const content = field(payload, 'update_content')
    const messages: readonly unknown[] = [field(content, 'message'), ...listField(content, 'messages')]
    for (const message of messages) if (isObject(message)) this.wholeMessage(payload, message)
  }

  private wholeMessage(payload: unknown, message: Json): void {
    const { shared } = this.conversations
    const id = textField(message, 'id')
    if (id === undefined || (shared.messages.knows(id) && !this.updated.has(id))) return
    this.updated.add(id)
    const turn = this.conversations.turnFor({ conversationId: textField(payload, 'conversation_id') })
    shared.messages.update(message, { carrier: this, turn }, undefined)
  }
}

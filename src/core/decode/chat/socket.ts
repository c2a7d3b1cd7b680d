/** WebSocket frames of a chat (facts 1.12.2): envelopes whose items are pieces of the same SSE text as an HTTP body. */
import { field, isObject, listField, parseJson, stringField } from '../json'
import { SseDecoder } from '../sse'
import type { Conversation, Leg } from './conversation'

/** Ids of items are remembered against catch-ups; a turn has some thousands. */
const MAX_REMEMBERED = 100_000
const MAX_DEPTH = 4

interface Topic {
  readonly leg: Leg
  readonly sse: SseDecoder
}

export class SocketReader {
  private readonly topics = new Map<string, Topic>()
  private readonly seen = new Set<string>()

  constructor(private readonly conversation: Conversation) {}

  /** Returns false for a frame that is none of a chat's. */
  frame(text: string): boolean {
    if (!/"(?:conversation|stream-item|topic_id|reply)/.test(text)) return false
    const value = parseJson(text)
    if (value === undefined) {
      this.conversation.noteMalformed(text)
      return true
    }
    for (const envelope of Array.isArray(value) ? (value as unknown[]) : [value]) this.envelope(envelope, 0)
    return true
  }

  private envelope(envelope: unknown, depth: number): void {
    if (!isObject(envelope) || depth > MAX_DEPTH) return
    const reply = field(envelope, 'reply')
    for (const item of listField(reply, 'catchups')) this.envelope(item, depth + 1)
    const payload = field(envelope, 'payload')
    const type = stringField(payload, 'type')
    if (stringField(envelope, 'type') === 'conversation-update') this.update(payload)
    else if (type === 'conversation-turn-stream') this.item(envelope, field(payload, 'payload'))
    else if (type === 'conversation-turn-complete') this.conversation.turnDone()
    else if (type === 'conversation-update') this.update(field(payload, 'payload'))
  }

  private item(envelope: unknown, item: unknown): void {
    const topic = stringField(envelope, 'topic_id') ?? 'unnamed'
    const offset = stringField(envelope, 'offset')
    const id = stringField(item, 'stream_item_id')
    const keys = [
      id === undefined ? undefined : `item ${id}`,
      offset === undefined ? undefined : `offset ${topic} ${offset}`,
    ].filter((key) => key !== undefined)
    if (keys.some((key) => this.seen.has(key))) return
    for (const key of keys) this.seen.add(key)
    if (this.seen.size > MAX_REMEMBERED) this.seen.delete(this.seen.values().next().value ?? '')
    const type = stringField(item, 'type')
    if (type === 'done') this.conversation.turnDone()
    else if (type === 'error')
      this.conversation.fail({
        code: 'stream_error',
        message: `The chat reports an error: ${stringField(item, 'message') ?? 'unknown'}`,
      })
    else {
      const encoded = stringField(item, 'encoded_item')
      if (encoded !== undefined) this.encoded(topic, encoded)
    }
  }

  private encoded(name: string, text: string): void {
    let topic = this.topics.get(name)
    if (topic === undefined) {
      topic = { leg: this.conversation.newLeg(), sse: new SseDecoder() }
      this.topics.set(name, topic)
    }
    const { leg, sse } = topic
    const events = [...sse.push(new TextEncoder().encode(text)), ...sse.end()]
    for (const event of events) this.conversation.event(leg, event)
    if (text.includes('message_stream_complete') || leg.sawDone) this.conversation.turnDone()
  }

  /** Whole messages, of which what the stream told already is not told again. */
  private update(payload: unknown): void {
    const content = field(payload, 'update_content')
    const messages = [field(content, 'message'), ...listField(content, 'messages')]
    for (const message of messages) if (isObject(message)) this.conversation.wholeMessage(message)
  }
}

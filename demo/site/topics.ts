/** The socket of the site: one connection a page, topics to subscribe to, catch-ups that repeat what was published before. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { isAbort, type Pace, type WriteRecord } from './pacing'
import { newId, type TopicLeg } from './plan'

/** So many topics keep their items; the oldest goes first. */
const TOPICS_KEPT = 20
/** A heartbeat follows each so many items. */
const HEARTBEAT_EVERY = 8
/** So many of the last catch-ups come once more as live messages. */
const REPEATED = 2

interface Envelope {
  readonly type: 'message'
  readonly topic_id: string
  readonly offset: string
  readonly payload: unknown
}

interface Topic {
  readonly id: string
  readonly items: Envelope[]
  readonly subscribers: Set<WebSocket>
  next: number
}

/** What the page's commands look like, as far as the site reads them. */
interface Command {
  readonly id: number
  readonly command: { readonly type: string; readonly topic_id?: string; readonly offset?: string }
}

function isCommand(value: unknown): value is Command {
  if (typeof value !== 'object' || value === null || !('command' in value)) return false
  const { command } = value
  return typeof command === 'object' && command !== null && 'type' in command && typeof command.type === 'string'
}

/** The offset of an item: a time and a number, as text. */
function offsetOf(number: number): string {
  return `1790000000000-${String(number)}`
}

function numberOf(offset: string | undefined): number {
  const value = Number(offset?.split('-')[1] ?? -1)
  return Number.isInteger(value) ? value : -1
}

/** All topics and sockets of one site. */
export class TopicHub {
  private readonly server = new WebSocketServer({ noServer: true, maxPayload: 256 * 1024 })
  private readonly topics = new Map<string, Topic>()

  constructor(
    private readonly pace: Pace,
    private readonly record: WriteRecord,
  ) {}

  /** Takes over an upgrade request that has already been let in. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.server.handleUpgrade(request, socket, head, (client) => {
      client.on('message', (data) => {
        this.receive(client, Buffer.isBuffer(data) ? data.toString() : '')
      })
      client.on('error', () => {
        // A page that breaks the protocol loses its socket; ws has already said why to the other side.
        client.terminate()
      })
      client.on('close', () => {
        for (const topic of this.topics.values()) topic.subscribers.delete(client)
      })
    })
  }

  /**
   * Publishes a leg's steps in their pace, each as one stream item, then `done` and the end of the turn.
   * Ends early, without these two, when the signal fires.
   */
  async publish(
    topicId: string,
    leg: TopicLeg,
    ids: { conversation: string; turn: string },
    signal: AbortSignal,
  ): Promise<void> {
    let parent: string | null = null
    let count = 0
    const stream = (payload: Readonly<Record<string, unknown>>): void => {
      this.send(topicId, {
        type: 'conversation-turn-stream',
        payload: { conversation_id: ids.conversation, turn_id: ids.turn, ...payload },
      })
    }
    try {
      for (const step of leg.steps()) {
        if (count >= leg.publishedBefore) await this.pace.wait(step.pauseMs, signal)
        const stream_item_id = newId()
        stream({
          type: 'stream-item',
          stream_item_id,
          parent_stream_item_id: parent,
          server_timestamp_ms: Date.now(),
          // Some items come without the blank line that ends an event.
          encoded_item: count % 5 === 4 ? step.text.trimEnd() : step.text,
        })
        parent = stream_item_id
        count += 1
        if (count % HEARTBEAT_EVERY === 0) stream({ type: 'heartbeat' })
      }
      stream({ type: 'done' })
      this.send('conversations', { type: 'conversation-turn-complete', payload: { conversation_id: ids.conversation } })
    } catch (error) {
      if (!isAbort(error)) throw error
    }
  }

  /** Ends every socket. */
  async close(): Promise<void> {
    for (const client of this.server.clients) client.terminate()
    const closed = once(this.server, 'close')
    this.server.close()
    await closed
    this.topics.clear()
  }

  private topic(id: string): Topic {
    const known = this.topics.get(id)
    if (known !== undefined) return known
    const topic: Topic = { id, items: [], subscribers: new Set(), next: 0 }
    this.topics.set(id, topic)
    if (this.topics.size > TOPICS_KEPT) {
      const oldest = [...this.topics.keys()].find((key) => key !== 'conversations')
      if (oldest !== undefined) this.topics.delete(oldest)
    }
    return topic
  }

  private send(topicId: string, payload: unknown): void {
    const topic = this.topic(topicId)
    const envelope: Envelope = { type: 'message', topic_id: topicId, offset: offsetOf(topic.next), payload }
    topic.next += 1
    // The topic of all conversations lives as long as the site, so its past is not kept.
    if (topicId !== 'conversations') topic.items.push(envelope)
    const text = JSON.stringify([envelope])
    this.record.note(text)
    for (const client of topic.subscribers) client.send(text)
  }

  private receive(client: WebSocket, text: string): void {
    let commands: unknown
    try {
      commands = JSON.parse(text)
    } catch {
      client.close(1003, 'not JSON')
      return
    }
    for (const command of Array.isArray(commands) ? commands : [commands]) {
      if (isCommand(command)) this.obey(client, command)
    }
  }

  private obey(client: WebSocket, { id, command }: Command): void {
    const reply = (value: Readonly<Record<string, unknown>>): void => {
      client.send(JSON.stringify([{ id, type: 'reply', reply: { type: command.type, ...value } }]))
    }
    if (command.type === 'connect') {
      reply({ connection_id: newId() })
      return
    }
    const topicId = command.topic_id
    if (topicId === undefined) return
    const topic = this.topic(topicId)
    if (command.type === 'unsubscribe') {
      topic.subscribers.delete(client)
      reply({ topic_id: topicId })
      return
    }
    if (command.type !== 'subscribe') return
    const seen = numberOf(command.offset)
    const catchups = topic.items.filter((item) => numberOf(item.offset) > seen)
    reply({ topic_id: topicId, recovered: true, last_offset: offsetOf(topic.next - 1), catchups })
    for (const item of catchups.slice(-REPEATED)) client.send(JSON.stringify([item]))
    topic.subscribers.add(client)
  }
}

/** What a capture decodes with: the chat's own carriers, and the common dialects on any other site. */
import { Conversations } from './chat/conversations'
import type { Leg } from './chat/leg'
import { SocketFrames } from './chat/socket'
import { RunCounters } from './counters'
import type { BodyDecoder, BodyEnd, DecodeContext, Exchange, SocketInfo, WireDecoder } from './decoder'
import { dialects } from './decoders'
import type { DialectReader } from './dialect'
import { isObject, parseJson } from './json'
import { MalformedFrames } from './malformed'
import { SseDecoder, type SseEvent } from './sse'

/** The decoder of one capture. It never throws, whatever the page receives. */
export function createWireDecoder(context: DecodeContext): WireDecoder {
  return new Wire(context)
}

class Wire implements WireDecoder {
  private readonly counters = new RunCounters()
  private readonly malformed: MalformedFrames
  private readonly conversations: Conversations
  private readonly sockets: SocketFrames

  constructor(private readonly context: DecodeContext) {
    this.malformed = new MalformedFrames((draft) => {
      context.emit(draft)
    })
    this.conversations = new Conversations(context, this.malformed, this.counters)
    this.sockets = new SocketFrames(this.conversations)
  }

  request(exchange: Exchange): void {
    this.conversations.request(exchange)
  }

  response(exchange: Exchange): BodyDecoder | undefined {
    const body = this.conversations.response(exchange)
    if (body !== undefined) return body
    const isStream = /^text\/event-stream\b/i.test(exchange.mimeType ?? '')
    return isStream ? new SniffingBody(this.context, this.conversations, this.counters, this.malformed) : undefined
  }

  socketFrame(socket: SocketInfo, text: string): void {
    this.sockets.frame(socket.requestId, text)
  }

  socketClosed(socket: SocketInfo): void {
    this.sockets.closed(socket.requestId)
  }

  end(): void {
    this.malformed.end()
  }
}

/** A stream says within its first events what it is, or it is none of ours. */
const MAX_SNIFFED = 20

/** A stream of any site: its first event that a dialect claims tells how it is read. */
class SniffingBody implements BodyDecoder {
  private readonly sse = new SseDecoder()
  private reader: DialectReader | undefined
  private chat: { readonly leg: Leg; readonly end: () => void } | undefined
  private sniffed = 0

  constructor(
    private readonly context: DecodeContext,
    private readonly conversations: Conversations,
    private readonly counters: RunCounters,
    private readonly malformed: MalformedFrames,
  ) {}

  push(bytes: Uint8Array): void {
    if (this.sniffed > MAX_SNIFFED) return
    for (const event of this.sse.push(bytes)) this.event(event)
  }

  end(how: BodyEnd): void {
    const rest = this.sniffed > MAX_SNIFFED ? [] : this.sse.end()
    if (how === 'finished') for (const event of rest) this.event(event)
    this.reader?.end()
    this.chat?.end()
  }

  private event(event: SseEvent): void {
    if (this.reader === undefined && event.name === 'delta_encoding') this.chat ??= this.conversations.unknownCarrier()
    if (this.chat === undefined) this.dialectEvent(event)
    else this.chat.leg.event(event)
  }

  private dialectEvent({ name, data, truncated }: SseEvent): void {
    const text = data.trim()
    if (text === '' || this.sniffed > MAX_SNIFFED) return
    if (text === '[DONE]') {
      this.reader?.done()
      return
    }
    const value = parseJson(text)
    if (!isObject(value)) {
      if (this.reader === undefined) this.sniffed++
      else this.malformed.note(truncated === true ? 'an event longer than 64 MB' : text)
      return
    }
    this.reader ??= dialects.find(({ claims }) => claims(name, value))?.read(this.context, this.counters)
    if (this.reader === undefined) this.sniffed++
    else this.reader.event(name, value)
  }
}

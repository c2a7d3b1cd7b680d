/** What a capture decodes with: the chat's own carriers, and the common dialects on any other site. */
import type { BodyDecoder, BodyEnd, DecodeContext, Exchange, SocketInfo, WireDecoder } from './decoder'
import { Conversation, type Leg } from './chat/conversation'
import { SocketReader } from './chat/socket'
import { dialects } from './decoders'
import type { DialectReader } from './dialect'
import { isObject, parseJson } from './json'
import { SseDecoder, type SseEvent } from './sse'

export function createWireDecoder(context: DecodeContext): WireDecoder {
  return new Wire(context)
}

class Wire implements WireDecoder {
  private readonly conversation: Conversation
  private readonly sockets = new Map<string, SocketReader>()

  constructor(private readonly context: DecodeContext) {
    this.conversation = new Conversation(context)
  }

  request(exchange: Exchange): void {
    this.conversation.request(exchange)
  }

  response(exchange: Exchange): BodyDecoder | undefined {
    const body = this.conversation.response(exchange)
    if (body !== undefined) return body
    return exchange.mimeType === 'text/event-stream' ? new SniffingBody(this.context, this.conversation) : undefined
  }

  socketFrame(socket: SocketInfo, text: string): void {
    let reader = this.sockets.get(socket.requestId)
    if (reader === undefined) {
      reader = new SocketReader(this.conversation)
      this.sockets.set(socket.requestId, reader)
    }
    reader.frame(text)
  }

  socketClosed(socket: SocketInfo): void {
    this.sockets.delete(socket.requestId)
  }

  end(): void {
    this.conversation.end()
  }
}

/** A stream of any site: its first JSON event tells the dialect; one that nobody claims is only kept. */
class SniffingBody implements BodyDecoder {
  private readonly sse = new SseDecoder()
  private reader: DialectReader | undefined
  private leg: Leg | undefined
  private unknown = false

  constructor(
    private readonly context: DecodeContext,
    private readonly conversation: Conversation,
  ) {}

  push(bytes: Uint8Array): void {
    if (this.unknown) return
    for (const event of this.sse.push(bytes)) this.event(event)
  }

  end(how: BodyEnd): void {
    if (!this.unknown && how === 'finished') for (const event of this.sse.end()) this.event(event)
    this.reader?.end(how)
  }

  private event(event: SseEvent): void {
    if (this.leg === undefined && event.name === 'delta_encoding') this.leg = this.conversation.newLeg()
    if (this.leg !== undefined) {
      this.conversation.event(this.leg, event)
      return
    }
    const text = event.data.trim()
    if (text === '[DONE]') {
      this.reader?.done()
      return
    }
    if (text === '') return
    const value = parseJson(text)
    if (!isObject(value)) {
      if (this.reader !== undefined) this.conversation.noteMalformed(text)
      return
    }
    if (this.reader === undefined) {
      const dialect = dialects.find((candidate) => candidate.claims(event.name, value))
      // Pings may come first; everything else says at once what it is.
      if (dialect === undefined) {
        this.unknown = value['type'] !== 'ping'
        return
      }
      this.reader = dialect.read(this.context)
    }
    this.reader.event(event.name, value)
  }
}

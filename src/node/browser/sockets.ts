/** The WebSockets of a page: their frames to the decoder and to the log (facts 3.3). */
import type { CDPSession } from 'playwright-core'
import type { WireDecoder } from '../../core/decode/decoder'
import { defined } from '../../core/decode/json'
import type { EventDraft } from '../../shared/events/schema'
import { lowerCase, milliseconds, shortUrl } from './cdp'

/** What the sockets need of their listener. */
export interface SocketOptions {
  readonly decoder: Pick<WireDecoder, 'socketFrame' | 'socketClosed'>
  /** Whether frames go to the log too. */
  readonly keepFrames: boolean
  emit(draft: EventDraft): void
}

interface Socket {
  readonly session: CDPSession
  /** Unknown for a socket that was open before we listened. */
  readonly url?: string
  /** Seconds on CDP's clock, from the handshake on. */
  sentAt?: number
  /** Bytes of the frames so far, by direction. */
  readonly bytes: { received: number; sent: number }
}

/** Follows the sockets of all sessions of a capture. */
export class SocketListener {
  private readonly sockets = new Map<string, Socket>()

  constructor(private readonly options: SocketOptions) {}

  /** Listens on one session; `id` makes its request ids unique in the capture. */
  attach(session: CDPSession, id: (requestId: string) => string): void {
    session.on('Network.webSocketCreated', ({ requestId, url }) => {
      this.sockets.set(id(requestId), { session, url, bytes: { received: 0, sent: 0 } })
      this.tell(id(requestId), { state: 'sent' })
    })
    session.on('Network.webSocketWillSendHandshakeRequest', ({ requestId, timestamp }) => {
      const socket = this.sockets.get(id(requestId))
      if (socket !== undefined) socket.sentAt = timestamp
    })
    session.on('Network.webSocketHandshakeResponseReceived', ({ requestId, timestamp, response }) => {
      this.tell(id(requestId), {
        state: 'response',
        status: response.status,
        response_headers: lowerCase(response.headers),
        ...defined({ request_headers: response.requestHeaders && lowerCase(response.requestHeaders) }),
        ...this.duration(id(requestId), timestamp),
      })
    })
    session.on('Network.webSocketFrameReceived', ({ requestId, response }) => {
      this.frame(session, id(requestId), 'received', response.opcode, response.payloadData)
    })
    session.on('Network.webSocketFrameSent', ({ requestId, response }) => {
      this.frame(session, id(requestId), 'sent', response.opcode, response.payloadData)
    })
    session.on('Network.webSocketFrameError', ({ requestId, timestamp, errorMessage }) => {
      this.close(id(requestId), { state: 'failed', error: errorMessage, ...this.duration(id(requestId), timestamp) })
    })
    session.on('Network.webSocketClosed', ({ requestId, timestamp }) => {
      this.close(id(requestId), { state: 'finished', ...this.duration(id(requestId), timestamp) })
    })
  }

  /** Closes the sockets of a page that is gone; those of all pages without one. */
  end(session?: CDPSession): void {
    for (const [id, socket] of [...this.sockets])
      if (session === undefined || socket.session === session) this.close(id, { state: 'finished' })
  }

  private frame(
    session: CDPSession,
    id: string,
    direction: 'received' | 'sent',
    opcode: number,
    payload: string,
  ): void {
    const socket = this.sockets.get(id) ?? { session, bytes: { received: 0, sent: 0 } }
    this.sockets.set(id, socket)
    const isText = opcode === 1
    if (this.options.keepFrames) {
      const content = isText ? { text: payload } : { base64: payload }
      const offset = socket.bytes[direction]
      this.options.emit({ phase: 'network_body', data: { request_id: id, offset, direction, ...content } })
    }
    socket.bytes[direction] += Buffer.byteLength(payload, isText ? 'utf8' : 'base64')
    if (direction === 'received' && isText)
      this.options.decoder.socketFrame({ requestId: id, ...defined({ url: socket.url }) }, payload)
  }

  private close(id: string, state: SocketState): void {
    const socket = this.sockets.get(id)
    if (socket === undefined) return
    this.tell(id, { ...state, bytes: socket.bytes.received })
    this.sockets.delete(id)
    this.options.decoder.socketClosed({ requestId: id, ...defined({ url: socket.url }) })
  }

  private duration(id: string, timestamp: number): { duration_ms?: number } {
    const sentAt = this.sockets.get(id)?.sentAt
    return sentAt === undefined ? {} : { duration_ms: milliseconds(timestamp - sentAt) }
  }

  private tell(id: string, state: SocketState): void {
    const url = shortUrl(this.sockets.get(id)?.url ?? '')
    this.options.emit({
      phase: 'network',
      data: { request_id: id, method: 'GET', url, resource_type: 'websocket', ...state },
    })
  }
}

type SocketState = Partial<Extract<EventDraft, { phase: 'network' }>['data']> & {
  state: 'sent' | 'response' | 'finished' | 'failed'
}

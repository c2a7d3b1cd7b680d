/**
 * Listens to one page over a CDP session of its own: every request, the bytes of streams as they come, WebSocket frames.
 * Nothing is changed or held up (facts 3.3 to 3.5).
 */
import type { CDPSession } from 'playwright-core'
import type { BodyEnd, Exchange, WireDecoder } from '../../core/decode/decoder'
import { defined } from '../../core/decode/json'
import type { EventDraft } from '../../shared/events/schema'
import { BodyRecorder, keepBody, type BodyMode } from './bodies'

interface Request {
  exchange: Exchange
  readonly type: string
  readonly sentAt: number
  body?: BodyRecorder
  /** `asked`: the reply that says what came before is not here yet, so pieces wait. */
  streaming: 'no' | 'asked' | 'yes'
  held: Buffer[]
  ended?: BodyEnd
}

export interface NetworkOptions {
  readonly decoder: WireDecoder
  readonly bodies: BodyMode
  emit(draft: EventDraft): void
  /** The page's own document was answered. */
  onDocument?(exchange: Exchange): void
  log(message: string): void
}

const MAX_URL = 8192
/** Requests that never end (their page went away) are forgotten when there are too many. */
const MAX_OPEN = 5000

export class NetworkListener {
  private readonly requests = new Map<string, Request>()
  private readonly sockets = new Map<string, string | undefined>()
  private nextPrefix = 0

  constructor(private readonly options: NetworkOptions) {}

  /** Attaches to a page or frame. Must be called before it navigates: a request that is under way can't be joined. */
  async attach(session: CDPSession): Promise<void> {
    const prefix = this.nextPrefix++ === 0 ? '' : `${String(this.nextPrefix)}.`
    const id = (requestId: string): string => prefix + requestId
    session.on('Network.requestWillBeSent', (event) => {
      if (event.redirectResponse !== undefined)
        this.redirected(id(event.requestId), event.redirectResponse, event.timestamp)
      const { method, url, headers, postData } = event.request
      const exchange = {
        requestId: id(event.requestId),
        method,
        url,
        requestHeaders: lowerCase(headers),
        ...defined({ postData }),
      }
      this.sent(exchange, event.type ?? 'Other', event.timestamp)
    })
    session.on('Network.responseReceived', (event) => {
      this.responded(session, event.requestId, id(event.requestId), event)
    })
    session.on('Network.dataReceived', (event) => {
      if (event.data !== undefined) this.data(id(event.requestId), Buffer.from(event.data, 'base64'))
    })
    session.on('Network.loadingFinished', (event) => {
      void this.finished(session, event.requestId, id(event.requestId), event.timestamp, event.encodedDataLength)
    })
    session.on('Network.loadingFailed', (event) => {
      this.failed(id(event.requestId), event.timestamp, event.errorText, event.canceled === true)
    })
    session.on('Network.webSocketCreated', ({ requestId, url }) => {
      this.socketOpened(id(requestId), url)
    })
    session.on('Network.webSocketFrameReceived', ({ requestId, response }) => {
      this.frame(id(requestId), 'received', response.opcode, response.payloadData)
    })
    session.on('Network.webSocketFrameSent', ({ requestId, response }) => {
      this.frame(id(requestId), 'sent', response.opcode, response.payloadData)
    })
    session.on('Network.webSocketClosed', ({ requestId }) => {
      this.socketClosed(id(requestId))
    })
    await session.send('Network.enable', { maxTotalBufferSize: 200_000_000, maxResourceBufferSize: 100_000_000 })
  }

  /** The page is gone: what is still open was cut off. */
  end(): void {
    for (const id of [...this.requests.keys()]) this.close(id, 'canceled')
    for (const id of [...this.sockets.keys()]) this.socketClosed(id)
  }

  /** Requests whose bodies are still coming to a decoder. */
  get openStreams(): number {
    return [...this.requests.values()].filter(({ body }) => body !== undefined).length
  }

  private sent(exchange: Exchange, type: string, timestamp: number): void {
    if (isOurBusiness(exchange.url)) {
      this.requests.set(exchange.requestId, { exchange, type, sentAt: timestamp, streaming: 'no', held: [] })
      this.tell(exchange, type, { state: 'sent', request_headers: exchange.requestHeaders })
      this.options.decoder.request(exchange)
      const oldest = this.requests.size > MAX_OPEN ? this.requests.keys().next().value : undefined
      if (oldest !== undefined) this.close(oldest, 'canceled')
    }
  }

  private redirected(
    id: string,
    response: { status: number; headers: object; mimeType: string },
    timestamp: number,
  ): void {
    const request = this.requests.get(id)
    if (request === undefined) return
    const { exchange, type, sentAt } = request
    this.tell(exchange, type, {
      state: 'finished',
      status: response.status,
      response_headers: lowerCase(response.headers),
      duration_ms: milliseconds(timestamp - sentAt),
    })
    this.requests.delete(id)
  }

  private responded(
    session: CDPSession,
    cdpId: string,
    id: string,
    event: {
      type: string
      response: { status: number; headers: object; mimeType: string; timing?: Timing | undefined }
    },
  ): void {
    const request = this.requests.get(id)
    if (request === undefined) return
    const { status, headers, mimeType, timing } = event.response
    const exchange = { ...request.exchange, status, mimeType, responseHeaders: lowerCase(headers) }
    request.exchange = exchange
    this.tell(exchange, request.type, {
      state: 'response',
      status,
      mime_type: mimeType,
      response_headers: exchange.responseHeaders,
      ...defined({ timings: timing && timingsOf(timing) }),
    })
    if (event.type === 'Document') this.options.onDocument?.(exchange)
    const decoder = this.options.decoder.response(exchange)
    const keep = keepBody(this.options.bodies, mimeType)
    if (decoder === undefined && keep === undefined) return
    request.body = new BodyRecorder(id, decoder, keep, (draft) => {
      this.options.emit(draft)
    })
    request.streaming = 'asked'
    void this.stream(session, cdpId, request)
  }

  /** Events before the reply carry no data, the reply holds exactly theirs, events after it carry their own. */
  private async stream(session: CDPSession, cdpId: string, request: Request): Promise<void> {
    try {
      const { bufferedData } = await session.send('Network.streamResourceContent', { requestId: cdpId })
      request.body?.push(Buffer.from(bufferedData, 'base64'))
      for (const bytes of request.held.splice(0)) request.body?.push(bytes)
      request.streaming = 'yes'
    } catch {
      // Finished already (a short body): it is fetched whole at its end.
      request.streaming = 'no'
      if (request.ended === 'finished') await this.fetchBody(session, cdpId, request)
    }
    if (request.ended !== undefined) this.close(request.exchange.requestId, request.ended)
  }

  private async fetchBody(session: CDPSession, cdpId: string, request: Request): Promise<void> {
    try {
      const { body, base64Encoded } = await session.send('Network.getResponseBody', { requestId: cdpId })
      request.body?.push(Buffer.from(body, base64Encoded ? 'base64' : 'utf8'))
    } catch (error) {
      this.options.log(`the body of ${request.exchange.url.slice(0, 200)} could not be read: ${String(error)}`)
    }
  }

  private data(id: string, bytes: Buffer): void {
    const request = this.requests.get(id)
    if (request?.streaming === 'asked') request.held.push(bytes)
    else if (request?.streaming === 'yes') request.body?.push(bytes)
  }

  private async finished(
    session: CDPSession,
    cdpId: string,
    id: string,
    timestamp: number,
    bytes: number,
  ): Promise<void> {
    const request = this.requests.get(id)
    if (request === undefined) return
    request.ended = 'finished'
    const told = {
      state: 'finished' as const,
      bytes: Math.max(0, Math.round(bytes)),
      duration_ms: milliseconds(timestamp - request.sentAt),
    }
    if (request.streaming === 'asked') {
      // `stream` closes it when its reply is here.
      this.tellEnd(request, told)
      return
    }
    if (request.body !== undefined && request.streaming === 'no') await this.fetchBody(session, cdpId, request)
    this.tellEnd(request, told)
    this.close(id, 'finished')
  }

  private failed(id: string, timestamp: number, error: string, canceled: boolean): void {
    const request = this.requests.get(id)
    if (request === undefined) return
    request.ended = canceled ? 'canceled' : 'failed'
    this.tellEnd(request, { state: 'failed', error, duration_ms: milliseconds(timestamp - request.sentAt) })
    if (request.streaming !== 'asked') this.close(id, request.ended)
  }

  private tellEnd(request: Request, told: NetworkState): void {
    const { status, mimeType } = request.exchange
    this.tell(request.exchange, request.type, { ...told, ...defined({ status, mime_type: mimeType }) })
  }

  private close(id: string, how: BodyEnd): void {
    const request = this.requests.get(id)
    this.requests.delete(id)
    request?.body?.end(how)
  }

  private socketOpened(id: string, url: string): void {
    this.sockets.set(id, url)
    this.options.emit({
      phase: 'network',
      data: { request_id: id, method: 'GET', url: shortUrl(url), state: 'sent', resource_type: 'websocket' },
    })
  }

  private frame(id: string, direction: 'received' | 'sent', opcode: number, payload: string): void {
    if (!this.sockets.has(id)) this.sockets.set(id, undefined)
    if (this.options.bodies !== 'none') {
      const content = opcode === 1 ? { text: payload } : { base64: payload }
      this.options.emit({ phase: 'network_body', data: { request_id: id, offset: 0, direction, ...content } })
    }
    if (direction === 'received' && opcode === 1)
      this.options.decoder.socketFrame({ requestId: id, ...defined({ url: this.sockets.get(id) }) }, payload)
  }

  private socketClosed(id: string): void {
    if (!this.sockets.has(id)) return
    const url = this.sockets.get(id)
    this.sockets.delete(id)
    this.options.decoder.socketClosed({ requestId: id, ...defined({ url }) })
    this.options.emit({
      phase: 'network',
      data: { request_id: id, method: 'GET', url: shortUrl(url ?? ''), state: 'finished', resource_type: 'websocket' },
    })
  }

  private tell(exchange: Exchange, type: string, state: NetworkState): void {
    const { requestId, method, url } = exchange
    this.options.emit({
      phase: 'network',
      data: { request_id: requestId, method, url: shortUrl(url), resource_type: type.toLowerCase(), ...state },
    })
  }
}

type NetworkState = Partial<Extract<EventDraft, { phase: 'network' }>['data']> & {
  state: 'sent' | 'response' | 'finished' | 'failed'
}

function isOurBusiness(url: string): boolean {
  return !/^(?:data|blob|chrome|chrome-extension|devtools|about):/i.test(url)
}

function shortUrl(url: string): string {
  return url.length > MAX_URL ? `${url.slice(0, MAX_URL)}…[cut, ${String(url.length)} characters]` : url
}

function lowerCase(headers: object): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]))
}

function milliseconds(seconds: number): number {
  return Math.max(0, Math.round(seconds * 1e6) / 1e3)
}

interface Timing {
  readonly dnsStart: number
  readonly dnsEnd: number
  readonly connectStart: number
  readonly connectEnd: number
  readonly sslStart: number
  readonly sslEnd: number
  readonly sendStart: number
  readonly sendEnd: number
  readonly receiveHeadersEnd: number
}

/** CDP tells milliseconds since the request's start, -1 for what did not happen; HAR wants the length of each part. */
function timingsOf(timing: Timing): Record<string, number> {
  const part = (start: number, end: number): number =>
    start < 0 || end < 0 ? -1 : Math.round((end - start) * 1000) / 1000
  return {
    dns: part(timing.dnsStart, timing.dnsEnd),
    connect: part(timing.connectStart, timing.connectEnd),
    ssl: part(timing.sslStart, timing.sslEnd),
    send: part(timing.sendStart, timing.sendEnd),
    wait: part(timing.sendEnd, timing.receiveHeadersEnd),
  }
}

/**
 * Listens to pages over CDP sessions of its own: every request, the bytes of streams as they come, WebSocket frames.
 * Nothing is changed or held up (facts 3.3 to 3.5).
 */
import type { CDPSession } from 'playwright-core'
import type { BodyEnd, Exchange, WireDecoder } from '../../core/decode/decoder'
import { defined } from '../../core/decode/json'
import type { EventDraft } from '../../shared/events/schema'
import { BodyRecorder, bytesOfText, keepBody, type BodyMode } from './bodies'
import { isOurBusiness, lowerCase, milliseconds, shortUrl, timingsOf, type Timing } from './cdp'
import { guarded } from './guardedDecoder'
import { SocketListener } from './sockets'

interface Request {
  exchange: Exchange
  readonly session: CDPSession
  /** Its id in that session. */
  readonly cdpId: string
  readonly type: string
  /** Seconds on CDP's clock. */
  readonly sentAt: number
  /** The document that asked, in its frame; a frame that shows another one has let go of the request. */
  readonly frameId: string | undefined
  readonly loaderId: string
  body?: BodyRecorder
  /** `asked`: the reply that says what came before is not here yet, so pieces wait. */
  streaming: 'no' | 'asked' | 'yes'
  readonly held: Buffer[]
  received: number
  end?: End
  /** Runs while a refusal says nothing more. */
  silence?: NodeJS.Timeout
}

interface End {
  readonly how: BodyEnd
  readonly told: NetworkState
}

/** What the listener needs of its capture. */
export interface NetworkOptions {
  readonly decoder: WireDecoder
  readonly bodies: BodyMode
  emit(draft: EventDraft): void
  /** A document of a page itself (of no frame in it) was answered. */
  onDocument(exchange: Exchange): void
  /** A request is on its way. */
  onRequest(exchange: Exchange): void
  /** A request ended before any answer came. */
  onUnanswered(exchange: Exchange): void
  /** The decoder threw: a defect of ours. */
  onDefect(error: unknown): void
  log(message: string): void
}

/** Requests that never end are forgotten when there are too many. */
const MAX_OPEN = 5000
/** A refusal of unknown length is whole when nothing of it came for so long. */
const SILENCE_MS = 1000
const BUFFERS = { maxTotalBufferSize: 200_000_000, maxResourceBufferSize: 100_000_000, maxPostDataSize: 1_000_000 }

/** The requests and sockets of all pages of one capture. */
export class NetworkListener {
  private readonly requests = new Map<string, Request>()
  /** Headers as they really went, which may be told before their request is. */
  private readonly sentHeaders = new Map<string, Record<string, string>>()
  private readonly receivedHeaders = new Map<string, Record<string, string>>()
  private readonly sockets: SocketListener
  private readonly decoder: WireDecoder
  private sessions = 0
  private waiting: (() => void)[] = []

  constructor(private readonly options: NetworkOptions) {
    this.decoder = guarded(options.decoder, options.onDefect.bind(options))
    this.sockets = new SocketListener({
      decoder: this.decoder,
      keepFrames: options.bodies !== 'none',
      emit: (draft) => {
        options.emit(draft)
      },
    })
  }

  /**
   * Attaches to a page or to a frame with a process of its own. Must be called before it navigates: a request that is
   * under way can't be joined.
   */
  async attach(session: CDPSession, mainFrameId?: string): Promise<void> {
    const prefix = this.sessions++ === 0 ? '' : `${String(this.sessions)}.`
    const id = (requestId: string): string => prefix + requestId
    session.on('Network.requestWillBeSentExtraInfo', ({ requestId, headers }) => {
      remember(this.sentHeaders, id(requestId), lowerCase(headers))
    })
    session.on('Network.responseReceivedExtraInfo', ({ requestId, headers }) => {
      remember(this.receivedHeaders, id(requestId), lowerCase(headers))
    })
    session.on('Network.requestWillBeSent', (event) => {
      const requestId = id(event.requestId)
      if (event.redirectResponse !== undefined) this.redirected(requestId, event.redirectResponse, event.timestamp)
      const { method, url, headers, postData } = event.request
      this.sent({
        exchange: { requestId, method, url, requestHeaders: lowerCase(headers), ...defined({ postData }) },
        session,
        cdpId: event.requestId,
        type: event.type ?? 'Other',
        sentAt: event.timestamp,
        frameId: event.frameId,
        loaderId: event.loaderId,
        streaming: 'no',
        held: [],
        received: 0,
      })
    })
    session.on('Network.responseReceived', (event) => {
      const exchange = this.responded(id(event.requestId), event.response)
      if (event.type === 'Document' && exchange !== undefined && event.frameId === mainFrameId)
        this.options.onDocument(exchange)
    })
    session.on('Network.dataReceived', (event) => {
      if (event.data !== undefined) this.data(id(event.requestId), Buffer.from(event.data, 'base64'))
    })
    session.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) => {
      void this.finished(id(requestId), timestamp, encodedDataLength)
    })
    session.on('Network.loadingFailed', ({ requestId, timestamp, errorText, canceled }) => {
      this.failed(id(requestId), timestamp, errorText, canceled === true)
    })
    session.on('Page.frameNavigated', ({ frame }) => {
      this.leave(({ frameId, loaderId }) => frameId === frame.id && loaderId !== frame.loaderId)
    })
    session.on('Page.frameDetached', ({ frameId: gone, reason }) => {
      if (reason === 'remove') this.leave(({ frameId }) => frameId === gone)
      // Another process shows the frame from here on; this session hears no more of its document.
      else this.handOver(gone)
    })
    session.on('close', () => {
      this.leave((request) => request.session === session)
      this.sockets.end(session)
    })
    this.sockets.attach(session, id)
    await session.send('Network.enable', BUFFERS)
    await session.send('Page.enable')
  }

  /** The capture is over: what is still open was cut off, what the decoder holds back is told. */
  end(): void {
    this.leave(() => true)
    this.sockets.end()
    this.decoder.end()
  }

  /** Resolves when no body is on its way to a decoder or the log. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve)
      this.noteQuiet()
    })
  }

  private noteQuiet(): void {
    if (this.waiting.length === 0 || [...this.requests.values()].some(({ body }) => body !== undefined)) return
    for (const resolve of this.waiting.splice(0)) resolve()
  }

  private sent(request: Request): void {
    const { exchange, type } = request
    if (!isOurBusiness(exchange.url)) return
    this.requests.set(exchange.requestId, request)
    this.tell(exchange, type, { state: 'sent', request_headers: exchange.requestHeaders })
    this.options.onRequest(exchange)
    this.decoder.request(exchange)
    const oldest = this.requests.size > MAX_OPEN ? this.requests.values().next().value : undefined
    if (oldest !== undefined) this.over(oldest, 'canceled', `not followed: over ${String(MAX_OPEN)} open requests`)
  }

  private redirected(
    id: string,
    response: { readonly status: number; readonly headers: object; readonly mimeType: string },
    timestamp: number,
  ): void {
    const request = this.requests.get(id)
    if (request === undefined) return
    this.tell(request.exchange, request.type, {
      state: 'finished',
      status: response.status,
      mime_type: response.mimeType,
      response_headers: lowerCase(response.headers),
      duration_ms: milliseconds(timestamp - request.sentAt),
    })
    this.requests.delete(id)
  }

  private responded(
    id: string,
    response: {
      readonly status: number
      readonly headers: object
      readonly mimeType: string
      readonly timing?: Timing | undefined
    },
  ): Exchange | undefined {
    const request = this.requests.get(id)
    if (request === undefined) return undefined
    const { status, headers, mimeType, timing } = response
    const responseHeaders = { ...lowerCase(headers), ...take(this.receivedHeaders, id) }
    const exchange = { ...request.exchange, status, mimeType, responseHeaders }
    request.exchange = exchange
    const sentHeaders = take(this.sentHeaders, id)
    this.tell(exchange, request.type, {
      state: 'response',
      status,
      mime_type: mimeType,
      response_headers: responseHeaders,
      ...defined({
        request_headers: sentHeaders && { ...exchange.requestHeaders, ...sentHeaders },
        timings: timing && timingsOf(timing),
      }),
    })
    const decoder = this.decoder.response(exchange)
    const keep = keepBody(this.options.bodies, mimeType)
    if (decoder !== undefined || keep !== undefined) {
      request.body = new BodyRecorder(id, decoder, keep, (draft) => {
        this.options.emit(draft)
      })
      request.streaming = 'asked'
      void this.stream(request)
    }
    return exchange
  }

  /** Events before the reply carry no data, the reply holds exactly theirs, events after it carry their own. */
  private async stream(request: Request): Promise<void> {
    const { session, cdpId } = request
    try {
      const { bufferedData } = await session.send('Network.streamResourceContent', { requestId: cdpId })
      if (!this.isOpen(request)) return
      request.streaming = 'yes'
      this.take(request, Buffer.from(bufferedData, 'base64'))
      for (const bytes of request.held.splice(0)) this.take(request, bytes)
    } catch {
      // Finished already (a short body): it is fetched whole at its end.
      request.streaming = 'no'
      if (request.end?.how === 'finished') await this.fetchBody(request)
    }
    if (request.end !== undefined) this.close(request, request.end)
  }

  private async fetchBody(request: Request): Promise<void> {
    try {
      const { body, base64Encoded } = await request.session.send('Network.getResponseBody', {
        requestId: request.cdpId,
      })
      const hasCharset = /charset=/i.test(request.exchange.responseHeaders?.['content-type'] ?? '')
      const bytes = base64Encoded
        ? Buffer.from(body, 'base64')
        : hasCharset
          ? Buffer.from(body, 'utf8')
          : bytesOfText(body)
      if (this.isOpen(request)) request.body?.push(bytes)
    } catch (error) {
      const { requestId, url } = request.exchange
      // A page that went on, or a buffer that was too small, takes a body with it.
      this.options.emit({ phase: 'dropped', data: { count: 1, why: `the browser let go of the body of ${requestId}` } })
      this.options.log(`the body of ${url.slice(0, 200)} could not be read: ${String(error)}`)
    }
  }

  private data(id: string, bytes: Buffer): void {
    const request = this.requests.get(id)
    if (request?.streaming === 'asked') request.held.push(bytes)
    else if (request?.streaming === 'yes') this.take(request, bytes)
  }

  private take(request: Request, bytes: Buffer): void {
    request.received += bytes.length
    request.body?.push(bytes)
    if ((request.exchange.status ?? 0) >= 400 && request.end === undefined) this.considerWhole(request)
  }

  /** Of a refusal that the page does not read, the browser never says that it is finished. */
  private considerWhole(request: Request): void {
    const headers = request.exchange.responseHeaders ?? {}
    const length = headers['content-encoding'] === undefined ? Number(headers['content-length'] ?? NaN) : NaN
    const finish = (): void => {
      this.close(request, { how: 'finished', told: { state: 'finished', bytes: request.received } })
    }
    clearTimeout(request.silence)
    if (request.received >= length) finish()
    else request.silence = setTimeout(finish, SILENCE_MS)
  }

  private async finished(id: string, timestamp: number, bytes: number): Promise<void> {
    const request = this.requests.get(id)
    if (request === undefined) return
    const end: End = {
      how: 'finished',
      told: {
        state: 'finished',
        bytes: Math.max(0, Math.round(bytes)),
        duration_ms: milliseconds(timestamp - request.sentAt),
      },
    }
    request.end = end
    // `stream` closes it when its reply is here.
    if (request.streaming === 'asked') return
    if (request.body !== undefined && request.streaming === 'no') await this.fetchBody(request)
    this.close(request, end)
  }

  private failed(id: string, timestamp: number, error: string, canceled: boolean): void {
    const request = this.requests.get(id)
    if (request === undefined) return
    const duration_ms = milliseconds(timestamp - request.sentAt)
    request.end =
      canceled && mayBeWhole(request.exchange)
        ? // The browser calls a stream that its page stopped reading at the end aborted.
          {
            how: 'finished',
            told: { state: 'finished', bytes: request.received, duration_ms, raw: { net_error: error } },
          }
        : { how: canceled ? 'canceled' : 'failed', told: { state: 'failed', error, duration_ms } }
    if (request.streaming !== 'asked') this.close(request, request.end)
  }

  /** The browser says nothing of the requests of a page that went away (facts 3.4). */
  private leave(isGone: (request: Request) => boolean): void {
    for (const request of [...this.requests.values()].filter(isGone))
      this.over(request, 'canceled', 'the page went away')
  }

  private handOver(frame: string): void {
    for (const request of [...this.requests.values()])
      if (request.frameId === frame && request.type === 'Document')
        this.close(request, { how: 'finished', told: { state: 'finished' } })
  }

  private over(request: Request, how: BodyEnd, error: string): void {
    this.close(request, request.end ?? { how, told: { state: 'failed', error } })
  }

  private close(request: Request, { how, told }: End): void {
    const { exchange } = request
    if (!this.isOpen(request)) return
    this.requests.delete(exchange.requestId)
    clearTimeout(request.silence)
    this.sentHeaders.delete(exchange.requestId)
    this.receivedHeaders.delete(exchange.requestId)
    if (request.held.length > 0) {
      // The bytes before them never came, and a body with a hole would decode to something else.
      const bytes = request.held.reduce((sum, piece) => sum + piece.length, 0)
      const why = `the page went away before the body of ${exchange.requestId} could be joined`
      this.options.emit({ phase: 'dropped', data: { count: request.held.length, bytes, why } })
    }
    request.body?.end(how)
    const { status, mimeType } = exchange
    this.tell(exchange, request.type, { ...told, ...defined({ status, mime_type: mimeType }) })
    if (status === undefined && how !== 'finished') this.options.onUnanswered(exchange)
    this.noteQuiet()
  }

  private isOpen(request: Request): boolean {
    return this.requests.get(request.exchange.requestId) === request
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

/**
 * Of an answer that must not be stored and has no length, Chromium says that it was cancelled also when the page read it
 * to its end (measured with Chromium 156: fetch, chunked, read by a reader). What the stream said tells whether it is whole.
 */
function mayBeWhole({ status, responseHeaders = {} }: Exchange): boolean {
  return status === 200 && /no-store/i.test(responseHeaders['cache-control'] ?? '')
}

/** Headers of requests that nobody else tells of must not pile up. */
const MAX_REMEMBERED = 1000

function remember(map: Map<string, Record<string, string>>, id: string, headers: Record<string, string>): void {
  map.set(id, headers)
  if (map.size <= MAX_REMEMBERED) return
  const oldest = map.keys().next().value
  if (oldest !== undefined) map.delete(oldest)
}

function take(map: Map<string, Record<string, string>>, id: string): Record<string, string> | undefined {
  const headers = map.get(id)
  map.delete(id)
  return headers
}

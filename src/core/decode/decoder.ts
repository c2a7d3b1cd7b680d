/**
 * The seam between what a browser received and what it means. A capture has one WireDecoder; the browser source feeds
 * it every request, response, body byte and WebSocket frame in order of arrival, and it makes event drafts.
 */
import type { EventDraft } from '../../shared/events/schema'

/** One HTTP exchange of the page. Header names are lower case. */
export interface Exchange {
  readonly requestId: string
  readonly method: string
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  /** The request's body where it is text and known. */
  readonly postData?: string
  /** From the response on. */
  readonly status?: number
  readonly mimeType?: string
  readonly responseHeaders?: Readonly<Record<string, string>>
}

/** How a body ended: whole, broken off by the network or the server, or cancelled by the page itself. */
export type BodyEnd = 'finished' | 'failed' | 'canceled'

/** Takes one response body as its bytes come; pieces are cut anywhere. */
export interface BodyDecoder {
  push(bytes: Uint8Array): void
  end(how: BodyEnd): void
}

export interface SocketInfo {
  readonly requestId: string
  /** Absent for a socket that was open before we listened. */
  readonly url?: string
}

/** What is wrong with a turn, in the words of an `error` event. */
export interface TurnError {
  readonly code: string
  readonly message: string
  readonly http_status?: number
  readonly retry_after_s?: number
}

/**
 * The life of one turn (a prompt and its answer). The driver ends a prompted capture on `complete` and `failed`.
 * `interrupted`: the carrier ended without a proof of completion; the page may resume, so the driver waits a while before
 * it calls the turn incomplete. `handed_off`: the answer goes on over another carrier.
 */
export type TurnChange =
  | { readonly state: 'submitted' | 'started' | 'handed_off' | 'resumed' | 'interrupted' | 'complete' }
  | { readonly state: 'failed'; readonly error: TurnError }

export interface DecodeContext {
  emit(draft: EventDraft): void
  turn(change: TurnChange): void
}

export interface WireDecoder {
  /** A request is on its way (prompt submitted, resume asked for, logged in or not by its path). */
  request(exchange: Exchange): void
  /** Headers arrived. Returns who takes the body, or undefined when nobody wants it. */
  response(exchange: Exchange): BodyDecoder | undefined
  /** One whole text frame that the page received. */
  socketFrame(socket: SocketInfo, text: string): void
  socketClosed(socket: SocketInfo): void
  /** The capture is over: flush what is held back. */
  end(): void
}

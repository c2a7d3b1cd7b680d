/**
 * Request and answer over any pair of ports: the client side in a webview, the server side in the extension host. It
 * knows nothing of the transport; the contract gives the types, and whoever makes the server brings the checks.
 */
import type {
  NotificationName,
  Notifications,
  RequestName,
  RequestParams,
  ResponseTypes,
  ToHost,
  ToWebview,
} from './contract'

/** One end of a two-way channel that keeps the order of its messages. */
export interface Transport<Outgoing, Incoming> {
  post(message: Outgoing): void
  /** Returns what ends the listening. */
  onMessage(listener: (message: Incoming) => void): () => void
}

/** A request that did not get its answer. */
export class RequestError extends Error {
  constructor(
    message: string,
    /** A `UserError`'s code, or `cancelled`, `timed_out`, `disposed`, `bad_request`, `defect`. */
    readonly code: string,
  ) {
    super(message)
    this.name = 'RequestError'
  }
}

/** Parameters are only read, so a caller may pass what it must not change. */
type Unchanged<T> = T extends readonly (infer E)[]
  ? readonly Unchanged<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Unchanged<T[K]> }
    : T

/** The parameters of a request, as a caller gives them. */
export type CallParams<N extends RequestName> = Unchanged<RequestParams<N>>

export interface CallOptions {
  /** Cancels the request on both sides; the promise rejects with the code `cancelled`. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds until the promise rejects with the code `timed_out`; 0 waits for ever (for a person's choice). */
  readonly timeoutMs?: number | undefined
}

export interface Client {
  /** Sends a request. @throws RequestError (as a rejection) when there is no answer, or the answer is an error */
  call<N extends RequestName>(name: N, params: CallParams<N>, options?: CallOptions): Promise<ResponseTypes[N]>
  /** Listens to one kind of notification; returns what ends the listening. */
  on<N extends NotificationName>(name: N, listener: (value: Notifications[N]) => void): () => void
  /** Rejects every request that waits and stops listening. */
  dispose(): void
}

interface Pending {
  resolve(value: unknown): void
  reject(error: RequestError): void
}

const DEFAULT_TIMEOUT_MS = 30_000

/** The asking side. Messages from the host are trusted: both sides come from one package. */
export function createClient(transport: Transport<ToHost, ToWebview>, defaults: { timeoutMs?: number } = {}): Client {
  const pending = new Map<number, Pending>()
  const listeners = new Map<string, Set<(value: never) => void>>()
  let nextId = 1
  let disposed = false

  const stopListening = transport.onMessage((message) => {
    if (message.type === 'notification') {
      for (const listener of listeners.get(message.name) ?? []) (listener as (value: unknown) => void)(message.value)
      return
    }
    // An answer to a request that was cancelled or timed out meanwhile finds nobody.
    const request = pending.get(message.id)
    if (message.type === 'result') request?.resolve(message.value)
    else request?.reject(new RequestError(message.message, message.code))
  })

  return {
    call(name, params, options = {}) {
      return new Promise((resolve, reject) => {
        if (disposed) {
          reject(new RequestError('The connection is closed.', 'disposed'))
          return
        }
        const { signal } = options
        if (signal?.aborted === true) {
          reject(new RequestError(`The request ${name} was cancelled.`, 'cancelled'))
          return
        }
        const id = nextId++
        const timeoutMs = options.timeoutMs ?? defaults.timeoutMs ?? DEFAULT_TIMEOUT_MS
        const giveUp = (error: RequestError) => {
          settle()
          transport.post({ type: 'cancel', id })
          reject(error)
        }
        const onAbort = () => {
          giveUp(new RequestError(`The request ${name} was cancelled.`, 'cancelled'))
        }
        const timer =
          timeoutMs > 0
            ? setTimeout(() => {
                giveUp(new RequestError(`No answer to ${name} within ${String(timeoutMs / 1000)} s.`, 'timed_out'))
              }, timeoutMs)
            : undefined
        const settle = () => {
          pending.delete(id)
          clearTimeout(timer)
          signal?.removeEventListener('abort', onAbort)
        }
        signal?.addEventListener('abort', onAbort)
        pending.set(id, {
          resolve(value) {
            settle()
            resolve(value as ResponseTypes[typeof name])
          },
          reject(error) {
            settle()
            reject(error)
          },
        })
        try {
          transport.post({ type: 'request', id, name, params })
        } catch (error) {
          settle()
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      })
    },
    on(name, listener) {
      const set = listeners.get(name) ?? new Set()
      listeners.set(name, set)
      set.add(listener)
      return () => {
        set.delete(listener)
      }
    },
    dispose() {
      if (disposed) return
      disposed = true
      stopListening()
      listeners.clear()
      for (const request of [...pending.values()])
        request.reject(new RequestError('The connection was closed.', 'disposed'))
    },
  }
}

type Awaitable<T> = T | Promise<T>

/** One handler for each of these requests; a missing one does not compile. */
export type Handlers<Names extends RequestName = RequestName> = {
  readonly [N in Names]: (params: RequestParams<N>, signal: AbortSignal) => Awaitable<ResponseTypes[N]>
}

/** The shape of zod's `safeParse`, so that `(name, params) => requestSchemas[name].safeParse(params)` is a validator. */
export type Validate = (
  name: RequestName,
  params: unknown,
) =>
  | { readonly success: true; readonly data: unknown }
  | { readonly success: false; readonly error: { readonly message: string } }

export interface ServerOptions {
  /** A page that asks for what is not here is refused. */
  readonly handlers: Partial<Handlers>
  readonly validate: Validate
  /** Told of errors that are no `UserError`, and of messages that are no request: defects, or a page that lies. */
  readonly onDefect: (error: unknown, request: string) => void
}

export interface Server {
  notify<N extends NotificationName>(name: N, value: Notifications[N]): void
  /** The page is gone: aborts every request that runs, and answers none of them. Another page may take its place. */
  forget(): void
  /** Aborts every request that runs and stops listening; nothing is sent any more. */
  dispose(): void
}

/** Requests that may run at once; a page that asks for more is told so. */
const MAX_RUNNING = 256

/** The answering side. Whatever arrives is unknown until it is checked. */
export function createServer(transport: Transport<ToWebview, unknown>, options: ServerOptions): Server {
  const { handlers, validate, onDefect } = options
  const running = new Map<number, AbortController>()
  let disposed = false

  const answer = (id: number, controller: AbortController, message: ToWebview) => {
    if (running.get(id) !== controller) return
    running.delete(id)
    if (!disposed) transport.post(message)
  }

  const run = async (id: number, name: RequestName, params: unknown, controller: AbortController) => {
    try {
      const handler = handlers[name] as (params: unknown, signal: AbortSignal) => unknown
      const value = await handler(params, controller.signal)
      answer(id, controller, { type: 'result', id, value })
    } catch (error) {
      if (controller.signal.aborted) {
        answer(id, controller, { type: 'error', id, message: `${name} was cancelled.`, code: 'cancelled' })
        return
      }
      const code = codeOf(error)
      if (code === undefined) onDefect(error, name)
      const message = error instanceof Error ? error.message : String(error)
      answer(id, controller, { type: 'error', id, message, code: code ?? 'defect' })
    }
  }

  const stopListening = transport.onMessage((incoming) => {
    const message = envelopeOf(incoming)
    if (message === undefined) {
      onDefect(new Error('A message that is neither a request nor a cancel.'), 'message')
      return
    }
    const { id } = message
    if (message.type === 'cancel') {
      running.get(id)?.abort()
      return
    }
    const refuse = (text: string) => {
      onDefect(new Error(text), message.name.slice(0, 100))
      transport.post({ type: 'error', id, message: text, code: 'bad_request' })
    }
    if (running.has(id)) {
      refuse('Two requests with one id.')
      return
    }
    if (running.size >= MAX_RUNNING) {
      refuse('Too many requests at once.')
      return
    }
    if (!Object.hasOwn(handlers, message.name)) {
      refuse(`There is no request ${message.name.slice(0, 100)}.`)
      return
    }
    const name = message.name as RequestName
    const checked = validate(name, message.params)
    if (!checked.success) {
      refuse(`The request ${name} is not valid: ${checked.error.message}`)
      return
    }
    const controller = new AbortController()
    running.set(id, controller)
    void run(id, name, checked.data, controller)
  })

  const forget = () => {
    const abandoned = [...running.values()]
    running.clear()
    for (const controller of abandoned) controller.abort()
  }

  return {
    notify(name, value) {
      if (!disposed) transport.post({ type: 'notification', name, value })
    },
    forget,
    dispose() {
      if (disposed) return
      disposed = true
      stopListening()
      forget()
    },
  }
}

/** The code of an error that was made for a person (`UserError` and its like); undefined for a defect. */
function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || error.name !== 'UserError' || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

function envelopeOf(message: unknown): ToHost | undefined {
  if (typeof message !== 'object' || message === null) return undefined
  const { type, id, name, params } = message as Record<string, unknown>
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) return undefined
  if (type === 'cancel') return { type, id }
  if (type === 'request' && typeof name === 'string') return { type, id, name, params }
  return undefined
}

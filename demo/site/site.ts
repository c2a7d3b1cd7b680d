/** The demo chat site: a local server that imitates an LLM chat, its stream formats and its ways to fail. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { UserError } from '../../src/shared/userError'
import { Conversations } from './conversations'
import { answer, isLocal } from './http'
import { fakeToken, Identity } from './identity'
import { Pace, WriteRecord, type Write } from './pacing'
import { Router } from './routes'
import { DEFAULT_SCENARIO, SCENARIOS } from './scenarios/list'
import { TopicHub } from './topics'

export interface DemoSiteOptions {
  /** The port on 127.0.0.1; 0 (the default) takes a free one. */
  readonly port?: number
  /** The scenario of a page whose address names none; the default is `search`. */
  readonly scenario?: string
  /** How much faster than normal the streams are; the default is 1. */
  readonly speed?: number
}

export interface DemoSite {
  /** The address of the chat page, with a slash at its end. */
  readonly url: string
  readonly port: number
  /** The writes of all streams, oldest first; at most 100,000 are kept. */
  readonly writes: readonly Write[]
  /**
   * Holds every stream just after the next write that contains `text`; they go on, or are not held any more, when the
   * result is called.
   */
  holdAfter(text: string): () => void
  /** Ends every stream, socket and timer of the site. */
  close(): Promise<void>
}

/**
 * Starts the site on 127.0.0.1.
 * @throws UserError `unknown_scenario`, `bad_speed`, `port_in_use` or `port_not_allowed`.
 */
export async function startDemoSite(options: DemoSiteOptions = {}): Promise<DemoSite> {
  const { port = 0, scenario = DEFAULT_SCENARIO, speed = 1 } = options
  if (!Object.hasOwn(SCENARIOS, scenario)) {
    const names = Object.keys(SCENARIOS).join(', ')
    throw new UserError(
      `The demo site has no scenario "${scenario}". It has: ${names}.`,
      'unknown_scenario',
      'bad_input',
    )
  }
  if (!(speed > 0)) throw new UserError('The speed of the demo site must be above 0.', 'bad_speed', 'bad_input')

  const pace = new Pace(speed)
  const record = new WriteRecord()
  const hub = new TopicHub(pace, record)
  const conversations = new Conversations(pace, record, hub, scenario)
  const socketToken = fakeToken('demo-verify-')
  const router = new Router({ conversations, identity: new Identity(), scenario, socketToken, pace, record })

  const server = createServer((request, response) => {
    void handle(router, request, response)
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const known = /^\/p\d\d\/ws\/user\/[\w-]+$/.test(url.pathname) && url.searchParams.get('verify') === socketToken
    if (isLocal(request) && known) hub.accept(request, socket, head)
    else socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n')
  })
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  } catch (error) {
    throw listenError(error, port)
  }
  const bound = (server.address() as AddressInfo).port

  return {
    url: `http://127.0.0.1:${String(bound)}/`,
    port: bound,
    writes: record.entries,
    holdAfter(text) {
      let release: () => void = () => undefined
      const forget = record.whenWritten(text, () => {
        release = pace.hold()
      })
      return () => {
        forget()
        release()
      }
    },
    async close() {
      const closed = once(server, 'close')
      server.close()
      await conversations.close()
      router.close()
      await hub.close()
      server.closeAllConnections()
      await closed
    },
  }
}

/** Serves one request; a defect answers 500 (or breaks the stream off) instead of ending the site. */
async function handle(router: Router, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    if (isLocal(request)) await router.serve(request, response)
    else answer(response, 421, 'text/plain; charset=utf-8', 'This demo site answers only to this machine.\n')
  } catch (error) {
    // A reader that leaves in the middle of its own request is no defect.
    if (request.destroyed && !request.complete) return
    console.error('demo site:', error)
    if (response.headersSent) response.destroy()
    else answer(response, 500, 'text/plain; charset=utf-8', 'The demo site has a defect.\n')
  }
}

function listenError(error: unknown, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const where = `Port ${String(port)} on 127.0.0.1`
  if (code === 'EADDRINUSE') {
    return new UserError(`${where} is in use. Choose another one, or 0 for any.`, 'port_in_use', 'failed', {
      cause: error,
    })
  }
  if (code === 'EACCES') {
    return new UserError(`${where} may not be used. Choose one above 1023.`, 'port_not_allowed', 'failed', {
      cause: error,
    })
  }
  return error
}

/** Which request of the site is answered by whom. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { demoOptions, type Conversations } from './conversations'
import { GENERIC_FORMATS, type GenericVariant } from './generic'
import { answer, answerJson, answerPage, jsonFields, openStream, readBody } from './http'
import { fakeJwt, fakeToken, PERSON, type Identity } from './identity'
import { isAbort, type Pace, type WriteRecord } from './pacing'
import { APP_SCRIPT, CHALLENGE_SCRIPT, LOGIN_SCRIPT } from './page/appScript'
import { GENERIC_SCRIPT } from './page/genericScript'
import { challengePage, chatPage, genericPage, loginPage, missingPage } from './page/html'
import { ICON, STYLE } from './page/style'
import { TURN_SCRIPT } from './page/turnScript'
import { VIEW_SCRIPT } from './page/viewScript'
import { WIRE_SCRIPT } from './page/wireScript'
import { scenarioName } from './scenarios/list'
import { StreamSender } from './sender'

const JAVASCRIPT = 'text/javascript; charset=utf-8'

const ASSETS: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/assets/style.css': ['text/css; charset=utf-8', STYLE],
  '/assets/icon.svg': ['image/svg+xml', ICON],
  '/assets/app.js': [JAVASCRIPT, APP_SCRIPT],
  '/assets/turn.js': [JAVASCRIPT, TURN_SCRIPT],
  '/assets/view.js': [JAVASCRIPT, VIEW_SCRIPT],
  '/assets/wire.js': [JAVASCRIPT, WIRE_SCRIPT],
  '/assets/generic.js': [JAVASCRIPT, GENERIC_SCRIPT],
  '/assets/login.js': [JAVASCRIPT, LOGIN_SCRIPT],
  '/assets/challenge.js': [JAVASCRIPT, CHALLENGE_SCRIPT],
}

/** What the router hands requests to. */
export interface Parts {
  readonly conversations: Conversations
  readonly identity: Identity
  /** The scenario of a page whose address names none. */
  readonly scenario: string
  /** The secret in the address of the socket. */
  readonly socketToken: string
  readonly pace: Pace
  readonly record: WriteRecord
}

export class Router {
  private readonly closing = new AbortController()

  constructor(private readonly parts: Parts) {}

  /** Answers one request. It has been let in already. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1')
    const path = url.pathname
    const asset = Object.hasOwn(ASSETS, path) ? ASSETS[path] : undefined
    const api = /^\/backend-(api|anon)(\/.*)$/.exec(path)
    const generic = /^\/generic\/(openai|anthropic|responses)(?:\/(.+))?$/.exec(path)
    if (asset !== undefined && request.method === 'GET') answer(response, 200, ...asset)
    else if (api !== null) await this.api(request, response, api[1] === 'anon', api[2] ?? '')
    else if (generic !== null)
      await this.generic(request, response, generic[1] as keyof typeof GENERIC_FORMATS, generic[2])
    else if (request.method === 'GET') this.page(request, response, url)
    else if (request.method === 'POST') this.form(response, path)
    else answer(response, 405, 'text/plain; charset=utf-8', 'Not allowed.\n', { allow: 'GET, POST' })
  }

  /** Ends the streams of the generic formats. */
  close(): void {
    this.closing.abort()
  }

  private page(request: IncomingMessage, response: ServerResponse, url: URL): void {
    const { identity } = this.parts
    if (url.pathname === '/') {
      const scenario = scenarioName(url.searchParams.get('scenario'), this.parts.scenario)
      if (scenario === 'challenge' && !identity.isCleared(request)) {
        answerPage(response, 403, challengePage(), { 'cf-mitigated': 'challenge', 'cf-ray': 'demo-0' })
      } else {
        const setCookie = identity.pageCookies(request, scenario === 'loggedout')
        answerPage(response, 200, chatPage(scenario), setCookie.length > 0 ? { 'set-cookie': setCookie } : {})
      }
    } else if (url.pathname === '/auth/login') {
      answerPage(response, 200, loginPage())
    } else if (url.pathname === '/api/auth/session') {
      answerJson(response, 200, this.session(request))
    } else {
      answerPage(response, 404, missingPage())
    }
  }

  private session(request: IncomingMessage): unknown {
    const accessToken = this.parts.identity.accessToken(request)
    const WARNING_BANNER = 'This is a demo: every token here is made up.'
    if (accessToken === undefined) return { WARNING_BANNER }
    return {
      WARNING_BANNER,
      user: { ...PERSON, image: null },
      expires: '2027-01-01T00:00:00.000Z',
      account: { id: 'account-demo', planType: 'free' },
      accessToken,
      authProvider: 'demo',
    }
  }

  private form(response: ServerResponse, path: string): void {
    const { identity } = this.parts
    if (path === '/auth/callback')
      answerJson(response, 200, { ok: true }, { 'set-cookie': identity.startSession(true) })
    else if (path === '/auth/logout') answerJson(response, 200, { ok: true }, { 'set-cookie': identity.endedSession() })
    else if (path === '/cdn-cgi/demo-clearance') {
      answerJson(response, 200, { ok: true }, { 'set-cookie': identity.clear() })
    } else answerJson(response, 404, { detail: 'Not Found' })
  }

  private async api(
    request: IncomingMessage,
    response: ServerResponse,
    anonymous: boolean,
    path: string,
  ): Promise<void> {
    const { conversations, socketToken } = this.parts
    if (!anonymous && !(request.headers.authorization ?? '').startsWith('Bearer eyJ')) {
      answerJson(response, 401, { detail: 'Your session has ended. Log in again.' })
      return
    }
    const status = /^\/conversation\/([\w-]+)\/stream_status$/.exec(path)
    const what = `${request.method ?? ''} ${path}`
    if (what === 'POST /f/conversation' || what === 'POST /conversation') await conversations.start(request, response)
    else if (what === 'POST /f/conversation/resume') await conversations.resume(request, response)
    else if (what === 'POST /stop_conversation') await conversations.stop(request, response)
    else if (what === 'POST /f/conversation/prepare') {
      answerJson(response, 200, { status: 'ok', conduit_token: fakeJwt('conduit') })
    } else if (what === 'POST /sentinel/chat-requirements/prepare') {
      answerJson(response, 200, {
        persona: anonymous ? 'chatgpt-noauth' : 'chatgpt-freeaccount',
        token: fakeToken('gAAAAAB'),
        proof: fakeToken('gAAAAAC'),
        turnstile: fakeToken(''),
      })
    } else if (what === 'GET /celsius/ws/user' && !anonymous) {
      const websocket_url = `ws://${request.headers.host ?? ''}/p07/ws/user/${PERSON.id}?verify=${socketToken}`
      answerJson(response, 200, { websocket_url })
    } else if (request.method === 'GET' && status !== null) conversations.status(status[1] ?? '', response)
    else answerJson(response, 404, { detail: 'Not Found' })
  }

  private async generic(
    request: IncomingMessage,
    response: ServerResponse,
    name: keyof typeof GENERIC_FORMATS,
    path: string | undefined,
  ): Promise<void> {
    const format = GENERIC_FORMATS[name]
    if (request.method === 'GET' && path === undefined) {
      answerPage(response, 200, genericPage(format.title))
    } else if (request.method === 'POST' && path === format.path) {
      const prompt = genericPrompt(jsonFields((await readBody(request)) ?? ''))
      const wanted = demoOptions(request).get('scenario')
      const variant: GenericVariant = wanted === 'tools' || wanted === 'streamerror' ? wanted : 'plain'
      openStream(response)
      const own = new AbortController()
      const end = (): void => {
        own.abort()
      }
      response.once('close', end)
      this.closing.signal.addEventListener('abort', end)
      if (this.closing.signal.aborted) end()
      try {
        const sender = new StreamSender(response, this.parts.pace, this.parts.record, own.signal)
        await sender.send(format.steps({ prompt, variant }), 'close')
      } catch (error) {
        if (!isAbort(error)) throw error
        response.end()
      } finally {
        this.closing.signal.removeEventListener('abort', end)
      }
    } else {
      answerJson(response, 404, { error: { message: 'Not found.', type: 'not_found', code: 'not_found' } })
    }
  }
}

/** The prompt of a request in any of the generic formats. */
function genericPrompt(fields: Readonly<Record<string, unknown>>): string {
  if (typeof fields['input'] === 'string') return fields['input']
  const messages: unknown = fields['messages']
  const last: unknown = Array.isArray(messages) ? messages.at(-1) : undefined
  const content = typeof last === 'object' && last !== null && 'content' in last ? last.content : undefined
  return typeof content === 'string' ? content : ''
}

/** Who the site thinks is there: made-up sessions and tokens in the shape of real ones, so that redaction has something to find. */
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { cookies } from './http'

/** Browsers take a `__Secure-` name from loopback addresses without TLS only in part, so the cookie comes without the prefix too. */
export const SESSION_COOKIE = '__Secure-next-auth.session-token'
const PLAIN_SESSION_COOKIE = 'next-auth.session-token'
const CLEARANCE_COOKIE = 'cf_clearance'
const DEVICE_COOKIE = 'oai-did'
/** Nothing is remembered beyond so many sessions. */
const SESSIONS_KEPT = 1000

/** A made-up token in the shape of a signed JSON web token. */
export function fakeJwt(subject: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = {
    sub: subject,
    iss: 'https://auth.demo-chat.example',
    exp: 1_900_000_000,
    jti: randomBytes(6).toString('hex'),
  }
  return `${part({ alg: 'RS256', typ: 'JWT', kid: 'demo' })}.${part(claims)}.${randomBytes(64).toString('base64url')}`
}

/** A made-up opaque token. */
export function fakeToken(prefix: string): string {
  return `${prefix}${randomBytes(24).toString('base64url')}`
}

/** The person whom the site knows. */
export const PERSON = { id: 'user-demo', name: 'Ada Demo', email: 'ada@demo-chat.example' } as const

function setCookie(name: string, value: string, rest = ''): string {
  return `${name}=${value}; Path=/; SameSite=Lax${rest}`
}

/** The sessions and clearances of one site; a browser's cookies from another site on this machine count for nothing. */
export class Identity {
  /** Session token -> whether a person logged in (and was not just taken as logged in). */
  private readonly sessions = new Map<string, { byPerson: boolean; accessToken: string }>()
  private readonly clearances = new Set<string>()

  /** The access token of the request's session, or undefined when it is logged out. */
  accessToken(request: IncomingMessage): string | undefined {
    return this.session(request)?.accessToken
  }

  isCleared(request: IncomingMessage): boolean {
    return this.clearances.has(cookies(request).get(CLEARANCE_COOKIE) ?? '')
  }

  /** The cookies that go with a page: a session where the scenario starts logged in, none where it starts logged out. */
  pageCookies(request: IncomingMessage, startsLoggedOut: boolean): string[] {
    const device = cookies(request).has(DEVICE_COOKIE) ? [] : [setCookie(DEVICE_COOKIE, fakeToken('did-'))]
    const session = this.session(request)
    if (startsLoggedOut) return session?.byPerson === true ? device : [...device, ...this.endedSession()]
    return session === undefined ? [...device, ...this.startSession(false)] : device
  }

  /** The cookies of a new session. */
  startSession(byPerson: boolean): string[] {
    const token = fakeToken('eyJhbGciOiJkaXIi.demo.')
    if (this.sessions.size >= SESSIONS_KEPT) this.sessions.clear()
    this.sessions.set(token, { byPerson, accessToken: fakeJwt(PERSON.id) })
    return [
      setCookie(SESSION_COOKIE, token, '; HttpOnly; Secure'),
      setCookie(PLAIN_SESSION_COOKIE, token, '; HttpOnly'),
    ]
  }

  /** The cookies that end a session. */
  endedSession(): string[] {
    return [
      setCookie(SESSION_COOKIE, '', '; HttpOnly; Secure; Max-Age=0'),
      setCookie(PLAIN_SESSION_COOKIE, '', '; HttpOnly; Max-Age=0'),
    ]
  }

  /** The cookie that lets a browser past the challenge. */
  clear(): string[] {
    const token = fakeToken('')
    if (this.clearances.size >= SESSIONS_KEPT) this.clearances.clear()
    this.clearances.add(token)
    return [setCookie(CLEARANCE_COOKIE, token, '; HttpOnly')]
  }

  private session(request: IncomingMessage): { byPerson: boolean; accessToken: string } | undefined {
    const jar = cookies(request)
    const tokens = [jar.get(SESSION_COOKIE), jar.get(PLAIN_SESSION_COOKIE)]
    return tokens.map((token) => this.sessions.get(token ?? '')).find((session) => session !== undefined)
  }
}

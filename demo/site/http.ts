/** Small helpers for the site's HTTP answers. */
import type { IncomingMessage, ServerResponse } from 'node:http'

const BODY_BYTES = 1024 * 1024

/** The host names that a request may come for; anything else is a name that was bound to this machine from outside. */
const LOOPBACK = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/

/** Whether the request is meant for this machine by its `Host` header, and comes from no other site by its `Origin`. */
export function isLocal(request: IncomingMessage): boolean {
  const host = request.headers.host ?? ''
  const origin = request.headers.origin
  return LOOPBACK.test(host) && (origin === undefined || origin === `http://${host}`)
}

/** The request's body as text, or undefined where it is larger than 1 MB. */
export async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length
    if (size <= BODY_BYTES) parts.push(part)
  }
  return size > BODY_BYTES ? undefined : Buffer.concat(parts).toString()
}

/** The fields of a JSON object; none where the text is no JSON object. */
export function jsonFields(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {}
  } catch {
    return {}
  }
}

/** The request's cookies by name. */
export function cookies(request: IncomingMessage): ReadonlyMap<string, string> {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='))
  return new Map(pairs.map(([name = '', ...value]) => [name, value.join('=')]))
}

const COMMON_HEADERS = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
} as const

/** Answers with a whole body. */
export function answer(
  response: ServerResponse,
  status: number,
  type: string,
  body: string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  response.writeHead(status, { ...COMMON_HEADERS, 'content-type': type, ...(headers as Record<string, string>) })
  response.end(body)
}

/** Answers with JSON. */
export function answerJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  answer(response, status, 'application/json', JSON.stringify(value), headers)
}

/** Answers with a page that may load nothing but the site's own files. */
export function answerPage(
  response: ServerResponse,
  status: number,
  html: string,
  headers: Readonly<Record<string, string | readonly string[]>> = {},
): void {
  const host = response.req.headers.host ?? ''
  answer(response, status, 'text/html; charset=utf-8', html, {
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' ws://${host}; base-uri 'none'; form-action 'self'; frame-ancestors 'self'`,
    ...headers,
  })
}

/** Opens an event stream. */
export function openStream(response: ServerResponse, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(200, { ...COMMON_HEADERS, 'content-type': 'text/event-stream; charset=utf-8', ...headers })
  response.flushHeaders()
}

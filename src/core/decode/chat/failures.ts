/** What an answer of the chat's server that is no stream says, in the words of an error event (facts on wire formats, 1.11). */
import type { Exchange, TurnError } from '../decoder'
import { defined, field, numberField, parseJson, textField } from '../json'

const WORDS: Readonly<Record<number, { readonly code: string; readonly message: string }>> = {
  400: { code: 'bad_request', message: 'The chat refused the request' },
  401: { code: 'logged_out', message: 'The chat says that you are logged out. Log in and try again' },
  403: { code: 'blocked', message: 'The chat refused access' },
  404: { code: 'not_found', message: 'The chat does not know this conversation any more' },
  410: { code: 'gone', message: 'The answer is not streamed any more' },
  413: { code: 'too_long', message: 'The chat says that the prompt is too long' },
  422: { code: 'bad_request', message: 'The chat refused the request' },
  429: { code: 'rate_limited', message: 'The chat says that you have asked too much for now' },
}
const MAX_REASON_CHARS = 2000

/**
 * @param exchange a response with a status of 400 or more
 * @param body its body, or the beginning of it
 */
export function failureOf({ status = 0, responseHeaders = {} }: Exchange, body: string): TurnError {
  const json = parseJson(body)
  const detail = field(json, 'detail') ?? field(json, 'error')
  const said = typeof detail === 'string' ? detail : (textField(detail, 'message') ?? textField(json, 'message'))
  const words = WORDS[status] ?? {
    code: `http_${String(status)}`,
    message: `The chat answered with HTTP ${String(status)}`,
  }
  const retry_after_s = numberField(detail, 'clears_in') ?? retryAfter(responseHeaders)
  return {
    code: textField(detail, 'code') ?? words.code,
    message: said === undefined ? `${words.message}.` : `${words.message}: ${said.slice(0, MAX_REASON_CHARS)}`,
    http_status: status,
    ...defined({ retry_after_s }),
  }
}

/** Seconds of a `retry-after` header: a number, or a date that is compared with the server's own clock. */
function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const value = headers['retry-after']?.trim() ?? ''
  if (value === '') return undefined
  if (Number.isFinite(Number(value))) return Math.max(0, Number(value))
  const seconds = (Date.parse(value) - Date.parse(headers['date'] ?? '')) / 1000
  return Number.isFinite(seconds) ? Math.max(0, seconds) : undefined
}

/** True where a challenge stands instead of an answer: a person must deal with it. */
export function isChallenge({ responseHeaders = {} }: Exchange): boolean {
  return responseHeaders['cf-mitigated'] === 'challenge'
}

/** What an answer of the chat's server that is no stream says, in the words of an error event (facts 1.11). */
import type { Exchange, TurnError } from '../decoder'
import { defined, field, numberField, parseJson, stringField } from '../json'

const WORDS: Readonly<Record<number, { code: string; message: string }>> = {
  400: { code: 'bad_request', message: 'The chat refused the request' },
  401: { code: 'logged_out', message: 'The chat says that you are logged out. Log in and try again' },
  403: { code: 'blocked', message: 'The chat refused access' },
  404: { code: 'not_found', message: 'The chat does not know this conversation any more' },
  410: { code: 'gone', message: 'The answer is not streamed any more' },
  413: { code: 'too_long', message: 'The chat says that the prompt is too long' },
  422: { code: 'bad_request', message: 'The chat refused the request' },
  429: { code: 'rate_limited', message: 'The chat says that you have asked too much for now' },
}

export function failureOf({ status = 0, responseHeaders = {} }: Exchange, body: string): TurnError {
  const json = parseJson(body)
  const detail = field(json, 'detail') ?? field(json, 'error')
  const said = typeof detail === 'string' ? detail : stringField(detail, 'message')
  const words = WORDS[status] ?? {
    code: `http_${String(status)}`,
    message: `The chat answered with HTTP ${String(status)}`,
  }
  const retry = numberField(detail, 'clears_in') ?? seconds(responseHeaders['retry-after'])
  return {
    code: stringField(detail, 'code') ?? words.code,
    message: `${words.message}${said === undefined ? '.' : `: ${said.slice(0, 2000)}`}`,
    http_status: status,
    ...defined({ retry_after_s: retry }),
  }
}

function seconds(header: string | undefined): number | undefined {
  const value = Number(header)
  return header !== undefined && header !== '' && Number.isFinite(value) ? value : undefined
}

/** True where a challenge stands instead of an answer: a person must deal with it. */
export function isChallenge({ responseHeaders = {} }: Exchange): boolean {
  return responseHeaders['cf-mitigated'] === 'challenge'
}

/** How a capture fails, in words for the person. */
import { UserError } from '../../shared/userError'
import type { Wall } from './login'

/** A failure as an error event and the run's metadata tell it. */
export interface Failure {
  readonly code: string
  readonly message: string
}

/** The turn's stream ended without a proof that the answer is complete. */
export const INCOMPLETE: Failure = {
  code: 'incomplete_stream',
  message: 'The answer broke off and was not resumed, so it is not complete. What came is recorded.',
}

/** The browser, or what showed the page in it, ended by itself. */
export function crashed(what: 'page' | 'browser'): Failure {
  return {
    code: 'browser_crashed',
    message:
      what === 'page'
        ? 'The page crashed. What it had sent is recorded; start the capture again.'
        : 'The browser ended unexpectedly. What it had sent is recorded; start the capture again.',
  }
}

/** The page shows nothing in which a prompt could be typed. */
export function noComposer(url: string): UserError {
  return new UserError(
    `The page ${url.slice(0, 300)} has no place to type a prompt that could be found. Start the capture without a prompt and type yourself.`,
    'no_composer',
  )
}

/** The capture lasted as long as it may; `wall` is what it waited for, if anything. */
export function timeLimit(timeoutMs: number, wall: Wall | undefined): Failure {
  const limit =
    timeoutMs < 60_000 ? `${String(timeoutMs / 1000)} s` : `${String(Math.round(timeoutMs / 6000) / 10)} min`
  const waited =
    wall === undefined
      ? 'before the answer was complete'
      : wall === 'human_needed'
        ? 'while the site waited for a person'
        : 'while the site waited for a log-in'
  return {
    code: 'time_limit',
    message: `The capture reached its time limit of ${limit} ${waited}. tapedeck.capture.timeoutSeconds (--timeout) sets the limit.`,
  }
}

/** Chromium's names of network errors, in words. Source: net/base/net_error_list.h. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_ABORTED: 'it answered with a download, or with nothing to show',
  ERR_CONNECTION_REFUSED: 'nothing answers there (connection refused)',
  ERR_CONNECTION_RESET: 'the connection was reset',
  ERR_CONNECTION_CLOSED: 'the connection was closed',
  ERR_EMPTY_RESPONSE: 'it answered with nothing',
  ERR_NAME_NOT_RESOLVED: 'there is no such host',
  ERR_INTERNET_DISCONNECTED: 'there is no network',
  ERR_ADDRESS_UNREACHABLE: 'there is no way to it',
  ERR_CONNECTION_TIMED_OUT: 'it did not answer in time',
  ERR_TIMED_OUT: 'it did not answer in time',
  ERR_TOO_MANY_REDIRECTS: 'it redirects in a circle',
  ERR_UNSAFE_PORT: 'browsers refuse this port',
  ERR_SSL_PROTOCOL_ERROR: 'it does not speak TLS',
  ERR_CERT_AUTHORITY_INVALID: 'its certificate is not trusted',
  ERR_CERT_COMMON_NAME_INVALID: 'its certificate is for another name',
  ERR_CERT_DATE_INVALID: 'its certificate is out of date',
  ERR_PROXY_CONNECTION_FAILED: 'the proxy does not answer',
}

/** True for an error that only says that the page went elsewhere by itself. */
export function wentElsewhere(error: unknown): boolean {
  return error instanceof Error && /interrupted by another navigation/.test(error.message)
}

/** The page could not be opened. */
export function unreachable(url: string, error: unknown): UserError {
  const text = firstLine(error)
  const code = /net::(ERR_[A-Z_]+)/.exec(text)?.[1]
  const reason = /Timeout \d+ms exceeded/.test(text)
    ? 'it did not answer in time'
    : code === undefined
      ? text
      : (REASONS[code] ?? code)
  return new UserError(
    `The page ${url.slice(0, 300)} can't be opened: ${reason}. Check the address (tapedeck.capture.url, --url) and the network.`,
    'page_unreachable',
    'failed',
    { cause: error },
  )
}

/** The page is there, but typing and sending did not work on it. */
export function notDrivable(error: unknown): UserError {
  if (error instanceof UserError) return error
  return new UserError(
    `The prompt could not be typed and sent on this page (${firstLine(error)}). Start the capture without a prompt and type yourself.`,
    'page_not_drivable',
    'failed',
    { cause: error },
  )
}

export function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return (text.split('\n')[0] ?? text).slice(0, 300)
}

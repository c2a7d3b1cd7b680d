/** The names that secrets have: keys of JSON, parameters of addresses and forms, headers. */
import { leavesList, leavesSecret, leavesToken } from './innocent'
import { COOKIE_PAIR } from './pattern'

export const secretNames = [
  '(?:proxy-)?authorization',
  '(?:x-)?access[_-]?token',
  '(?:x-)?auth[_-]?token',
  '(?:x-)?api[_-]?token',
  'private-token',
  'bearer_?token',
  'refresh_?token',
  'id_?token',
  '(?:aws_|x-)?session[_-]?token',
  '(?:x-)?conduit[_-]?token',
  'resume_?(?:conversation_?)?token',
  'prepare_?token',
  'proof_?token',
  'turnstile_?token',
  '(?:x-)?(?:csrf|xsrf)[_-]?token',
  'read_write_token',
  'client_?secret',
  '(?:x-)?api[_-]?key',
  'x-auth-key',
  'x-session-id',
  'secret_?key',
  '(?:aws_)?secret_?access_?key',
  'private_?key',
  'set-cookie',
  'password',
  'passwd',
].join('|')

/** Names of secrets only where the value looks like one: long and without blanks. */
export const tokenNames = 'token|secret|verify|access[_-]?key'

/** Names of secrets only where the value looks like a cookie header. */
export const cookieNames = 'cookies?'

const secretKey = new RegExp(`^(?:${secretNames})$`, 'i')
const tokenKey = new RegExp(`^(?:${tokenNames})$`, 'i')
const tokenValue = /^[^\s"]{16,}$/
const cookieKey = new RegExp(`^(?:${cookieNames})$`, 'i')
const cookieValue = new RegExp(`^${COOKIE_PAIR}`)

/** Whether a field of an object is a secret. */
export function isSecretField(key: string, value: string | number): boolean {
  if (typeof value === 'number') return secretKey.test(key)
  if (secretKey.test(key)) return value !== '' && !leavesSecret(value, key)
  if (tokenKey.test(key)) return tokenValue.test(value) && !leavesToken(value, key)
  return cookieKey.test(key) && cookieValue.test(value)
}

/** Whether a text in a list, which is the field of an object, is a secret. */
export function isSecretItem(key: string, value: string): boolean {
  return isSecretField(key, value) && !leavesList(value, key)
}

/** Parameters that are secrets whatever stands there. */
export const alwaysParameters = 'verify|access[_-]?token'

export const secretParameters = [
  'token',
  'refresh_?token',
  'id_?token',
  'session_?token',
  'auth_?token',
  'api_?token',
  'conduit_?token',
  'api_?key',
  'client_?secret',
  'password',
  'sig',
  'signature',
  'x-amz-signature',
  'x-amz-security-token',
  'x-goog-signature',
].join('|')

const credentialHeader = new RegExp(
  `^(?:${[
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    '(?:x-)?(?:goog-)?api-key',
    'x-auth-key',
    'x-(?:auth|access|session|conduit|api)-token',
    'private-token',
    'x-session-id',
    '(?:x-)?(?:csrf|xsrf)-token',
    'oai-device-id',
    'x-oai-turn-trace-id',
    'x-amz-security-token',
    'openai-sentinel-(?:chat-requirements|proof|turnstile)-token',
  ].join('|')})$`,
  'i',
)
/** Families of headers whose names a page may make up, so that they are counted under one name. */
const credentialFamily = /^(openai-sentinel|x-csrf|x-xsrf)-/i

/** The rule of a header whose value is a credential, or undefined. The names: facts of chat-wire-formats 1.1 and pitfall 15. */
export function headerRule(name: string): string | undefined {
  if (credentialHeader.test(name)) return `header:${name.toLowerCase()}`
  const family = credentialFamily.exec(name)?.[1]
  return family === undefined ? undefined : `header:${family.toLowerCase()}`
}

/**
 * What counts as a secret. Every expression is bounded, so that hostile text costs linear time; each says what it keeps of
 * the match. Too much redaction is a defect as well: a shape needs what ordinary words don't have (a prefix and length, a
 * digit, the name of a key before it). `?key=` and `?code=` alone are words of search and shop addresses, so they are left.
 */

export interface TextRule {
  /** Named in the log's metadata. */
  readonly name: string
  readonly expression: RegExp
  /** What stands for the match; `$1` is what was before the secret. */
  readonly keep: '' | '$1'
}

const secretNames = [
  '(?:x-)?access[_-]?token',
  '(?:x-)?auth[_-]?token',
  'refresh_?token',
  'id_?token',
  '(?:aws_)?session_?token',
  '(?:x-)?conduit[_-]?token',
  'resume_?token',
  'prepare_?token',
  'proof_?token',
  'turnstile_?token',
  '(?:x-)?csrf[_-]?token',
  'read_write_token',
  'client_?secret',
  '(?:x-)?api[_-]?key',
  'secret_?key',
  '(?:aws_)?secret_?access_?key',
  'private_?key',
  'set-cookie',
  'password',
  'passwd',
].join('|')

/** Keys of objects whose text is a secret whatever it looks like. */
export const secretKey = new RegExp(`^(?:${secretNames})$`, 'i')

/** Keys whose text is a secret when it looks like one: long and without blanks. */
export const tokenKey = /^(?:token|secret|verify)$/i
export const tokenValue = /^[^\s"]{16,}$/

const WITH_DIGIT = '(?=[A-Za-z0-9_.~+/-]{0,200}\\d)'
const QUOTE = '\\\\{0,7}"'
const COLON = '\\s{0,8}:\\s{0,8}'
/** `&`, `?` and `=` of an address as they are, encoded for an address within an address, or escaped in JSON. */
const PARAMETER_START = '(?:[?&#;]|%3F|%26|%23|\\\\{1,7}u0026)'
const PARAMETER_EQUALS = '(?:=|%3D|\\\\{1,7}u003d)'
const ADDRESS_START = '\\b[a-z][a-z0-9+.-]{1,20}:\\\\{0,7}/\\\\{0,7}/'
const PEM_END = '-----END [A-Z ]{0,40}PRIVATE KEY-----'

const secretParameters = [
  'verify',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'session_token',
  'auth_token',
  'conduit_token',
  'api_key',
  'apikey',
  'client_secret',
  'password',
  'sig',
  'signature',
  'x-amz-signature',
  'x-amz-security-token',
  'x-goog-signature',
].join('|')

/** In this order: an address's parameter is named before the shape of its value. */
export const textRules: readonly TextRule[] = [
  {
    name: 'json_secret',
    expression: new RegExp(`("(?:${secretNames})"${COLON}")(?:[^"\\\\]|\\\\.){1,16384}`, 'gi'),
    keep: '$1',
  },
  {
    // The same inside a string that is itself JSON: \"accessToken\":\"…\". A quote with more backslashes is the value's own.
    name: 'json_secret',
    expression: new RegExp(
      `((\\\\{1,7})"(?:${secretNames})\\2"${COLON}\\2")(?:[^"\\\\]|\\\\{1,64}[^"\\\\]|\\2\\\\{1,64}"){1,16384}`,
      'gi',
    ),
    keep: '$1',
  },
  {
    name: 'json_token',
    expression: new RegExp(`(${QUOTE}(?:token|secret|verify)${QUOTE}${COLON}${QUOTE})[^"\\\\\\s]{16,16384}`, 'gi'),
    keep: '$1',
  },
  {
    name: 'url_parameter',
    expression: new RegExp(
      `(${PARAMETER_START}(?:${secretParameters})${PARAMETER_EQUALS})[^&#\\s"'<>\\\\]{1,16384}`,
      'gi',
    ),
    keep: '$1',
  },
  {
    // The code of a login's way back comes with its `state`; a code alone may be a postcode or a coupon.
    name: 'url_parameter',
    expression: /([?&]code=)[A-Za-z0-9._~%/-]{16,2048}(?=&(?:[^\s"'<>]{0,200}&)?state=)/g,
    keep: '$1',
  },
  {
    name: 'userinfo',
    expression: new RegExp(`(${ADDRESS_START})[^\\s/@:"'<>\\\\]{1,256}:[^\\s/@"'<>\\\\]{1,256}(?=@)`, 'gi'),
    keep: '$1',
  },
  {
    name: 'jwt',
    expression: /\beyJ[A-Za-z0-9_-]{8,16384}\.[A-Za-z0-9_-]{8,16384}(?:\.[A-Za-z0-9_-]{0,16384})?/g,
    keep: '',
  },
  {
    name: 'bearer',
    expression: new RegExp(`(\\bBearer\\s{1,4})${WITH_DIGIT}[A-Za-z0-9._~+/-]{16,16384}={0,2}`, 'gi'),
    keep: '$1',
  },
  {
    name: 'basic',
    expression:
      /(\b[Aa]uthorization\\{0,7}["']?\s{0,4}[:=]\s{0,4}\\{0,7}["']?[Bb]asic\s{1,4})(?=[A-Za-z+/]{0,100}(?:[0-9=]|[a-z][A-Z]))[A-Za-z0-9+/]{6,4096}={0,2}/g,
    keep: '$1',
  },
  {
    name: 'cookie',
    expression: /(\b(?:__(?:Secure|Host)-[A-Za-z0-9_.-]{1,80}|cf_clearance)=)[^;,\s"'\\]{1,8192}/g,
    keep: '$1',
  },
  {
    name: 'api_key',
    expression: new RegExp(`\\bsk-(?:proj|svcacct|admin|ant|or-v1)-${WITH_DIGIT}[A-Za-z0-9_-]{16,300}`, 'g'),
    keep: '',
  },
  {
    // Any other vendor's: at least 20 letters and digits in one, which no slug (sk-hynix-prices-2026) has.
    name: 'api_key',
    expression: /\bsk-(?:[A-Za-z0-9]{1,12}-){0,3}(?=[A-Za-z]{0,200}\d)[A-Za-z0-9]{20,300}[A-Za-z0-9_-]{0,300}/g,
    keep: '',
  },
  { name: 'aws_key', expression: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, keep: '' },
  {
    name: 'azure_key',
    expression: /(\b(?:AccountKey|SharedAccessKey|SharedAccessSignature)=)[A-Za-z0-9+/=%&_-]{20,1024}/g,
    keep: '$1',
  },
  {
    name: 'github_token',
    expression: /\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{30,255})/g,
    keep: '',
  },
  { name: 'gitlab_token', expression: /\bglpat-(?=[A-Za-z_-]{0,64}\d)[A-Za-z0-9_-]{20,255}/g, keep: '' },
  { name: 'google_key', expression: /\bAIza[A-Za-z0-9_-]{35}/g, keep: '' },
  { name: 'google_token', expression: /\bya29\.[A-Za-z0-9_-]{20,2048}/g, keep: '' },
  { name: 'slack_token', expression: /\bxox[abeoprs]-(?=[A-Za-z-]{0,40}\d)[A-Za-z0-9-]{10,255}/g, keep: '' },
  { name: 'stripe_key', expression: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/g, keep: '' },
  { name: 'npm_token', expression: /\bnpm_[A-Za-z0-9]{36}\b/g, keep: '' },
  { name: 'huggingface_token', expression: /\bhf_[A-Za-z0-9]{30,100}\b/g, keep: '' },
  {
    // Up to its end; where that is missing, the lines that are base64, so that a sentence about such keys is left.
    name: 'private_key',
    expression: new RegExp(
      `-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:(?:[^-]|-(?!----)){0,65536}${PEM_END}|(?:(?:\\\\{1,7}[nr]|\\s){1,8}[A-Za-z0-9+/]{24,128}={0,2}){1,2000})`,
      'g',
    ),
    keep: '',
  },
]

/** E-mail addresses are secrets in the JSON of a session, which tells itself by its token or its address. */
export const sessionMark = /"accessToken\\{0,7}"/
export const sessionAddress = /\/(?:api\/auth\/session|backend-(?:api|anon)\/(?:me|accounts)\b)/
export const sessionEmail: TextRule = {
  name: 'email',
  expression: new RegExp(`(${QUOTE}email${QUOTE}${COLON}${QUOTE})[^"\\\\\\s]{1,320}`, 'gi'),
  keep: '$1',
}

/** Secrets among the arguments of a command: `--token=…`, and `--token …` within one text. */
export const argumentRule: TextRule = {
  name: 'argument',
  expression:
    /((?:^|\s)--?(?:[a-z]{1,20}-){0,3}(?:token|api-?key|password|passwd|secret)(?:=|\s{1,4})["']?)[^\s"'-][^\s"']{0,4096}/gi,
  keep: '$1',
}
/** An argument whose next one is a secret. */
export const secretFlag = /^--?(?:[a-z]{1,20}-){0,3}(?:token|api-?key|password|passwd|secret)$/i

/** Text without any of these holds no secret; most text is through after this one look. */
export const suspicious =
  /token|secret|passw|verify|api[_-]?key|private_?key|set-cookie|authorization|signature|[?&]sig=|%26sig%3D|u0026sig|[?&]code=|:\\{0,7}\/\\{0,7}\/[^\s/]*@|eyJ|bearer|__(?:Secure|Host)-|cf_clearance|\bsk-|\b[rs]k_|AKIA|ASIA|AccountKey=|SharedAccess|gh[pousr]_|github_pat_|glpat-|AIza|ya29\.|xox[a-z]-|npm_|\bhf_|PRIVATE KEY/i

const credentialHeader = new RegExp(
  `^(?:${[
    'authorization',
    'proxy-authorization',
    'cookie',
    'set-cookie',
    '(?:x-)?(?:goog-)?api-key',
    'x-(?:auth|access|session|conduit)-token',
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

/** Where a key with a value begins that may go on after the end of a piece. */
export const keyedValue = new RegExp(
  `${QUOTE}(?:${secretNames}|token|secret|verify|email)${QUOTE}${COLON}(${QUOTE})`,
  'gi',
)

/** What a key of a known shape begins with. */
const shapeWords = [
  ...['eyJ', 'sk-', 'sk_', 'rk_', 'AKIA', 'ASIA', 'github_pat_', 'glpat-', 'AIza', 'ya29.', 'npm_', 'hf_'],
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'xoxa-', 'xoxb-', 'xoxe-', 'xoxo-', 'xoxp-', 'xoxr-', 'xoxs-'],
]
export const shapeStart = new RegExp(`\\b(?:${shapeWords.map((word) => word.replace('.', '\\.')).join('|')})`)
export const isShapePrefix = (word: string): boolean =>
  shapeWords.some((shape) => shape.startsWith(word)) || 'bearer'.startsWith(word.toLowerCase())

/** A private key that has begun, its first line maybe cut, and not ended. */
export const openPrivateKey = /^-----BEGIN [A-Z ]{0,60}(?:$|PRIVATE KEY-{0,5}$|PRIVATE KEY-----)/
export const privateKeyEnd = new RegExp(PEM_END)

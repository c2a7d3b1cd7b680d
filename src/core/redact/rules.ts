/**
 * What counts as a secret. Every expression is bounded, so that hostile text costs linear time; each says what it keeps of
 * the match. Too much redaction is a defect as well: a shape needs what ordinary words don't have (a prefix and length, a
 * digit, the name of a key before it). `?key=` and `?code=` alone are words of search and shop addresses, so they are left.
 */
import { isPlaceholder, isSlug, leavesParameter } from './innocent'
import { jsonRules } from './jsonRules'
import { alwaysParameters, secretParameters } from './names'
import { COLON, COOKIE_PAIR, QUOTE, WITH_DIGIT, WORD_START, type TextRule } from './pattern'

/** `&`, `?` and `=` of an address as they are, encoded for an address within an address, or escaped in JSON. */
const PARAMETER_START = '(?:[?&#;]|%3F|%26|%23|\\\\{1,7}u0026)'
const PARAMETER_EQUALS = '(?:=|%3D|\\\\{1,7}u003d)'
const ADDRESS_START = '\\b[a-z][a-z0-9+.-]{1,20}:\\\\{0,7}/\\\\{0,7}/'
const assignedNames = [
  '(?:aws_)?secret_?access_?key',
  '(?:access|refresh|id|session|auth|api|bearer)_?token',
  'client_?secret',
  '(?:api|secret|access)_?key',
].join('|')
const COOKIE_LINE = "cookie2?'?:\\s{0,4}'?"
const PEM_END = '-----END [A-Z ]{0,40}PRIVATE KEY-----'
const PARAMETER_VALUE = '[^&#\\s"\'<>\\\\]{1,16384}'
/** A header's name, its colon and where its value begins, in plain text or in code. */
const HEADER_COLON = '\\\\{0,7}["\']?\\s{0,4}[:=]\\s{0,4}\\\\{0,7}["\']?'

/** In this order: an address's parameter is named before the shape of its value. */
const rules: readonly TextRule[] = [
  {
    name: 'url_parameter',
    expression: new RegExp(`(${PARAMETER_START}(?:${alwaysParameters})${PARAMETER_EQUALS})${PARAMETER_VALUE}`, 'gi'),
    keep: '$1',
  },
  {
    name: 'url_parameter',
    expression: new RegExp(`(${PARAMETER_START}(?:${secretParameters})${PARAMETER_EQUALS})${PARAMETER_VALUE}`, 'gi'),
    keep: '$1',
    leaves: leavesParameter,
  },
  {
    // The first field of a form, told by the field after it; what may be before it is what a piece of a stream begins after.
    name: 'form_field',
    expression: new RegExp(
      `((?:^|[\\s"'<>{}])(?:${alwaysParameters}|${secretParameters})=)${PARAMETER_VALUE}(?=&[A-Za-z0-9_.%[\\]-]{1,64}=)`,
      'gi',
    ),
    keep: '$1',
    leaves: leavesParameter,
  },
  {
    // The code of a login's way back comes with its `state`; a code alone may be a postcode or a coupon.
    name: 'url_parameter',
    expression: /([?&]code=)[A-Za-z0-9._~%/-]{16,2048}(?=&(?:[^\s"'<>]{0,200}&)?state=)/g,
    keep: '$1',
  },
  {
    name: 'url_parameter',
    expression: /(&code=)(?=[A-Za-z0-9._~%/-]{16})(?<=[?&]state=[^\s"'<>]{1,500}&code=)[A-Za-z0-9._~%/-]{16,2048}/g,
    keep: '$1',
  },
  {
    name: 'userinfo',
    expression: new RegExp(`(${ADDRESS_START})[^\\s/@:"'<>\\\\]{0,256}:[^\\s/@"'<>\\\\]{0,256}(?=@)`, 'gi'),
    keep: '$1',
  },
  {
    // A token instead of a name; a name is short or has no digit.
    name: 'userinfo',
    expression: new RegExp(`(${ADDRESS_START})${WITH_DIGIT}[A-Za-z0-9_.~%-]{20,256}(?=@)`, 'gi'),
    keep: '$1',
  },
  {
    name: 'jwt',
    expression: /\beyJ[A-Za-z0-9_-]{8,16384}\.[A-Za-z0-9_-]{8,16384}(?:\.[A-Za-z0-9_-]{0,16384})?/g,
    keep: '',
  },
  {
    // Where the header is named, also what looks like words with a number.
    name: 'authorization',
    expression: new RegExp(
      `(\\bauthorization${HEADER_COLON}(?:Bearer|Token|Api-?Key|Negotiate)\\s{1,4})${WITH_DIGIT}[A-Za-z0-9._~+/-]{8,16384}={0,2}`,
      'gi',
    ),
    keep: '$1',
  },
  {
    name: 'bearer',
    expression: new RegExp(`(\\bBearer\\s{1,4})${WITH_DIGIT}[A-Za-z0-9._~+/-]{16,16384}={0,2}`, 'gi'),
    keep: '$1',
    leaves: isSlug,
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
    // The whole line: a value may hold blanks, a text in quotes after its `=`, and an object of JSON.
    name: 'cookie',
    expression: new RegExp(
      `(\\b${COOKIE_LINE})${COOKIE_PAIR}(?:="[^"\\r\\n\\\\]{0,4096}"|\\{[^{}\\r\\n]{0,2000}\\}|[^\\r\\n"'\\\\]){3,8192}`,
      'gi',
    ),
    keep: '$1',
  },
  {
    name: 'header',
    expression: new RegExp(
      `(\\b(?:x-(?:api|auth)-(?:key|token)|x-(?:access|session|conduit)-token|x-session-id|private-token|authorization)${HEADER_COLON})(?!AWS4-)${WITH_DIGIT}[A-Za-z0-9._~+/-]{12,4096}={0,2}`,
      'gi',
    ),
    keep: '$1',
    leaves: isSlug,
  },
  {
    // `aws_secret_access_key = …` of an ini file, `SOME_API_KEY=…` of an environment. A value without a digit is code.
    name: 'assignment',
    expression: new RegExp(
      `((?<![A-Za-z0-9])(?:${assignedNames})[ \\t]{0,8}=[ \\t]{0,8}["']?)(?:(?=[A-Za-z0-9_~+/%-]{0,200}\\d)|(?=[A-Za-z/+]{40}(?![A-Za-z/+])))[A-Za-z0-9_~+/%-]{16,1024}={0,2}`,
      'gi',
    ),
    keep: '$1',
    leaves: isSlug,
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
  {
    name: 'slack_token',
    expression: /\b(?:xox[a-eoprs]-(?=[A-Za-z-]{0,40}\d)|xapp-\d-)[A-Za-z0-9%-]{10,255}/g,
    keep: '',
  },
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

/** All of them; where a rule begins with a word, that is a word of JSON as well. */
export const textRules: readonly TextRule[] = [
  ...jsonRules,
  ...rules.map((rule) => {
    const { source, flags } = rule.expression
    return { ...rule, expression: new RegExp(source.replace(/^(\(?)\\b/, `$1${WORD_START}`), flags) }
  }),
]

/** At the beginning of a body: the first or only field of a form. */
export const formStart: TextRule = {
  name: 'form_field',
  expression: new RegExp(`^(\\s{0,4}(?:${alwaysParameters}|${secretParameters})=)${PARAMETER_VALUE}`, 'i'),
  keep: '$1',
  leaves: leavesParameter,
}

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
  leaves: (value) => isPlaceholder(value),
}
/** An argument whose next one is a secret. */
export const secretFlag = /^--?(?:[a-z]{1,20}-){0,3}(?:token|api-?key|password|passwd|secret)$/i

/** Text without any of these holds no secret; most text is through after this one look. */
export const suspicious =
  /token|secret|passw|verify|api[_-]?key|access[_-]?key|auth-key|session-id|private_?key|cookie|authorization|signature|[?&]sig=|%26sig%3D|u0026sig|[?&]code=|:\\{0,7}\/\\{0,7}\/[^\s/]*@|eyJ|bearer|__(?:Secure|Host)-|cf_clearance|\bsk-|\b[rs]k_|AKIA|ASIA|AccountKey=|SharedAccess|gh[pousr]_|github_pat_|glpat-|AIza|ya29\.|xox[a-z]-|xapp-|npm_|\bhf_|PRIVATE KEY/i

/** A cookie header that has begun on the last line. */
export const openCookieLine = new RegExp(`${WORD_START}${COOKIE_LINE}${COOKIE_PAIR}`, 'i')

/** What a key of a known shape begins with. */
const shapeWords = [
  ...['eyJ', 'sk-', 'sk_', 'rk_', 'AKIA', 'ASIA', 'github_pat_', 'glpat-', 'AIza', 'ya29.', 'npm_', 'hf_'],
  ...[
    'ghp_',
    'gho_',
    'ghu_',
    'ghs_',
    'ghr_',
    'xoxa-',
    'xoxb-',
    'xoxc-',
    'xoxd-',
    'xoxe-',
    'xoxo-',
    'xoxp-',
    'xoxr-',
    'xoxs-',
    'xapp-',
  ],
]
export const shapeStart = new RegExp(`\\b(?:${shapeWords.map((word) => word.replace('.', '\\.')).join('|')})`)
export const isShapePrefix = (word: string): boolean =>
  shapeWords.some((shape) => shape.startsWith(word)) || 'bearer'.startsWith(word.toLowerCase())

/** A private key that has begun, its first line maybe cut, and not ended. */
export const begunPrivateKey = /^-----BEGIN [A-Z ]{0,60}(?:$|PRIVATE KEY-{0,5}$|PRIVATE KEY-----)/
export const privateKeyEnd = new RegExp(PEM_END)
export const privateKeyBegin = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/
/** A line within a private key: base64, or one of its headers. */
export const keyLine = /^(?:\s*[A-Za-z0-9+/]{1,128}={0,2}|\s*|[A-Z][A-Za-z-]{1,30}: .{0,200})\s*$/

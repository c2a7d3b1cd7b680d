/**
 * What counts as a secret. Every expression is bounded, so that hostile text costs linear time; each says what it keeps of
 * the match. Too much redaction is a defect as well: a shape needs what ordinary words don't have (a prefix and length, a
 * digit, the name of a key before it).
 */

export interface TextRule {
  /** Named in the log's metadata. */
  readonly name: string
  readonly expression: RegExp
  /** What stands for the match; `$1` is what was before the secret. */
  readonly keep: '' | '$1'
}

const secretNames = [
  'access_?token',
  'refresh_?token',
  'id_?token',
  'session_?token',
  'conduit_?token',
  'resume_?token',
  'proof_?token',
  'turnstile_?token',
  'csrf_?token',
  'read_write_token',
  'client_?secret',
  'api_?key',
  'secret_?key',
  'private_?key',
  'password',
  'passwd',
].join('|')

/** Keys of objects whose text is a secret whatever it looks like. */
export const secretKey = new RegExp(`^(?:${secretNames})$`, 'i')

/** Keys whose text is a secret when it looks like one: long and without blanks. */
export const tokenKey = /^(?:token|secret|verify)$/i
export const tokenValue = /^[^\s"]{16,}$/

const WITH_DIGIT = '(?=[A-Za-z0-9_.~+/-]{0,200}\\d)'

/** In this order: an address's parameter is named before the shape of its value. */
export const textRules: readonly TextRule[] = [
  {
    name: 'json_secret',
    expression: new RegExp(`("(?:${secretNames})"\\s{0,8}:\\s{0,8}")(?:[^"\\\\]|\\\\.){1,16384}`, 'gi'),
    keep: '$1',
  },
  {
    // The same inside a string that is itself JSON: \"accessToken\":\"…\"
    name: 'json_secret',
    expression: new RegExp(
      `(\\\\{1,7}"(?:${secretNames})\\\\{1,7}"\\s{0,8}:\\s{0,8}\\\\{1,7}")[^"\\\\]{1,16384}`,
      'gi',
    ),
    keep: '$1',
  },
  {
    name: 'json_token',
    expression: /(\\{0,7}"(?:token|secret|verify)\\{0,7}"\s{0,8}:\s{0,8}\\{0,7}")[^"\\\s]{16,16384}/gi,
    keep: '$1',
  },
  {
    name: 'url_parameter',
    expression:
      /([?&#;](?:verify|token|access_token|refresh_token|id_token|session_token|conduit_token|api_key|apikey|client_secret|password|sig|signature|x-amz-signature|x-amz-security-token|x-goog-signature)=)[^&#\s"'<>\\]{1,16384}/gi,
    keep: '$1',
  },
  {
    name: 'userinfo',
    expression: /(\b[a-z][a-z0-9+.-]{1,20}:\/\/)[^\s/@:"'<>\\]{1,256}:[^\s/@"'<>\\]{1,256}(?=@)/gi,
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
  { name: 'api_key', expression: new RegExp(`\\bsk-${WITH_DIGIT}[A-Za-z0-9_-]{20,300}`, 'g'), keep: '' },
  { name: 'aws_key', expression: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, keep: '' },
  {
    name: 'github_token',
    expression: /\b(?:gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{30,255})/g,
    keep: '',
  },
  { name: 'google_key', expression: /\bAIza[A-Za-z0-9_-]{35}/g, keep: '' },
  { name: 'slack_token', expression: /\bxox[abeoprs]-(?=[A-Za-z-]{0,40}\d)[A-Za-z0-9-]{10,255}/g, keep: '' },
  { name: 'stripe_key', expression: /\b[rs]k_(?:live|test)_[A-Za-z0-9]{16,255}/g, keep: '' },
  { name: 'npm_token', expression: /\bnpm_[A-Za-z0-9]{36}\b/g, keep: '' },
  { name: 'huggingface_token', expression: /\bhf_[A-Za-z0-9]{30,100}\b/g, keep: '' },
  {
    name: 'private_key',
    expression: /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[^-]{0,65536}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/g,
    keep: '',
  },
]

/** E-mail addresses are secrets in the JSON of a session, which tells itself by its token. */
export const sessionMark = /"accessToken"/
export const sessionEmail: TextRule = {
  name: 'email',
  expression: /(\\{0,7}"email\\{0,7}"\s{0,8}:\s{0,8}\\{0,7}")[^"\\\s]{1,320}/gi,
  keep: '$1',
}

/** Text without any of these holds no secret; most text is through after this one look. */
export const suspicious =
  /token|secret|passw|verify|api_?key|private_?key|signature|[?&]sig=|:\/\/[^\s/]*@|eyJ|bearer|\bsk-|\b[rs]k_|AKIA|ASIA|gh[pousr]_|github_pat_|AIza|xox[a-z]-|npm_|\bhf_|PRIVATE KEY/i

const credentialHeader =
  /^(?:authorization|proxy-authorization|cookie|set-cookie|x-api-key|api-key|x-goog-api-key|x-auth-token|x-access-token|x-conduit-token|x-csrf-token|x-xsrf-token|csrf-token|oai-device-id|x-amz-security-token|openai-sentinel-.{0,100})$/i

/** The rule of a header whose value is a credential, or undefined. */
export function headerRule(name: string): string | undefined {
  return credentialHeader.test(name) ? `header:${name.toLowerCase()}` : undefined
}

/** The end of a piece of text in which a secret may have begun: a key with its value, or a run of a token's letters. */
export const openEnd =
  /(?:(?:\\{0,7}"[A-Za-z_]{1,30}\\{0,7}"\s{0,8}:\s{0,8}\\{0,7}"?)|bearer\s{1,4})?[A-Za-z0-9_.~+/=%\\"-]{0,4096}$/i

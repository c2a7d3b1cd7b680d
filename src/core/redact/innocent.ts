/** Values that stand where a secret would and are none: placeholders of documentation, labels of forms, slugs. */

const placeholderWord = /^(?:string|optional|required|none|null|undefined|true|false)$/i
/** `YOUR_API_KEY`, `your-token-here`; not any word after "your", which a password may be. */
const yours =
  /^your[_ -](?:[a-z]{1,20}[_ -]){0,4}(?:key|token|secret|password|signature|id|value)(?:[_ -]here|[_ -]goes[_ -]here)?$/i
const inBrackets = /^<[a-z][a-z _-]{0,60}>$/i
const blackedOut = /^(?:x{3,100}|[*•]{1,100}|\.{3}|…)$/i

/** `key` is the name that the value has: {"password":"Password"} is the label of a form. */
export function isPlaceholder(value: string, key = ''): boolean {
  if (value.length > 100) return false
  if (placeholderWord.test(value) || yours.test(value) || inBrackets.test(value) || blackedOut.test(value)) return true
  return key !== '' && plain(value) === plain(key)
}

/** Words with hyphens, as in the address of an article: at most versions and years have digits. */
export function isSlug(value: string): boolean {
  if (value.length > 200) return false
  return /^[A-Za-z]?[a-z]{1,19}(?:[-_.](?:[A-Za-z]?[a-z]{1,19}|v\d{1,2}|(?:19|20)\d\d)){1,20}$/.test(value)
}

/** Of the keys that are secrets whatever stands there: what is left nevertheless. */
export function leavesSecret(value: string, key: string): boolean {
  if (always.test(key)) return false
  return isPlaceholder(value, key) || (authorization.test(key) && (isLabel(value) || isSentence(value)))
}

/** Of the keys that are secrets when the value looks like one. A passphrase may be a slug, a token is none. */
export function leavesToken(value: string, key: string): boolean {
  return isPlaceholder(value) || (/^token$/i.test(key) && isSlug(value))
}

/** `value` is the inside of a list of strings in JSON. Forms list what is wrong with a field: {"password":["Too short, sorry."]}. */
export function leavesList(value: string, key: string): boolean {
  if (value.length > 1000 || always.test(key)) return false
  return value
    .split(/\\{0,7}"\s{0,40},\s{0,40}\\{0,7}"/)
    .every((item) => item === '' || leavesSecret(item, key) || isSentence(item))
}

/** `?token=USDC`: what is traded has a short name in capitals. */
export function leavesParameter(value: string, before: string): boolean {
  return isPlaceholder(value) || (/\btoken=$/i.test(before) && /^[A-Z]{2,5}$/.test(value))
}

const always = /^(?:(?:x-)?access[_-]?token|verify)$/i
const authorization = /^(?:proxy-)?authorization$/i

/** "Authorization code", and no scheme with its credential. */
function isLabel(value: string): boolean {
  if (/^(?:bearer|basic|token|api-?key|digest|negotiate|key)\b/i.test(value)) return false
  return /^[A-Za-z][a-z]{0,15}(?: [A-Za-z][a-z]{0,15}){1,5}$/.test(value)
}

function isSentence(value: string): boolean {
  if (value.length > 300) return false
  return /^[A-Z][A-Za-z'’]{0,24},?(?: (?:[A-Za-z'’()-]{1,24}|\d{1,3})[,;:]?){2,60}[.!?]$/.test(value)
}

function plain(text: string): string {
  return text.replace(/[_ -]/g, '').toLowerCase()
}

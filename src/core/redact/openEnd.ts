/**
 * Where a secret may have begun that the end of a piece of text cuts off. What stands there waits for the next piece, so
 * that a secret is found however a stream was cut. Scans backwards from the end by hand: an expression that is anchored at
 * the end only would be tried from every position before it.
 */
import { keyedValue } from './jsonRules'
import { isShapePrefix, openCookieLine, begunPrivateKey, privateKeyEnd, shapeStart } from './rules'

/** A secret that is cut is found up to this length, in UTF-16 units; so much of a piece waits at most. */
export const MAX_WAITING = 16_384

/** Of a body: the index from which on `text` must wait, `text.length` when nothing needs to. */
export function openEndOfBody(text: string): number {
  const base = Math.max(0, text.length - MAX_WAITING)
  const tail = text.slice(base)
  const start = openKeyedValue(tail, openPrivateKey(tail, Math.min(openRun(tail), openCookieStart(tail))))
  if (start > 0 || base === 0) return base + start
  // The run is longer than what may wait: the cut goes where one JSON member ends, and no secret is across it.
  const comma = tail.indexOf(',')
  return base + (comma < 0 ? 0 : comma + 1)
}

/** Of an answer, whose pieces a person watches: only what has the beginning of a key's shape waits. */
export function openEndOfAnswer(text: string): number {
  const base = Math.max(0, text.length - MAX_WAITING)
  const tail = text.slice(base)
  let start = tail.length
  while (start > 0 && isShapeLetter(tail.charCodeAt(start - 1))) start--
  const run = tail.slice(start)
  const bearer = /\bbearer\s{1,4}$/i.exec(tail.slice(Math.max(0, start - 12), start))
  if (bearer !== null) return base + start - bearer[0].length
  const shape = run.search(shapeStart)
  const word = /[A-Za-z0-9_]{1,12}$/.exec(run)?.[0] ?? ''
  const before = run.at(-word.length - 1) ?? ''
  const cutWord = word !== '' && !/\w/.test(before) && isShapePrefix(word) ? tail.length - word.length : tail.length
  return base + Math.min(shape < 0 ? tail.length : start + shape, cutWord, openPrivateKey(tail, tail.length))
}

const NAME =
  '(?:authorization|cookie|token|key|secret|passwd|password|verify|signature|\\bsig|session-id|clearance|[?&]code)'
const AFTER_NAME = '\\\\{0,7}["\']?\\s{0,8}(?:[:=]|%3D|\\\\{1,7}u003d)\\s{0,8}'
/** What stands before a secret: a scheme, a name, the user of an address. */
const leads: readonly RegExp[] = [
  /\bbearer\s{1,4}/gi,
  new RegExp(`authorization${AFTER_NAME}["']?[a-z-]{1,12}\\s{1,4}`, 'gi'),
  new RegExp(NAME + AFTER_NAME, 'gi'),
  /\b__(?:Secure|Host)-[A-Za-z0-9_.-]{1,80}=/g,
  // A port is no password.
  /\b[a-z][a-z0-9+.-]{1,20}:\\{0,7}\/\\{0,7}\/[^\s/@:"'<>\\]{0,256}:(?!\d{1,5}$)(?=[^\s/@"'<>\\]{1,256}$)/gi,
]
const quotedLead = new RegExp(`${NAME}${AFTER_NAME}(\\\\{0,7})(["'])`, 'gi')
const MAX_LEAD = 400

/**
 * Of a line that is still being written, which a person watches: what may be the beginning of a secret waits for the rest
 * of the line. A prompt has none yet.
 */
export function openEndOfLine(text: string): number {
  const base = Math.max(0, text.length - MAX_WAITING)
  const tail = text.slice(base)
  let start = tail.length
  while (start > 0 && isShapeLetter(tail.charCodeAt(start - 1))) start--
  const shape = tail.slice(start).search(shapeStart)
  const cut = shape < 0 ? tail.length : start + shape
  return base + Math.min(cut, openCookieStart(tail), openLeadEnd(tail), openQuote(tail))
}

/** Where the value begins that goes to the end, without blanks and quotes. */
function openLeadEnd(tail: string): number {
  let start = tail.length
  while (start > 0 && !/[\s"'<>]/.test(tail.charAt(start - 1))) start--
  const from = Math.max(0, start - MAX_LEAD)
  let cut = tail.length
  for (const lead of leads) {
    for (const { index, 0: found } of tail.slice(from).matchAll(lead)) {
      const end = from + index + found.length
      if (end < start) continue
      cut = Math.min(cut, end)
      break
    }
  }
  return cut
}

/** Where the value begins whose closing quote has not come: it may hold blanks. */
function openQuote(tail: string): number {
  for (const { index, 0: found, 1: backslashes = '', 2: quote } of tail.matchAll(quotedLead)) {
    const from = index + found.length
    const end = quote === '"' ? afterQuote(tail, from, backslashes.length) : tail.indexOf("'", from) + 1 || undefined
    if (end === undefined) return from
  }
  return tail.length
}

/** Words whose next one may be a secret: schemes of a header, and what the name of a setting ends with. */
const leadingWord = /(?:\b(?:bearer|basic|negotiate)|token|key|secret|password)$/i

/** The last run without blanks and braces, and what it belongs to: the key of a value, the word `Bearer`. */
function openRun(tail: string): number {
  let end = skipBlanks(tail, tail.length)
  // Blanks end a run, but not between a key, its colon and its value, nor after `Bearer`.
  if (end < tail.length && !/["':=[\\]/.test(tail.charAt(end - 1)) && !leadsOn(tail, end)) return tail.length
  let start = runStart(tail, end)
  for (end = skipBlanks(tail, start); end < start && end > 0; end = skipBlanks(tail, start)) {
    const joined = /[:=[]/.test(tail.charAt(end - 1)) || /[:=]/.test(tail.charAt(start)) || leadsOn(tail, end)
    if (!joined) break
    start = runStart(tail, end)
  }
  return start
}

function leadsOn(tail: string, end: number): boolean {
  return leadingWord.test(tail.slice(Math.max(0, end - 12), end))
}

/**
 * `cut`, or the start of a secret that is open or across it. Its value may hold blanks, so it is open until its closing
 * quote, and a list of them until its end.
 */
function openKeyedValue(tail: string, cut: number): number {
  for (const match of tail.matchAll(keyedValue)) {
    if (match.index >= cut) break
    const end = endOfValue(tail, match.index + match[0].length, (match[2] ?? '"').length - 1, match[1] !== undefined)
    if (end === undefined || end > cut) return match.index
  }
  return cut
}

/** The index after a text or a list of texts, whose first one begins at `from`; undefined when it may go on after the end. */
function endOfValue(text: string, from: number, backslashes: number, isList: boolean): number | undefined {
  let end = afterQuote(text, from, backslashes)
  while (isList && end !== undefined) {
    const gap: string = /^\s{0,8}(?:,\s{0,40}\\{0,7}"?)?/.exec(text.slice(end, end + 60))?.[0] ?? ''
    if (!gap.endsWith('"')) return end + gap.length === text.length ? undefined : end
    end = afterQuote(text, end + gap.length, backslashes)
  }
  return end
}

/** The index after the next quote with as many backslashes as the opening one, or fewer. */
function afterQuote(text: string, from: number, backslashes: number): number | undefined {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let run = 0
    while (quote - run > from && text.charAt(quote - run - 1) === '\\') run++
    // In plain JSON a pair of backslashes is a backslash and does not escape the quote.
    if (backslashes === 0 ? run % 2 === 0 : run <= backslashes) return quote + 1
  }
  return undefined
}

/** A cookie header is open until its line ends. */
function openCookieStart(tail: string): number {
  const line = Math.max(tail.lastIndexOf('\n'), tail.lastIndexOf('\r')) + 1
  const start = tail.slice(line).search(openCookieLine)
  return start < 0 ? tail.length : line + start
}

/** `cut`, or the start of a private key that is open or across it. */
function openPrivateKey(tail: string, cut: number): number {
  const begun = /-{5}(?:B(?:E(?:G(?:I(?:N ?)?)?)?)?)?$/.exec(tail.slice(-11))
  const start = tail.lastIndexOf('-----BEGIN ')
  const rest = start < 0 ? '' : tail.slice(start)
  if (begunPrivateKey.test(rest)) {
    const end = privateKeyEnd.exec(rest)
    if (end === null || start + end.index + end[0].length > cut) return Math.min(start, cut)
  }
  return begun === null ? cut : Math.min(cut, tail.length - begun[0].length)
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at > 0 && from - at < 40 && isBlank(text.charCodeAt(at - 1))) at--
  return at
}

function runStart(text: string, end: number): number {
  let start = end
  while (start > 0 && !isBoundary(text.charCodeAt(start - 1))) start--
  return start
}

function isBlank(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13)
}

/** Blanks, `<>` and `{}`: no secret goes across them. */
function isBoundary(code: number): boolean {
  return isBlank(code) || code === 60 || code === 62 || code === 123 || code === 125
}

/** Letters, digits and `-.+/=_~`. */
function isShapeLetter(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    (code >= 45 && code <= 57) ||
    code === 95 ||
    code === 61 ||
    code === 43 ||
    code === 126
  )
}

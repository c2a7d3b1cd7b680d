/**
 * Where a secret may have begun that the end of a piece of text cuts off. What stands there waits for the next piece, so
 * that a secret is found however a stream was cut. Scans backwards from the end by hand: an expression that is anchored at
 * the end only would be tried from every position before it.
 */
import { isShapePrefix, keyedValue, openPrivateKey, privateKeyEnd, shapeStart } from './rules'

/** A secret that is cut is found up to this length, in UTF-16 units; so much of a piece waits at most. */
export const MAX_WAITING = 16_384

/** Of a body: the index from which on `text` must wait, `text.length` when nothing needs to. */
export function openEndOfBody(text: string): number {
  const base = Math.max(0, text.length - MAX_WAITING)
  const tail = text.slice(base)
  const starts = [openRun(tail), openKeyedValue(tail), openPrivateKeyStart(tail)]
  const start = Math.min(...starts)
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
  return base + Math.min(shape < 0 ? tail.length : start + shape, cutWord, openPrivateKeyStart(tail))
}

/** The last run without blanks and braces, and what it belongs to: the key of a value, the word `Bearer`. */
function openRun(tail: string): number {
  let end = skipBlanks(tail, tail.length)
  // Blanks end a run, but not between a key, its colon and its value, nor after `Bearer`.
  if (end < tail.length && !/["':\\]$|\b(?:bearer|basic)$/i.test(tail.slice(Math.max(0, end - 8), end)))
    return tail.length
  let start = runStart(tail, end)
  for (end = skipBlanks(tail, start); end < start && end > 0; end = skipBlanks(tail, start)) {
    const last = tail.charAt(end - 1)
    const joined =
      last === ':' ||
      (last === '"' && tail.charAt(start) === ':') ||
      /\b(?:bearer|basic)$/i.test(tail.slice(Math.max(0, end - 8), end))
    if (!joined) break
    start = runStart(tail, end)
  }
  return start
}

/** A secret's value may hold blanks, so it is open until its closing quote. */
function openKeyedValue(tail: string): number {
  let open = tail.length
  for (const match of tail.matchAll(keyedValue)) {
    const backslashes = (match[1] ?? '"').length - 1
    if (!isClosed(tail, match.index + match[0].length, backslashes)) {
      open = match.index
      break
    }
  }
  return open
}

/** Whether a quote with as many backslashes as the opening one, or fewer, comes after `from`. */
function isClosed(text: string, from: number, backslashes: number): boolean {
  for (let quote = text.indexOf('"', from); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let run = 0
    while (quote - run > from && text.charAt(quote - run - 1) === '\\') run++
    // In plain JSON a pair of backslashes is a backslash and does not escape the quote.
    if (backslashes === 0 ? run % 2 === 0 : run <= backslashes) return true
  }
  return false
}

function openPrivateKeyStart(tail: string): number {
  const cut = /-{5}(?:B(?:E(?:G(?:I(?:N ?)?)?)?)?)?$/.exec(tail.slice(-11))
  const start = tail.lastIndexOf('-----BEGIN ')
  const rest = start < 0 ? '' : tail.slice(start)
  if (openPrivateKey.test(rest) && !privateKeyEnd.test(rest)) return start
  return cut === null ? tail.length : tail.length - cut[0].length
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at > 0 && from - at < 8 && isBlank(text.charCodeAt(at - 1))) at--
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

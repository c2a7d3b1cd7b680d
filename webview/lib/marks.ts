/** Where a row's text holds what was searched for. */
import type { TextQuery } from '../../src/shared/protocol/rows'

export interface Piece {
  readonly text: string
  readonly hit: boolean
  /** Of a word that the person highlighted: the number of its colour, from 0. */
  readonly tint?: number
}

/** Cuts a text into what was found and what stands between. */
export type Marker = (text: string) => readonly Piece[]

/** A regular expression with no, one, two parts of open length is tried on so many characters: its time grows with their power. */
const MAX_EXPRESSION_TEXT = [4001, 2000, 250]
/** A literal is looked for in the whole text, but a row is not cut into thousands of pieces. */
const MAX_HITS = 200
/** After a row that took longer, milliseconds, nothing more is marked for that query. */
const TOO_SLOW_MS = 30

/** The colours that highlighted words have, one after the other. */
export const TINTS = 6

/**
 * The marker of the texts that a view was searched for and of the words that are highlighted in it, each in its colour; what is
 * searched for stands over what is highlighted. Undefined when there is nothing to mark.
 */
export function createMarker(searched: readonly TextQuery[], words: readonly string[] = []): Marker | undefined {
  const markers = [
    ...searched.map((query) => markerOf(query)),
    ...words.map((pattern, i) => markerOf({ pattern }, i % TINTS)),
  ]
  const [only] = markers
  if (only === undefined) return undefined
  if (markers.length === 1) return only
  return (text) =>
    markers.reduce<readonly Piece[]>(
      (pieces, mark) => pieces.flatMap((piece) => (piece.hit ? [piece] : mark(piece.text))),
      plain(text),
    )
}

/**
 * The marker of a query, which reads the text as the host does (core/query/textMatcher.ts). A regular expression that could
 * take very long on a row is not marked at all: nothing can stop it once it runs.
 */
function markerOf(query: TextQuery, tint?: number): Marker {
  const expression = expressionOf(query)
  if (expression === undefined) return plain
  const limit = query.regex === true ? (MAX_EXPRESSION_TEXT[openParts(query.pattern)] ?? 0) : Infinity
  let slow = false
  return (text) => {
    if (slow) return plain(text)
    const started = performance.now()
    const pieces = cut(text, limit, expression, tint)
    slow = performance.now() - started > TOO_SLOW_MS
    return pieces
  }
}

/** Shares the marks of a whole text among the parts that it is drawn in; the parts follow one another without a gap. */
export function marksOfParts(
  parts: readonly { readonly text: string }[],
  marked: readonly Piece[],
): readonly (readonly Piece[])[] {
  let next = 0
  /** Characters of the piece at `next` that earlier parts have taken. */
  let taken = 0
  return parts.map(({ text }) => {
    const pieces: Piece[] = []
    let at = 0
    for (let piece = marked[next]; piece !== undefined && at < text.length; piece = marked[next]) {
      const length = Math.min(piece.text.length - taken, text.length - at)
      pieces.push({ ...piece, text: text.slice(at, at + length) })
      at += length
      taken += length
      if (taken < piece.text.length) break
      next++
      taken = 0
    }
    return pieces
  })
}

function plain(text: string): readonly Piece[] {
  return [{ text, hit: false }]
}

function cut(text: string, limit: number, expression: RegExp, tint: number | undefined): readonly Piece[] {
  const pieces: Piece[] = []
  const searched = text.slice(0, limit)
  let end = 0
  for (const match of searched.matchAll(expression)) {
    if (match[0] === '') continue
    if (match.index > end) pieces.push({ text: text.slice(end, match.index), hit: false })
    pieces.push({ text: match[0], hit: true, ...(tint === undefined ? {} : { tint }) })
    end = match.index + match[0].length
    if (pieces.length >= MAX_HITS) break
  }
  if (end < text.length) pieces.push({ text: text.slice(end), hit: false })
  return pieces
}

function expressionOf(query: TextQuery): RegExp | undefined {
  if (query.regex === true && openParts(query.pattern) > 2) return undefined
  const source = query.regex === true ? query.pattern : query.pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const whole = query.wholeWord === true ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source
  try {
    return new RegExp(whole, query.caseSensitive === true ? 'gu' : 'giu')
  } catch {
    return undefined
  }
}

/** How many parts are of open length; Infinity where a group is repeated or referred to. */
function openParts(pattern: string): number {
  const bare = pattern
    .replace(/\\[pPu]\{[^}]*\}/g, 'x')
    .replace(/\\[^1-9k]/g, 'x')
    .replace(/\[(?:[^\]\\]|\\.)*\]/g, 'x')
  if (bare.includes('\\') || /\)[*+{]/.test(bare)) return Infinity
  return (bare.match(/[*+{]/g) ?? []).length
}

/** What a row shows of its line: all from the beginning, or from shortly before what was searched for where that would be cut off. */
import type { Row } from '../../src/shared/protocol/rows'
import type { Marker, Piece } from './marks'
import { rowText, type OutputText } from './outputText'

/** Characters of a line that are shown before a hit. */
const LEAD = 12

export interface ShownLine {
  /** Whether it is the message alone, beside which level and logger are shown. */
  readonly isMessage: boolean
  readonly line: OutputText
}

/**
 * @param messageOnly the message is wanted, where the line was understood and what was searched for is not outside of it
 * @param columns characters that have room beside level and logger in a row
 */
export function shownLine(row: Row, marker: Marker | undefined, messageOnly: boolean, columns: RowColumns): ShownLine {
  const { message, logger = '' } = row
  const found = searchedText(row.text, marker, columns.whole)
  if (!messageOnly || message === undefined) return { isMessage: false, line: found.line }
  const inMessage = searchedText(message, marker, columns.message)
  const isSeen = inMessage.isHit || !found.isHit || marker === undefined || firstHit(marker(shortLogger(logger)))
  return isSeen === undefined ? { isMessage: false, line: found.line } : { isMessage: true, line: inMessage.line }
}

/** How many characters have room in a row. */
export interface RowColumns {
  readonly whole: number
  /** Beside level and logger. */
  readonly message: number
}

/** The text as it is shown, from before the hit if there is one. */
function searchedText(
  text: string,
  marker: Marker | undefined,
  columns: number,
): { readonly line: OutputText; readonly isHit: boolean } {
  const line = rowText(text)
  if (marker === undefined) return { line, isHit: false }
  let from = line
  let hit = firstHit(marker(line.plain))
  if (hit === undefined && text.length > line.plain.length) {
    from = rowText(text, true)
    hit = firstHit(marker(from.plain))
  }
  if (hit === undefined) return { line, isHit: false }
  return { line: lineFrom(from, beginOf(hit, from.plain.length, columns)), isHit: true }
}

interface Hit {
  readonly start: number
  readonly end: number
}

/** What was searched for; a word that is only highlighted moves no row. */
function firstHit(pieces: readonly Piece[]): Hit | undefined {
  let start = 0
  for (const { text, hit, tint } of pieces) {
    if (hit && tint === undefined) return { start, end: start + text.length }
    start += text.length
  }
  return undefined
}

/** Where a text of so many characters begins to be shown, so that the hit is seen; 0 where it is seen anyway. */
export function beginOf({ start, end }: Hit, length: number, columns: number): number {
  // The last column may be the ellipsis's.
  if (end < columns || (end === columns && end === length)) return 0
  const lead = Math.max(0, Math.min(LEAD, columns - (end - start) - 2))
  // Where the text ends soon, more of what is before has room.
  return Math.max(0, Math.min(start - lead, length - columns + 1))
}

/** The line without its first characters, for which an ellipsis stands. */
export function lineFrom(line: OutputText, from: number): OutputText {
  if (from <= 0) return line
  const begin = isLowSurrogate(line.plain, from) ? from - 1 : from
  const pieces: OutputText['pieces'][number][] = [{ text: '…', look: 'dim' }]
  let at = 0
  for (const piece of line.pieces) {
    const text = piece.text.slice(Math.max(0, begin - at))
    at += piece.text.length
    if (at > begin) pieces.push({ ...piece, text })
  }
  return { ...line, plain: `…${line.plain.slice(begin)}`, pieces }
}

function isLowSurrogate(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff
}

/** The last word of a logger's name, of which the others tell where it is: `PaymentClient` of `c.e.shop.PaymentClient`. */
export function shortLogger(name: string): string {
  return /[^./\\:]+$/.exec(name)?.[0] ?? name
}

/**
 * Which rows of a page are drawn as one: neighbours that say the same. A fold never goes beyond its page, so it is the same
 * whatever else of the view is here.
 */
import type { Row } from '../../src/shared/protocol/rows'
import { plainText } from './outputText'

/** Rows of a page, which is as many as a fold may have. */
export const PAGE_ROWS = 128

/** The host cuts texts at 4 kB, and ends them with a sign then: shorter ones are whole, whatever they end with. */
const WHOLE_CHARS = 1000

/** The folds of one page, by the place of a row in it. */
export interface PageFolds {
  /** Where the fold of a row begins; a row without a fold is one of its own. */
  readonly firsts: Uint8Array
  /** Where it ends, exclusive; 0 for a row that is not here. */
  readonly ends: Uint8Array
  /** 1 for each row of a fold that the person opened: it is drawn like any other. */
  readonly opened: Uint8Array
}

export interface FoldRules {
  /** False where every row is drawn. */
  readonly folds: boolean
  /** Whether the rows are what a search found: those between two of them are not here, and may be others. */
  readonly isSearched: boolean
  /** Whether the person marked a row, which then stands for itself. */
  isMarked(row: Row): boolean
  /** Whether the fold that has the event with that seq is open. */
  isOpen(seq: number): boolean
}

export function foldPage(rows: readonly (Row | undefined)[], rules: FoldRules): PageFolds {
  const firsts = new Uint8Array(PAGE_ROWS)
  const ends = new Uint8Array(PAGE_ROWS)
  const opened = new Uint8Array(PAGE_ROWS)
  for (let first = 0; first < PAGE_ROWS;) {
    const end = rules.folds ? foldEnd(rows, first, rules) : first + 1
    let isOpen = false
    for (let i = first; i < end; i++) {
      const row = rows[i]
      firsts[i] = first
      if (row !== undefined) ends[i] = end
      if (end > first + 1 && row !== undefined && rules.isOpen(row.seq)) isOpen = true
    }
    if (isOpen) opened.fill(1, first, end)
    first = end
  }
  return { firsts, ends, opened }
}

/** Whether two rows look the same, but for their times. */
export function areEqual(a: Row, b: Row): boolean {
  return (
    a.text === b.text &&
    a.phase === b.phase &&
    a.level === b.level &&
    a.outcome === b.outcome &&
    a.stream === b.stream &&
    a.source === b.source &&
    a.prompt === b.prompt &&
    a.message === b.message &&
    a.logger === b.logger
  )
}

function foldEnd(rows: readonly (Row | undefined)[], first: number, rules: FoldRules): number {
  const row = rows[first]
  let end = first + 1
  if (row === undefined || !mayFold(row, rules)) return end
  for (; end < PAGE_ROWS; end++) {
    const next = rows[end]
    if (next === undefined || !areEqual(row, next) || !mayFold(next, rules)) break
    if (rules.isSearched && next.position !== row.position + (end - first)) break
  }
  // Looked at last, since few rows have an equal neighbour.
  return end > first + 1 && isBlank(row.text) ? first + 1 : end
}

/**
 * A marker is there to be seen, an entry keeps its lines, a line that is still written may become another one, and one that is cut may
 * go on otherwise.
 */
function mayFold(row: Row, rules: FoldRules): boolean {
  const isWhole = row.continued !== true && row.unterminated !== true && !isCut(row.text)
  return row.phase !== 'marker' && isWhole && !rules.isMarked(row)
}

function isCut(text: string): boolean {
  return text.length > WHOLE_CHARS && text.endsWith('…')
}

function isBlank(text: string): boolean {
  // What begins with a letter needs no look at its colours.
  return !/^\w/.test(text) && plainText(text).trim() === ''
}

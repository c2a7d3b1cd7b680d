/** What of the list is drawn, and where it stands. */
import type { Row } from '../../src/shared/protocol/rows'
import type { DrawnRow } from '../lib/foldedList'

/** An event to stand at, and how many pixels below the viewport's top. */
export interface Anchor {
  readonly seq: number
  readonly offset: number
}

/** One frame of the list: replaced as a whole, never changed. */
export interface Frame {
  /** Index of the first drawn row in the view. */
  readonly first: number
  /** Undefined where the row is still on its way. */
  readonly rows: readonly (Row | undefined)[]
  /** Of each of `rows`: where it is in the view, and which rows it stands for. */
  readonly drawn: readonly DrawnRow[]
  /** Pixels that the first drawn row stands above the viewport's top. */
  readonly shift: number
  /** What the scroll bar shows: pixels from the top of the list, and in all, without folds; 0 in all if everything is in view. */
  readonly top: number
  readonly total: number
  /** Rows in the list as it is shown, without the cleared ones. */
  readonly count: number
  /** Index in the view of the list's first row: what lies before it is cleared. */
  readonly base: number
}

/**
 * The event to come back to: the chosen row if it is in view, else the topmost; undefined at the list's top.
 * @param selected index of the chosen row
 * @param rowHeight pixels
 */
export function anchorIn({ rows, drawn, shift, top }: Frame, selected: number, rowHeight: number): Anchor | undefined {
  const chosen = drawn.findIndex(({ first }) => first === selected)
  const at = rows[chosen] !== undefined ? chosen : top === 0 ? -1 : rows.findIndex((row) => row !== undefined)
  const row = rows[at]
  return row === undefined ? undefined : { seq: row.seq, offset: at * rowHeight - shift }
}

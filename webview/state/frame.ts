/** What of the list is drawn, and where it stands. */
import type { Row } from '../../src/shared/protocol/rows'

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
  /** Pixels that the first drawn row stands above the viewport's top. */
  readonly shift: number
  /** Pixels from the top of the list. */
  readonly top: number
  /** Rows in the list as it is shown, without the cleared ones. */
  readonly count: number
  /** Index in the view of the list's first row: what lies before it is cleared. */
  readonly base: number
}

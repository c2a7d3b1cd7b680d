/** A list of which some rows are drawn as one: where its drawn rows are, and which of them stand in a viewport. */
import { PAGE_ROWS, type PageFolds } from './folds'

/** Pages without rows that are passed over at the live end, before the list shows that rows are on their way. */
const MAX_PASSED = 32

/** One row as it is drawn. */
export interface DrawnRow {
  /** Index in the view of the row that is seen. */
  readonly first: number
  /** Behind the last row that it stands for. */
  readonly end: number
  /** Rows of the fold that it stands for, or that begins with it while it is open; 1 without one. */
  readonly count: number
  readonly isOpen: boolean
}

/** A row, and how many pixels below the viewport's top it stands. */
export interface Place {
  readonly index: number
  readonly y: number
}

/** What stands in a viewport. */
export interface Layout {
  readonly rows: readonly DrawnRow[]
  /** Pixels that the first row stands above the viewport's top. */
  readonly shift: number
}

/** Pixels. */
export interface ViewportSize {
  readonly height: number
  readonly rowHeight: number
}

export class FoldedList {
  /** Index of the list's first row, and that behind its last one: a fold is cut there. */
  base = 0
  end = 0

  /** @param foldsOf the folds of a page by its number; undefined while nothing of it is here */
  constructor(private readonly foldsOf: (page: number) => PageFolds | undefined) {}

  /** The drawn row that an index belongs to. */
  at(index: number): DrawnRow {
    const { first, end, isOpen } = this.foldAt(index)
    const count = end - first
    if (!isOpen) return { first, end, count, isOpen }
    return { first: index, end: index + 1, count: index === first ? count : 1, isOpen }
  }

  /** The fold of a row, open or not; a row without one is a fold of its own. */
  foldAt(index: number): { readonly first: number; readonly end: number; readonly isOpen: boolean } {
    const offset = index % PAGE_ROWS
    const start = index - offset
    const folds = this.foldsOf(start / PAGE_ROWS)
    const foldEnd = folds?.ends[offset] ?? 0
    if (folds === undefined || foldEnd === 0) return { first: index, end: index + 1, isOpen: false }
    const first = Math.max(this.base, start + (folds.firsts[offset] ?? offset))
    const end = Math.max(first + 1, Math.min(this.end, start + foldEnd))
    return { first, end, isOpen: folds.opened[offset] === 1 && end > first + 1 }
  }

  /** Whether the row at an index is here. */
  isHere(index: number): boolean {
    return (this.foldsOf(Math.floor(index / PAGE_ROWS))?.ends[index % PAGE_ROWS] ?? 0) !== 0
  }

  /**
   * Goes from a row of the list to another.
   * @param rows drawn rows; below 0 upwards
   * @returns the index of the drawn row there, and how many were passed: fewer at an end of the list
   */
  walk(index: number, rows: number): { readonly index: number; readonly walked: number } {
    let at = this.at(index).first
    let left = Math.abs(rows)
    while (left > 0) {
      const next = rows > 0 ? this.at(at).end : at - 1
      if (next < this.base || next >= this.end) break
      at = this.at(next).first
      left--
      // A page of which nothing is here has a drawn row for each: a walk over a million of them is short.
      const start = at - (at % PAGE_ROWS)
      if (this.foldsOf(start / PAGE_ROWS) !== undefined) continue
      const room = rows > 0 ? Math.min(start + PAGE_ROWS, this.end) - 1 - at : at - Math.max(start, this.base)
      const more = Math.min(left, room)
      at += rows > 0 ? more : -more
      left -= more
    }
    return { index: at, walked: Math.abs(rows) - left }
  }

  /** As `walk`, from any index: beside the list is before its first or behind its last row. */
  step(index: number, rows: number): number {
    if (this.end <= this.base) return this.base
    if (index < this.base) return this.walk(this.base, Math.max(0, rows - 1)).index
    if (index >= this.end) return this.walk(this.end - 1, Math.min(0, rows + 1)).index
    return this.walk(index, rows).index
  }

  /** What stands in a viewport in which a row has its place. It is filled if there are rows enough. */
  layOut({ index, y }: Place, { height, rowHeight }: ViewportSize): Layout {
    if (this.end <= this.base || height <= 0) return { rows: [], shift: 0 }
    let at = this.at(Math.min(Math.max(index, this.base), this.end - 1)).first
    let top = y
    const away = top > 0 ? -Math.ceil(top / rowHeight) : Math.floor(-top / rowHeight)
    if (away !== 0) {
      const { index: there, walked } = this.walk(at, away)
      at = there
      top += Math.sign(away) * walked * rowHeight
    }
    // Above the first row is nothing.
    top = Math.min(0, top)
    const rows = this.rowsFrom(at, Math.ceil((height - top) / rowHeight))
    const last = rows.at(-1)
    const isShort = last === undefined || (last.end >= this.end && top + rows.length * rowHeight < height)
    return isShort ? this.layOutEnd({ height, rowHeight }) : { rows, shift: top === 0 ? 0 : -top }
  }

  /**
   * What stands in a viewport at the end of the list.
   * @param passes whether rows that are on their way are left out, where those behind them are enough: at the live end they are
   * there in a moment
   */
  layOutEnd({ height, rowHeight }: ViewportSize, passes = false): Layout {
    if (this.end <= this.base || height <= 0) return { rows: [], shift: 0 }
    const fits = Math.ceil(height / rowHeight)
    const { index } = this.walk(this.end - 1, 1 - fits)
    const all = this.rowsFrom(index, fits)
    const here = passes && all.some(({ first }) => !this.isHere(first)) ? this.lastHere(fits) : all
    const rows = here.length < fits ? all : here
    return { rows, shift: Math.max(0, rows.length * rowHeight - height) }
  }

  private rowsFrom(index: number, count: number): DrawnRow[] {
    const rows: DrawnRow[] = []
    for (let at = index; at < this.end && rows.length < count;) {
      const row = this.at(at)
      rows.push(row)
      at = row.end
    }
    return rows
  }

  /** The last drawn rows that are here. */
  private lastHere(count: number): DrawnRow[] {
    const rows: DrawnRow[] = []
    let passed = 0
    for (let at = this.end - 1; at >= this.base && rows.length < count;) {
      const start = at - (at % PAGE_ROWS)
      if (this.foldsOf(start / PAGE_ROWS) === undefined) {
        if (++passed > MAX_PASSED) break
        at = start - 1
      } else {
        const row = this.at(at)
        if (this.isHere(at)) rows.push(row)
        at = row.first - 1
      }
    }
    return rows.reverse()
  }
}

/**
 * Where the list stands: by a row that keeps its place in the viewport, since rows above and below it may fold or open, and be
 * more or fewer than was known. The scroll bar goes by the rows of the view, drawn or not.
 */
import type { DrawnRow, FoldedList, Layout, Place } from '../lib/foldedList'

export class ScrollPosition {
  /** Pixels. */
  height = 0
  rowHeight = 1
  private place: Place = { index: 0, y: 0 }
  private layout: Layout = { rows: [], shift: 0 }

  constructor(private readonly list: FoldedList) {}

  get rows(): readonly DrawnRow[] {
    return this.layout.rows
  }

  /** Pixels that the first row stands above the viewport's top. */
  get shift(): number {
    return this.layout.shift
  }

  get isAtEnd(): boolean {
    const { rows, shift } = this.layout
    const last = rows.at(-1)
    return last === undefined || (last.end >= this.list.end && rows.length * this.rowHeight - shift <= this.height + 1)
  }

  /** How far the viewport's top is in the view, in rows; it tells which of two places is the higher one. */
  get start(): number {
    const [first] = this.layout.rows
    return first === undefined ? 0 : first.first + this.layout.shift / this.rowHeight
  }

  /** What a scroll bar draws: pixels from the top, and in all, as if every row of the view were drawn; 0 if all are in view. */
  get bar(): { readonly top: number; readonly total: number } {
    const { base, end } = this.list
    const { rows, shift } = this.layout
    const [first, last] = [rows[0], rows.at(-1)]
    if (first === undefined || last === undefined) return { top: 0, total: 0 }
    const hidden = Math.max(0, rows.length * this.rowHeight - shift - this.height)
    const above = first.first - base + (shift / this.rowHeight) * (first.end - first.first)
    const below = end - last.end + (hidden / this.rowHeight) * (last.end - last.first)
    if (above + below === 0) return { top: 0, total: 0 }
    const total = (end - base) * this.rowHeight
    return { top: (above / (above + below)) * Math.max(0, total - this.height), total }
  }

  /** Pixels from the viewport's top to a drawn row; undefined for a row that is not drawn. */
  yOf(index: number): number | undefined {
    const at = this.layout.rows.findIndex(({ first }) => first === index)
    return at < 0 ? undefined : at * this.rowHeight - this.layout.shift
  }

  /**
   * Stands where a row has its place, or as near as the list allows.
   * @param kept the row that keeps its place if it is in view; without it the first that is here does
   */
  stand(place: Place, kept = -1): void {
    this.place = place
    this.take(this.list.layOut(place, this), kept)
  }

  /** The list has changed: what was in view stays where it was. */
  settle(kept = -1): void {
    this.stand(this.place, kept)
  }

  /** @param passes see `FoldedList.layOutEnd` */
  toEnd(passes: boolean): void {
    this.take(this.list.layOutEnd(this, passes), -1)
  }

  moveBy(pixels: number): void {
    this.stand({ index: this.place.index, y: this.place.y - pixels })
  }

  /** Moves to a distance as `bar` has it. */
  moveTo(distance: number): void {
    const { base, end } = this.list
    const room = (end - base) * this.rowHeight - this.height
    const share = room <= 0 ? 0 : Math.min(1, Math.max(0, distance / room))
    if (share === 1) this.toEnd(false)
    else if (end > base) {
      // The share of the rows stands at that share of the viewport, so that both ends are reached.
      const position = base + share * (end - base)
      const row = this.list.at(Math.floor(position))
      const within = ((position - row.first) / (row.end - row.first)) * this.rowHeight
      this.stand({ index: row.first, y: Math.round(share * this.height - within) })
    }
  }

  /** Brings a row into view, by as little as it takes. */
  reveal(index: number): void {
    const lowest = this.height - this.rowHeight
    const y = this.yOf(index)
    if (y === undefined) this.stand({ index, y: index < (this.rows[0]?.first ?? 0) ? 0 : lowest }, index)
    else if (y < 0 || y > lowest) this.stand({ index, y: y < 0 ? 0 : lowest }, index)
    else this.settle(index)
  }

  /** Brings a row into the middle, with what came before it. */
  center(index: number): void {
    this.stand({ index, y: (this.height - this.rowHeight) / 2 }, index)
  }

  private take(layout: Layout, kept: number): void {
    this.layout = layout
    const y = this.yOf(kept)
    if (y !== undefined && y > -this.rowHeight && y < this.height) {
      this.place = { index: kept, y }
      return
    }
    // Rows that are on their way may fold when they are here.
    const here = layout.rows.findIndex(({ first }) => this.list.isHere(first))
    const at = Math.max(0, here)
    const row = layout.rows[at]
    if (row !== undefined) this.place = { index: row.first, y: at * this.rowHeight - layout.shift }
  }
}

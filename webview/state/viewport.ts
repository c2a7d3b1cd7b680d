/** What of the list stands in its viewport, and how it moves: the wheel and the keys go by drawn rows. */
import { PAGE_ROWS } from '../lib/folds'
import { FoldedList, type DrawnRow, type Place } from '../lib/foldedList'
import type { Folding } from './folding'
import type { Frame } from './frame'
import type { RowWindow } from './rowWindow'
import { ScrollPosition } from './scrollPosition'

/** Rows that are asked for beyond the viewport, each way, where folds swallow many. */
const MAX_REACH = 16 * PAGE_ROWS

/** The list as it is when it is looked at. */
interface List {
  /** Pixels. */
  height: number
  readonly rowHeight: number
  /** Rows of the view up to the last that is shown. */
  readonly shown: number
  readonly bounds: { readonly base: number }
  readonly follow: boolean
  selected: number
  selectedSeq: number | undefined
  /** Whether the host sends the newest rows by itself. */
  readonly tail: { readonly isOn: boolean }
  setFollow(follow: boolean): void
  /** The person has moved it. */
  onMoved(): void
  /** Something of it is to be drawn. */
  schedule(): void
}

export class Viewport {
  private readonly folded: FoldedList
  private readonly position: ScrollPosition

  constructor(
    private readonly list: List,
    private readonly rows: RowWindow,
    private readonly folding: Folding,
  ) {
    this.folded = new FoldedList(rows.foldsOf)
    this.position = new ScrollPosition(this.folded)
  }

  /** The rows that are drawn as the row of an index is. */
  drawnAt(index: number): DrawnRow {
    return this.folded.at(index)
  }

  /** Index of the row that is drawn so many rows below an index, or above it, as far as there are some. */
  step(index: number, rows: number): number {
    return this.folded.step(index, rows)
  }

  resize(height: number): void {
    const { list } = this
    const y = this.position.yOf(list.selected)
    const wasInView = y !== undefined && y >= 0 && y + list.rowHeight <= list.height
    list.height = height
    this.bind()
    this.position.settle(list.selected)
    // A detail that opens below the list must not hide the row it tells of.
    if (wasInView && !list.follow && height >= list.rowHeight) this.position.reveal(list.selected)
  }

  /** Moves by pixels, as a wheel does. */
  scrollBy(pixels: number): void {
    this.move((position) => {
      position.moveBy(pixels)
    })
  }

  /** Moves to a distance from the list's top, as the frame has it; pixels. Reaching the end follows it again. */
  scrollTo(distance: number): void {
    this.move((position) => {
      position.moveTo(distance)
    })
  }

  /** Brings a row into the middle, with what came before it. */
  center(index: number): void {
    this.bind()
    this.position.center(index)
    this.list.onMoved()
  }

  /** Brings the chosen row into view. */
  reveal(): void {
    this.bind()
    this.showChosen()
    this.position.reveal(this.list.selected)
  }

  stand(place: Place): void {
    this.bind()
    this.position.stand(place, this.list.selected)
  }

  /** Opens the fold of a row, or closes it; the row that it begins with stays where it is. */
  setFold(index: number, isOpen: boolean): void {
    const { list, position } = this
    this.bind()
    const { first, end } = this.folded.foldAt(index)
    const seqs = this.rows.read(first, end).flatMap((row) => (row === undefined ? [] : [row.seq]))
    const [seq] = seqs
    if (seq === undefined) return
    list.setFollow(false)
    const y = position.yOf(first)
    if (isOpen) this.folding.open(seq)
    else {
      this.folding.close(seqs)
      if (list.selected >= first && list.selected < end) {
        list.selected = first
        list.selectedSeq = seq
      }
    }
    this.rows.refold()
    if (y === undefined) position.reveal(first)
    else position.stand({ index: first, y }, first)
    list.schedule()
  }

  /** Another view is shown: what was open in the one before does not matter any more. */
  forget(): void {
    this.folding.closeAll()
  }

  /** What decides about the folds has changed: the setting, or the marked rows. */
  refold(): void {
    this.rows.refold()
    this.list.schedule()
  }

  /** @param atEnd whether it stays at the end of the list */
  draw(atEnd: boolean): Frame {
    const { list, position } = this
    this.bind()
    this.showChosen()
    if (atEnd) position.toEnd(list.tail.isOn)
    else position.settle(list.selected)
    const { base, end } = this.folded
    const { rows: drawn, shift, bar } = position
    const rows = drawn.map(({ first }) => this.rows.read(first, first + 1)[0])
    return { first: drawn[0]?.first ?? base, rows, drawn, shift, ...bar, count: end - base, base }
  }

  /** Which rows of the view a frame needs, and how many beyond them. */
  reachOf({ first, rows, drawn }: Frame): { readonly first: number; readonly last: number; readonly reach: number } {
    const last = drawn.at(-1)?.end ?? first
    const inView = last - first
    // At the live end the tail brings what is needed, and what lies above it soon lies elsewhere.
    const isBrought = this.list.tail.isOn && !rows.includes(undefined)
    const wanted = this.list.tail.isOn ? inView - drawn.length : Math.max(1, inView)
    return { first, last, reach: isBrought ? 0 : Math.min(MAX_REACH, wanted) }
  }

  private move(act: (position: ScrollPosition) => void): void {
    const { list, position } = this
    this.bind()
    const { start } = position
    act(position)
    const isUp = position.start < start
    if (list.follow && isUp) list.setFollow(false)
    else if (!list.follow && !isUp && position.isAtEnd) list.setFollow(true)
    list.onMoved()
  }

  /** The list changes without telling. */
  private bind(): void {
    const { list, folded, position } = this
    folded.base = Math.min(list.bounds.base, list.shown)
    folded.end = list.shown
    position.height = list.height
    position.rowHeight = list.rowHeight
  }

  /** The chosen row is drawn, whatever it equals. */
  private showChosen(): void {
    const { folded } = this
    const { selected, selectedSeq } = this.list
    if (selected < folded.base || selected >= folded.end || folded.at(selected).first === selected) return
    const seq = this.rows.read(selected, selected + 1)[0]?.seq
    if (seq === undefined || seq !== (selectedSeq ?? seq)) return
    this.folding.open(seq)
    this.rows.refold()
  }
}

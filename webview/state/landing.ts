/** Where the list stands in a view that was just opened, and the first rows there. */
import type { Client } from '../../src/shared/protocol/peer'
import type { Row } from '../../src/shared/protocol/rows'
import type { Place } from '../lib/foldedList'
import type { Anchor } from './frame'

/** The list as it is when it is looked at: it may change while the host answers. */
interface List {
  /** Pixels. */
  readonly height: number
  readonly rowHeight: number
  /** Stays at the end whatever the anchor is. */
  readonly follow: boolean
  /** Only events between these seqs are shown. */
  readonly bounds: { readonly cleared: number | undefined; readonly until: number | undefined }
  /** The event that is chosen. */
  readonly selectedSeq: number | undefined
}

export interface Landing {
  /** Where the anchor stands. Its end is for the list to keep, which knows what folds. */
  readonly place: Place
  /** Rows of the view that are cleared. */
  readonly base: number
  /** Index of the first row that is not shown any more; Infinity without one. */
  readonly end: number
  /** Index of the first of `rows`. */
  readonly from: number
  readonly rows: readonly Row[]
  /** Rows of the view by now. */
  readonly count: number
  /** Where the chosen event is, or would be if the view had it; -1 without one. */
  readonly selected: number
}

/** @param opened as the host answered `view/open` */
export async function landIn(
  client: Client,
  { view, count: known }: { readonly view: number; readonly count: number },
  list: List,
  anchor: Anchor | undefined,
): Promise<Landing> {
  const { cleared, until } = list.bounds
  const fits = Math.max(1, Math.ceil(list.height / list.rowHeight))
  const [at, base, bound] = await Promise.all([
    anchor === undefined || list.follow ? 0 : positionIn(client, view, anchor.seq),
    cleared === undefined ? 0 : positionIn(client, view, cleared),
    until === undefined ? Infinity : positionIn(client, view, until),
  ])
  // The height can change while the answers are under way; drawing clamps once more.
  const { height, rowHeight, follow, selectedSeq: chosen } = list
  const start = base * rowHeight
  const end = Math.max(start, Math.min(known, bound) * rowHeight - height)
  const place = { index: at, y: anchor?.offset ?? 0 }
  const top = follow ? end : Math.min(end, Math.max(start, at * rowHeight - place.y))
  const from = Math.floor(top / rowHeight)
  const [{ rows, count }, selected] = await Promise.all([
    client.call('rows/get', { view, from, to: from + fits + 1 }),
    chosen === undefined ? -1 : positionIn(client, view, chosen),
  ])
  return { place, base, end: bound, from, rows, count: Math.max(count, known), selected }
}

/** Index of the first row of a view with that seq or a later one. */
export async function positionIn(client: Client, view: number, seq: number): Promise<number> {
  return (await client.call('position/find', { view, at: { seq } })).position
}

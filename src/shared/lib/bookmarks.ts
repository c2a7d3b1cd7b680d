/**
 * One change of the marks of a run or file. Several panels and windows show the same ones, so each says what it changes, and none what
 * there is in all: else the last one would take away what the others set.
 */
import type { Notes } from '../events/notes'
import type { Bookmark, BookmarkChange } from '../protocol/contract'

/** Notes with more could not be read again. */
export const MAX_BOOKMARKS = 1000

/** @returns ascending by seq; a change that was made already changes nothing */
export function changeBookmarks(bookmarks: readonly Bookmark[], change: BookmarkChange): readonly Bookmark[] {
  const seq = change.how === 'remove' ? change.seq : change.bookmark.seq
  const others = bookmarks.filter((bookmark) => bookmark.seq !== seq)
  if (change.how === 'remove') return others
  const there = bookmarks.find((bookmark) => bookmark.seq === seq)
  // A marker that somebody else named meanwhile keeps its name. A bookmark has none: another line may have come to its place.
  if (change.how === 'add' && there?.name !== undefined) return bookmarks
  return [...others, change.bookmark].sort((a, b) => a.seq - b.seq)
}

/** The markers of a run's notes, as a panel has them. */
export function notedMarkers({ markers = [] }: Pick<Notes, 'markers'>): readonly Bookmark[] {
  return markers.map(({ seq, time, name }) => ({ seq, time, name, text: name }))
}

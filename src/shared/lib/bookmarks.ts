/**
 * One change of the marks of a run or file. Several panels and windows show the same ones, so each says what it changes, and none what
 * there is in all: else the last one would take away what the others set.
 */
import type { Notes } from '../events/notes'
import type { Bookmark, BookmarkChange } from '../protocol/contract'
import { UserError } from '../userError'

/** What is kept with more could not be read again. */
const MAX_BOOKMARKS = 1000

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

/**
 * As `changeBookmarks`, where they are kept.
 * @param where what has them, in words
 * @throws UserError `too_many_markers`: none goes for another one
 */
export function changeKept(bookmarks: readonly Bookmark[], change: BookmarkChange, where: string): readonly Bookmark[] {
  const changed = changeBookmarks(bookmarks, change)
  if (changed.length <= MAX_BOOKMARKS || changed.length <= bookmarks.length) return changed
  throw new UserError(
    `${where} has ${String(MAX_BOOKMARKS)} marked rows, which is as many as it can have. Unmark some first.`,
    'too_many_markers',
  )
}

/** The markers of a run's notes, as a panel has them. */
export function notedMarkers({ markers = [] }: Pick<Notes, 'markers'>): readonly Bookmark[] {
  return markers.map(({ seq, time, name }) => ({ seq, time, name, text: name }))
}

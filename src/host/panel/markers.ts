/** The markers that a person sets in a run that is recorded: its notes keep them, wherever the log goes. */
import { changeNotes, readNotes } from '../../node/runlog/notes'
import type { Notes } from '../../shared/events/notes'
import { changeKept, notedMarkers } from '../../shared/lib/bookmarks'
import type { Bookmark, BookmarkChange } from '../../shared/protocol/contract'

/** @throws UserError `bad_notes` */
export async function markersOf(logPath: string): Promise<readonly Bookmark[]> {
  return notedMarkers(await readNotes(logPath))
}

/**
 * Changes them as they are on the disk, so that those of other windows stay.
 * @returns the notes as they are now
 * @throws UserError `bad_notes` when they can't be read or written, `too_many_markers`
 */
export function changeMarkers(logPath: string, change: BookmarkChange): Promise<Notes> {
  return changeNotes(logPath, ({ markers: before, ...others }) => {
    const changed = changeKept(notedMarkers({ markers: before }), change, 'This run')
    const markers = changed.map(({ seq, time = 0, name, text }) => ({ seq, time, name: name ?? text.slice(0, 200) }))
    return { ...others, ...(markers.length === 0 ? {} : { markers }) }
  })
}

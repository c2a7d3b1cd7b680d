/** The markers that a person sets in a run that is recorded: its notes keep them, wherever the log goes. */
import { changeNotes, readNotes } from '../../node/runlog/notes'
import type { Bookmark } from '../../shared/protocol/contract'

/** @throws UserError `bad_notes` */
export async function markersOf(logPath: string): Promise<readonly Bookmark[]> {
  const { markers = [] } = await readNotes(logPath)
  return markers.map(({ seq, time, name }) => ({ seq, time, name, text: name }))
}

/** @throws UserError `bad_notes` when they can't be read or written */
export async function keepMarkers(logPath: string, bookmarks: readonly Bookmark[]): Promise<void> {
  const markers = bookmarks.map(({ seq, time = 0, name, text }) => ({ seq, time, name: name ?? text.slice(0, 200) }))
  await changeNotes(logPath, ({ markers: _, ...others }) => ({
    ...others,
    ...(markers.length === 0 ? {} : { markers }),
  }))
}

/** The rows that a person marked, kept by the editor for the workspace: they come back whenever the run or file is opened. */
import type * as vscode from 'vscode'
import { changeKept } from '../../shared/lib/bookmarks'
import { bookmarksSchema, type Bookmark, type BookmarkChange } from '../../shared/protocol/contract'

/** Marks of more runs and files than this are forgotten, the longest untouched first. */
const MAX_KEPT = 200
const KEY = 'tapedeck.bookmarks'

type Kept = readonly (readonly [key: string, bookmarks: unknown])[]

/** @param key the path of the run's log or of the followed file */
export function bookmarksOf(memory: vscode.Memento, key: string): readonly Bookmark[] {
  const [, kept] = memory.get<Kept>(KEY, []).find(([other]) => other === key) ?? []
  const parsed = bookmarksSchema.safeParse(kept)
  return parsed.success ? parsed.data : []
}

/** @returns those that are kept now @throws UserError `too_many_markers` */
export async function keepBookmark(
  memory: vscode.Memento,
  key: string,
  change: BookmarkChange,
): Promise<readonly Bookmark[]> {
  const bookmarks = changeKept(bookmarksOf(memory, key), change, 'This file')
  const others = memory.get<Kept>(KEY, []).filter(([other]) => other !== key)
  const kept: Kept = bookmarks.length === 0 ? others : [[key, bookmarks], ...others]
  await memory.update(KEY, kept.slice(0, MAX_KEPT))
  return bookmarks
}

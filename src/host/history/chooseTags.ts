/** The tags of runs, checked and unchecked in a list; a new one is typed. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { plural } from '../../shared/lib/format'

export interface TagChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

const MAX_TAG = 100

interface TagItem extends vscode.QuickPickItem {
  readonly tag: string
}

/** Undefined when the person thought better of it. */
export function chooseTags(all: readonly ListedRun[], chosen: readonly ListedRun[]): Promise<TagChange | undefined> {
  const counts = new Map<string, number>()
  for (const { notes } of all) for (const tag of notes?.tags ?? []) counts.set(tag, (counts.get(tag) ?? 0) + 1)
  const had = (tag: string): boolean => chosen.every(({ notes }) => notes?.tags?.includes(tag) === true)
  const known: TagItem[] = [...counts.entries()]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([tag, count]) => ({ tag, label: tag, description: plural(count, 'run') }))
  const pick = vscode.window.createQuickPick<TagItem>()
  pick.title = chosen.length === 1 ? 'Tag Run' : `Tag ${plural(chosen.length, 'Run')}`
  pick.placeholder = 'Check tags, or type new ones (paper, wood)'
  pick.canSelectMany = true
  pick.items = known
  pick.selectedItems = known.filter(({ tag }) => had(tag))
  let added: readonly TagItem[] = []
  pick.onDidChangeValue((value) => {
    const typed = value.trim().slice(0, MAX_TAG)
    const checked = pick.selectedItems
    // A new tag that is checked stays, while the next one is typed.
    added = added.filter((item) => checked.includes(item))
    const isNew = typed !== '' && ![...known, ...added].some(({ tag }) => tag === typed)
    const fresh = isNew ? [{ tag: typed, label: typed, description: 'new tag', alwaysShow: true }] : []
    pick.items = [...fresh, ...added, ...known]
    added = [...fresh, ...added]
    // A person who types a new tag and presses Enter means it.
    pick.selectedItems = [...checked.filter((item) => pick.items.includes(item)), ...fresh]
  })
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      // "paper, wood" are two new ones.
      const wanted = pick.selectedItems.flatMap(({ tag }) =>
        counts.has(tag) ? [tag] : tag.split(',').flatMap((one) => one.trim() || []),
      )
      resolve({ add: wanted, remove: known.map(({ tag }) => tag).filter((tag) => had(tag) && !wanted.includes(tag)) })
      pick.hide()
    })
    pick.onDidHide(() => {
      resolve(undefined)
      pick.dispose()
    })
    pick.show()
  })
}

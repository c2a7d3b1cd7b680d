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
  const isSelected = ({ tag }: TagItem): boolean => pick.selectedItems.some((item) => item.tag === tag)
  /** What is typed now and no run has: "paper, wood" are two. Of what was typed before nothing stays. */
  let fresh: readonly TagItem[] = []
  pick.onDidChangeValue((value) => {
    const checked = known.filter(isSelected)
    fresh = typedTags(value)
      .filter((tag) => !counts.has(tag))
      .map((tag) => ({ tag, label: tag, description: 'new tag', alwaysShow: true }))
    pick.items = [...fresh, ...known]
    // A person who types a new tag and presses Enter means it.
    pick.selectedItems = [...checked, ...fresh]
  })
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      // Of several that are typed at once one may be known already.
      const typed = typedTags(pick.value)
      const named = typed.length > 1 ? known.filter(({ tag }) => typed.includes(tag)) : []
      const items = [...known.filter(isSelected), ...fresh.filter(isSelected), ...named]
      const wanted = [...new Set(items.map(({ tag }) => tag))]
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

function typedTags(text: string): readonly string[] {
  const tags = text.split(',').map((tag) => tag.trim().slice(0, MAX_TAG))
  return [...new Set(tags.filter((tag) => tag !== ''))]
}

/** The filters that a person keeps under names, for every run and file of the workspace. */
import type * as vscode from 'vscode'
import { savedFiltersSchema, type SavedFilter } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'

const KEY = 'tapedeck.filters'
const MAX_KEPT = 100

/** By name. */
export function savedFilters(memory: vscode.Memento): readonly SavedFilter[] {
  const parsed = savedFiltersSchema.safeParse(memory.get(KEY))
  return parsed.success ? parsed.data : []
}

/** Keeps one, in the place of one of the same name. @throws UserError when there are too many */
export async function saveFilter(memory: vscode.Memento, filter: SavedFilter): Promise<readonly SavedFilter[]> {
  const others = savedFilters(memory).filter(({ name }) => name !== filter.name)
  if (others.length >= MAX_KEPT)
    throw new UserError(
      `${String(MAX_KEPT)} filters are kept already. Delete one that you don't need.`,
      'too_many_filters',
    )
  return keep(memory, [...others, filter])
}

export async function deleteFilter(memory: vscode.Memento, name: string): Promise<readonly SavedFilter[]> {
  return keep(
    memory,
    savedFilters(memory).filter((filter) => filter.name !== name),
  )
}

async function keep(memory: vscode.Memento, filters: readonly SavedFilter[]): Promise<readonly SavedFilter[]> {
  const sorted = filters.toSorted((a, b) => a.name.localeCompare(b.name))
  await memory.update(KEY, sorted)
  return sorted
}

/** What every panel may make the editor do, whatever it shows. */
import * as vscode from 'vscode'
import { commands } from '../../shared/manifest'
import type { Habits } from '../../shared/protocol/contract'
import type { Container } from '../container'
import { bookmarksOf, keepBookmark } from './bookmarks'
import type { BridgeActions } from '../../core/panel/bridge'
import { deleteFilter, saveFilter, savedFilters } from './savedFilters'

/** Key in the editor's memory of the extension. */
const HABITS = 'tapedeck.panel.habits'

/** @param key what the panel shows, for what is remembered of it */
export function editorActions({ context, log }: Container, key: string) {
  return {
    showOutput: async () => {
      await vscode.commands.executeCommand(commands.showOutput)
    },
    habits: () => context.globalState.get<Habits>(HABITS, {}),
    rememberHabits: async (habits) => {
      await context.globalState.update(HABITS, { ...context.globalState.get<Habits>(HABITS), ...habits })
    },
    bookmarks: () => Promise.resolve(bookmarksOf(context.workspaceState, key)),
    changeBookmarks: (change) => keepBookmark(context.workspaceState, key, change),
    savedFilters: () => savedFilters(context.workspaceState),
    saveFilter: (filter) => saveFilter(context.workspaceState, filter),
    deleteFilter: (name) => deleteFilter(context.workspaceState, name),
    copy: async (text) => {
      await vscode.env.clipboard.writeText(text)
    },
    openLink: async (url) => {
      await vscode.env.openExternal(vscode.Uri.parse(url, true))
    },
    log: (message) => {
      log.error(message)
    },
  } satisfies Partial<BridgeActions>
}

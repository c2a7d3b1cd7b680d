/**
 * The panel in a page of its own, without an editor and without a network: an exported run (src/node/runlog/htmlPage.ts). The
 * one entry of the webview that brings the readers of a run log with it.
 */
import './styles/editorThemes.css'
import './page/page.css'
import { PanelBridge, type BridgeActions } from '../src/core/panel/bridge'
import { localTransports } from '../src/core/panel/localTransport'
import { memoryRun } from '../src/core/panel/memoryRun'
import { changeBookmarks } from '../src/shared/lib/bookmarks'
import type { Bookmark, Habits, SavedFilter } from '../src/shared/protocol/contract'
import { UserError } from '../src/shared/userError'
import { mountPanel } from './main'
import { embeddedBookmarks, embeddedInfo, embeddedLog } from './page/embeddedLog'
import { followSystemTheme } from './page/pageTheme'

async function start(): Promise<void> {
  const info = embeddedInfo()
  const log = await embeddedLog()
  const run = await memoryRun(info, log)
  const { panel, host } = localTransports()
  // Both ends are this page: what is asked is of the right form.
  const validate = (_name: string, data: unknown) => ({ success: true as const, data })
  new PanelBridge(run, pageActions(info.path, log, embeddedBookmarks()), host, { restored: false, validate })
  document.getElementById('loading')?.remove()
  mountPanel(
    document.body,
    { transport: panel, loadState: () => undefined, saveState: () => undefined, offline: true },
    {},
  )
}

/** What a page can do for its panel; nothing of it outlives the page. */
function pageActions(name: string, log: Uint8Array<ArrayBuffer>, marked: readonly Bookmark[]): BridgeActions {
  let habits: Habits = {}
  let bookmarks = marked
  let filters: readonly SavedFilter[] = []
  const notHere = (): Promise<never> =>
    Promise.reject(new UserError('This page is a copy of the run. Open its log in the editor for that.', 'offline'))
  return {
    exportRun: () => {
      download(name, log)
      return Promise.resolve(name)
    },
    copy: async (text) => {
      try {
        await navigator.clipboard.writeText(text)
      } catch {
        throw new UserError('The browser does not let this page copy. Select the text and copy it yourself.', 'no_copy')
      }
    },
    openLink: (url) => {
      if (confirm(`Open this address in a new tab?\n\n${url}`)) window.open(url, '_blank', 'noopener,noreferrer')
      return Promise.resolve()
    },
    habits: () => habits,
    rememberHabits: (more) => {
      habits = { ...habits, ...more }
      return Promise.resolve()
    },
    bookmarks: () => Promise.resolve(bookmarks),
    changeBookmarks: (change) => {
      bookmarks = changeBookmarks(bookmarks, change)
      return Promise.resolve(bookmarks)
    },
    savedFilters: () => filters,
    saveFilter: (filter) => {
      filters = [...filters.filter((one) => one.name !== filter.name), filter]
      return Promise.resolve(filters)
    },
    deleteFilter: (gone) => {
      filters = filters.filter((one) => one.name !== gone)
      return Promise.resolve(filters)
    },
    deleteRun: notHere,
    openLog: notHere,
    showOutput: notHere,
    runAgain: notHere,
    openFolder: notHere,
    compare: notHere,
    manage: notHere,
    saveText: notHere,
    openFile: notHere,
    listTrajectories: notHere,
    getTrajectory: notHere,
    log: (message) => {
      console.error(message)
    },
  }
}

function download(name: string, log: Uint8Array<ArrayBuffer>): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([log], { type: 'application/json' }))
  link.download = name
  link.click()
  setTimeout(() => {
    URL.revokeObjectURL(link.href)
  }, 60_000)
}

followSystemTheme()
start().catch((error: unknown) => {
  const loading = document.getElementById('loading')
  if (loading !== null)
    loading.textContent = `This page can't show its run: it was cut or changed (${error instanceof Error ? error.message : String(error)}).`
})

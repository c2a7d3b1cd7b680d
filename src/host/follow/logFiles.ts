/**
 * The log files of the workspace, found by the editor's own search and watcher, the one written last first. Nothing is
 * read of them; while somebody looks at the list they are asked every few seconds when they were written.
 */
import { stat } from 'node:fs/promises'
import path from 'node:path'
import * as vscode from 'vscode'
import { Emitter } from '../../shared/lib/emitter'
import { foreignFolders } from '../../shared/lib/foreignFolders'
import { logDirectories } from '../logDirectories'
import type { Settings } from '../settings'

export interface LogFile {
  readonly uri: vscode.Uri
  readonly bytes: number
  /** Milliseconds since the epoch. */
  readonly writtenAt: number
}

const EXCLUDED = `{${foreignFolders().join(',')}}`
/** More than this are not listed; the ones written last are. */
const MAX_LISTED = 200
const MAX_FOUND = 5000
const LOOK_MS = 2000
/** A new watcher of the editor says nothing of files that come in its first seconds: the list is searched once more after them. */
const WATCHER_START_MS = 5000
/** A file that was written this short ago is being written. */
const LIVE_MS = 10_000
/** What is no text, whatever its folder is called. */
const NO_TEXT =
  /\.(?:png|jpe?g|gif|webp|ico|svg|pdf|zip|jar|tar|tgz|7z|xz|bz2|exe|dll|so|dylib|class|pyc|wasm|db|sqlite\d?|woff2?|ttf|mp[34]|bin)$/i

export class LogFiles {
  private readonly changed = new Emitter<undefined>()
  private readonly subscriptions: vscode.Disposable[] = []
  private watchers: vscode.Disposable[] = []
  private files: readonly LogFile[] | undefined
  private found = 0
  private searching: Promise<void> | undefined
  private isStale = true
  private isVisible = false
  private timer: NodeJS.Timeout | undefined
  /** When the watchers were made, until the list was searched for once they were up. */
  private watchersMade: number | undefined
  /** What the list showed when it was last told of. */
  private told = ''
  readonly onDidChange = this.changed.event

  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly settings: Settings,
  ) {
    this.watch()
    this.subscriptions.push(
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (
          event.affectsConfiguration('tapedeck.follow.patterns') ||
          event.affectsConfiguration('tapedeck.logDirectory')
        ) {
          this.watch()
          this.refresh()
        }
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(() => {
        this.refresh()
      }),
    )
  }

  /** How many more there are than are listed. */
  get unlisted(): number {
    return Math.max(0, this.found - (this.files?.length ?? 0))
  }

  isLive({ writtenAt }: LogFile): boolean {
    return Date.now() - writtenAt < LIVE_MS
  }

  /**
   * The list as it is; searched for when it never was or something changed.
   * @param isAsked a person chooses from it now: the editor's watcher may tell of a new file seconds later, or not at all
   */
  async list(isAsked = false): Promise<readonly LogFile[]> {
    if (this.isStale || isAsked) await this.search()
    return this.files ?? []
  }

  /** Somebody looks at the list, or nobody any more. */
  setVisible(visible: boolean): void {
    this.isVisible = visible
    clearTimeout(this.timer)
    if (visible) this.lookLater()
  }

  refresh(): void {
    this.isStale = true
    this.changed.fire(undefined)
  }

  dispose(): void {
    clearTimeout(this.timer)
    this.isVisible = false
    for (const subscription of [...this.subscriptions, ...this.watchers]) subscription.dispose()
  }

  private patterns(): readonly string[] {
    return this.settings.get('follow.patterns')
  }

  private watch(): void {
    for (const watcher of this.watchers.splice(0)) watcher.dispose()
    this.watchersMade = Date.now()
    for (const pattern of this.patterns()) {
      const watcher = vscode.workspace.createFileSystemWatcher(pattern, false, true, false)
      const touched = (): void => {
        this.refresh()
      }
      this.watchers.push(watcher, watcher.onDidCreate(touched), watcher.onDidDelete(touched))
    }
  }

  private search(): Promise<void> {
    this.searching ??= this.find().finally(() => {
      this.searching = undefined
    })
    return this.searching
  }

  private async find(): Promise<void> {
    this.isStale = false
    const lists = await Promise.all(
      this.patterns().map((pattern) => vscode.workspace.findFiles(pattern, EXCLUDED, MAX_FOUND)),
    )
    const own = logDirectories(this.settings, this.context).map((folder) => folder + path.sep)
    const paths = new Set(
      lists
        .flat()
        .filter(({ scheme }) => scheme === 'file')
        .map(({ fsPath }) => fsPath)
        .filter((file) => !NO_TEXT.test(file) && !own.some((folder) => file.startsWith(folder))),
    )
    const files = await lookAt([...paths])
    this.found = files.length
    this.files = files.slice(0, MAX_LISTED)
  }

  private lookLater(): void {
    this.timer = setTimeout(() => void this.look(), LOOK_MS)
  }

  /** Tells only what a person would see: another order, another size, a live mark that comes or goes. */
  private async look(): Promise<void> {
    if (this.watchersMade !== undefined && Date.now() - this.watchersMade > WATCHER_START_MS) {
      this.watchersMade = undefined
      this.refresh()
    }
    const before = this.files ?? []
    if (before.length > 0 && !this.isStale) {
      const files = await lookAt(before.map(({ uri }) => uri.fsPath))
      if (!this.isOld()) this.files = files
      const marks = this.marksOf(files)
      if (marks !== this.told) this.changed.fire(undefined)
      this.told = marks
    }
    if (this.isLookedAt()) this.lookLater()
  }

  private isOld(): boolean {
    return this.isStale
  }

  private isLookedAt(): boolean {
    return this.isVisible
  }

  private marksOf(files: readonly LogFile[]): string {
    return files.map((file) => `${file.uri.fsPath} ${String(file.bytes)} ${String(this.isLive(file))}`).join('\n')
  }
}

async function lookAt(paths: readonly string[]): Promise<readonly LogFile[]> {
  const looked = await Promise.all(
    paths.map(async (file): Promise<LogFile | undefined> => {
      try {
        const { size, mtimeMs } = await stat(file)
        return { uri: vscode.Uri.file(file), bytes: size, writtenAt: mtimeMs }
      } catch {
        // It went away since it was found.
        return undefined
      }
    }),
  )
  return looked.filter((file) => file !== undefined).sort((a, b) => b.writtenAt - a.writtenAt)
}

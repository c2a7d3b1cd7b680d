/**
 * The files that match a pattern, and those that come to match it: found by the editor's own watcher, and by its search for what
 * that does not tell (a folder that was moved there, one that it is told to leave out).
 */
import path from 'node:path'
import { stat } from 'node:fs/promises'
import * as vscode from 'vscode'
import { isRotationOf } from '../../node/follow/siblings'
import { foreignFolders } from '../../shared/lib/foreignFolders'
import { isGrowing, type FollowPattern } from './followTarget'

const MAX_FOUND = 1000
/** Files that come together are told together. */
const GATHER_MS = 50
/** A search follows on the one before after so long, and after so many times what that took. */
const SEARCH_MS = 5000
const SEARCH_SHARE = 20

export class PatternFiles {
  private readonly watcher: vscode.FileSystemWatcher
  private readonly pattern: vscode.RelativePattern
  private readonly excluded: string
  private readonly takesHidden: boolean
  private readonly created = new Set<string>()
  private readonly taken = new Set<string>()
  private gathering: NodeJS.Timeout | undefined
  private timer: NodeJS.Timeout | undefined
  private telling: Promise<void> = Promise.resolve()
  private isDisposed = false

  /** @param take gets files that were not taken yet, the one written last first */
  constructor(
    private readonly wanted: FollowPattern,
    private readonly take: (files: readonly string[]) => Promise<void>,
    private readonly report: (error: unknown) => void,
  ) {
    const { glob, cwd } = wanted
    this.pattern = new vscode.RelativePattern(vscode.Uri.file(cwd), glob)
    this.excluded = `{${foreignFolders([glob]).join(',')}}`
    this.takesHidden = glob.split('/').some((part) => part.startsWith('.'))
    this.watcher = vscode.workspace.createFileSystemWatcher(this.pattern, false, true, true)
    this.watcher.onDidCreate(({ fsPath }) => {
      this.created.add(fsPath)
      this.gathering ??= setTimeout(() => {
        this.gathering = undefined
        const files = [...this.created]
        this.created.clear()
        this.tell(files).catch(this.report)
      }, GATHER_MS)
    })
  }

  /** Resolves when the files that are there are taken. */
  async start(): Promise<void> {
    this.searchLater(await this.search())
  }

  dispose(): void {
    this.isDisposed = true
    clearTimeout(this.gathering)
    clearTimeout(this.timer)
    this.watcher.dispose()
  }

  /** @returns milliseconds that it took */
  private async search(): Promise<number> {
    const started = performance.now()
    const found = await vscode.workspace.findFiles(this.pattern, this.excluded, MAX_FOUND)
    const took = performance.now() - started
    await this.tell(found.map(({ fsPath }) => fsPath))
    return took
  }

  private searchLater(took: number): void {
    if (this.isDisposed) return
    const search = async (): Promise<void> => {
      const next = await this.search().catch((error: unknown) => {
        this.report(error)
        return took
      })
      this.searchLater(next)
    }
    this.timer = setTimeout(() => void search(), Math.max(SEARCH_MS, SEARCH_SHARE * took))
  }

  /** One after the other, so that nothing is taken twice. */
  private tell(files: readonly string[]): Promise<void> {
    const told = this.telling.then(async () => {
      const all = [...this.taken, ...files]
      // What was rotated away has been read under its name before; what is packed does not grow.
      const fresh = files.filter(
        (file) =>
          !this.taken.has(file) &&
          isGrowing(file) &&
          !this.isHidden(file) &&
          !all.some((one) => isRotationOf(one, file)),
      )
      if (fresh.length === 0 || this.isDisposed) return
      const ordered = await byLastWrite(fresh)
      for (const file of ordered) this.taken.add(file)
      if (ordered.length > 0) await this.take(ordered)
    })
    this.telling = told.catch(() => undefined)
    return told
  }

  /** The recorder leaves them out too (joiningFiles.ts). */
  private isHidden(file: string): boolean {
    const parts = path.relative(this.wanted.cwd, file).split(path.sep)
    return !this.takesHidden && parts.some((part) => part.startsWith('.'))
  }
}

/** Files alone: a folder may match too. */
async function byLastWrite(files: readonly string[]): Promise<readonly string[]> {
  const looked = await Promise.all(
    files.map(async (file) => ({ file, stats: await stat(file).catch(() => undefined) })),
  )
  return looked
    .filter(({ stats }) => stats?.isFile() === true)
    .sort((a, b) => (b.stats?.mtimeMs ?? 0) - (a.stats?.mtimeMs ?? 0))
    .map(({ file }) => file)
}

/** Finds the files that match patterns, and those that come to match them later. */
import path from 'node:path'
import { glob } from 'tinyglobby'
import { foreignFolders } from '../../shared/lib/foreignFolders'

/** Patterns with `**` reach folders that nobody watches: they are searched again now and then. */
const SEARCH_MS = 2000
/** What comes while the watcher is being made is found by a search soon after. */
const FIRST_SEARCH_MS = 200

export interface JoiningOptions {
  /** Globs relative to `cwd`. They don't reach into hidden folders and other people's unless they name them. */
  readonly patterns: readonly string[]
  readonly cwd: string
  /** Files, and folders with all in them, that never join; absolute. */
  readonly leaveOut?: readonly string[] | undefined
}

export class JoiningFiles {
  private readonly seen = new Set<string>()
  private watcher: { close(): Promise<void> } | undefined
  private watching: Promise<void> = Promise.resolve()
  private timer: NodeJS.Timeout | undefined
  private isClosed = false
  private searching: Promise<void> | undefined
  private isBusy = false

  constructor(
    private readonly options: JoiningOptions,
    private readonly onFile: (file: string) => Promise<void>,
  ) {}

  /** @returns the files that are there already; those that come later go to `onFile` */
  async start(): Promise<string[]> {
    const found = await this.find()
    await this.watch()
    this.searchLater(FIRST_SEARCH_MS)
    return found
  }

  /** Watching a folder slows whoever writes line by line in it. */
  setBusy(isBusy: boolean): void {
    if (isBusy === this.isBusy || this.isClosed) return
    this.isBusy = isBusy
    this.watching = this.watching.then(() => this.watch())
  }

  async close(): Promise<void> {
    this.isClosed = true
    clearTimeout(this.timer)
    await this.watching
    await this.watcher?.close()
  }

  private async watch(): Promise<void> {
    await this.watcher?.close()
    this.watcher = undefined
    if (this.isBusy || this.isClosed) return
    // Only those who follow patterns pay for loading it.
    const { watchFolders } = await import('../watchFolders')
    this.watcher = watchFolders(
      this.folders(),
      () => true,
      () => void this.search(),
      () => undefined,
    )
  }

  /** The folders of the files that match, and those in which the patterns begin. */
  private folders(): string[] {
    const begins = this.options.patterns.map((pattern) => {
      const parts = pattern.split('/')
      const wild = parts.findIndex((part) => /[*?[{(!]/.test(part))
      return path.resolve(this.options.cwd, parts.slice(0, wild < 0 ? -1 : wild).join('/') || '.')
    })
    return [...new Set([...begins, ...[...this.seen].map((file) => path.dirname(file))])]
  }

  private async find(): Promise<string[]> {
    const found = await glob([...this.options.patterns], {
      cwd: this.options.cwd,
      absolute: true,
      onlyFiles: true,
      dot: false,
      ignore: [...foreignFolders(this.options.patterns)],
    })
    const fresh = found
      .map((file) => path.normalize(file))
      .filter((file) => !this.seen.has(file) && !this.isLeftOut(file))
    for (const file of fresh) this.seen.add(file)
    return fresh.sort()
  }

  private isLeftOut(file: string): boolean {
    return this.options.leaveOut?.some((one) => file === one || file.startsWith(one + path.sep)) === true
  }

  /** Once more, now: resolves when `onFile` has had all that is there. */
  async settle(): Promise<void> {
    await this.searching
    await this.search()
  }

  private search(): Promise<void> {
    this.searching ??= this.searchOnce().finally(() => {
      this.searching = undefined
    })
    return this.searching
  }

  private async searchOnce(): Promise<void> {
    if (this.isClosed) return
    try {
      for (const file of await this.find()) await this.onFile(file)
    } catch {
      // A folder went while it was searched: the next search finds what is there.
    }
  }

  private searchLater(ms: number): void {
    this.timer = setTimeout(() => {
      void this.search().finally(() => {
        if (!this.isClosed) this.searchLater(SEARCH_MS)
      })
    }, ms)
  }
}

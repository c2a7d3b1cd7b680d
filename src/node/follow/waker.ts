/**
 * Wakes the reader of a followed file. The folders that hold its names are watched, with a slow look as a net; while news come
 * too fast, where watching is impossible and where it is silent, it looks at the file all the time instead: a watched writer
 * that writes line by line is slowed by each line (measured: 1.7 to 2.6 times).
 */
import { statSync } from 'node:fs'
import { systemNews, type FolderNews } from './folderNews'

/** The net below watching. */
const NET_MS = 250
/** Looks where nothing wakes; with the look itself it stays below 100 ms. */
const POLL_MS = 60
/** So many news within so short a time are too fast: about 300 a second. */
const TOO_MANY = 16
const TOO_MANY_WITHIN_MS = 50
/** Looks that found less than this each, in a row, make it quiet again. */
const QUIET_LOOKS = 4
const QUIET_BYTES = 2048
/** Looks of the net that found what no news told of: then the folder is silent. */
const SILENT_FINDS = 3
/** News may be a moment later than the look. */
const LATE_NEWS_MS = 30

export interface WakerOptions {
  /** There is news. */
  wake(): void
  /** It is time for a look that nothing asked for. */
  tick(): void
  /** Whether a name in a watched folder concerns us. */
  isWanted(name: string): boolean
  /** A sentence for the person, told once. */
  notice(message: string): void
  /** News come too fast, or do no more. */
  busy(isBusy: boolean): void
}

interface Watched {
  readonly watcher: { close(): void }
  readonly identity: string
}

export class Waker {
  private folders: readonly string[] = []
  private readonly watched = new Map<string, Watched>()
  private timer: NodeJS.Timeout | undefined
  private interval = 0
  private readonly news = new Float64Array(TOO_MANY)
  private newsCount = 0
  private lastNews = Number.NEGATIVE_INFINITY
  private isBusy = false
  private quietLooks = 0
  private isSilent = false
  private silentFinds = 0
  private isClosed = false
  private readonly told = new Set<string>()

  constructor(
    private readonly options: WakerOptions,
    private readonly system: FolderNews = systemNews,
  ) {}

  /** Watches these folders from now on; one that is not there is tried again at each call. */
  setFolders(folders: readonly string[]): void {
    if (folders.length !== this.folders.length || folders.some((folder) => !this.folders.includes(folder))) {
      for (const folder of folders) if (!this.folders.includes(folder)) void this.askFileSystem(folder)
      this.folders = folders
    }
    if (this.isClosed || this.isBusy || this.isSilent) return
    for (const [folder, { watcher, identity }] of this.watched) {
      // A folder that was moved away takes its watcher along.
      if (folders.includes(folder) && folderIdentity(folder) === identity) continue
      watcher.close()
      this.watched.delete(folder)
    }
    for (const folder of folders) if (!this.watched.has(folder)) this.watch(folder)
  }

  /**
   * A look is over: the next one comes by itself when nothing wakes before.
   * @param grown bytes that were found @param byItself nothing had woken it @param isOften look often for a while
   */
  didLook(grown: number, byItself: boolean, isOften: boolean): void {
    if (this.isClosed) return
    if (this.isBusy) {
      if (byItself) this.quietLooks = grown < QUIET_BYTES ? this.quietLooks + 1 : 0
      if (this.quietLooks >= QUIET_LOOKS) {
        this.isBusy = false
        this.newsCount = 0
        this.options.busy(false)
        this.setFolders(this.folders)
        // What was written before the watcher was there.
        this.options.wake()
      }
    } else if (byItself && grown > 0 && this.watched.size > 0) this.checkSilence()
    const isPolled = this.isBusy || this.isSilent || this.watched.size === 0
    this.arm(isPolled || isOften ? POLL_MS : NET_MS)
  }

  close(): void {
    this.isClosed = true
    clearTimeout(this.timer)
    this.closeWatchers()
  }

  private arm(interval: number): void {
    if (this.timer !== undefined && this.interval === interval) {
      this.timer.refresh()
      return
    }
    clearTimeout(this.timer)
    this.interval = interval
    this.timer = setTimeout(() => {
      this.options.tick()
    }, interval)
  }

  private watch(folder: string): void {
    const identity = folderIdentity(folder)
    if (identity === undefined) return
    try {
      const watcher = this.system.watch(
        folder,
        (name) => {
          this.onNews(name)
        },
        () => {
          watcher.close()
          this.watched.delete(folder)
          this.options.wake()
        },
      )
      this.watched.set(folder, { watcher, identity })
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'ENOENT' || code === 'ENOTDIR') return
      const why = code === 'ENOSPC' || code === 'EMFILE' ? 'the system has no watcher left' : String(code)
      this.tell(`${folder} can't be watched (${why}); it is looked at ${PER_SECOND} times a second instead.`)
    }
  }

  private onNews(name: string | null): void {
    if (this.isClosed) return
    const now = performance.now()
    this.lastNews = now
    this.silentFinds = 0
    const oldest = this.news[this.newsCount % TOO_MANY] ?? 0
    this.news[this.newsCount % TOO_MANY] = now
    this.newsCount++
    if (this.newsCount > TOO_MANY && now - oldest < TOO_MANY_WITHIN_MS) {
      this.isBusy = true
      this.quietLooks = 0
      this.options.busy(true)
      this.closeWatchers()
      this.arm(POLL_MS)
      return
    }
    if (name === null || this.options.isWanted(name)) this.options.wake()
  }

  /** Something was found that nothing told of; on a network drive that is always so. */
  private checkSilence(): void {
    const foundAt = performance.now()
    const check = setTimeout(() => {
      if (this.isClosed || this.lastNews > foundAt - LATE_NEWS_MS || ++this.silentFinds < SILENT_FINDS) return
      this.silence(this.folders[0] ?? '')
    }, LATE_NEWS_MS)
    check.unref()
  }

  private async askFileSystem(folder: string): Promise<void> {
    try {
      if (await this.system.isSilent(folder)) this.silence(folder)
    } catch {
      // Not there yet; what is silent shows itself later.
    }
  }

  private silence(folder: string): void {
    if (this.isClosed || this.isSilent) return
    this.isSilent = true
    this.closeWatchers()
    this.tell(
      `${folder} does not tell of changes, as network drives do; it is looked at ${PER_SECOND} times a second instead.`,
    )
    this.arm(POLL_MS)
  }

  private tell(message: string): void {
    if (this.told.has(message)) return
    this.told.add(message)
    this.options.notice(message)
  }

  private closeWatchers(): void {
    for (const { watcher } of this.watched.values()) watcher.close()
    this.watched.clear()
  }
}

const PER_SECOND = String(Math.round(1000 / POLL_MS))

function folderIdentity(folder: string): string | undefined {
  try {
    const stat = statSync(folder, { bigint: true, throwIfNoEntry: false })
    return stat?.isDirectory() === true ? `${String(stat.dev)} ${String(stat.ino)}` : undefined
  } catch {
    return undefined
  }
}

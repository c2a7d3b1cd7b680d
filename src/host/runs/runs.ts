/**
 * All runs of this window's log directories: what the tree lists, and a session for each live one. Two folders are
 * watched: where runs are registered, and where their logs lie.
 */
import path from 'node:path'
import { activeDirectory, readEntry } from '../../node/control/registry'
import { watchFolders } from '../../node/watchFolders'
import { describeRun, findRun, isSameFile, type ListedRun } from '../../node/runlog/history'
import { RunHistory } from '../../node/runlog/runHistory'
import { Emitter } from '../../shared/lib/emitter'
import { UserError } from '../../shared/userError'
import { RunSession, type SessionServices } from './runSession'

interface Held {
  readonly session: Promise<RunSession>
  users: number
}

export class Runs {
  private readonly changed = new Emitter<undefined>()
  private readonly started = new Emitter<RunSession>()
  private readonly ended = new Emitter<RunSession>()
  private readonly held = new Map<string, Held>()
  private readonly live = new Map<string, RunSession>()
  private histories = new Map<string, RunHistory>()
  private listed: readonly ListedRun[] = []
  private watcher: { close(): Promise<void> } | undefined
  private refreshing: Promise<void> | undefined
  private again = false
  private disposed = false

  /** The list or the state of a run in it changed. */
  readonly onDidChange = this.changed.event
  /** A run is live that was not known before: just started, or found at the start of the window. */
  readonly onDidStart = this.started.event
  readonly onDidEnd = this.ended.event

  constructor(
    private directories: readonly string[],
    private readonly services: SessionServices,
  ) {}

  /** All runs, newest first. */
  get all(): readonly ListedRun[] {
    return this.listed
  }

  get active(): readonly RunSession[] {
    return [...this.live.values()]
  }

  async start(): Promise<void> {
    this.watchDirectories()
    await this.refresh()
  }

  /** The settings or workspace folders changed. */
  async setDirectories(directories: readonly string[]): Promise<void> {
    if (directories.join('\n') === this.directories.join('\n')) return
    this.directories = directories
    await this.watcher?.close()
    this.watchDirectories()
    await this.refresh()
  }

  /** Reads the directories again; calls that come meanwhile become one more. */
  refresh(): Promise<void> {
    if (this.refreshing !== undefined) {
      this.again = true
      return this.refreshing
    }
    this.refreshing = this.readAll().finally(() => {
      this.refreshing = undefined
      if (!this.again || this.disposed) return
      this.again = false
      void this.refresh()
    })
    return this.refreshing
  }

  /**
   * @param logPath which of them, since several folders may hold a run of this id (copies of a folder, imports)
   * @throws UserError `no_such_run`
   */
  async find(captureId: string, logPath?: string): Promise<ListedRun> {
    const isMeant = ({ path: file }: ListedRun): boolean => logPath === undefined || isSameFile(file, logPath)
    const known = this.listed.find((run) => run.capture_id === captureId && isMeant(run))
    if (known !== undefined) return known
    for (const directory of this.directories) {
      try {
        const found = await findRun(directory, captureId)
        if (isMeant(found)) return found
      } catch (error) {
        if (!(error instanceof UserError) || error.code !== 'no_such_run') throw error
      }
    }
    throw new UserError(
      `There is no run ${captureId} in this workspace. The Runs view lists those there are.`,
      'no_such_run',
      'bad_input',
    )
  }

  /** The run of a log, wherever that lies; several may have its id. */
  async at(logPath: string): Promise<ListedRun> {
    return this.listedAt(logPath) ?? describeRun(logPath, readEntry(path.basename(logPath, '.json')))
  }

  /** Whether the log is one of the history: others are somebody else's. */
  has(logPath: string): boolean {
    return this.listedAt(logPath) !== undefined
  }

  private listedAt(logPath: string): ListedRun | undefined {
    const name = path.basename(logPath)
    return this.listed.find(({ path: file }) => path.basename(file) === name && isSameFile(file, logPath))
  }

  directoryOf(run: ListedRun): string {
    return path.dirname(path.dirname(run.path))
  }

  /** The session of a log, opened when it is not. Every `acquire` needs a `release`. */
  async acquire(logPath: string): Promise<RunSession> {
    let held = this.held.get(logPath)
    if (held === undefined) {
      held = { session: RunSession.open(logPath, this.services), users: 0 }
      this.held.set(logPath, held)
    }
    held.users++
    try {
      return await held.session
    } catch (error) {
      this.held.delete(logPath)
      throw error
    }
  }

  release(session: RunSession): void {
    const held = this.held.get(session.path)
    if (held === undefined || --held.users > 0) return
    this.held.delete(session.path)
    session.dispose()
  }

  async dispose(): Promise<void> {
    this.disposed = true
    await this.watcher?.close()
    for (const held of this.held.values())
      void held.session.then(
        (session) => {
          session.dispose()
        },
        () => undefined,
      )
    this.held.clear()
  }

  private watchDirectories(): void {
    const folders = [activeDirectory(), ...this.directories.map((directory) => path.join(directory, 'runs'))]
    this.watcher = watchFolders(
      folders,
      (file) => file.endsWith('.json'),
      () => void this.refresh(),
      (error) => {
        this.services.log(`watching the log directories: ${String(error)}`)
      },
    )
  }

  private async readAll(): Promise<void> {
    try {
      this.histories = new Map(
        this.directories.map((directory) => [directory, this.histories.get(directory) ?? new RunHistory(directory)]),
      )
      const histories = [...this.histories.values()]
      const lists = await Promise.all(histories.map((history) => history.list()))
      if (this.disposed) return
      this.listed = lists.flat().sort((a, b) => (a.capture_id < b.capture_id ? 1 : -1))
      await this.followLive()
      await this.renewHeld()
      this.changed.fire(undefined)
      for (const history of histories) await history.save()
    } catch (error) {
      this.services.log(
        `reading the log directories: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      )
    }
  }

  /** Whoever shows a run learns what was noted of it. */
  private async renewHeld(): Promise<void> {
    if (this.held.size === 0) return
    const byPath = new Map(this.listed.map((run) => [run.path, run]))
    for (const [logPath, { session }] of this.held) {
      const run = byPath.get(logPath)
      // One that can't be opened is told to who asked for it.
      if (run !== undefined) (await session.catch(() => undefined))?.takeNotes(run)
    }
  }

  private async followLive(): Promise<void> {
    for (const run of this.listed) {
      if (run.state !== 'running' || this.live.has(run.path)) continue
      const session = await this.acquire(run.path)
      this.live.set(run.path, session)
      session.onDidChange(() => {
        this.changed.fire(undefined)
      })
      session.onDidEnd(() => {
        this.endLive(session)
      })
      if (session.isLive) this.started.fire(session)
      else this.endLive(session)
    }
  }

  private endLive(session: RunSession): void {
    if (!this.live.delete(session.path)) return
    this.ended.fire(session)
    this.release(session)
    // Not awaited: a run that ended while the directories are read would wait for the reading that waits for it.
    void this.refresh()
  }
}

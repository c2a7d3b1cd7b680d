/**
 * Writes one run log: exclusively created, append-only, flushed to the kernel with each batch and to the disk each second.
 * It tells a source that is too fast to wait (a promise) and never lets its own memory grow with the run.
 */
import { close, fdatasync, fstatSync, ftruncate, openSync, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { EventSink, StampedEvent } from '../../core/run'
import type { RunHead, RunMetadata } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'
import { BlockBuilder, blockLine } from './blockIndex'
import { closingLine, openingLine } from './format'
import { logPaths, makeLogDirectory, type LogPaths } from './layout'

/** The calls that a failing disk makes fail; tests put a failing one in their place. */
export interface LogFileSystem {
  write(fd: number, bytes: Buffer, offset: number, length: number, position: number): Promise<{ bytesWritten: number }>
  truncate(fd: number, length: number): Promise<void>
  sync(fd: number): Promise<void>
}

const promisedWrite = promisify(write)
const system: LogFileSystem = {
  write: (fd, bytes, offset, length, position) => promisedWrite(fd, bytes, offset, length, position),
  truncate: promisify(ftruncate),
  sync: promisify(fdatasync),
}
const closeFile = promisify(close)

/** What has been written so far: everything before `bytes` is whole lines in the kernel's hands. */
export interface Written {
  readonly bytes: number
  readonly count: number
  readonly lastTime: number | undefined
  readonly phaseCounts: Readonly<Record<string, number>>
  readonly levelCounts: Readonly<Record<string, number>>
}

export interface WriterOptions {
  /** Called after each write. */
  readonly onWritten?: (written: Written) => void
  /** Called once when the log can't be written any more: what happened and what the person can do. */
  readonly onFailure?: (error: UserError) => void
  readonly fileSystem?: LogFileSystem
  readonly syncIntervalMs?: number
}

/** Bytes that may wait before a source is asked to wait too. */
const BEHIND_BYTES = 1024 * 1024
/** The shortest event line has about 100 bytes, the closing line at most 16 kB. */
const RECENT_EVENTS = 200

export class RunLogWriter implements EventSink {
  private queue: StampedEvent[] = []
  private queuedChars = 0
  private writing: Promise<void> | undefined
  private size: number
  private count = 0
  private lastTime: number | undefined
  private readonly phaseCounts: Record<string, number> = {}
  private readonly levelCounts: Record<string, number> = {}
  private failure: UserError | undefined
  private readonly blocks: BlockBuilder
  private indexFd: number | undefined
  private readonly syncTimer: NodeJS.Timeout
  private syncing: Promise<void> | undefined
  private unsynced = false
  /** Somebody else shortened the file: what we would add does not fit to what is there. */
  private isCut = false
  /** The last events written, newest at the end: as many as the closing line may need the room of. */
  private recent: { key: string; bytes: number }[] = []
  private readonly fs: LogFileSystem

  private constructor(
    readonly paths: LogPaths,
    private readonly fd: number,
    opening: Buffer,
    private readonly options: WriterOptions,
  ) {
    this.fs = options.fileSystem ?? system
    this.size = opening.length
    this.blocks = new BlockBuilder(this.size, 0)
    this.syncTimer = setInterval(() => void this.sync(), options.syncIntervalMs ?? 1000)
    this.syncTimer.unref()
    try {
      this.indexFd = openSync(paths.index, 'w', 0o600)
    } catch {
      // The index is a cache; readers build it when it is missing.
      this.indexFd = undefined
    }
  }

  /**
   * Makes the log file with its opening line.
   * @throws UserError `log_directory` when the directory can't be used, `log_not_writable` when the file can't be made
   */
  static create(logDirectory: string, head: RunHead, options: WriterOptions = {}): RunLogWriter {
    makeLogDirectory(logDirectory)
    const paths = logPaths(logDirectory, head.capture_id)
    const opening = Buffer.from(openingLine(head))
    try {
      const fd = openSync(paths.log, 'wx', 0o600)
      writeSync(fd, opening, 0, opening.length, 0)
      return new RunLogWriter(paths, fd, opening, options)
    } catch (error) {
      throw writeError(paths.log, error)
    }
  }

  get written(): Written {
    const { size: bytes, count, lastTime, phaseCounts, levelCounts } = this
    return { bytes, count, lastTime, phaseCounts, levelCounts }
  }

  /** Events that were handed over and are not in the file: what a failure cost. */
  get unwritten(): number {
    return this.queue.length
  }

  append(events: readonly StampedEvent[]): Promise<void> | undefined {
    for (const event of events) {
      this.queue.push(event)
      this.queuedChars += event.json.length
    }
    if (this.failure !== undefined) return undefined
    this.writing ??= this.drain()
    return this.queuedChars > BEHIND_BYTES ? this.writing : undefined
  }

  /** Resolves when everything handed over is in the kernel's hands, or the log has failed. */
  async flush(): Promise<void> {
    await this.writing
  }

  /**
   * Writes the last line, syncs and closes. Where the last line finds no room, the last events give way to it, and the
   * metadata count them as dropped.
   * @param metadata makes the final record from what was written
   */
  async finish(metadata: (written: Written, lost: number) => RunMetadata): Promise<void> {
    clearInterval(this.syncTimer)
    await this.flush()
    try {
      if (this.isCut && this.failure !== undefined) throw this.failure
      await this.writeClosing(metadata)
      await this.sync()
    } finally {
      await this.closeFiles()
    }
  }

  /** Closes the files and leaves the log open-ended, as a crash would. */
  async abandon(): Promise<void> {
    clearInterval(this.syncTimer)
    await this.flush()
    await this.closeFiles()
  }

  private async writeClosing(metadata: (written: Written, lost: number) => RunMetadata): Promise<void> {
    for (let lost = this.queue.length; ; lost++) {
      const line = Buffer.from(closingLine(metadata(this.written, lost)))
      const { error } = await this.writeAt(line, this.size)
      if (error === undefined) {
        this.size += line.length
        this.unsynced = true
        return
      }
      // On a full disk the last events give way to the line that makes the file a document.
      const last = isFull(error) ? this.recent.pop() : undefined
      if (last !== undefined) this.forget(last)
      await this.fs.truncate(this.fd, this.size).catch(() => undefined)
      if (last === undefined) throw writeError(this.paths.log, error)
    }
  }

  private forget({ key, bytes }: { key: string; bytes: number }): void {
    this.size -= bytes
    this.count--
    const [phase = '', level] = key.split(':')
    this.phaseCounts[phase] = (this.phaseCounts[phase] ?? 1) - 1
    if (level !== undefined) this.levelCounts[level] = (this.levelCounts[level] ?? 1) - 1
  }

  private async drain(): Promise<void> {
    try {
      while (this.queue.length > 0) await this.writeBatch()
    } catch (error) {
      await this.fail(error)
    } finally {
      this.writing = undefined
    }
  }

  private async writeBatch(): Promise<void> {
    this.look()
    const batch = this.queue
    this.queue = []
    this.queuedChars = 0
    let text = ''
    for (const event of batch) text += event.seq === 0 ? `${event.json}\n` : `,${event.json}\n`
    const bytes = Buffer.from(text)
    const { done, error } = await this.writeAt(bytes, this.size)
    const kept = this.note(batch, bytes.length === text.length, done)
    // What was not written stays in the queue and is counted as lost if it comes to that.
    if (kept < batch.length) this.queue = batch.slice(kept).concat(this.queue)
    this.unsynced = true
    this.options.onWritten?.(this.written)
    if (error !== undefined) throw error
  }

  /** Counts and indexes the events that lie whole within `done` bytes; returns how many they are. */
  private note(batch: readonly StampedEvent[], ascii: boolean, done: number): number {
    const filled: string[] = []
    let kept = 0
    let end = 0
    for (const { json, seq, key, timeMs } of batch) {
      const length = (ascii ? json.length : Buffer.byteLength(json)) + (seq === 0 ? 1 : 2)
      if (end + length > done) break
      end += length
      kept++
      const block = this.blocks.add(length, key, timeMs)
      if (block !== undefined) filled.push(blockLine(block))
      this.recent.push({ key, bytes: length })
      const colon = key.indexOf(':')
      add(this.phaseCounts, colon < 0 ? key : key.slice(0, colon))
      if (colon >= 0) add(this.levelCounts, key.slice(colon + 1))
      this.lastTime = timeMs
    }
    this.count += kept
    this.size += end
    if (this.recent.length > 2 * RECENT_EVENTS) this.recent = this.recent.slice(-RECENT_EVENTS)
    if (filled.length > 0 && this.indexFd !== undefined) this.writeIndex(this.indexFd, filled.join(''))
    return kept
  }

  private writeIndex(fd: number, text: string): void {
    try {
      writeSync(fd, text)
    } catch {
      // A cache that can't be written is given up; a reader builds the rest itself.
      this.indexFd = undefined
      void closeFile(fd)
    }
  }

  /** Writes all of it, or tells how far it came. */
  private async writeAt(bytes: Buffer, position: number): Promise<{ done: number; error?: Error }> {
    let done = 0
    try {
      while (done < bytes.length) {
        const { bytesWritten } = await this.fs.write(this.fd, bytes, done, bytes.length - done, position + done)
        if (bytesWritten === 0) throw Object.assign(new Error('no byte could be written'), { code: 'ENOSPC' })
        done += bytesWritten
      }
      return { done }
    } catch (error) {
      return { done, error: error instanceof Error ? error : new Error('writing failed', { cause: error }) }
    }
  }

  private async sync(): Promise<void> {
    if (this.syncing !== undefined) await this.syncing
    if (!this.unsynced || this.failure !== undefined) return
    this.unsynced = false
    this.syncing = this.syncNow()
    await this.syncing
    this.syncing = undefined
  }

  private async syncNow(): Promise<void> {
    try {
      await this.fs.sync(this.fd)
      this.look()
    } catch (error) {
      await this.fail(error)
    }
  }

  /** @throws an error of the system's kind when the file is gone or was shortened under us */
  private look(): void {
    const { nlink, size } = fstatSync(this.fd)
    if (nlink === 0) throw Object.assign(new Error('the file was deleted'), { code: 'ENOENT' })
    this.isCut = size < this.size
    if (this.isCut) throw Object.assign(new Error('the file was cut'), { code: 'CUT' })
  }

  private async fail(error: unknown): Promise<void> {
    if (this.failure !== undefined) return
    this.failure = writeError(this.paths.log, error)
    // A half-written line goes, so that the file is readable as it stands. Shrinking works on a full disk.
    if (!this.isCut) await this.fs.truncate(this.fd, this.size).catch(() => undefined)
    this.options.onFailure?.(this.failure)
  }

  private async closeFiles(): Promise<void> {
    await this.syncing
    await closeFile(this.fd)
    if (this.indexFd !== undefined) await closeFile(this.indexFd)
    this.indexFd = undefined
  }
}

/** No more room, for whatever reason: what gives room helps. */
function isFull(error: Error): boolean {
  return 'code' in error && ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(String(error.code))
}

/** An error of the file system in a person's words. */
export function writeError(path: string, error: unknown): UserError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Record<string, string> = {
    ENOSPC: 'the disk is full. Free some space and start it again',
    EDQUOT: 'your disk quota is used up. Free some space and start it again',
    EFBIG:
      'the file has reached the largest size that the system allows here (ulimit -f). Raise the limit and start it again',
    ENOENT: 'the file or its folder was deleted while the run went on',
    EACCES: 'the folder may not be written. Choose another log directory',
    EPERM: 'the folder may not be written. Choose another log directory',
    EROFS: 'the disk is read-only. Choose another log directory',
    EEXIST: 'a run of that name exists already',
    CUT: 'something else emptied or shortened the file while the run went on',
  }
  const reason = reasons[code] ?? `writing failed (${error instanceof Error ? error.message : String(error)})`
  const code_ = code === 'ENOSPC' || code === 'EDQUOT' ? 'disk_full' : 'log_not_writable'
  const kept = code === 'CUT' || code === 'ENOENT' ? '' : ' Everything recorded before is kept.'
  return new UserError(`The run log ${path} can't be written: ${reason}.${kept}`, code_, 'failed', {
    cause: error,
  })
}

function add(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1
}

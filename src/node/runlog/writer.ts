/**
 * Writes one run log: exclusively created, append-only, flushed to the kernel with each batch and to the disk each second.
 * It tells a source that is too fast to wait (a promise) and never lets its own memory grow with the run.
 */
import { close, fdatasync, fstatSync, ftruncate, openSync, read, write, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { EventBatch, Segment } from '../../core/eventBatch'
import type { EventSink } from '../../core/run'
import type { RunHead, RunMetadata } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'
import { BlockBuilder, blockLine } from './blockIndex'
import { closingLine, NEWLINE, openingLine, stampOf } from './format'
import { logPaths, makeLogDirectory, type LogPaths } from './layout'

/** The calls that a failing disk makes fail; tests put a failing one in their place. */
export interface LogFileSystem {
  write(
    fd: number,
    bytes: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ bytesWritten: number }>
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
const readFile = promisify(read)

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

/** Bytes that may wait before a source is asked to wait too: a command goes on while the disk syncs. */
const BEHIND_BYTES = 24 * 1024 * 1024
/** How far back events may give way to the closing line, which has at most 16 kB. */
const TAIL_BYTES = 256 * 1024

interface LastLine {
  readonly key: string
  readonly bytes: number
}

export class RunLogWriter implements EventSink {
  private queue: EventBatch[] = []
  private queuedBytes = 0
  private writing: Promise<void> | undefined
  private size: number
  private count = 0
  private lastTime: number | undefined
  private readonly phaseCounts: Record<string, number> = {}
  private readonly levelCounts: Record<string, number> = {}
  private failure: UserError | undefined
  private readonly blocks: BlockBuilder
  private readonly eventsOffset: number
  private indexFd: number | undefined
  private readonly syncTimer: NodeJS.Timeout
  private syncing: Promise<void> | undefined
  private unsynced = false
  /** Somebody else shortened the file: what we would add does not fit to what is there. */
  private isCut = false
  private readonly fs: LogFileSystem

  private constructor(
    readonly paths: LogPaths,
    private readonly fd: number,
    opening: Buffer,
    private readonly options: WriterOptions,
  ) {
    this.fs = options.fileSystem ?? system
    this.size = opening.length
    this.eventsOffset = opening.length
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

  /** What was handed over and is not in the file: what a failure cost. */
  get unwritten(): { readonly count: number; readonly bytes: number } {
    let count = 0
    for (const batch of this.queue) count += batch.count
    return { count, bytes: this.queuedBytes }
  }

  append(batch: EventBatch): Promise<void> | undefined {
    this.queue.push(batch)
    this.queuedBytes += batch.bytes.length
    if (this.failure !== undefined) return undefined
    this.writing ??= this.drain()
    return this.queuedBytes > BEHIND_BYTES ? this.writing : undefined
  }

  /** After a failure: forgets what could not be written and takes batches again. */
  tryAgain(): void {
    for (const batch of this.queue) batch.release()
    this.queue = []
    this.queuedBytes = 0
    this.failure = undefined
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
    let last: LastLine[] | undefined
    for (let lost = this.unwritten.count; ; lost++) {
      const line = Buffer.from(closingLine(metadata(this.written, lost)))
      const { error } = await this.writeAt(line, this.size)
      if (error === undefined) {
        this.size += line.length
        this.unsynced = true
        return
      }
      // On a full disk the last events give way to the line that makes the file a document.
      last ??= isFull(error) ? await this.lastLines() : []
      const given = last.pop()
      if (given !== undefined) this.forget(given)
      await this.fs.truncate(this.fd, this.size).catch(() => undefined)
      if (given === undefined) throw writeError(this.paths.log, error)
    }
  }

  /** The last whole event lines of the file, oldest first. */
  private async lastLines(): Promise<LastLine[]> {
    const from = Math.max(this.eventsOffset, this.size - TAIL_BYTES)
    const file = openSync(this.paths.log, 'r')
    try {
      const bytes = Buffer.alloc(this.size - from)
      await readFile(file, bytes, 0, bytes.length, from)
      const lines: LastLine[] = []
      // The first line may be cut, unless it is the run's first.
      let start = from === this.eventsOffset ? 0 : bytes.indexOf(NEWLINE) + 1
      for (let end = bytes.indexOf(NEWLINE, start); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        lines.push({ key: stampOf(bytes, start, end).key, bytes: end + 1 - start })
        start = end + 1
      }
      return lines
    } finally {
      await closeFile(file)
    }
  }

  private forget({ key, bytes }: LastLine): void {
    this.size -= bytes
    this.count--
    const [phase = '', level] = key.split(':')
    this.phaseCounts[phase] = (this.phaseCounts[phase] ?? 1) - 1
    if (level !== undefined) this.levelCounts[level] = (this.levelCounts[level] ?? 1) - 1
  }

  private async drain(): Promise<void> {
    try {
      for (let batch = this.queue[0]; batch !== undefined; batch = this.queue[0]) await this.writeBatch(batch)
    } catch (error) {
      await this.fail(error)
    } finally {
      this.writing = undefined
    }
  }

  private async writeBatch(batch: EventBatch): Promise<void> {
    this.look()
    const { done, error } = await this.writeAt(batch.bytes, this.size)
    this.unsynced = true
    if (error === undefined) {
      this.queue.shift()
      this.queuedBytes -= batch.bytes.length
      for (const segment of batch.segments) this.note(segment)
      batch.release()
      this.options.onWritten?.(this.written)
      return
    }
    this.noteHalf(batch, done)
    this.options.onWritten?.(this.written)
    throw error
  }

  private note({ bytes, count, timeMs, lastTimeMs, counts }: Segment): void {
    this.size += bytes
    this.count += count
    this.lastTime = lastTimeMs
    for (const key in counts) {
      const n = counts[key] ?? 0
      const colon = key.indexOf(':')
      add(this.phaseCounts, colon < 0 ? key : key.slice(0, colon), n)
      if (colon >= 0) add(this.levelCounts, key.slice(colon + 1), n)
    }
    const block = this.blocks.addMany(bytes, count, counts, timeMs)
    if (block !== undefined && this.indexFd !== undefined) this.writeIndex(this.indexFd, blockLine(block))
  }

  /** Of a batch that found no room: the events that lie whole within `done` bytes are kept, the rest waits as lost. */
  private noteHalf(batch: EventBatch, done: number): void {
    const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length)
    let start = 0
    let kept = 0
    for (let end = bytes.indexOf(NEWLINE); end >= 0 && end < done; end = bytes.indexOf(NEWLINE, start)) {
      const { key, timeMs } = stampOf(bytes, start, end)
      this.note({ bytes: end + 1 - start, count: 1, timeMs, lastTimeMs: timeMs, counts: { [key]: 1 } })
      start = end + 1
      kept++
    }
    this.queuedBytes -= start
    this.queue[0] = { ...batch, bytes: batch.bytes.subarray(start), count: batch.count - kept, segments: [] }
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
  private async writeAt(bytes: Uint8Array, position: number): Promise<{ done: number; error?: Error }> {
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

function add(counts: Record<string, number>, name: string, n: number): void {
  counts[name] = (counts[name] ?? 0) + n
}

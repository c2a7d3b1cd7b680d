/**
 * Writes one run log: exclusively created, append-only, flushed to the kernel with each batch and to the disk each second.
 * It tells a source that is too fast to wait (a promise) and never lets its own memory grow with the run.
 */
import { close, existsSync, fstatSync, openSync, rmSync, writeSync } from 'node:fs'
import { promisify } from 'node:util'
import type { EventBatch, Segment } from '../../core/eventBatch'
import type { EventSink } from '../../core/run'
import type { RunHead, RunMetadata } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'
import { BlockBuilder } from './blockIndex'
import { blockLine } from './indexFile'
import { NEWLINE, stampOf } from './eventLine'
import { closingLine, openingLine } from './format'
import { lastLines, type LastLine } from './lastLines'
import { systemFiles, type LogFileSystem } from './logFileSystem'
import { logPaths, makeLogDirectory, type LogPaths } from './layout'
import { closeLook, isOurs, makeAgain, makeFolderAgain, quickLook, startsWith, type Harm } from './mend'
import { readLines } from './reader'
import { isFull, writeError } from './writeError'

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
  /** Called when somebody deleted or moved the log and it was made again, whole: what the person should know. */
  readonly onMended?: (message: string) => void
  readonly fileSystem?: LogFileSystem
  readonly syncIntervalMs?: number
}

/** Bytes that may wait before a source is asked to wait too: a command goes on while the disk syncs. */
const BEHIND_BYTES = 24 * 1024 * 1024

export class RunLogWriter implements EventSink {
  private queue: EventBatch[] = []
  private queuedBytes = 0
  private writing: Promise<void> | undefined
  private size: number
  private count = 0
  private lastTime: number | undefined
  private phaseCounts: Record<string, number> = {}
  private levelCounts: Record<string, number> = {}
  private failure: UserError | undefined
  private blocks: BlockBuilder
  private readonly eventsOffset: number
  private indexFd: number | undefined
  private readonly syncTimer: NodeJS.Timeout
  private syncing: Promise<void> | undefined
  private unsynced = false
  /** Somebody else shortened the file: what we would add does not fit to what is there. */
  private isCut = false
  /** What a close look found; whoever writes next mends it. */
  private harm: Harm | undefined
  /** Events that were in the file until somebody cut it away. */
  private cutAway = 0
  /** The log directory was made by Tapedeck. */
  private readonly isOurs: boolean
  private readonly fs: LogFileSystem

  private constructor(
    readonly paths: LogPaths,
    private readonly logDirectory: string,
    private fd: number,
    private readonly opening: Buffer,
    private readonly options: WriterOptions,
  ) {
    this.fs = options.fileSystem ?? systemFiles
    this.size = opening.length
    this.eventsOffset = opening.length
    this.isOurs = isOurs(logDirectory)
    this.blocks = new BlockBuilder(this.size, 0)
    this.syncTimer = setInterval(() => void this.sync(), options.syncIntervalMs ?? 1000)
    this.syncTimer.unref()
    try {
      this.indexFd = openSync(paths.index, 'w+', 0o600)
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
      const fd = openSync(paths.log, 'wx+', 0o600)
      writeSync(fd, opening, 0, opening.length, 0)
      return new RunLogWriter(paths, logDirectory, fd, opening, options)
    } catch (error) {
      throw writeError(paths.log, error)
    }
  }

  get written(): Written {
    const { size: bytes, count, lastTime, phaseCounts, levelCounts } = this
    return { bytes, count, lastTime, phaseCounts, levelCounts }
  }

  /** Events that were handed over and are not in the file (any more): what a failure cost. */
  get unwritten(): number {
    return this.queue.reduce((sum, batch) => sum + batch.count, this.cutAway)
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
    this.cutAway = 0
    this.failure = undefined
  }

  /** Looks whether the file is still there and whole, and mends what can be mended; else the log fails. */
  async check(): Promise<void> {
    await this.flush()
    if (this.failure !== undefined) return
    this.lookClosely()
    await this.flush()
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
    await this.check()
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
    for (let lost = this.unwritten; ; lost++) {
      const line = Buffer.from(closingLine(metadata(this.written, lost)))
      const { error } = await this.writeAt(line, this.size)
      if (error === undefined) {
        this.size += line.length
        this.unsynced = true
        return
      }
      // On a full disk the last events give way to the line that makes the file a document.
      last ??= isFull(error) ? await lastLines(this.paths.log, this.eventsOffset, this.size) : []
      const given = last.pop()
      if (given !== undefined) this.forget(given)
      await this.fs.truncate(this.fd, this.size).catch(() => undefined)
      if (given === undefined) throw writeError(this.paths.log, error)
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
      await this.look()
      for (let batch = this.queue[0]; batch !== undefined; batch = this.queue[0]) await this.writeBatch(batch)
    } catch (error) {
      await this.fail(error)
    } finally {
      this.writing = undefined
    }
  }

  private async writeBatch(batch: EventBatch): Promise<void> {
    await this.look()
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
    if (this.failure !== undefined) return
    if (!this.unsynced) {
      this.lookClosely()
      return
    }
    this.unsynced = false
    this.syncing = this.syncNow()
    await this.syncing
    this.syncing = undefined
  }

  private async syncNow(): Promise<void> {
    try {
      await this.fs.sync(this.fd)
      this.lookClosely()
    } catch (error) {
      await this.fail(error)
    }
  }

  private lookClosely(): void {
    this.harm = closeLook(this.fd, this.paths.log, this.size, this.opening)
    if (this.harm !== undefined) this.writing ??= this.drain()
  }

  /** Before each write. @throws an error of the system's kind when the file is gone for good or was shortened under us */
  private async look(): Promise<void> {
    const harm = this.harm ?? quickLook(this.fd, this.paths.log, this.size)
    this.harm = undefined
    this.isCut = harm === 'cut'
    if (this.isCut) throw Object.assign(new Error('the file was cut'), { code: 'CUT' })
    if (harm === undefined) return
    try {
      await this.makeAgain()
    } catch (error) {
      // What was only moved away is written where it is now.
      if (harm === 'deleted') throw error
    }
  }

  /** The file is not at its path any more, and what was written lives on in our descriptor alone, or under another name. */
  private async makeAgain(): Promise<void> {
    const { log, index } = this.paths
    makeFolderAgain(this.logDirectory, this.isOurs)
    const old = this.fd
    this.fd = await makeAgain(old, log, this.size)
    this.unsynced = true
    await this.syncing
    await closeFile(old)
    this.options.onMended?.(
      `The run log ${log} was deleted or moved away while the run went on. It was made again with all that was recorded.`,
    )
    if (this.indexFd === undefined || existsSync(index)) return
    const oldIndex = this.indexFd
    // A cache: without it readers read the log.
    this.indexFd = await makeAgain(oldIndex, index, fstatSync(oldIndex).size).catch(() => undefined)
    await closeFile(oldIndex)
  }

  private async fail(error: unknown): Promise<void> {
    if (this.failure !== undefined) return
    this.failure = error instanceof UserError ? error : writeError(this.paths.log, error)
    // A half-written line goes, so that the file is readable as it stands. Shrinking works on a full disk.
    if (!this.isCut) await this.fs.truncate(this.fd, this.size).catch(() => undefined)
    else await this.keepWhatIsLeft().catch(() => undefined)
    this.options.onFailure?.(this.failure)
  }

  /** Somebody shortened the file: the whole lines that are left are a log again, and what is gone counts as not written. */
  private async keepWhatIsLeft(): Promise<void> {
    const { count, fd, eventsOffset } = this
    if (!startsWith(fd, this.opening)) {
      await this.fs.truncate(fd, 0)
      const { error } = await this.writeAt(this.opening, 0)
      if (error !== undefined) throw error
    }
    this.size = eventsOffset
    this.count = 0
    this.lastTime = undefined
    this.phaseCounts = {}
    this.levelCounts = {}
    this.blocks = new BlockBuilder(eventsOffset, 0)
    if (this.indexFd !== undefined) await closeFile(this.indexFd)
    // Nobody can tell which of its lines readers have taken over: they read the log itself.
    this.indexFd = undefined
    rmSync(this.paths.index, { force: true })
    for await (const { bytes } of readLines(this.paths.log, eventsOffset, fstatSync(fd).size)) {
      const { seq, key, timeMs } = stampOf(bytes, 0, bytes.length)
      if (seq !== this.count) break
      this.note({ bytes: bytes.length + 1, count: 1, timeMs, lastTimeMs: timeMs, counts: { [key]: 1 } })
    }
    await this.fs.truncate(fd, this.size)
    this.cutAway += count - this.count
    this.isCut = false
  }

  private async closeFiles(): Promise<void> {
    await this.syncing
    await closeFile(this.fd)
    if (this.indexFd !== undefined) await closeFile(this.indexFd)
    this.indexFd = undefined
  }
}

function add(counts: Record<string, number>, name: string, n: number): void {
  counts[name] = (counts[name] ?? 0) + n
}

/** Reads run logs: running, finished, truncated and damaged ones. A bad line costs that line only. */
import { open, type FileHandle } from 'node:fs/promises'
import { basename } from 'node:path'
import { parseEventLine } from '../../core/eventLine'
import { RUN_FORMAT, type AnyEvent, type RunHead, type RunMetadata } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'
import { NEWLINE } from './eventLine'
import { CLOSING_MAX_BYTES, isClosing, parseClosing, parseOpening } from './format'

/** What the ends of a log tell, without its middle. */
export interface LogInfo {
  readonly path: string
  readonly format: string
  readonly head: RunHead
  /** The final record; absent while the run lives, and in a log whose recorder died. */
  readonly metadata?: RunMetadata
  /** Where the first event line begins. */
  readonly eventsOffset: number
  /** Where the event lines end: the closing line begins here in a finished log, else the last whole line ends. */
  readonly eventsEnd: number
  /** The file's size and change time when it was read, for caches. */
  readonly fileBytes: number
  readonly modifiedMs: number
}

const OPENING_MAX_BYTES = 4 * 1024 * 1024

/** @throws UserError `not_a_run_log` when the file is none, `log_unreadable` when it can't be read */
export async function readLogInfo(path: string): Promise<LogInfo> {
  return withFile(path, async (file) => {
    const { size, mtimeMs } = await file.stat()
    const first = await readFirstLine(file, size)
    const opening = first === undefined ? undefined : parseOpening(first.toString('utf8'), basename(path, '.json'))
    if (first === undefined || opening === undefined) {
      throw new UserError(
        `${path} is not a run log of Tapedeck: its first line is something else.`,
        'not_a_run_log',
        'bad_input',
      )
    }
    if (opening.format !== RUN_FORMAT) {
      throw new UserError(
        `${path} has the format ${JSON.stringify(opening.format.slice(0, 80))}, which this Tapedeck does not know (it knows ${RUN_FORMAT}). A newer Tapedeck may have written it.`,
        'unknown_format',
        'bad_input',
      )
    }
    const { metadata, eventsEnd } = await readEnd(file, size, opening.head, first.length)
    const info = {
      path,
      format: opening.format,
      head: opening.head,
      eventsOffset: first.length,
      eventsEnd,
      fileBytes: size,
      modifiedMs: mtimeMs,
    }
    return metadata === undefined ? info : { ...info, metadata }
  })
}

async function readFirstLine(file: FileHandle, size: number): Promise<Buffer | undefined> {
  for (let length = 8192; ; length *= 8) {
    const bytes = await readAt(file, 0, Math.min(length, size))
    const end = bytes.indexOf(NEWLINE)
    if (end >= 0) return bytes.subarray(0, end + 1)
    if (length >= size || length >= OPENING_MAX_BYTES) return undefined
  }
}

async function readEnd(
  file: FileHandle,
  size: number,
  head: RunHead,
  start: number,
): Promise<{ metadata?: RunMetadata; eventsEnd: number }> {
  for (let length = CLOSING_MAX_BYTES + 1024; ; length *= 8) {
    const from = Math.max(start, size - length)
    const bytes = await readAt(file, from, size - from)
    const last = bytes.lastIndexOf(NEWLINE)
    const before = last > 0 ? bytes.lastIndexOf(NEWLINE, last - 1) : -1
    const lineStart = before + 1
    if (last >= 0 && (before >= 0 || from === start) && isClosing(bytes, lineStart, last)) {
      const metadata = parseClosing(bytes.toString('utf8', lineStart, last), head)
      if (metadata !== undefined) return { metadata, eventsEnd: from + lineStart }
    }
    if (last >= 0) return { eventsEnd: from + last + 1 }
    if (from === start) return { eventsEnd: start }
  }
}

/** One physical line of the event section. */
export interface LogLine {
  /** The ordinal among the event lines, from 0. */
  readonly position: number
  /** Where it begins in the file. */
  readonly offset: number
  /** Without its newline; valid until the next line is asked for. */
  readonly bytes: Buffer
}

const CHUNK_BYTES = 1024 * 1024

/**
 * The event lines from `from` to `to` (byte offsets of line borders), in order. Memory: one chunk, or the longest line.
 * @param position the ordinal of the first of them
 */
export async function* readLines(
  path: string,
  from: number,
  to: number,
  position = 0,
  signal?: AbortSignal,
): AsyncGenerator<LogLine> {
  const file = await openFile(path)
  try {
    let rest: Buffer = Buffer.alloc(0)
    let offset = from
    let next = from
    while (next < to) {
      signal?.throwIfAborted()
      // A line longer than what is held is read in steps that double, so that its length costs linear time.
      const chunk = await readAt(file, next, Math.min(Math.max(CHUNK_BYTES, rest.length), to - next))
      if (chunk.length === 0) break
      next += chunk.length
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk])
      let start = 0
      for (let end = bytes.indexOf(NEWLINE, rest.length); end >= 0; end = bytes.indexOf(NEWLINE, start)) {
        yield { position: position++, offset: offset + start, bytes: bytes.subarray(start, end) }
        start = end + 1
      }
      rest = bytes.subarray(start)
      offset += start
    }
  } finally {
    await file.close()
  }
}

/** All events that can be read; damaged lines are counted by `onDamaged`. */
export async function* readEvents(info: LogInfo, onDamaged?: (line: LogLine) => void): AsyncGenerator<AnyEvent> {
  for await (const line of readLines(info.path, info.eventsOffset, info.eventsEnd)) {
    const event = parseEventLine(line.bytes.toString('utf8'))
    if (event === undefined) onDamaged?.(line)
    else yield event
  }
}

export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(0, length))
  let done = 0
  while (done < length) {
    const { bytesRead } = await file.read(buffer, done, length - done, position + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}

export async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r')
  } catch (error) {
    throw unreadable(path, error)
  }
}

async function withFile<T>(path: string, use: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openFile(path)
  try {
    return await use(file)
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(path, error)
  } finally {
    await file.close()
  }
}

function unreadable(path: string, error: unknown): UserError {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  const reason = missing ? 'there is no such file' : error instanceof Error ? error.message : String(error)
  return new UserError(`The run log ${path} can't be read: ${reason}.`, 'log_unreadable', 'bad_input', { cause: error })
}

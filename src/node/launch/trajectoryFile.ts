/** Reads result files with one trajectory a line (`*.jsonl`), a piece at a time and within bounds. */
import { open, type FileHandle } from 'node:fs/promises'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { bestFirst, trajectoryEntry, trajectoryOf } from '../../core/trajectory'
import { formatBytes } from '../../shared/lib/format'
import type { Trajectory, TrajectoryEntry } from '../../shared/protocol/trajectory'
import { UserError } from '../../shared/userError'

const CHUNK_BYTES = 256 * 1024
const MAX_FILE_BYTES = 1024 * 1024 * 1024
const MAX_LINE_BYTES = 8 * 1024 * 1024
const MAX_ENTRIES = 10_000
const NEWLINE = 0x0a
/** Whoever else runs in this process gets a turn after so many milliseconds. */
const TURN_MS = 5

/**
 * The best first, those without a reward last, at most 10,000; `total` counts all. Empty lines are none.
 * @throws UserError when the file can't be read
 */
export async function listTrajectories(file: string): Promise<{ trajectories: TrajectoryEntry[]; total: number }> {
  const entries: TrajectoryEntry[] = []
  let turn = performance.now()
  for await (const { line, text, bytes } of readLines(file)) {
    const entry = text === undefined ? tooLong(line, bytes) : trajectoryEntry(text, line)
    if (entry !== undefined) entries.push(entry)
    if (performance.now() - turn < TURN_MS) continue
    await nextTurn()
    turn = performance.now()
  }
  entries.sort(bestFirst)
  return { trajectories: entries.slice(0, MAX_ENTRIES), total: entries.length }
}

/** @throws UserError when the file can't be read or has no such line (any more) */
export async function readTrajectory(file: string, line: number): Promise<Trajectory> {
  for await (const found of readLines(file)) {
    if (found.line !== line) continue
    const { text, bytes } = found
    return text === undefined ? { ...tooLong(line, bytes), turns: [] } : trajectoryOf(text, line)
  }
  throw new UserError(`${file} has no line ${String(line + 1)} any more. Open its list again.`, 'no_such_line')
}

function tooLong(line: number, bytes: number): TrajectoryEntry {
  const problem = `This line has ${formatBytes(bytes)}; at most ${formatBytes(MAX_LINE_BYTES)} can be read here.`
  return { line, title: `Line ${String(line + 1)}`, messages: 0, problem }
}

interface Line {
  /** From 0. */
  readonly line: number
  /** Undefined for a line that is too long. */
  readonly text: string | undefined
  readonly bytes: number
}

async function* readLines(file: string): AsyncGenerator<Line> {
  const handle = await openBounded(file)
  try {
    const chunk = Buffer.allocUnsafe(CHUNK_BYTES)
    let kept: Buffer[] = []
    let bytes = 0
    let line = 0
    const keep = (piece: Buffer): void => {
      bytes += piece.length
      if (bytes > MAX_LINE_BYTES) kept = []
      else if (piece.length > 0) kept.push(Buffer.from(piece))
    }
    const take = (): Line => {
      const text = bytes > MAX_LINE_BYTES ? undefined : Buffer.concat(kept).toString('utf8').replace(/\r$/, '')
      const taken = { line: line++, text, bytes }
      kept = []
      bytes = 0
      return taken
    }
    for (let left = MAX_FILE_BYTES; left > 0;) {
      const { bytesRead } = await handle.read(chunk, 0, Math.min(chunk.length, left))
      if (bytesRead === 0) break
      left -= bytesRead
      const piece = chunk.subarray(0, bytesRead)
      let start = 0
      for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, start)) {
        keep(piece.subarray(start, end))
        yield take()
        start = end + 1
      }
      keep(piece.subarray(start))
    }
    if (bytes > 0) yield take()
  } finally {
    await handle.close()
  }
}

async function openBounded(file: string): Promise<FileHandle> {
  try {
    const handle = await open(file)
    const found = await handle.stat()
    if (found.isFile() && found.size <= MAX_FILE_BYTES) return handle
    await handle.close()
    throw found.isFile()
      ? new UserError(
          `${file} has ${formatBytes(found.size)}; at most ${formatBytes(MAX_FILE_BYTES)} can be read as trajectories.`,
          'too_large',
        )
      : new UserError(`${file} is no file.`, 'not_a_file')
  } catch (error) {
    if (error instanceof UserError) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`${file} can't be read: ${why}`, 'unreadable', 'failed', { cause: error })
  }
}

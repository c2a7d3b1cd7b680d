/** A file that is imported: its pieces and lines, with progress and cancelling. */
import { createReadStream } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { UserError } from '../../shared/userError'
import { NEWLINE } from '../runlog/eventLine'
import { readAt } from '../runlog/reader'

export interface ImportOptions {
  readonly signal?: AbortSignal
  /** Bytes read, of all. */
  readonly onProgress?: (done: number, total: number) => void
}

const CHUNK_BYTES = 1024 * 1024
const MAX_LINE_BYTES = 64 * 1024 * 1024

/** @throws UserError when it is no file or can't be read */
export async function sizeOf(file: string): Promise<number> {
  try {
    const known = await stat(file)
    if (!known.isFile()) throw new UserError(`${file} is not a file, so it can't be imported.`, 'no_file', 'bad_input')
    return known.size
  } catch (error) {
    throw unreadable(file, error)
  }
}

/** The beginning, as text. */
export async function beginningOf(file: string, bytes: number): Promise<string> {
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw unreadable(file, error)
  })
  try {
    return (await readAt(handle, 0, bytes)).toString('utf8').replace(/^\ufeff/, '')
  } finally {
    await handle.close()
  }
}

export async function* chunksOf(file: string, { signal, onProgress }: ImportOptions): AsyncGenerator<Buffer> {
  const total = await sizeOf(file)
  let done = 0
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES, ...(signal ? { signal } : {}) })) {
      yield chunk as Buffer
      done += (chunk as Buffer).length
      onProgress?.(done, total)
    }
  } catch (error) {
    signal?.throwIfAborted()
    throw error instanceof UserError || !(error instanceof Error && 'code' in error) ? error : unreadable(file, error)
  }
}

export interface InputLine {
  /** From 1. */
  readonly number: number
  /** In bytes. */
  readonly offset: number
  readonly text: string
}

/** The lines without their ends. @throws UserError that names a line of over 64 MB */
export async function* linesOf(file: string, options: ImportOptions): AsyncGenerator<InputLine> {
  let held: Buffer[] = []
  let heldBytes = 0
  let number = 1
  let offset = 0
  const line = (bytes: Buffer): InputLine => {
    const text = bytes.toString('utf8').replace(/\r$/, '')
    const one = { number, offset, text: number === 1 ? text.replace(/^\ufeff/, '') : text }
    number++
    offset += bytes.length + 1
    return one
  }
  for await (const chunk of chunksOf(file, options)) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const piece = chunk.subarray(start, end)
      yield line(heldBytes === 0 ? piece : Buffer.concat([...held, piece]))
      held = []
      heldBytes = 0
      start = end + 1
    }
    if (start === chunk.length) continue
    held.push(chunk.subarray(start))
    heldBytes += chunk.length - start
    if (heldBytes <= MAX_LINE_BYTES) continue
    throw new UserError(
      `Line ${String(number)} of ${file} (at byte ${String(offset)}) is longer than 64 MB, so the file can't be imported.`,
      'too_large',
      'bad_input',
    )
  }
  if (heldBytes > 0) yield line(Buffer.concat(held))
}

function unreadable(file: string, error: unknown): UserError {
  if (error instanceof UserError) return error
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  const reason = missing ? 'there is no such file' : error instanceof Error ? error.message : String(error)
  return new UserError(`${file} can't be imported: ${reason}.`, 'no_file', missing ? 'missing' : 'bad_input', {
    cause: error,
  })
}

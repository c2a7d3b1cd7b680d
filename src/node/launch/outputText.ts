/** The output of a run as plain text: its lines as a terminal without colours would show them. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import process from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stripAnsi } from '../../shared/lib/ansi'
import { UserError } from '../../shared/userError'
import { readEvents, readLogInfo } from '../runlog/reader'

const PIECE_CHARS = 64 * 1024

/**
 * Pieces of text, each of whole lines, in the order of arrival. What was typed into the command is left out.
 * @throws UserError when the log can't be read
 */
export async function* outputText(logPath: string): AsyncGenerator<string> {
  let piece = ''
  for await (const { phase, data } of readEvents(await readLogInfo(logPath))) {
    const { text, stream } = data
    if (phase !== 'log_line' || typeof text !== 'string' || stream === 'stdin') continue
    piece += `${stripAnsi(text)}\n`
    if (piece.length < PIECE_CHARS) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}

/**
 * Writes the output to a file: beside it, and renamed at the end, so that one that fails or is cancelled leaves nothing half
 * written.
 * @throws UserError when the log can't be read or the file can't be written
 */
export async function writeOutput(logPath: string, target: string, signal?: AbortSignal): Promise<void> {
  const partial = `${target}.${String(process.pid)}.partial`
  try {
    await pipeline(
      Readable.from(outputText(logPath)),
      createWriteStream(partial),
      signal === undefined ? {} : { signal },
    )
    await rename(partial, target)
  } catch (error) {
    await rm(partial, { force: true })
    if (error instanceof UserError || signal?.aborted === true) throw error
    const why = error instanceof Error ? error.message : String(error)
    throw new UserError(`${target} can't be written: ${why}`, 'output_not_written', 'failed', { cause: error })
  }
}

/** A run log from elsewhere: held against the format, then copied as it is, under its own id where that is free. */
import { createReadStream, createWriteStream, existsSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UserError } from '../../shared/userError'
import { checkFile } from '../runlog/checkFile'
import { logPaths, makeLogDirectory, newCaptureId } from '../runlog/layout'
import { readLines, readLogInfo } from '../runlog/reader'
import type { ImportOptions } from './inputFile'
import { publish } from './stagedRun'

export interface ImportedLog {
  readonly captureId: string
  readonly path: string
  readonly events: number
  readonly title: string
  /** What it was called before, where another run has that id. */
  readonly renamedFrom?: string
}

/**
 * @param folder of `stagingFolder`
 * @throws UserError when it is damaged or open, or is here already
 */
export async function importLog(
  file: string,
  folder: string,
  logDirectory: string,
  { signal, onProgress }: ImportOptions,
): Promise<ImportedLog> {
  const { head, fileBytes, eventsOffset, eventsEnd } = await readLogInfo(file)
  const { violations, events } = await checkFile(file)
  signal?.throwIfAborted()
  refuse(file, violations)
  const told = head.capture_id
  const isTaken = existsSync(logPaths(logDirectory, told).log)
  const captureId = isTaken ? newCaptureId(Date.parse(head.started_at)) : told
  makeLogDirectory(folder)
  const target = logPaths(folder, captureId).log
  mkdirSync(path.dirname(target), { recursive: true })
  const source = isTaken
    ? renamed(file, told, captureId, { eventsOffset, eventsEnd })
    : (createReadStream(file) as AsyncIterable<Buffer>)
  let done = 0
  const counted = async function* (): AsyncGenerator<Buffer | string> {
    for await (const piece of source) {
      yield piece
      done += piece.length
      onProgress?.(Math.min(done, fileBytes), fileBytes)
    }
  }
  await pipeline(
    Readable.from(counted()),
    createWriteStream(target, { flags: 'wx', mode: 0o600 }),
    signal ? { signal } : {},
  )
  if (isTaken) refuse(file, (await checkFile(target)).violations)
  return {
    captureId,
    path: await publish(folder, logDirectory, captureId),
    events,
    title: head.title,
    ...(isTaken ? { renamedFrom: told } : {}),
  }
}

/** The same log under another id, which stands once in each line. */
async function* renamed(
  file: string,
  from: string,
  to: string,
  { eventsOffset, eventsEnd }: { readonly eventsOffset: number; readonly eventsEnd: number },
): AsyncGenerator<string> {
  const before = `"capture_id":"${from}"`
  const after = `"capture_id":"${to}"`
  yield* part(file, 0, eventsOffset - 1, before, after)
  for await (const { bytes } of readLines(file, eventsOffset, eventsEnd))
    yield `${bytes.toString('utf8').replace(before, after)}\n`
  yield* part(file, eventsEnd, undefined, before, after)
}

/** The head or the metadata. */
async function* part(
  file: string,
  start: number,
  end: number | undefined,
  before: string,
  after: string,
): AsyncGenerator<string> {
  const pieces: Buffer[] = []
  for await (const piece of createReadStream(file, { start, ...(end === undefined ? {} : { end }) }))
    pieces.push(piece as Buffer)
  yield Buffer.concat(pieces).toString('utf8').replace(before, after)
}

function refuse(file: string, violations: Awaited<ReturnType<typeof checkFile>>['violations']): void {
  const [first] = violations
  if (first === undefined) return
  if (violations.every(({ rule }) => rule === 'open')) {
    throw new UserError(
      `${file} is not closed: it is still recorded, or its recorder died. \`tapedeck ls\` closes it on the machine that recorded it.`,
      'log_open',
      'bad_input',
    )
  }
  const more = violations.length > 1 ? ` and ${String(violations.length - 1)} more; \`tapedeck check\` names them` : ''
  throw new UserError(
    `${file} is damaged, so it is not imported: line ${String(first.line)}: ${first.message}${more}.`,
    'log_damaged',
    'bad_input',
  )
}

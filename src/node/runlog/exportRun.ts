/** Exports of a run log as streams of text: the log itself, or what core/export makes of its events. */
import { createReadStream, createWriteStream } from 'node:fs'
import { realpath, rename, rm, stat } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { parseEventLine } from '../../core/eventLine'
import { toAsciicast } from '../../core/export/asciicast'
import { toCsv } from '../../core/export/csv'
import { toHar, type PlacedEvent } from '../../core/export/har'
import { toLaunchMarkdown } from '../../core/export/launchMarkdown'
import { toLogMarkdown } from '../../core/export/logMarkdown'
import { toMarkdown } from '../../core/export/markdown'
import type { AboutRun } from '../../core/export/report'
import { toText } from '../../core/export/text'
import type { RunKind } from '../../shared/events/schema'
import type { ExportFormat } from '../../shared/protocol/contract'
import { exportFormats, exportFormatsOf } from '../../shared/protocol/exportFormats'
import { UserError } from '../../shared/userError'
import { htmlPage } from './htmlPage'
import { RUNS_FOLDER } from './layout'
import { readNotes } from './notes'
import { openFile, readAt, readEvents, readLines, readLogInfo, type LogInfo } from './reader'

export interface ExportOptions {
  /** Called for each line that can't be read and so is left out. */
  readonly onDamaged?: () => void
  /** Where the page of an HTML export is: the folder of the panel's bundles. */
  readonly pages?: string
  /** Of a text: the lines alone, without what a person said of the run. */
  readonly bare?: boolean
}

/** @throws UserError when the log or its notes can't be read, or a run of its kind has nothing for that format */
export async function* exportRun(
  logPath: string,
  format: ExportFormat,
  { onDamaged = () => undefined, pages, bare = false }: ExportOptions = {},
): AsyncGenerator<string | Buffer> {
  const info = await readLogInfo(logPath)
  const { kind } = info.head
  const known = exportFormatsOf(kind)
  if (!known.some((one) => one.format === format)) {
    const { label = format, only = '' } = exportFormats.find((one) => one.format === format) ?? {}
    throw new UserError(
      `${label} is made of a ${only}, and this run is a ${kind}. Choose ${known.map((one) => one.format).join(', ')}.`,
      'no_such_export',
      'bad_input',
    )
  }
  const events = readEvents(info, onDamaged)
  const about = async (): Promise<AboutRun> => ({
    ...(info.metadata === undefined ? {} : { metadata: info.metadata }),
    notes: await readNotes(logPath),
  })
  switch (format) {
    case 'json':
      yield* document(info, onDamaged)
      break
    case 'ndjson':
      for await (const text of eventTexts(info, onDamaged)) yield `${text}\n`
      break
    case 'html':
      yield* htmlPage(info, await readNotes(logPath), document(info, onDamaged), pages)
      break
    case 'har':
      yield* har(info, onDamaged)
      break
    case 'csv':
      yield* toCsv(info.head, events)
      break
    case 'asciicast':
      yield* toAsciicast(info.head, events)
      break
    case 'text':
      yield* toText(info.head, events, bare ? {} : await about())
      break
    case 'markdown':
      yield* markdownOf(kind)(info.head, events, await about())
  }
}

function markdownOf(kind: RunKind): typeof toMarkdown {
  if (kind === 'launch') return toLaunchMarkdown
  return kind === 'capture' || kind === 'session' ? toMarkdown : toLogMarkdown
}

/** Pieces of a body lie near each other: so much is read at once. */
const WINDOW_BYTES = 1024 * 1024

async function* har(info: LogInfo, onDamaged: () => void): AsyncGenerator<string> {
  const file = await openFile(info.path)
  let window: { from: number; bytes: Buffer } = { from: 0, bytes: Buffer.alloc(0) }
  try {
    yield* toHar(info.head, placedEvents(info, onDamaged), async (offset, bytes) => {
      if (offset < window.from || offset + bytes > window.from + window.bytes.length)
        window = { from: offset, bytes: await readAt(file, offset, Math.max(bytes, WINDOW_BYTES)) }
      const start = offset - window.from
      return parseEventLine(window.bytes.toString('utf8', start, start + bytes))
    })
  } finally {
    await file.close()
  }
}

async function* placedEvents(info: LogInfo, onDamaged: () => void): AsyncGenerator<PlacedEvent> {
  for await (const { offset, bytes } of readLines(info.path, info.eventsOffset, info.eventsEnd)) {
    const event = parseEventLine(bytes.toString('utf8'))
    if (event === undefined) onDamaged()
    else yield { event, offset, bytes: bytes.length }
  }
}

/** A stream is slow in small pieces. */
const PIECE_CHARS = 256 * 1024

/** The log as one valid document: an open one gets its closing brackets, a damaged line is left out. */
async function* document(info: LogInfo, onDamaged: () => void): AsyncGenerator<Buffer | string> {
  yield* createReadStream(info.path, { end: info.eventsOffset - 1 }) as AsyncIterable<Buffer>
  let isFirst = true
  let piece = ''
  for await (const event of eventTexts(info, onDamaged)) {
    piece += `${isFirst ? '' : ','}${event}\n`
    isFirst = false
    if (piece.length < PIECE_CHARS) continue
    yield piece
    piece = ''
  }
  yield piece
  if (info.metadata === undefined) yield ']}\n'
  else yield* createReadStream(info.path, { start: info.eventsEnd }) as AsyncIterable<Buffer>
}

/** The events as they stand in the log, whatever they hold. */
async function* eventTexts(info: LogInfo, onDamaged: () => void): AsyncGenerator<string> {
  for await (const { bytes } of readLines(info.path, info.eventsOffset, info.eventsEnd)) {
    const text = bytes.toString('utf8')
    const event = text.startsWith(',') ? text.slice(1) : text
    if (isJson(event)) yield event
    else onDamaged()
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    // A damaged line: the caller counts it.
    return false
  }
}

/**
 * Exports to a file: written beside it and renamed at the end, so that one that fails or is cancelled leaves nothing half
 * written. What is no plain file (a device, a pipe) is written as it stands.
 * @returns how many damaged lines were left out
 * @throws UserError when the log can't be read, or the file can't or must not be written
 */
export async function writeExport(
  logPath: string,
  format: ExportFormat,
  target: string,
  { pages, bare, signal }: Pick<ExportOptions, 'pages' | 'bare'> & { readonly signal?: AbortSignal } = {},
): Promise<number> {
  await refuseRunLogs(logPath, target)
  const known = await stat(target).catch(() => undefined)
  if (known?.isDirectory() === true) throw targetError(target, 'it is a folder. Name a file in it')
  const isPlain = known === undefined || known.isFile()
  const partial = isPlain ? `${target}.${String(process.pid)}.partial` : target
  let damaged = 0
  try {
    const text = Readable.from(
      exportRun(logPath, format, {
        onDamaged: () => damaged++,
        ...(pages === undefined ? {} : { pages }),
        ...(bare === undefined ? {} : { bare }),
      }),
    )
    await pipeline(text, createWriteStream(partial), signal === undefined ? {} : { signal })
    if (isPlain) await rename(partial, target)
    return damaged
  } catch (error) {
    if (isPlain) await rm(partial, { force: true })
    if (error instanceof UserError || signal?.aborted === true) throw error
    throw targetError(target, reasonOf(error))
  }
}

/** An export must never take the place of a run, nor stand among them. */
async function refuseRunLogs(logPath: string, target: string): Promise<void> {
  const folder = await realpath(path.dirname(target)).catch(() => undefined)
  if (folder === undefined || folder !== (await realpath(path.dirname(logPath)))) return
  if (path.basename(folder) === RUNS_FOLDER)
    throw targetError(target, 'that folder holds the run logs themselves. Choose another folder')
  // A log that was taken elsewhere may have its exports beside it.
  if (path.basename(target) === path.basename(logPath))
    throw targetError(target, 'that is the run log itself. Choose another name')
}

function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Record<string, string> = {
    ENOENT: 'its folder does not exist',
    ENOTDIR: 'its folder is a file',
    EACCES: 'it may not be written',
    EPERM: 'it may not be written',
    EROFS: 'the disk is read-only',
    ENOSPC: 'the disk is full',
  }
  return reasons[code] ?? (error instanceof Error ? error.message : String(error))
}

function targetError(target: string, reason: string): UserError {
  return new UserError(`The export ${target} can't be written: ${reason}.`, 'export_not_written', 'bad_input')
}

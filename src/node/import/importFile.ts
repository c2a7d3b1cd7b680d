/** Import of what was recorded elsewhere, as a run: finds out what a file is and has it read. */
import path from 'node:path'
import { castHeader } from '../../core/import/cast'
import { eventOfLine, isJsonObject, kindOfEvent } from '../../core/import/ndjsonEvent'
import { createLineParser } from '../../core/lines/lineParser'
import { parseJson } from '../../core/decode/json'
import { UserError } from '../../shared/userError'
import { importCast, type ImportEnd } from './importCast'
import { importHar, indexHar } from './importHar'
import { importEvents, importLines } from './importNdjson'
import { importLog } from './importLog'
import { beginningOf, sizeOf, type ImportOptions } from './inputFile'
import { StagedRun, stagingFolder, type Tool } from './stagedRun'

export interface Imported {
  readonly captureId: string
  /** Of the log. */
  readonly path: string
  readonly format: 'Tapedeck log' | 'HAR' | 'asciicast' | 'NDJSON'
  readonly title: string
  readonly events: number
  /** Sentences for the person: what could not be read, a new id. */
  readonly notes: readonly string[]
}

export interface ImportRequest extends ImportOptions {
  readonly logDirectory: string
  readonly tool: Tool
}

const BEGINNING_BYTES = 256 * 1024

/** @throws UserError that says what is wrong with the file; nothing is left then, nor when it is cancelled */
export async function importFile(file: string, request: ImportRequest): Promise<Imported> {
  const beginning = (await sizeOf(file)) === 0 ? '' : await beginningOf(file, BEGINNING_BYTES)
  const staging = await stagingFolder(request.logDirectory)
  try {
    if (beginning.startsWith('{"format":"tapedeck-run/')) return await asLog(file, staging.path, request)
    const first = /^\s*([^\r\n]*)/.exec(beginning)?.[1] ?? ''
    const cast = castHeader(first)
    if (cast !== undefined) {
      const startedMs = cast.startedMs ?? Date.now()
      const title = cast.title ?? cast.command ?? path.basename(file)
      const head = cast.command === undefined ? {} : { command: cast.command, args: [] }
      return await asRun(file, 'asciicast', { kind: 'launch', title, startedMs, head }, staging.path, request, (run) =>
        importCast(file, run, startedMs, request),
      )
    }
    if (/^\s*\{\s*"log"\s*:\s*\{/.test(beginning) || (/\.har$/i.test(file) && beginning.trimStart().startsWith('{'))) {
      const index = await indexHar(file, request)
      const head = index.url === undefined ? {} : { url: index.url }
      const title = harTitle(beginning) ?? path.basename(file)
      const { startedMs } = index
      return await asRun(file, 'HAR', { kind: 'capture', title, startedMs, head }, staging.path, request, (run) =>
        importHar(file, run, index, request),
      )
    }
    if (isJsonObject(first) || (first.length > 10_000 && first.startsWith('{')))
      return await asNdjson(file, first, staging.path, request)
    throw new UserError(
      `${file} is nothing that can be imported: a log of Tapedeck, a HAR, an asciicast (version 2 or 3) or NDJSON. A text log is opened by Follow Log File.`,
      'unknown_import',
      'bad_input',
    )
  } finally {
    await staging.remove()
  }
}

async function asLog(file: string, folder: string, request: ImportRequest): Promise<Imported> {
  const { captureId, path, events, title, renamedFrom } = await importLog(file, folder, request.logDirectory, request)
  const notes =
    renamedFrom === undefined ? [] : [`There is a run ${renamedFrom} already, so this one is called ${captureId}.`]
  return { captureId, path, format: 'Tapedeck log', title, events, notes }
}

async function asNdjson(file: string, first: string, folder: string, request: ImportRequest): Promise<Imported> {
  const event = eventOfLine(first)
  const title = path.basename(file)
  if (event !== undefined) {
    const startedMs = Date.parse(event.timestamp)
    return asRun(file, 'NDJSON', { kind: kindOfEvent(event), title, startedMs }, folder, request, (run) =>
      importEvents(file, run, request),
    )
  }
  const startedMs = createLineParser().parse(first).loggedAt ?? Date.now()
  const head = { files: [file] }
  return asRun(file, 'NDJSON', { kind: 'follow', title, startedMs, head }, folder, request, (run) =>
    importLines(file, run, request),
  )
}

async function asRun(
  file: string,
  format: Imported['format'],
  what: Pick<ConstructorParameters<typeof StagedRun>[1], 'kind' | 'title' | 'startedMs' | 'head'>,
  folder: string,
  { logDirectory, tool }: ImportRequest,
  read: (run: StagedRun) => Promise<ImportEnd>,
): Promise<Imported> {
  const from = { name: path.basename(file), format }
  const run = new StagedRun(folder, { logDirectory, tool, from, ...what })
  try {
    const end = await read(run)
    const metadata = end.exitCode === undefined ? {} : { exit_code: end.exitCode }
    const { path: log, events } = await run.finish(folder, end.status, metadata)
    const notes = run.damaged === 0 ? [] : [`${String(run.damaged)} could not be read. ${run.firstDamaged ?? ''}`]
    return { captureId: run.captureId, path: log, format, title: what.title, events, notes }
  } catch (error) {
    await run.abandon()
    throw error
  }
}

/** Of the first page, where it stands before the entries. */
function harTitle(beginning: string): string | undefined {
  const found = /"pages"\s*:\s*\[\s*\{[^[\]]*?"title"\s*:\s*("(?:[^"\\]|\\.)*")/.exec(beginning)?.[1]
  const title = found === undefined ? undefined : parseJson(found)
  return typeof title === 'string' && title !== '' ? title : undefined
}

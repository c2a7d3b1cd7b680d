import path from 'node:path'
import process from 'node:process'
import { importFile } from '../../node/import/importFile'
import { plural } from '../../shared/lib/format'
import { TOOL } from '../version'
import { logDirectory, parse } from './arguments'
import type { Command } from './command'

const form = 'import FILE…'
/** Progress is told at most this often. */
const TELL_MS = 200

export const importCommand: Command = {
  form,
  purpose: 'Makes runs of what was recorded elsewhere: logs of Tapedeck, HAR, asciicast (version 2 and 3), NDJSON.',
  async run(args) {
    const { values, positionals } = parse(args, {}, form, 'some')
    const directory = logDirectory(values.dir)
    const abort = new AbortController()
    const cancel = (): void => {
      abort.abort()
    }
    process.once('SIGINT', cancel).once('SIGTERM', cancel)
    try {
      for (const file of positionals) await importOne(path.resolve(file), directory, values.json === true, abort.signal)
      return 0
    } catch (error) {
      if (!abort.signal.aborted) throw error
      process.stderr.write('tapedeck: the import was cancelled; nothing of that file is left.\n')
      return 1
    } finally {
      process.off('SIGINT', cancel).off('SIGTERM', cancel)
    }
  },
}

async function importOne(file: string, directory: string, json: boolean, signal: AbortSignal): Promise<void> {
  let told = Date.now()
  const imported = await importFile(file, {
    logDirectory: directory,
    tool: TOOL,
    signal,
    onProgress: (done, total) => {
      if (!json || Date.now() - told < TELL_MS) return
      told = Date.now()
      process.stdout.write(`${JSON.stringify({ file, progress: done / total })}\n`)
    },
  })
  const { captureId, path: log, format, title, events, notes } = imported
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ file, capture_id: captureId, path: log, format, title, events, notes })}\n`,
    )
    return
  }
  process.stdout.write(`${captureId}  ${plural(events, 'event')} from ${file} (${format})\n`)
  for (const note of notes) process.stderr.write(`tapedeck: ${file}: ${note}\n`)
}

import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { cleanLine } from '../../core/lines/cleanLine'
import { fileSource } from '../../node/follow/fileSource'
import type { EventDraft } from '../../shared/events/schema'
import { UserError } from '../../shared/userError'
import { printRun } from '../printedRun'
import { parse } from './arguments'
import type { Command } from './command'
import { encodingOf } from './follow'
import { write } from './lineText'

const form = 'parse FILE… [--encoding utf-8|utf-16le|utf-16be|latin1]'

export const parseCommand: Command = {
  form,
  purpose: 'Reads text logs, packed ones too (.gz, .zst), and shows the time, level, logger and text of each line.',
  async run(args) {
    const { values, positionals } = parse(args, { encoding: { type: 'string' } }, form, 'some')
    const encoding = encodingOf(values.encoding, form)
    const files = positionals.map((file) => path.resolve(file))
    const missing = files.find((file) => !existsSync(file))
    if (missing !== undefined) throw new UserError(`There is no file ${missing}.`, 'no_file', 'missing')
    let code = 0
    for (const file of files) {
      const source = fileSource({
        files: [file],
        from: 'start',
        untilEnd: true,
        ...(encoding === undefined ? {} : { encoding }),
      })
      const print = values.json === true ? write : printTable
      const { status } = await (await printRun(source, { print, log: say })).ended
      if (status !== 'completed') code = 1
    }
    return code
  },
}

/** Time, level and logger in columns; a line that belongs to the one above is indented. */
function printTable(events: Buffer): Promise<void> | undefined {
  let out = ''
  for (const line of events.toString('utf8').split('\n')) {
    if (line === '') continue
    const { phase, data } = JSON.parse(line) as EventDraft
    if (phase !== 'log_line') continue
    const { logged_at: at = '', level = '', logger = '', continued, text } = data
    out +=
      continued === true
        ? `${' '.repeat(31)}${text}\n`
        : `${at.padEnd(24)} ${level.padEnd(5)} ${logger === '' ? '' : `[${cleanLine(logger)}] `}${text}\n`
  }
  return write(out)
}

function say(message: string): void {
  process.stderr.write(`tapedeck: ${message}\n`)
}

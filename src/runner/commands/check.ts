import process from 'node:process'
import path from 'node:path'
import { checkFile } from '../../node/runlog/checkFile'
import { listEntries, livenessOf } from '../../node/control/registry'
import { isSameFile } from '../../node/runlog/history'
import { UserError } from '../../shared/userError'
import { parse } from './arguments'
import type { Command } from './command'

const form = 'check FILE'

export const checkCommand: Command = {
  form,
  purpose: 'Holds a run log against the format: exit 0 and a count, or 1 and every violation with its line.',
  async run(args) {
    const { values, positionals } = parse(args, {}, form, 1)
    const file = path.resolve(positionals[0] ?? '')
    const { events, violations } = await check(file)
    const open = listEntries().some((entry) => isSameFile(entry.log_path, file) && livenessOf(entry).state === 'live')
    const found = open ? violations.filter(({ rule }) => rule !== 'open') : violations
    for (const { line, message } of found) {
      process.stdout.write(
        values.json === true ? `${JSON.stringify({ line, message })}\n` : `${file}:${String(line)}: ${message}\n`,
      )
    }
    if (values.json === true) process.stdout.write(`${JSON.stringify({ events, violations: found.length, open })}\n`)
    else if (found.length === 0)
      process.stdout.write(`${String(events)} events${open ? ', still being recorded' : ''}\n`)
    return found.length === 0 ? 0 : 1
  },
}

async function check(file: string) {
  try {
    return await checkFile(file)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`${file} can't be read: ${reason}`, 'log_unreadable', 'bad_input', { cause: error })
  }
}

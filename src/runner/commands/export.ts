import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import process from 'node:process'
import { exportFormats, exportRun, writeExport } from '../../node/runlog/exportRun'
import { findRun } from '../../node/runlog/history'
import { UserError } from '../../shared/userError'
import { logDirectory, parse } from './arguments'
import type { Command } from './command'

const form = `export ID --format ${exportFormats.join('|')} [--out FILE]`

export const exportCommand: Command = {
  form,
  purpose: 'Writes a run in another format, to standard output or a file.',
  async run(args) {
    const { values, positionals } = parse(args, { format: { type: 'string' }, out: { type: 'string' } }, form, 1)
    const format = exportFormats.find((known) => known === values.format)
    if (format === undefined) {
      const given = values.format === undefined ? 'is missing' : `${JSON.stringify(values.format)} is not known`
      throw new UserError(
        `--format ${given}; it is one of ${exportFormats.join(', ')}.\nUsage: tapedeck ${form}`,
        'bad_arguments',
        'bad_input',
      )
    }
    const run = await findRun(logDirectory(values.dir), positionals[0] ?? '')
    let damaged = 0
    if (values.out === undefined) {
      await pipeline(Readable.from(exportRun(run.path, format, () => damaged++)), process.stdout, { end: false })
    } else damaged = await writeExport(run.path, format, path.resolve(values.out))
    if (damaged > 0) {
      process.stderr.write(
        `tapedeck: ${String(damaged)} lines of ${run.path} can't be read and are left out. \`tapedeck check\` names them.\n`,
      )
    }
    return 0
  },
}

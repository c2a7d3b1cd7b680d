import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import process from 'node:process'
import { isForSharing, redactionNote } from '../../core/export/redactionNote'
import { exportRun, writeExport } from '../../node/runlog/exportRun'
import { findRun } from '../../node/runlog/history'
import { exportFormats } from '../../shared/protocol/exportFormats'
import { UserError } from '../../shared/userError'
import { logDirectory, parse } from './arguments'
import type { Command } from './command'

const names = exportFormats.map(({ format }) => format)
const form = `export ID --format ${names.join('|')} [--out FILE]`
/** Beside the bundle of the command line. */
const pages = path.join(__dirname, 'webview')

export const exportCommand: Command = {
  form,
  purpose: 'Writes a run in another format, to standard output or a file.',
  async run(args) {
    const { values, positionals } = parse(args, { format: { type: 'string' }, out: { type: 'string' } }, form, 1)
    const format = names.find((known) => known === values.format)
    if (format === undefined) {
      const given = values.format === undefined ? 'is missing' : `${JSON.stringify(values.format)} is not known`
      throw new UserError(
        `--format ${given}; it is one of ${names.join(', ')}.\nUsage: tapedeck ${form}`,
        'bad_arguments',
        'bad_input',
      )
    }
    const run = await findRun(logDirectory(values.dir), positionals[0] ?? '')
    let damaged = 0
    if (isForSharing(format)) {
      const note = redactionNote(run.metadata?.redacted)
      process.stderr.write(note.replace(/^/gm, 'tapedeck: ').trimEnd() + '\n')
    }
    if (values.out === undefined) {
      await pipeline(
        Readable.from(exportRun(run.path, format, { onDamaged: () => damaged++, pages })),
        process.stdout,
        { end: false },
      )
    } else damaged = await writeExport(run.path, format, path.resolve(values.out), { pages })
    if (damaged > 0) {
      process.stderr.write(
        `tapedeck: ${String(damaged)} lines of ${run.path} can't be read and are left out. \`tapedeck check\` names them.\n`,
      )
    }
    return 0
  },
}

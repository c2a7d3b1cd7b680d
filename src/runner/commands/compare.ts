import process from 'node:process'
import { compareLogs } from '../../node/compare/compareLogs'
import { findRun } from '../../node/runlog/history'
import { recoverLostRuns } from '../recover'
import { logDirectory, parse } from './arguments'
import type { Command } from './command'
import { comparisonLines } from './comparisonLines'

export const compareCommand: Command = {
  form: 'compare ID ID',
  purpose: 'Tells what differs between two runs: from the first (-) to the second (+).',
  async run(args) {
    const { values, positionals } = parse(args, {}, 'compare ID ID', 2)
    await recoverLostRuns((message) => {
      process.stderr.write(`tapedeck: ${message}\n`)
    })
    const directory = logDirectory(values.dir)
    const [left, right] = [
      await findRun(directory, positionals[0] ?? ''),
      await findRun(directory, positionals[1] ?? ''),
    ]
    const comparison = await compareLogs(left.path, right.path)
    process.stdout.write(
      values.json === true ? `${JSON.stringify(comparison)}\n` : `${comparisonLines(comparison).join('\n')}\n`,
    )
    return 0
  },
}

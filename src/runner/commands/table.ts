/** The commands by name; each is one module. */
import { captureCommand } from './capture'
import { compareCommand } from './compare'
import type { Command } from './command'
import { checkCommand } from './check'
import { exportCommand } from './export'
import { followCommand } from './follow'
import { importCommand } from './import'
import { parseCommand } from './parse'
import { runCommand } from './run'
import { pruneCommand } from './prune'
import { searchCommand } from './search'
import { listCommand, removeCommand, showCommand, stopCommand } from './runs'

export const commandTable: Readonly<Record<string, Command>> = {
  capture: captureCommand,
  run: runCommand,
  follow: followCommand,
  parse: parseCommand,
  ls: listCommand,
  show: showCommand,
  stop: stopCommand,
  rm: removeCommand,
  compare: compareCommand,
  search: searchCommand,
  prune: pruneCommand,
  export: exportCommand,
  import: importCommand,
  check: checkCommand,
}

const COMMON = '--dir DIR (the log directory; default the nearest .tapedeck upwards) and --json (one object a line)'

/** What `--help` says of one command. */
export function helpOf({ form, purpose }: Command): string {
  return `tapedeck ${form}\n${purpose}\nIt takes ${COMMON} too.\n`
}

export function usage(): string {
  const lines = Object.values(commandTable).map(({ form, purpose }) => `  tapedeck ${form}\n      ${purpose}\n`)
  return `Tapedeck watches a long run live and keeps it as one JSON log.\n\n${lines.join('')}
All take ${COMMON}.
Exit codes: 0 done, 1 the run failed, 2 bad arguments, 3 something it needs is missing.\n`
}

#!/usr/bin/env node
/** The `tapedeck` command. */
import process from 'node:process'
import { explainLimit } from '../node/machine/openFiles'
import { UserError, isUserError } from '../shared/userError'
import { runCommand } from './commands/run'
import { commandTable, helpOf, usage } from './commands/table'
import { isRecording, STOPPED_EARLY } from './record'
import { TOOL } from './version'

const EXIT = { failed: 1, bad_input: 2, missing: 3 } as const

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage())
    return name === undefined ? 2 : 0
  }
  if (name === '--version') {
    process.stdout.write(`${TOOL.version}\n`)
    return 0
  }
  const command = Object.hasOwn(commandTable, name) ? commandTable[name] : undefined
  if (command === undefined) {
    throw new UserError(
      `There is no command ${JSON.stringify(name)}. \`tapedeck help\` lists them.`,
      'bad_command',
      'bad_input',
    )
  }
  const own = rest.includes('--') ? rest.slice(0, rest.indexOf('--')) : rest
  if (own.includes('--help') || own.includes('-h')) {
    process.stdout.write(helpOf(command))
    return 0
  }
  // It hands on the bytes of somebody else and looks at our own output only where it must.
  if (command !== runCommand) guardOutput()
  return command.run(rest)
}

/** Whoever reads our output may stop reading at any time. */
function guardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads our output may stop reading (`| head`): that is no error of ours, and a run that is recorded goes on.
    if (error.code !== 'EPIPE' && error.code !== 'ERR_STREAM_DESTROYED') {
      process.stderr.write(`tapedeck: the output can't be written: ${error.message}\n`)
      if (!isRecording()) process.exit(1)
    } else if (!isRecording()) process.exit(0)
  })

  process.stderr.on('error', () => {
    // Nobody reads our diagnostics any more; what they are about goes on.
  })
}

main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code
  })
  .catch((thrown: unknown) => {
    const error = explainLimit(thrown)
    if (isUserError(error)) {
      process.stderr.write(`tapedeck: ${error.message}\n`)
      process.exitCode = EXIT[error.kind]
      // A browser that hangs while it starts would keep us; it ends with us.
      if (error.code === STOPPED_EARLY) process.exit()
    } else {
      process.stderr.write(`tapedeck: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      process.exitCode = 1
    }
  })

#!/usr/bin/env node
/** The `tapedeck` command. */
import process from 'node:process'
import { UserError } from '../shared/userError'
import { commandTable, usage } from './commands/table'
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
  return command.run(rest)
}

// Whoever reads our output may stop reading (`| head`): that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
})

main(process.argv.slice(2))
  .then((code) => {
    process.exitCode = code
  })
  .catch((error: unknown) => {
    if (error instanceof UserError) {
      process.stderr.write(`tapedeck: ${error.message}\n`)
      process.exitCode = EXIT[error.kind]
    } else {
      process.stderr.write(`tapedeck: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
      process.exitCode = 1
    }
  })

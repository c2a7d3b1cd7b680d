/**
 * `tapedeck run`: records a command and is otherwise as if it were not there. It never touches `process.stdout` and its like
 * where it can do without: Node makes pipes non-blocking for everybody who shares them when these are first looked at.
 */
import { fstatSync, writeSync } from 'node:fs'
import { constants } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { isatty } from 'node:tty'
import { parseArgs } from 'node:util'
import { explainLimit } from '../../node/machine/openFiles'
import { PassThrough } from '../../node/process/passThrough'
import type { ProcessHandle } from '../../node/process/processSource'
import { exitCodeOf } from '../../node/process/program'
import { launchDefaults, type LaunchRequest } from '../../shared/launch'
import { commandLine } from '../../shared/lib/commandLine'
import { isUserError, UserError } from '../../shared/userError'
import { recordLaunch } from '../launch'
import type { RecordResult } from '../record'
import { commonOptions, logDirectory } from './arguments'
import type { Command } from './command'
import { forwardTerminal, sizeOfTerminal } from './terminal'

const form = 'run [--name TITLE] [--cwd DIR] [--env K=V]… [--pty] -- COMMAND [ARG…]'

const options = {
  ...commonOptions,
  name: { type: 'string' },
  cwd: { type: 'string' },
  env: { type: 'string', multiple: true },
  pty: { type: 'boolean' },
} as const

const STDOUT = 1
const STDERR = 2
/** Handed on to the command, as a terminal or a script would send them to it. */
const SIGNALS = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2', 'SIGTSTP', 'SIGCONT'] as const),
  ...(['SIGALRM', 'SIGVTALRM', 'SIGABRT', 'SIGIO', 'SIGPWR', 'SIGWINCH'] as const),
]

export const runCommand: Command = {
  form,
  purpose: 'Runs a command and records it; input, output and exit code are the command’s own.',
  async run(args) {
    try {
      const { request, json } = parse(args)
      return await runRecorded(request, json)
    } catch (error) {
      const told = explainLimit(error)
      say(isUserError(told) ? told.message : `the command could not be run: ${String(error)}`)
      return exitCodeOf(error)
    }
  },
}

/** @throws UserError `bad_arguments` */
function parse(args: readonly string[]): { request: LaunchRequest; json: boolean } {
  const dashes = args.indexOf('--')
  const wrong = (reason: string): UserError =>
    new UserError(`${reason}\nUsage: tapedeck ${form}`, 'bad_arguments', 'bad_input')
  if (dashes < 0) throw wrong('-- and the command are missing.')
  const [command, ...rest] = args.slice(dashes + 1)
  if (command === undefined || command === '') throw wrong('No command is given after --.')
  const { values } = readOptions(args.slice(0, dashes), wrong)
  const env: Record<string, string> = {}
  for (const assignment of values.env ?? []) {
    const equals = assignment.indexOf('=')
    if (equals < 1) throw wrong(`--env takes NAME=value, not ${JSON.stringify(assignment)}.`)
    env[assignment.slice(0, equals)] = assignment.slice(equals + 1)
  }
  const json = values.json === true
  const request: LaunchRequest = {
    kind: 'launch',
    logDirectory: logDirectory(values.dir),
    title: (values.name ?? commandLine(command, rest)).slice(0, 200),
    command,
    args: rest,
    cwd: path.resolve(values.cwd ?? '.'),
    env,
    pty: values.pty === true || (!json && isatty(STDOUT)),
    unbuffered: false,
    results: [],
    ...launchDefaults,
  }
  return { request, json }
}

function readOptions(args: string[], wrong: (reason: string) => UserError) {
  try {
    return parseArgs({ args, options, strict: true })
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error))
  }
}

async function runRecorded(request: LaunchRequest, json: boolean): Promise<number> {
  let command: ProcessHandle | undefined
  const passes = {
    stdout: new PassThrough(STDOUT, (why) => {
      if (why.code !== 'EPIPE') say(`the output of the command can't be handed on: ${why.message}`)
      // With --json only our own events went there.
      if (!json) command?.breakOff('stdout')
    }),
    stderr: new PassThrough(STDERR, () => command?.breakOff('stderr')),
  }
  const isPty = request.pty === true
  // A terminal of its own tells the command its size.
  const signals = forwardSignals(isPty ? SIGNALS.filter((name) => name !== 'SIGWINCH') : SIGNALS)
  const letGo = [signals.letGo]
  const recording = recordLaunch(
    request,
    {
      onLaunched: (handle) => {
        command = handle
        signals.launched(handle)
        if (isPty) letGo.push(forwardTerminal(handle))
      },
      log: say,
      ...(json ? { onEvents: (lines) => void passes.stdout.take(Buffer.from(`${lines.join('\n')}\n`)) } : {}),
    },
    {
      inheritsEnvironment: true,
      isMerged: !isPty && areSame(STDOUT, STDERR),
      ...(isPty ? { terminal: sizeOfTerminal() } : { stdin: 'inherit' }),
      ...(json ? {} : { onBytes: (stream, bytes) => passes[stream].take(bytes) }),
    },
  )
  try {
    const result = await recording.result
    await Promise.all([passes.stdout.flush(), passes.stderr.flush()])
    tell(result)
    return codeOf(result)
  } finally {
    for (const stop of letGo) stop()
  }
}

/** What ended a command is told by its exit code; what concerns the log is told to a person, or when it went wrong. */
function tell({ status, error, path: log, exitCode, signal }: RecordResult): void {
  const isOfCommand = exitCode !== undefined || signal !== undefined
  if (error !== undefined && !(isOfCommand && /^The command /.test(error))) say(error)
  else if (isatty(STDERR)) say(`${status}, recorded in ${log}`)
}

function codeOf({ exitCode, signal }: RecordResult): number {
  if (typeof signal === 'string') return 128 + (constants.signals[signal as NodeJS.Signals] || 0)
  return exitCode ?? 125
}

/** What comes while the command is being started reaches it when it is there. */
function forwardSignals(names: readonly NodeJS.Signals[]): {
  launched: (command: ProcessHandle) => void
  letGo: () => void
} {
  let command: ProcessHandle | undefined
  const early: NodeJS.Signals[] = []
  const listeners = names.map((name) => {
    const listener = (): void => {
      if (command === undefined) early.push(name)
      else command.signal(name)
      // The shell that we run in wants us to stop too; the command's group has nobody else to hear it.
      if (name === 'SIGTSTP') process.kill(process.pid, 'SIGSTOP')
    }
    process.on(name, listener)
    return () => process.off(name, listener)
  })
  return {
    launched: (started) => {
      command = started
      for (const name of early) started.signal(name)
    },
    letGo: () => {
      for (const stop of listeners) stop()
    },
  }
}

/** True when both go to the same file or pipe: only one pipe for both keeps their order. */
function areSame(one: number, other: number): boolean {
  try {
    const [a, b] = [fstatSync(one), fstatSync(other)]
    return a.dev === b.dev && a.ino === b.ino && !a.isCharacterDevice()
  } catch {
    // One of them is closed.
    return false
  }
}

function say(message: string): void {
  try {
    writeSync(STDERR, `tapedeck: ${message}\n`)
  } catch {
    // Nobody reads our diagnostics.
  }
}

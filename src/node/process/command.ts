/** A command that runs, whether on pipes or in a pseudo-terminal. */
import { closeSync } from 'node:fs'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import process from 'node:process'
import type { Program } from '../../core/launch/shellCommand'
import { UserError } from '../../shared/userError'
import { explainLimit } from '../machine/openFiles'
import { stateDirectory } from '../machine/directories'
import { openPipes } from './fifo'
import { readPipe, readStream, type OutputReader, type TakeBytes } from './outputReader'

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface CommandOptions {
  readonly captureId: string
  readonly program: Program
  readonly cwd: string
  /** Complete: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>
  /** `inherit`: ours; else a pipe that `write` fills. */
  readonly stdin: 'pipe' | 'inherit'
  /** Standard error goes into the same pipe as standard output, so that their order is kept. */
  readonly isMerged?: boolean
  readonly take: Readonly<Record<'stdout' | 'stderr', TakeBytes>>
}

export interface RunningCommand {
  readonly pid: number
  readonly exited: Promise<Exit>
  /** In a pseudo-terminal there is only one. */
  readonly outputs: ReadonlyMap<'stdout' | 'stderr', OutputReader>
  /** @throws UserError when the command takes no more input */
  write(text: string, end: boolean): Promise<void>
  /** The path of the terminal, where there is one. */
  readonly terminal?: string
  /** The size of the terminal, where there is one. */
  resize?(columns: number, rows: number): void
}

/**
 * Starts a command in a process group of its own, standard output and error apart.
 * @throws UserError when the system refuses to start it
 */
export async function startCommand(options: CommandOptions): Promise<RunningCommand> {
  const { program, take, isMerged = false } = options
  const pipes = openPipes(path.join(stateDirectory(), 'pipes'), options.captureId, isMerged ? 1 : 2)
  const [out, err] = pipes ?? []
  let child: ChildProcess
  let exited: Promise<Exit>
  try {
    child = spawn(program.file, program.args, {
      cwd: options.cwd,
      env: options.env,
      // On Windows a detached process has no console, and so no console event could reach it.
      detached: process.platform !== 'win32',
      stdio: [options.stdin, out?.writeEnd ?? 'pipe', (isMerged ? out : err)?.writeEnd ?? 'pipe'],
      windowsHide: true,
      windowsVerbatimArguments: program.isVerbatim === true,
      ...(program.argv0 === undefined ? {} : { argv0: program.argv0 }),
    })
    exited = exitOf(child)
    await once(child, 'spawn')
  } catch (error) {
    for (const pipe of pipes ?? []) closeSync(pipe.readEnd)
    throw startError(program.file, error)
  } finally {
    for (const pipe of pipes ?? []) closeSync(pipe.writeEnd)
  }
  const outputs = new Map<'stdout' | 'stderr', OutputReader>()
  if (out !== undefined) outputs.set('stdout', readPipe(out.readEnd, take.stdout))
  else if (child.stdout) outputs.set('stdout', readStream(child.stdout, take.stdout))
  if (err !== undefined) outputs.set('stderr', readPipe(err.readEnd, take.stderr))
  else if (child.stderr) outputs.set('stderr', readStream(child.stderr, take.stderr))
  return { pid: child.pid ?? 0, exited, outputs, write: writerTo(child) }
}

/**
 * A text that a system call would cut, or that Node refuses with its value in the message.
 * @throws UserError `not_started`, without any value: an environment holds secrets
 */
export function checkForNul({ file, args }: Program, env: Readonly<Record<string, string>>): void {
  const refuse = (what: string): UserError =>
    new UserError(
      `${what} holds a NUL character, which no command can be given. Take it out.`,
      'not_started',
      'bad_input',
    )
  const variable = Object.entries(env).find(([name, value]) => name.includes('\0') || value.includes('\0'))?.[0]
  if (variable !== undefined) throw refuse(`The environment variable ${JSON.stringify(variable)}`)
  const index = [file, ...args].findIndex((text) => text.includes('\0'))
  if (index >= 0) throw refuse(index === 0 ? 'The command' : `Argument ${String(index)} of the command`)
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.on('exit', (code, signal) => {
      resolve({ code, signal })
    })
  })
}

function writerTo(child: ChildProcess): RunningCommand['write'] {
  const { stdin } = child
  stdin?.on('error', () => {
    // The command closed its input; the next write says so.
    stdin.destroy()
  })
  return (text, end) =>
    new Promise((resolve, reject) => {
      if (stdin === null || !stdin.writable) {
        reject(new UserError('The command takes no more input.', 'no_input'))
        return
      }
      const done = (error?: Error | null): void => {
        if (error) reject(new UserError('The command takes no more input.', 'no_input'))
        else resolve()
      }
      if (end) stdin.end(text, done)
      else stdin.write(text, done)
    })
}

/** What the checks before the start could not foresee. */
export function startError(file: string, error: unknown): UserError {
  const limit = explainLimit(error)
  if (limit instanceof UserError) return limit
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const reasons: Record<string, string> = {
    ENOENT: 'it is not there, or the interpreter that its first line names is not',
    EACCES: 'it may not be executed',
    ENOEXEC: 'the system does not know its format. A script needs a first line such as #!/bin/sh',
    E2BIG: 'its arguments and environment are larger than the system allows',
    EAGAIN: 'the system allows no more processes now',
    ENOMEM: 'the system has no memory for it',
  }
  const reason = reasons[code] ?? (error instanceof Error ? error.message : String(error))
  return new UserError(
    `${file} could not be started: ${reason}.`,
    code === 'ENOENT' ? 'program_not_found' : 'not_started',
    'missing',
  )
}

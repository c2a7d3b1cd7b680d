/** Finds the program of a command before it is started, so that what is missing is told in words. */
import { constants } from 'node:fs'
import { access, open, stat } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { UserError } from '../../shared/userError'

export interface ProgramOptions {
  /** Absolute; what relative names and relative entries of PATH start from. */
  readonly cwd: string
  /** The environment that the command gets: its PATH counts, not ours. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What a path is to somebody who wants to execute it. */
export type PathKind = 'program' | 'not executable' | 'folder' | 'missing' | 'not reachable'

/** What the search asks the machine; tests give their own. */
export interface ProgramSystem {
  readonly platform: NodeJS.Platform
  kindOf(file: string): Promise<PathKind>
  /** The first bytes of a file; empty where it can't be read. */
  firstBytes(file: string, count: number): Promise<Buffer>
}

/** What execvp(3) of glibc searches where the environment has no PATH. */
const DEFAULT_PATH = '/bin:/usr/bin'
const DEFAULT_PATHEXT = '.COM;.EXE;.BAT;.CMD'
/** The kernel reads no more of a script's first line (BINPRM_BUF_SIZE). */
const FIRST_LINE_BYTES = 256
/** More folders than these are counted, not named. */
const MAX_NAMED = 5

/**
 * The path of the program, as the system would find it: a name with a slash from `cwd`, another one in the folders of
 * PATH; on Windows in `cwd` first and with the endings of PATHEXT.
 * @throws UserError `program_not_found`, `not_executable`, `program_is_folder`, `bad_interpreter`; see `exitCodeOf`
 */
export async function findProgram(
  command: string,
  options: ProgramOptions,
  system: ProgramSystem = systemPrograms,
): Promise<string> {
  const isWindows = system.platform === 'win32'
  const paths = isWindows ? path.win32 : path.posix
  const isPath = isWindows ? /[\\/]|^[a-z]:/i.test(command) : command.includes('/')
  const folders = isPath ? [''] : searchedFolders(options, isWindows)
  const endings = isWindows ? programEndings(command, options) : ['']
  // As execvp does, a file that may not be executed is only told of when no folder has a better one.
  let worse: { readonly file: string; readonly kind: PathKind } | undefined
  for (const folder of folders) {
    for (const ending of endings) {
      const file = paths.resolve(options.cwd, folder, command + ending)
      const kind = await system.kindOf(file)
      if (kind === 'program') {
        if (!isWindows) await checkInterpreter(file, options.cwd, system)
        return file
      }
      if (kind !== 'missing') worse ??= { file, kind }
    }
  }
  throw worse === undefined ? notFound(command, folders, isPath, options, endings) : unusable(worse.file, worse.kind)
}

/** @throws UserError `bad_cwd` when no command can run in the folder */
export async function checkFolder(cwd: string, system: ProgramSystem = systemPrograms): Promise<void> {
  const reasons: Readonly<Record<Exclude<PathKind, 'folder'>, string>> = {
    missing: 'does not exist',
    program: 'is a file, not a folder',
    'not executable': 'is a file, not a folder',
    'not reachable': 'may not be entered',
  }
  const kind = await system.kindOf(cwd)
  if (kind === 'folder') return
  throw new UserError(
    `The command can't run in ${cwd}: it ${reasons[kind]}. Give another folder as "cwd".`,
    'bad_cwd',
    'bad_input',
  )
}

/** The exit code of `tapedeck run` for an error before the command ran, as `env` has it. */
export function exitCodeOf(error: unknown): 125 | 126 | 127 {
  const code = error instanceof UserError ? error.code : ''
  if (code === 'program_not_found' || code === 'bad_interpreter') return 127
  return code === 'not_executable' || code === 'program_is_folder' ? 126 : 125
}

function searchedFolders({ env }: ProgramOptions, isWindows: boolean): string[] {
  if (!isWindows) return (env['PATH'] ?? DEFAULT_PATH).split(':')
  const folders = (variable(env, 'PATH') ?? '').split(';').map((folder) => folder.replaceAll('"', ''))
  return ['', ...folders.filter((folder) => folder !== '')]
}

function programEndings(command: string, { env }: ProgramOptions): string[] {
  const known = (variable(env, 'PATHEXT') ?? DEFAULT_PATHEXT).split(';').filter((ending) => ending !== '')
  const hasEnding = known.some((ending) => command.toLowerCase().endsWith(ending.toLowerCase()))
  return hasEnding ? ['', ...known] : known
}

function variable(env: ProgramOptions['env'], name: string): string | undefined {
  const key = Object.keys(env).find((known) => known.toUpperCase() === name)
  return key === undefined ? undefined : env[key]
}

async function checkInterpreter(file: string, cwd: string, system: ProgramSystem): Promise<void> {
  const start = await system.firstBytes(file, FIRST_LINE_BYTES)
  if (start.toString('latin1', 0, 2) !== '#!') return
  const end = start.indexOf(10)
  const line = start.toString('utf8', 2, end < 0 ? start.length : end)
  const [, interpreter = '', argument = ''] = /^[ \t]*([^ \t]*)[ \t]*(.*)$/s.exec(line) ?? []
  const bad = (why: string): UserError =>
    new UserError(
      `${file} could not be started: its first line is #!${line.replaceAll('\r', '\\r').trim()}, but ${why}.`,
      'bad_interpreter',
      'missing',
    )
  // A name after `env` with a CR is found nowhere either.
  const isEnv = path.posix.basename(interpreter) === 'env'
  if (interpreter.endsWith('\r') || (isEnv && argument.endsWith('\r')))
    throw bad('the line ends with CR and LF as on Windows. Save the file with LF')
  if (interpreter === '') throw bad('it names no interpreter')
  const kind = await system.kindOf(path.posix.resolve(cwd, interpreter))
  const reasons: Readonly<Record<Exclude<PathKind, 'program'>, string>> = {
    missing: 'is not there. Install it, or name another one',
    folder: 'is a folder',
    'not executable': 'may not be executed',
    'not reachable': 'may not be reached',
  }
  if (kind !== 'program') throw bad(`${interpreter} ${reasons[kind]}`)
}

function notFound(
  command: string,
  folders: readonly string[],
  isPath: boolean,
  { cwd, env }: ProgramOptions,
  endings: readonly string[],
): UserError {
  const tried = endings.length > 1 ? ` with the endings ${endings.filter(Boolean).join(' ')}` : ''
  if (isPath) {
    const from = path.isAbsolute(command) ? '' : ` in ${cwd}`
    return new UserError(`There is no program ${command}${from}${tried}.`, 'program_not_found', 'missing')
  }
  const named = [...new Set(folders.map((folder) => (folder === '' ? `${cwd} (the working folder)` : folder)))]
  const rest = named.length - MAX_NAMED
  const more = rest > 0 ? ` and ${String(rest)} more` : ''
  const where = `${named.slice(0, MAX_NAMED).join(', ')}${more}`
  const noPath = variable(env, 'PATH') === undefined ? ' The environment of the command has no PATH.' : ''
  const words = /\s/.test(command) ? ' Its name holds blanks: arguments belong in "args", or set "shell".' : ''
  return new UserError(
    `The program ${command} was not found${tried}.${words} Install it, or give its path.${noPath} Looked in ${where}.`,
    'program_not_found',
    'missing',
  )
}

function unusable(file: string, kind: PathKind): UserError {
  if (kind === 'folder') return new UserError(`${file} is a folder, not a program.`, 'program_is_folder', 'bad_input')
  const advice = kind === 'not executable' ? ` Make it executable with: chmod +x ${file}` : ''
  const reached = kind === 'not executable' ? 'executed' : 'reached'
  return new UserError(`${file} may not be ${reached}.${advice}`, 'not_executable', 'bad_input')
}

const systemPrograms: ProgramSystem = {
  platform: process.platform,
  async kindOf(file) {
    try {
      const found = await stat(file)
      if (process.platform !== 'win32') await access(file, constants.X_OK)
      return found.isDirectory() ? 'folder' : found.isFile() ? 'program' : 'not executable'
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      if (code !== 'EACCES' && code !== 'EPERM') return 'missing'
      // Either the file may not be executed, or a folder on the way not be entered.
      return stat(file).then(
        (found) => (found.isDirectory() ? 'not reachable' : 'not executable'),
        () => 'not reachable' as const,
      )
    }
  },
  async firstBytes(file, count) {
    try {
      const handle = await open(file)
      try {
        const { buffer, bytesRead } = await handle.read(Buffer.alloc(count), 0, count, 0)
        return buffer.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    } catch {
      // A program may be executed though it may not be read.
      return Buffer.alloc(0)
    }
  },
}

/** Makes the request for a runner out of a configuration whose variables are replaced; what is wrong is named by its key. */
import { readFile, stat } from 'node:fs/promises'
import path from 'node:path'
import { parseEnvFile } from '../../core/launch/envFile'
import { launchDefaults, type LaunchConfiguration, type LaunchRequest } from '../../shared/launch'
import { UserError } from '../../shared/userError'
import { globProblem } from './forEach'

export interface ResolveOptions {
  /** Absolute: what a relative `cwd` starts from, and the `cwd` of a launch that names none. */
  readonly folder: string
  readonly logDirectory: string
  readonly unbuffered: boolean
  /** Default: the configuration's name. */
  readonly title?: string
  /** The configuration is one of the settings, so that Re-run finds it by its name. */
  readonly named?: boolean
  readonly rerunOf?: string
}

const MAX_ENV_FILE_BYTES = 1024 * 1024
const MAX_TITLE = 200

/** @throws UserError `bad_launch`; names the launch and the key */
export async function resolveLaunch(
  configuration: LaunchConfiguration,
  options: ResolveOptions,
): Promise<LaunchRequest> {
  const { name, command, args, env, envFile, shell, pty, stopSignal, stopTimeoutMs } = configuration
  if (command.trim() === '') throw bad(name, 'command', 'it is empty. It should be a program, or a command line')
  const cwd = await existingFolder(name, path.resolve(options.folder, configuration.cwd ?? ''))
  for (const key of ['results', 'logs'] as const) {
    for (const pattern of configuration[key] ?? []) {
      const problem = globProblem(pattern)
      if (problem !== undefined) throw bad(name, key, `of ${JSON.stringify(pattern)}: ${problem}`)
    }
  }
  const fromFile = envFile === undefined || envFile === '' ? {} : await readEnvFile(name, path.resolve(cwd, envFile))
  const merged: Record<string, string | null> = { ...fromFile, ...env }
  for (const [variable, value] of Object.entries(merged)) {
    if (variable.includes('=') || variable.includes('\0') || value?.includes('\0') === true)
      throw bad(name, 'env', `${JSON.stringify(variable)} can't be a variable: it holds "=" or a NUL character`)
  }
  const title = (options.title ?? name).slice(0, MAX_TITLE)
  return {
    kind: 'launch',
    logDirectory: options.logDirectory,
    title,
    ...(options.named === true ? { configuration: name } : {}),
    command,
    args: args ?? [],
    cwd,
    env: merged,
    ...(shell === undefined ? {} : { shell }),
    ...(pty === undefined ? {} : { pty }),
    unbuffered: options.unbuffered,
    results: configuration.results ?? [],
    logs: configuration.logs ?? [],
    stopSignal: stopSignal ?? launchDefaults.stopSignal,
    stopTimeoutMs: stopTimeoutMs ?? launchDefaults.stopTimeoutMs,
    ...(options.rerunOf === undefined ? {} : { rerunOf: options.rerunOf }),
  }
}

/** The folder of a launch. @throws UserError when it is none */
async function existingFolder(launch: string, folder: string): Promise<string> {
  let found
  try {
    found = await stat(folder)
  } catch (error) {
    throw bad(launch, 'cwd', `${folder} ${reason(error)}`, error)
  }
  if (!found.isDirectory()) throw bad(launch, 'cwd', `${folder} is a file, not a folder`)
  return folder
}

async function readEnvFile(launch: string, file: string): Promise<Readonly<Record<string, string>>> {
  let text
  try {
    const { size } = await stat(file)
    if (size > MAX_ENV_FILE_BYTES) throw bad(launch, 'envFile', `${file} is larger than 1 MB, so it is no such file`)
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw error instanceof UserError ? error : bad(launch, 'envFile', `${file} ${reason(error)}`, error)
  }
  const { values, badLines } = parseEnvFile(text)
  const [line] = badLines
  if (line !== undefined)
    throw bad(launch, 'envFile', `line ${String(line)} of ${file} is not KEY=value, a comment or empty`)
  return values
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'ENOENT') return 'does not exist'
  if (code === 'EACCES' || code === 'EPERM') return 'may not be read'
  return `can't be read: ${error instanceof Error ? error.message : String(error)}`
}

function bad(launch: string, key: string, why: string, cause?: unknown): UserError {
  return new UserError(`The launch "${launch}" can't start. "${key}": ${why}.`, 'bad_launch', 'bad_input', { cause })
}

/** Arguments of the command line: one wrapper of node:util's parser that speaks in a person's words. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { parseArgs, type ParseArgsOptionsConfig } from 'node:util'
import { plural } from '../../shared/lib/format'
import { UserError } from '../../shared/userError'

export const commonOptions = { dir: { type: 'string' }, json: { type: 'boolean' } } as const

/** @throws UserError `bad_arguments` that names what is wrong and the command's form */
export function parse<O extends ParseArgsOptionsConfig>(
  args: readonly string[],
  options: O,
  form: string,
  positionals: number | 'some' = 0,
) {
  try {
    const parsed = parseArgs({
      args: [...args],
      options: { ...commonOptions, ...options },
      allowPositionals: true,
      strict: true,
    })
    if (positionals === 'some') {
      if (parsed.positionals.length === 0) throw new Error('it takes at least one argument')
    } else if (parsed.positionals.length !== positionals) {
      const wanted = positionals === 0 ? 'takes no argument' : `takes ${plural(positionals, 'argument')}`
      throw new Error(`it ${wanted}, ${String(parsed.positionals.length)} given`)
    }
    return parsed
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`${reason}\nUsage: tapedeck ${form}`, 'bad_arguments', 'bad_input')
  }
}

/** The log directory: `--dir`, else the nearest `.tapedeck` upwards, else `./.tapedeck`. */
export function logDirectory(dir: string | undefined): string {
  if (dir !== undefined) return path.resolve(dir)
  for (let folder = process.cwd(); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, '.tapedeck')
    if (existsSync(candidate)) return candidate
    if (path.dirname(folder) === folder) return path.resolve('.tapedeck')
  }
}

/** A number of seconds from an option. */
export function seconds(text: string | undefined, fallback: number, name: string): number {
  if (text === undefined) return fallback
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0 || value > 86_400 * 7) {
    throw new UserError(
      `--${name} takes a number of seconds above 0, not ${JSON.stringify(text)}.`,
      'bad_arguments',
      'bad_input',
    )
  }
  return value
}

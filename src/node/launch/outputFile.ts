/** Files that a command's output names. */
import { stat } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../../shared/userError'

/**
 * The absolute path of a file or folder that a text names.
 * @param bases where a relative path may start, the likeliest first
 * @throws UserError `no_such_file`; says where it was looked for
 */
export async function findNamedFile(name: string, bases: readonly string[]): Promise<string> {
  const expanded = expand(name)
  // To ask for such a path is to log in to a machine that a stranger's text names.
  if (/^[\\/]{2}/.test(expanded) && path.sep === '\\' && !bases.some((base) => isSameShare(base, expanded)))
    throw new UserError(`${name} is on another machine. Open it by hand if you trust it.`, 'no_such_file')
  const tried: string[] = []
  for (const candidate of path.isAbsolute(expanded) ? [expanded] : bases.map((base) => path.resolve(base, expanded))) {
    if (tried.includes(candidate)) continue
    tried.push(candidate)
    if (await exists(candidate)) return candidate
  }
  const where = tried.length === 0 ? '' : ` Looked for: ${tried.join(', ')}`
  throw new UserError(`There is no file ${name}.${where}`, 'no_such_file')
}

/** `~` and `file:` addresses, as stacks of ES modules have them. */
function expand(name: string): string {
  if (/^~(?=[\\/]|$)/.test(name)) return path.join(os.homedir(), name.slice(1))
  if (!/^file:\/\//i.test(name)) return name
  try {
    return fileURLToPath(name)
  } catch {
    throw new UserError(`${name} names no file of this machine.`, 'no_such_file')
  }
}

function isSameShare(base: string, name: string): boolean {
  const root = path.parse(base).root
  return /^[\\/]{2}/.test(root) && path.normalize(name).toLowerCase().startsWith(root.toLowerCase())
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  )
}

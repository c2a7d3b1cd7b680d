import path from 'node:path'
import { plural } from '../../shared/lib/format'
import { UserError } from '../../shared/userError'

/** Says which files are not followed and why. */
export function tooManyFiles(files: readonly string[], followed: number, limit: number): UserError {
  const names = files.map((file) => path.basename(file))
  const shown =
    names.length > 5 ? `${names.slice(0, 4).join(', ')} and ${String(names.length - 4)} more` : names.join(', ')
  return new UserError(
    `${shown} can't be followed: ${plural(followed, 'log file')} ${followed === 1 ? 'is' : 'are'} followed already, and the setting tapedeck.follow.maxFiles allows ${String(limit)} at once. Close a panel, or raise the setting.`,
    'too_many_files',
    'bad_input',
  )
}

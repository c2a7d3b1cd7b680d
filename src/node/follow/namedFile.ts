/** What the name of a followed file leads to. */
import { statSync } from 'node:fs'
import { UserError } from '../../shared/userError'
import { HeldFile, identityOf, isSameFile, type FileIdentity } from './heldFile'

/**
 * The file that the name leads to, if it is another than `current`.
 * @throws as `open` does where there is a file that can't be read
 */
export function openNamed(file: string, current: FileIdentity | undefined): HeldFile | 'same' | 'missing' {
  try {
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false })
    if (stat?.isFile() !== true) return 'missing'
    if (current !== undefined && isSameFile(identityOf(stat), current)) return 'same'
    const held = HeldFile.open(file)
    if (held === undefined) return 'missing'
    if (current === undefined || !isSameFile(held.identity, current)) return held
    held.close()
    return 'same'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return 'missing'
    throw error
  }
}

/** @throws UserError what can't be followed, and why */
export function checkFollowable(file: string): void {
  try {
    const stat = statSync(file, { throwIfNoEntry: false })
    if (stat === undefined) return
    if (stat.isDirectory()) {
      throw new UserError(`${file} is a folder; name a file in it.`, 'is_folder', 'bad_input')
    }
    if (!stat.isFile()) throw new UserError(`${file} is no file that can be followed.`, 'no_file', 'bad_input')
    const held = HeldFile.open(file)
    try {
      if (held?.isMadeUp === true) {
        throw new UserError(
          `${file} is made up by the system each time it is read, and doesn't grow: it can't be followed. Copy it (cat) and read the copy.`,
          'not_a_text_file',
          'bad_input',
        )
      }
    } finally {
      held?.close()
    }
  } catch (error) {
    if (error instanceof UserError) throw error
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'ENOENT' && code !== 'ENOTDIR') throw unreadable(file, error)
  }
}

/** @param error of the system */
export function unreadable(file: string, error: unknown): UserError {
  const { code, message } = error as NodeJS.ErrnoException
  const reason = code === 'EACCES' || code === 'EPERM' ? 'you have no right to read it' : message
  return new UserError(`${file} can't be read: ${reason}.`, 'file_unreadable', 'missing', { cause: error })
}

/** What becomes of a run log that somebody deletes, moves away or shortens while it is written. */
import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  read,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  write,
} from 'node:fs'

import path from 'node:path'
import { promisify } from 'node:util'
import { makeLogDirectory } from './layout'

const readFile = promisify(read)
const writeFile = promisify(write)

/** `moved`: it is not at its path any more, and lives on elsewhere. */
export type Harm = 'deleted' | 'moved' | 'cut'

const COPY_BYTES = 1024 * 1024

/** What was done to an open file, as far as one call tells. @param size bytes that must be there */
export function quickLook(fd: number, file: string, size: number): Harm | undefined {
  const found = fstatSync(fd)
  // Where a file system knows no link counts, the file itself says that it is there.
  if (found.nlink === 0 && !isAt(file, found)) return 'deleted'
  return found.size < size ? 'cut' : undefined
}

/** The same, looking also at the file's name and its first bytes: a file that was emptied under a write has a hole there. */
export function closeLook(fd: number, file: string, size: number, opening: Buffer): Harm | undefined {
  const harm = quickLook(fd, file, size)
  if (harm !== undefined) return harm
  if (!existsSync(file)) return 'moved'
  return startsWith(fd, opening) ? undefined : 'cut'
}

export function startsWith(fd: number, opening: Buffer): boolean {
  const bytes = Buffer.alloc(opening.length)
  return readSync(fd, bytes, 0, bytes.length, 0) === bytes.length && bytes.equals(opening)
}

/** True for a log directory that Tapedeck has made: it may make it again. */
export function isOurs(logDirectory: string): boolean {
  try {
    return readFileSync(path.join(logDirectory, '.gitignore'), 'utf8') === '*\n'
  } catch {
    // None, or none that is ours to read.
    return false
  }
}

/**
 * Makes the log directory again, if that is ours to do.
 * @throws an error `ENOENT` when it is not: a folder of the person's own, or one whose parent is gone too
 */
export function makeFolderAgain(logDirectory: string, wasOurs: boolean): void {
  if (!existsSync(logDirectory) && !(wasOurs && existsSync(path.dirname(logDirectory)))) {
    throw Object.assign(new Error('the folder was deleted'), { code: 'ENOENT' })
  }
  makeLogDirectory(logDirectory)
}

/**
 * Makes a file again at its path, with the first `size` bytes of what its descriptor still holds. Something else that lies
 * there is kept beside it, with `.other` behind its name.
 * @returns the descriptor of the new file, whose position is its end; the old one stays open
 */
export async function makeAgain(fd: number, file: string, size: number): Promise<number> {
  if (existsSync(file)) renameSync(file, `${file}.other`)
  const made = openSync(file, 'wx+', 0o600)
  try {
    const buffer = Buffer.allocUnsafe(COPY_BYTES)
    for (let at = 0; at < size;) {
      const { bytesRead } = await readFile(fd, buffer, 0, Math.min(COPY_BYTES, size - at), at)
      if (bytesRead === 0) throw new Error('what was written before can’t be read any more')
      for (let done = 0; done < bytesRead;) {
        done += (await writeFile(made, buffer, done, bytesRead - done, null)).bytesWritten
      }
      at += bytesRead
    }
    return made
  } catch (error) {
    closeSync(made)
    rmSync(file, { force: true })
    throw error
  }
}

function isAt(file: string, { ino, dev }: { ino: number; dev: number }): boolean {
  const found = statSync(file, { throwIfNoEntry: false })
  return found !== undefined && found.ino === ino && found.dev === dev
}

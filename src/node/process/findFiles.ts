/** Files by glob, whatever their names: the matching alone would miss names with line breaks. */
import { readdir, type Dirent } from 'node:fs'
import { glob, type FileSystemAdapter } from 'tinyglobby'

/** What a pattern's `.` does not match stands for itself as a character that nobody uses. */
const STAND_INS = new Map([
  ['\n', '\u{10ff00}'],
  ['\r', '\u{10ff01}'],
  ['\u2028', '\u{10ff02}'],
  ['\u2029', '\u{10ff03}'],
])
const REAL = new Map([...STAND_INS].map(([real, standIn]) => [standIn, real]))

/** What a name becomes whose bytes are not UTF-8. */
const REPLACED = '\ufffd'

export interface FoundNames {
  /** Absolute, not normalized. */
  readonly files: readonly string[]
  /** Folders that can't be entered, since their names are not UTF-8. */
  readonly nameless: readonly string[]
}

/**
 * The files below a folder that match a glob. Links to folders are not entered, so that there are no loops; nor are
 * `node_modules` and `.git`.
 */
export async function findFiles(pattern: string, folder: string, signal: AbortSignal): Promise<FoundNames> {
  const nameless: string[] = []
  type Told = (error: NodeJS.ErrnoException | null, entries: Dirent[]) => void
  const readFolder = (path: string, _options: unknown, told: Told): void => {
    readdir(realName(path), { withFileTypes: true }, (error, entries) => {
      if (error !== null && isNameless(path)) nameless.push(realName(path))
      if (error === null) for (const entry of entries) entry.name = standIn(entry.name)
      told(error, entries)
    })
  }
  const files = await glob(standIn(pattern), {
    cwd: folder,
    absolute: true,
    onlyFiles: true,
    followSymbolicLinks: false,
    ignore: ['**/node_modules/**', '**/.git/**'],
    fs: { readdir: readFolder } as FileSystemAdapter,
    signal,
  })
  return { files: files.map(realName), nameless }
}

/** True for a name that may stand for one whose bytes are not UTF-8. */
export function isNameless(file: string): boolean {
  return file.includes(REPLACED)
}

function standIn(name: string): string {
  return name.replace(/[\n\r\u2028\u2029]/g, (character) => STAND_INS.get(character) ?? character)
}

function realName(name: string): string {
  return name.replace(/[\u{10ff00}-\u{10ff03}]/gu, (character) => REAL.get(character) ?? character)
}

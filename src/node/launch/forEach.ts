/** The files that a `forEach` launch is made for. */
import path from 'node:path'
import { glob, isDynamicPattern } from 'tinyglobby'
import { UserError } from '../../shared/userError'

/** More launches than this are a mistake in the glob. */
const MAX_FILES = 1000

/**
 * Absolute paths of the files that match, sorted by name with numbers in their order (`run2` before `run10`).
 * @param folder what a relative glob starts from
 * @throws UserError `bad_glob` when it is none, or matches nothing or too much
 */
export async function filesForEach(launch: string, pattern: string, folder: string): Promise<string[]> {
  const bad = (why: string): UserError =>
    new UserError(
      `The launch "${launch}" has "forEach": ${JSON.stringify(pattern)}, but ${why}.`,
      'bad_glob',
      'bad_input',
    )
  const problem = globProblem(pattern)
  if (problem !== undefined) throw bad(problem)
  let files: string[]
  try {
    files = await glob(pattern.replaceAll('\\', path.sep === '\\' ? '/' : '\\'), {
      cwd: folder,
      absolute: true,
      onlyFiles: true,
      ignore: ['**/node_modules/**', '**/.git/**'],
    })
  } catch (error) {
    throw bad(`it can't be looked for in ${folder}: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (files.length === 0) {
    const what = isDynamicPattern(pattern) ? 'no file matches it' : 'there is no such file'
    throw bad(`${what} in ${folder}`)
  }
  if (files.length > MAX_FILES)
    throw bad(`${String(files.length)} files match it in ${folder}; a launch is made for at most ${String(MAX_FILES)}`)
  const order = new Intl.Collator('en', { numeric: true })
  return files.map((file) => path.normalize(file)).sort(order.compare)
}

const CLOSING: Readonly<Record<string, string>> = { '{': '}', '[': ']', '(': ')' }

/** What is wrong with a glob, as the end of a sentence; undefined when nothing is. */
export function globProblem(pattern: string): string | undefined {
  if (pattern.trim() === '') return 'it is empty'
  if (pattern.includes('\0')) return 'it holds a NUL character'
  const open: string[] = []
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern.charAt(i)
    if (character === '\\') i++
    else if (character in CLOSING) open.push(character)
    else if (open.length > 0 && character === CLOSING[open.at(-1) ?? '']) open.pop()
    else if (character === '}' || character === ']') return `it has a ${character} that nothing opens`
  }
  const left = open.at(-1)
  return left === undefined ? undefined : `its ${left} is never closed`
}

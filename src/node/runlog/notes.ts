/** The notes beside a run log: read whole, written whole by rename. */
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { NOTES_FORMAT, notesSchema, type Notes } from '../../shared/events/notes'
import { UserError } from '../../shared/userError'

/** Where the notes of a log lie, wherever the log lies. */
export function notesPathOf(logPath: string): string {
  return logPath.replace(/\.json$/, '.notes.json')
}

/**
 * The notes of a run; empty ones where there is no file.
 * @throws UserError `bad_notes` when the file is there and can't be understood, so that nobody writes over it
 */
export async function readNotes(logPath: string): Promise<Notes> {
  const file = notesPathOf(logPath)
  return parseNotes(file, await textOf(file))
}

/** Undefined where there is no file. */
async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw notesError(file, error)
  }
}

function parseNotes(file: string, text: string | undefined): Notes {
  if (text === undefined) return { format: NOTES_FORMAT }
  try {
    return notesSchema.parse(JSON.parse(text))
  } catch (error) {
    throw notesError(file, error)
  }
}

const writing = new Map<string, Promise<unknown>>()

/**
 * Changes the notes of a run: one change after the other, and none half written.
 * @param change gets the notes as they are now; asked again when somebody else changed them meanwhile
 * @returns the notes as they were written
 * @throws UserError when they can't be read or written
 */
export function changeNotes(logPath: string, change: (notes: Notes) => Notes): Promise<Notes> {
  const before = writing.get(logPath) ?? Promise.resolve()
  const done = before.then(
    () => writeNotes(logPath, change),
    () => writeNotes(logPath, change),
  )
  writing.set(logPath, done)
  const forget = (): void => {
    if (writing.get(logPath) === done) writing.delete(logPath)
  }
  done.then(forget, forget)
  return done
}

/** Other windows write them too: what one wrote meanwhile is read and changed anew, so often. */
const MAX_TRIES = 5

async function writeNotes(logPath: string, change: (notes: Notes) => Notes): Promise<Notes> {
  const file = notesPathOf(logPath)
  const partial = `${file}.${randomUUID()}.partial`
  for (let tries = 1; ; tries++) {
    const before = await textOf(file)
    const notes = change(parseNotes(file, before))
    try {
      await writeFile(partial, `${JSON.stringify(notes, undefined, 2)}\n`)
      if (tries < MAX_TRIES && (await textOf(file)) !== before) continue
      await rename(partial, file)
      return notes
    } catch (error) {
      await rm(partial, { force: true })
      throw error instanceof UserError ? error : notesError(file, error)
    }
  }
}

function notesError(file: string, error: unknown): UserError {
  const reason = error instanceof Error ? error.message : String(error)
  return new UserError(
    `The notes ${file} can't be used (${reason}). Mend the file, or remove it: then the run has no notes.`,
    'bad_notes',
    'missing',
    { cause: error },
  )
}

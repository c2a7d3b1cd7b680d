/** Where the files of a run lie: `<logDirectory>/runs/<capture_id>.json` and its companions. */
import { randomInt } from 'node:crypto'
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { captureIdPattern } from '../../shared/events/schema'
import { explainLimit } from '../machine/openFiles'
import { UserError } from '../../shared/userError'

/** In a log directory. */
export const RUNS_FOLDER = 'runs'
const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'

/** A new id for a run that starts at `time` (milliseconds since the epoch). */
export function newCaptureId(time: number): string {
  const stamp = new Date(time).toISOString().slice(0, 19).replaceAll(':', '-')
  const suffix = Array.from({ length: 6 }, () => LETTERS.charAt(randomInt(LETTERS.length))).join('')
  return `${stamp}Z-${suffix}`
}

export interface LogPaths {
  readonly log: string
  readonly index: string
  readonly notes: string
}

/**
 * The paths of one run.
 * @throws UserError `bad_capture_id` for anything that is not an id, so that no path can be made from a stranger's text
 */
export function logPaths(logDirectory: string, captureId: string): LogPaths {
  if (!captureIdPattern.test(captureId)) {
    const shown = JSON.stringify(captureId.slice(0, 80))
    throw new UserError(
      `${shown} is not the id of a run. Ids look like 2026-11-20T03-30-05Z-abc123; \`tapedeck ls\` lists them.`,
      'bad_capture_id',
      'bad_input',
    )
  }
  return {
    log: path.join(logDirectory, RUNS_FOLDER, `${captureId}.json`),
    index: path.join(logDirectory, 'index', `${captureId}.idx`),
    notes: path.join(logDirectory, RUNS_FOLDER, `${captureId}.notes.json`),
  }
}

/** The paths that belong to a log file wherever it lies; the index is looked for where `logPaths` puts it. */
export function indexPathOf(logPath: string): string {
  const name = path.basename(logPath, '.json')
  return path.join(path.dirname(path.dirname(logPath)), 'index', `${name}.idx`)
}

/**
 * Makes the log directory with its folders. A directory that we make gets a `.gitignore` with `*`; an existing one is
 * left alone.
 * @throws UserError `log_directory` when it can't be made: it is a file, or may not be written
 */
export function makeLogDirectory(logDirectory: string): void {
  try {
    if (!existsSync(logDirectory)) {
      makeFolder(logDirectory)
      writeFileSync(path.join(logDirectory, '.gitignore'), '*\n', { flag: 'wx' })
    } else if (!statSync(logDirectory).isDirectory()) {
      throw new UserError(
        `The log directory ${logDirectory} is a file, so no run can be kept there. Move the file away or set tapedeck.logDirectory (--dir) to a folder.`,
        'log_directory',
        'bad_input',
      )
    }
    mkdirSync(path.join(logDirectory, RUNS_FOLDER), { recursive: true })
    mkdirSync(path.join(logDirectory, 'index'), { recursive: true })
  } catch (error) {
    if (error instanceof UserError) throw error
    const limit = explainLimit(error)
    if (limit instanceof UserError) throw limit
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(
      `The log directory ${logDirectory} can't be made (${reason}). Set tapedeck.logDirectory (--dir) to a folder that may be written.`,
      'log_directory',
      'bad_input',
      { cause: error },
    )
  }
}

/** One level after the other: Node's own `recursive` never returns where the system refuses with ENOENT (as /proc does). */
function makeFolder(folder: string): void {
  const parent = path.dirname(folder)
  if (!existsSync(parent) && parent !== folder) makeFolder(parent)
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another window made it a moment ago.
    if (!existsSync(folder)) throw error
  }
}

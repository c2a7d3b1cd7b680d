/** Notes whose log is gone: what a crash in the middle of a deletion leaves. */
import { rm, stat } from 'node:fs/promises'
import { captureIdPattern } from '../../shared/events/schema'
import { readRunNames } from './history'
import { logPaths } from './layout'

/** Younger ones may be those of a log that is just being moved or made again, or that a person takes out of the trash. */
const GIVEN_MS = 30 * 24 * 3600 * 1000

/**
 * Removes them, where nobody has changed them for 30 days; only files that are named exactly as ours are.
 * @param now milliseconds since the epoch
 * @returns the files that are gone
 */
export async function removeOrphanNotes(logDirectory: string, now: number): Promise<readonly string[]> {
  const { ids, noted } = await readRunNames(logDirectory)
  const there = new Set(ids)
  const removed: string[] = []
  for (const id of noted) {
    if (there.has(id) || !captureIdPattern.test(id)) continue
    const { log, notes } = logPaths(logDirectory, id)
    if (!(await isOld(notes, now)) || (await isThere(log))) continue
    await rm(notes, { force: true })
    removed.push(notes)
  }
  return removed
}

async function isOld(file: string, now: number): Promise<boolean> {
  return stat(file).then(
    (stats) => stats.isFile() && now - Math.max(stats.mtimeMs, stats.ctimeMs) > GIVEN_MS,
    // Gone meanwhile: somebody else removed it.
    () => false,
  )
}

/** In doubt it is. */
async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    (error: unknown) => !(error instanceof Error && 'code' in error && error.code === 'ENOENT'),
  )
}

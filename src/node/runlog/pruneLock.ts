/**
 * One pruner of a log directory at a time: a file that is made exclusively and names its owner. That of a process that is gone is
 * taken over. Two at once would remove the same runs, so the lock saves work and confusion, not data.
 */
import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import { parseJson } from '../../core/decode/json'
import { bootId, machineId, processStart } from '../machine/processIdentity'

const ownerSchema = z.object({ pid: z.number(), pid_start: z.string(), machine: z.string(), boot: z.string() })

/** An owner that can't be asked (another machine, a file that can't be read) is given so long. */
const GIVEN_MS = 3600 * 1000

/**
 * @param now milliseconds since the epoch
 * @returns what `action` gives, or undefined where another process prunes
 */
export async function withPruneLock<T>(
  logDirectory: string,
  now: number,
  action: () => Promise<T>,
): Promise<T | undefined> {
  const file = path.join(logDirectory, 'index', 'prune.lock')
  const owner = JSON.stringify({
    pid: process.pid,
    pid_start: processStart(process.pid) ?? '',
    machine: machineId(),
    boot: bootId(),
  })
  if (!(await take(file, owner)) && !((await breakStale(file, now)) && (await take(file, owner)))) return undefined
  try {
    return await action()
  } finally {
    await rm(file, { force: true })
  }
}

async function take(file: string, owner: string): Promise<boolean> {
  try {
    await writeFile(file, owner, { flag: 'wx' })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Renaming decides who breaks it. */
async function breakStale(file: string, now: number): Promise<boolean> {
  if (!(await isStale(file, now))) return false
  const aside = `${file}.${randomUUID()}`
  try {
    await rename(file, aside)
  } catch {
    // Its owner ended, or somebody else broke it: it may be taken.
    return true
  }
  // Another one may have broken it and taken it since we looked.
  if (!(await isStale(aside, now))) {
    await rename(aside, file)
    return false
  }
  await rm(aside, { force: true })
  return true
}

async function isStale(file: string, now: number): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file)
    const parsed = ownerSchema.safeParse(parseJson(await readFile(file, 'utf8')))
    if (!parsed.success || parsed.data.machine !== machineId()) return now - mtimeMs > GIVEN_MS
    const { pid, pid_start, boot } = parsed.data
    return boot !== bootId() || processStart(pid) !== pid_start
  } catch {
    // It is gone: it may be taken.
    return true
  }
}

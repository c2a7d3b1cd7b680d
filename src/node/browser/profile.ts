/** Tapedeck's own browser profile, so that a person logs in once; one capture at a time uses it. */
import { linkSync, mkdirSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { UserError } from '../../shared/userError'
import { dataDirectory } from '../machine/directories'
import { machineId, processStart } from '../machine/processIdentity'

/** Shared by the editor and the command line. */
export function defaultProfileDir(env: NodeJS.ProcessEnv = process.env): string {
  return path.join(dataDirectory(env), 'browser-profile')
}

interface Holder {
  readonly pid: number
  readonly pid_start: string
  readonly machine: string
  readonly capture_id: string
}

/**
 * Takes the profile for one capture; the result gives it back.
 * @throws UserError `profile_in_use` that names the capture or the browser that has it, `profile` when it can't be made
 */
export function lockProfile(directory: string, captureId: string): () => void {
  const lock = path.join(directory, 'tapedeck.lock')
  const own: Holder = {
    pid: process.pid,
    pid_start: processStart(process.pid) ?? '',
    machine: machineId(),
    capture_id: captureId,
  }
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(`The browser profile ${directory} can't be made: ${reason}.`, 'profile', 'failed', {
      cause: error,
    })
  }
  take(lock, own)
  try {
    refuseForeignBrowser(directory)
  } catch (error) {
    rmSync(lock, { force: true })
    throw error
  }
  return () => {
    // Another one may have taken it over, if we were taken for dead.
    if (readHolder(lock)?.capture_id === captureId) rmSync(lock, { force: true })
  }
}

/** Makes the lock, whole at once; takes over one whose process is gone. */
function take(lock: string, own: Holder): void {
  const draft = `${lock}.${own.capture_id}`
  writeFileSync(draft, JSON.stringify(own), { mode: 0o600 })
  try {
    for (let attempt = 0; ; attempt++) {
      try {
        linkSync(draft, lock)
        return
      } catch (error) {
        const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST'
        if (!exists || attempt > 3) throw error
      }
      const holder = readHolder(lock)
      if (holder !== undefined && isAlive(holder)) throw inUse(lock, holder)
      removeStale(lock, draft)
    }
  } finally {
    rmSync(draft, { force: true })
  }
}

/** Of several that find a stale lock at once, one moves it away; who moved a fresh one by mistake puts it back. */
function removeStale(lock: string, draft: string): void {
  const aside = `${draft}.stale`
  try {
    renameSync(lock, aside)
    const moved = readHolder(aside)
    if (moved !== undefined && isAlive(moved)) linkSync(aside, lock)
  } catch {
    // Somebody else was faster: the next look tells who has it.
  } finally {
    rmSync(aside, { force: true })
  }
}

function inUse(lock: string, holder: Holder): UserError {
  const here = holder.machine === machineId()
  return new UserError(
    here
      ? `The capture ${holder.capture_id} is using Tapedeck's browser. One capture at a time can: stop it, or wait until it is done.`
      : `The capture ${holder.capture_id} on another machine or container is using Tapedeck's browser. Stop it there; if it is long gone, delete ${lock}.`,
    'profile_in_use',
  )
}

function readHolder(lock: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(lock, 'utf8')) as Holder
  } catch {
    // Gone meanwhile, or damaged.
    return undefined
  }
}

/** What can't be looked at from here counts as alive. */
function isAlive(holder: Holder): boolean {
  return holder.machine !== machineId() || processStart(holder.pid) === holder.pid_start
}

/** Chromium marks a profile in use by a link named `<host>-<pid>`. */
function refuseForeignBrowser(directory: string): void {
  let target: string
  try {
    target = readlinkSync(path.join(directory, 'SingletonLock'))
  } catch {
    // Nobody uses it.
    return
  }
  const dash = target.lastIndexOf('-')
  const pid = Number(target.slice(dash + 1))
  const here = target.slice(0, dash) === hostname()
  if (here && processStart(pid) === undefined) return
  throw new UserError(
    `A browser (process ${String(pid)}) has Tapedeck's profile ${directory} open. Close it, then start the capture again.`,
    'profile_in_use',
  )
}

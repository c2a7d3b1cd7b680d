/**
 * The registry of live runs: one file a run in the user's state directory, never in a workspace. An entry is written when
 * a run begins and goes when it ends; what is left behind by a dead runner tells that a log must be closed.
 */
import { accessSync, constants, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { captureIdPattern } from '../../shared/events/schema'
import { registryEntrySchema, type RegistryEntry } from '../../shared/control'
import { UserError } from '../../shared/userError'
import { socketDirectory, stateDirectory } from '../machine/directories'
import { bootId, machineId, processStart } from '../machine/processIdentity'

export function activeDirectory(): string {
  return path.join(stateDirectory(), 'active')
}

function entryPath(captureId: string): string {
  return path.join(activeDirectory(), `${captureId}.json`)
}

/**
 * Makes the registry's folder.
 * @throws UserError `state_directory` when it can't be: no run could be found again then
 */
export function makeRegistry(): void {
  try {
    mkdirSync(activeDirectory(), { recursive: true, mode: 0o700 })
    accessSync(activeDirectory(), constants.W_OK)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new UserError(
      `Tapedeck can't keep its list of live runs in ${activeDirectory()} (${reason}). Make that folder writable, or set XDG_STATE_HOME to another one.`,
      'state_directory',
      'bad_input',
      { cause: error },
    )
  }
}

/** Writes an entry, whole or not at all. */
export function writeEntry(entry: RegistryEntry): void {
  const target = entryPath(entry.capture_id)
  const partial = `${target}.${String(process.pid)}.partial`
  writeFileSync(partial, JSON.stringify(entry), { mode: 0o600 })
  renameSync(partial, target)
}

export function removeEntry(captureId: string): void {
  rmSync(entryPath(captureId), { force: true })
}

export function readEntry(captureId: string): RegistryEntry | undefined {
  return captureIdPattern.test(captureId) ? parseEntry(entryPath(captureId)) : undefined
}

/** All entries that can be read; a damaged one is not a run and is left alone. */
export function listEntries(): RegistryEntry[] {
  return names()
    .filter((name) => name.endsWith('.json') && captureIdPattern.test(name.slice(0, -'.json'.length)))
    .flatMap((name) => parseEntry(path.join(activeDirectory(), name)) ?? [])
}

/**
 * `live`: its process runs here. `elsewhere`: another machine or container wrote it, nothing can be said. `lost`: its
 * process is gone; `restarted` says that the machine has been booted since.
 */
export type Liveness = { state: 'live' } | { state: 'elsewhere' } | { state: 'lost'; restarted: boolean }

export function livenessOf(entry: RegistryEntry): Liveness {
  if (entry.machine !== machineId()) return { state: 'elsewhere' }
  if (entry.boot !== bootId()) return { state: 'lost', restarted: true }
  return processStart(entry.pid) === entry.pid_start ? { state: 'live' } : { state: 'lost', restarted: false }
}

export interface Claim {
  readonly entry: RegistryEntry
  readonly restarted: boolean
  /** Forgets the entry: the log is closed. */
  release(): void
  /** Puts the entry back: the log could not be closed now, the next one who looks tries again. */
  giveBack(): void
}

/**
 * Takes over the entries of lost runs. Renaming decides: who renames an entry first closes its log. A claim whose own
 * process died is taken over in the same way.
 */
export function claimLostRuns(): Claim[] {
  const claims: Claim[] = []
  for (const name of names()) {
    const claim = claimOne(name)
    if (claim !== undefined) claims.push(claim)
  }
  return claims
}

const CLAIM = /^(.+)\.json\.closing-(\d+)-(.*)$/

function claimOne(name: string): Claim | undefined {
  const claimed = CLAIM.exec(name)
  const id = claimed?.[1] ?? name.slice(0, -'.json'.length)
  if (!captureIdPattern.test(id) || (claimed === null && !name.endsWith('.json'))) return undefined
  if (claimed !== null && processStart(Number(claimed[2])) === claimed[3]) return undefined
  const from = path.join(activeDirectory(), name)
  const entry = parseEntry(from)
  if (entry === undefined) return undefined
  const liveness = livenessOf(entry)
  if (liveness.state !== 'lost') return undefined
  const own = `${id}.json.closing-${String(process.pid)}-${processStart(process.pid) ?? ''}`
  const to = path.join(activeDirectory(), own)
  try {
    renameSync(from, to)
  } catch {
    // Somebody else was first and closes the log.
    return undefined
  }
  return {
    entry,
    restarted: liveness.restarted,
    release: () => {
      rmSync(to, { force: true })
      // A recorder that was killed leaves its socket behind.
      if (path.dirname(entry.address) === socketDirectory()) rmSync(entry.address, { force: true })
    },
    giveBack: () => {
      renameSync(to, entryPath(id))
    },
  }
}

/** True when at least one run is lost; cheap, and claims nothing. */
export function hasLostRuns(): boolean {
  return names().some((name) => CLAIM.test(name)) || listEntries().some((entry) => livenessOf(entry).state === 'lost')
}

function names(): string[] {
  try {
    return readdirSync(activeDirectory())
  } catch {
    // No run was ever registered here.
    return []
  }
}

function parseEntry(file: string): RegistryEntry | undefined {
  try {
    return registryEntrySchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    // Gone meanwhile, or not ours: no run.
    return undefined
  }
}

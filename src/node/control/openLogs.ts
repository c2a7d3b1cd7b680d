/**
 * Which logs are shown somewhere: each window that shows some says so in `open/<pid>.json` of the state directory, so that no other
 * process takes them away.
 */
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { z } from 'zod'
import { stateDirectory } from '../machine/directories'
import { bootId, machineId, processStart } from '../machine/processIdentity'

const leaseSchema = z.object({
  pid: z.number().int(),
  pid_start: z.string(),
  machine: z.string(),
  boot: z.string(),
  logs: z.array(z.string()).max(10_000),
})

/** A window of another machine or container can't be asked: what it said counts for so long. It says it again each hour. */
const FOREIGN_MS = 24 * 3600 * 1000

function leaseDirectory(): string {
  return path.join(stateDirectory(), 'open')
}

function ownLease(): string {
  return path.join(leaseDirectory(), `${String(process.pid)}.json`)
}

/** Says that this process shows these logs, and no others. */
export function leaseLogs(logs: readonly string[]): void {
  const target = ownLease()
  if (logs.length === 0) {
    rmSync(target, { force: true })
    return
  }
  mkdirSync(leaseDirectory(), { recursive: true, mode: 0o700 })
  const lease: z.infer<typeof leaseSchema> = {
    pid: process.pid,
    pid_start: processStart(process.pid) ?? '',
    machine: machineId(),
    boot: bootId(),
    logs: [...logs],
  }
  const partial = `${target}.partial`
  writeFileSync(partial, JSON.stringify(lease), { mode: 0o600 })
  renameSync(partial, target)
}

/** The logs that are shown by any window that lives, or may. What dead ones left is removed. */
export function leasedLogs(now: number): string[] {
  let names: string[]
  try {
    names = readdirSync(leaseDirectory())
  } catch {
    // No window ever showed a log here.
    return []
  }
  return names
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => logsOf(path.join(leaseDirectory(), name), now))
}

function logsOf(file: string, now: number): string[] {
  try {
    const { pid, pid_start, machine, boot, logs } = leaseSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
    const isHere = machine === machineId()
    const lives = isHere
      ? boot === bootId() && processStart(pid) === pid_start
      : now - statSync(file).mtimeMs < FOREIGN_MS
    if (lives) return logs
    rmSync(file, { force: true })
  } catch {
    // Gone meanwhile, or not ours.
  }
  return []
}

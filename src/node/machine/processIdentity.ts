/**
 * Which process, on which boot of which machine. A pid alone is reused; a pid with its start time is not. Every answer is
 * a string that is compared for equality and never interpreted.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import process from 'node:process'

/** The start time of a live process, or undefined when there is none with that pid (or it is a zombie). */
export function processStart(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') return linuxStart(pid)
    if (process.platform === 'win32') {
      const command = `(Get-Process -Id ${String(pid)}).StartTime.ToFileTimeUtc()`
      const answer = execFileSync('powershell.exe', ['-NoProfile', '-Command', command], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return answer.toString().trim() || undefined
    }
    const answer = execFileSync('ps', ['-o', 'lstart=,stat=', '-p', String(pid)], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [, start, state] = /^(.*\d{4})\s+(\S+)\s*$/.exec(answer.toString().trim()) ?? []
    return state?.startsWith('Z') === true ? undefined : start
  } catch {
    // No such process: /proc has no entry, and `ps` and PowerShell exit with an error.
    return undefined
  }
}

/** proc(5): field 22 of /proc/PID/stat is the start in clock ticks since boot; the name in field 2 may hold blanks. */
function linuxStart(pid: number): string | undefined {
  const stat = readFileSync(`/proc/${String(pid)}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19]
}

/** This machine, or this container on it: pids mean something only inside one of these. */
export function machineId(): string {
  const parts = [hostname()]
  if (process.platform === 'linux') {
    parts.push(readOr('/etc/machine-id', ''))
    try {
      parts.push(readlinkSync('/proc/self/ns/pid'))
    } catch {
      // A kernel without pid namespaces: the host name and machine id stand alone.
    }
  }
  return parts.filter((part) => part !== '').join(' ')
}

/** This boot of the machine; empty where the system does not tell. */
export function bootId(): string {
  if (process.platform === 'linux') return readOr('/proc/sys/kernel/random/boot_id', '')
  if (process.platform === 'darwin') {
    try {
      return execFileSync('sysctl', ['-n', 'kern.boottime'], { stdio: ['ignore', 'pipe', 'ignore'] })
        .toString()
        .trim()
    } catch {
      // Without an answer a restart shows itself by the missing process alone.
      return ''
    }
  }
  return ''
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    // Not every system has the file.
    return fallback
  }
}

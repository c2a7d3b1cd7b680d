/** Looking at and ending processes by what Linux tells under /proc; elsewhere nothing is found. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import process from 'node:process'

/** Name of the environment variable that marks everything a test run starts, detached processes too. */
export const markVariable = 'TAPEDECK_TEST_RUN'

export interface ProcessInfo {
  pid: number
  parent: number
  /** The arguments, joined with spaces. */
  command: string
}

function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${String(pid)}/${name}`, 'utf8')
  } catch {
    // It ended meanwhile, or is another user's.
    return ''
  }
}

/** Every process that can be seen; empty where there is no /proc. */
export function processes(): ProcessInfo[] {
  if (!existsSync('/proc/self/stat')) return []
  const pids = readdirSync('/proc').map(Number).filter(Number.isInteger)
  return pids.flatMap((pid) => {
    const stat = read(pid, 'stat')
    // The name in brackets may itself hold brackets and spaces; state and parent follow the last one.
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    if (stat === '' || state === 'Z') return []
    return [{ pid, parent: Number(parent), command: read(pid, 'cmdline').split('\0').join(' ').trim() }]
  })
}

/** All children of a process, their children, and so on. */
export function descendants(pid: number): ProcessInfo[] {
  const all = processes()
  const found: ProcessInfo[] = []
  const parents = [pid]
  for (const parent of parents) {
    for (const one of all) {
      if (one.parent === parent) {
        found.push(one)
        parents.push(one.pid)
      }
    }
  }
  return found
}

/** The processes that were started with this mark in their environment, without this one. */
export function marked(mark: string): ProcessInfo[] {
  const wanted = `${markVariable}=${mark}`
  return processes().filter((one) => one.pid !== process.pid && read(one.pid, 'environ').split('\0').includes(wanted))
}

/** Ends processes at once; those that are gone already are no error. */
export function endAll(list: readonly ProcessInfo[]): void {
  for (const { pid } of list) {
    try {
      process.kill(pid, 'SIGKILL')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

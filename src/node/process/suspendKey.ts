/** Whether Ctrl-Z in the terminal of a command of ours is meant to suspend it. */
import { execFileSync, type StdioOptions } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { constants } from 'node:os'
import process from 'node:process'

/**
 * In a terminal of its own a command has no shell that could continue it, and so the system ignores the key for it. True when
 * the terminal would make a signal of it, for the command itself (and not for a job of a shell that it is), and the
 * command leaves that signal as it is.
 * @param terminal path of its terminal
 */
export function wouldSuspend(terminal: string, pid: number): boolean {
  try {
    const settings = run('stty', process.platform === 'linux' ? '-F' : '-f', terminal, '-a')
    if (!/(?:^|\s)isig(?:[\s;]|$)/.test(settings) || !/\bsusp = \^Z;/.test(settings)) return false
    return isInForeground(pid) && !handlesSuspend(pid)
  } catch {
    // The command ended a moment ago, or there is no such tool: the key goes the usual way.
    return false
  }
}

/** Whether a process belongs to the job that has its terminal; false where the system does not tell. */
export function isInForeground(pid: number): boolean {
  try {
    const [group, foreground] = run('ps', '-o', 'pgid=,tpgid=', '-p', String(pid)).trim().split(/\s+/)
    return group === foreground
  } catch {
    // No such process, or no such tool.
    return false
  }
}

/** An interactive shell ignores the signal, an editor may do something of its own at it. Known on Linux only. */
function handlesSuspend(pid: number): boolean {
  if (process.platform !== 'linux') return false
  const masks = readFileSync(`/proc/${String(pid)}/status`, 'latin1').matchAll(/^Sig(?:Ign|Cgt):\s*([\da-f]+)$/gm)
  const bit = 1n << BigInt(constants.signals.SIGTSTP - 1)
  return [...masks].some(([, mask = '0']) => (BigInt(`0x${mask}`) & bit) !== 0n)
}

function run(command: string, ...args: string[]): string {
  const stdio: StdioOptions = ['ignore', 'pipe', 'ignore']
  // In a session of its own, where Ctrl-Z, typed just now, does not stop it: we wait for it.
  const options = { encoding: 'utf8' as const, stdio, detached: true }
  return execFileSync(command, args, options)
}

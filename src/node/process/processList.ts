/** The processes of this machine, as far as the system shows them to us. */
import { execFileSync } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import process from 'node:process'
import { processStart } from '../machine/processIdentity'

/** A process that lives: zombies are left out. */
export interface ProcessEntry {
  readonly pid: number
  readonly ppid: number
  /** Its process group. */
  readonly pgid: number
  /** Its session; 0 where the system doesn't tell. */
  readonly session: number
  /** The same string as `processStart` gives. */
  readonly start: string
  /** True: it was stopped by a signal and does nothing until it is continued. */
  readonly stopped?: true
  /** True: it is in our own process group, which is therefore never signalled as a whole. */
  readonly besideUs?: true
  /** The command line, at most 1,000 characters; only where somebody asked for it. */
  readonly command?: string
}

/** Where the processes come from; tests give their own. */
export interface ProcessTable {
  list(): ProcessEntry[]
  /**
   * Who of `entries` was started with `marker` (`NAME=value`) in its environment. Processes whose environment can't be
   * read are not among them.
   */
  carriers(marker: string, entries: readonly ProcessEntry[]): Set<number>
  /** False: `carriers` sees only some environments on this system, so that a process without the mark proves nothing. */
  readonly readsEnvironments: boolean
  /** True while this very process lives: same pid, same start. */
  isAlive(process: Pick<ProcessEntry, 'pid' | 'start'>): boolean
  commandOf(pid: number): string | undefined
}

const COMMAND_LENGTH = 1000

/**
 * All live processes. Linux reads /proc, macOS asks `ps`; elsewhere the list is empty, since nothing there is found by
 * groups and sessions.
 */
export function listProcesses(platform: NodeJS.Platform = process.platform): ProcessEntry[] {
  if (platform === 'linux') return listProc('/proc')
  if (platform === 'win32') return []
  // `lstart` stands last: it holds blanks and is written in the user's language.
  return parsePs(ps('-axo', 'pid=,ppid=,pgid=,stat=,lstart='))
}

/** @param root `/proc`, or a folder like it */
export function listProc(root: string): ProcessEntry[] {
  const entries: ProcessEntry[] = []
  for (const name of readdirSync(root)) {
    const first = name.charCodeAt(0)
    if (first < 48 || first > 57) continue
    try {
      const entry = parseStat(readFileSync(`${root}/${name}/stat`, 'latin1'))
      if (entry !== undefined) entries.push(entry)
    } catch {
      // It ended between the listing and the reading.
    }
  }
  return entries
}

/**
 * proc(5), /proc/PID/stat: pid (name) state ppid pgrp session …, field 20 the number of threads, field 22 the start in
 * clock ticks since boot. The name may hold blanks and brackets.
 */
export function parseStat(stat: string): ProcessEntry | undefined {
  const pid = Number.parseInt(stat, 10)
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [state, ppid, pgid, session] = fields
  const start = fields[19]
  if (!Number.isInteger(pid) || start === undefined) return undefined
  // A first thread that has ended is a zombie while others still run.
  if (state === 'X' || (state === 'Z' && Number(fields[17]) < 2)) return undefined
  return {
    pid,
    ppid: Number(ppid),
    pgid: Number(pgid),
    session: Number(session),
    start,
    ...(state === 'T' ? { stopped: true } : {}),
  }
}

/** The answer of `ps -o pid=,ppid=,pgid=,stat=,lstart=`. The session is not asked for: macOS prints an address there. */
export function parsePs(text: string): ProcessEntry[] {
  return text.split('\n').flatMap((line) => {
    const [, pid, ppid, pgid, state = '', start] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S.*)$/.exec(line) ?? []
    if (start === undefined || state.startsWith('Z')) return []
    const stopped = state.startsWith('T') ? ({ stopped: true } as const) : {}
    return [
      { pid: Number(pid), ppid: Number(ppid), pgid: Number(pgid), session: 0, start: start.trimEnd(), ...stopped },
    ]
  })
}

/**
 * True when the process was started with `marker` in its environment (`NAME=value`, whole and exact). Linux only; false
 * for a process that is gone or belongs to somebody else.
 */
export function environmentHas(pid: number, marker: string, root = '/proc'): boolean {
  try {
    const environment = readFileSync(`${root}/${String(pid)}/environ`)
    const wanted = Buffer.from(`${marker}\0`)
    for (let at = environment.indexOf(wanted); at >= 0; at = environment.indexOf(wanted, at + 1)) {
      if (at === 0 || environment[at - 1] === 0) return true
    }
    return false
  } catch {
    // Gone, or not ours to read: nothing of ours.
    return false
  }
}

/**
 * The answer of `ps -E -o pid=,command=`, where the environment follows the arguments, all apart by blanks.
 * @returns the pids of the lines that hold `marker` as a word
 */
export function parsePsEnvironments(text: string, marker: string): Set<number> {
  const found = new Set<number>()
  for (const line of text.split('\n')) {
    const pid = Number.parseInt(line, 10)
    if (Number.isInteger(pid) && ` ${line} `.includes(` ${marker} `)) found.add(pid)
  }
  return found
}

function carriers(marker: string, entries: readonly ProcessEntry[]): Set<number> {
  if (process.platform === 'linux') {
    return new Set(entries.flatMap(({ pid }) => (environmentHas(pid, marker) ? [pid] : [])))
  }
  // macOS shows the environment of our own processes, but not that of programs of the system such as /bin/sh.
  return process.platform === 'darwin'
    ? parsePsEnvironments(ps('-axEww', '-o', 'pid=,command='), marker)
    : new Set<number>()
}

function isAlive({ pid, start }: Pick<ProcessEntry, 'pid' | 'start'>): boolean {
  if (process.platform !== 'linux') return processStart(pid) === start
  try {
    return parseStat(readFileSync(`/proc/${String(pid)}/stat`, 'latin1'))?.start === start
  } catch {
    // It has no entry any more: it ended.
    return false
  }
}

/** The command line with blanks between its words; undefined where it can't be read or is empty. */
function commandOf(pid: number): string | undefined {
  try {
    const words =
      process.platform === 'linux'
        ? readFileSync(`/proc/${String(pid)}/cmdline`, 'utf8')
        : ps('-ww', '-o', 'command=', '-p', String(pid))
    return shortCommand(words)
  } catch {
    // It ended, or is not ours to read: it is named by its pid alone.
    return undefined
  }
}

function shortCommand(words: string): string | undefined {
  // Words end with NUL, and a command line may hold anything.
  const line = words
    .slice(0, COMMAND_LENGTH)
    .replaceAll(/[\p{Cc}]+/gu, ' ')
    .trim()
  return line === '' ? undefined : line
}

function ps(...args: string[]): string {
  return execFileSync('ps', args, { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 64 * 1024 * 1024 }).toString()
}

export const systemProcesses: ProcessTable = {
  list: listProcesses,
  carriers,
  readsEnvironments: process.platform === 'linux',
  isAlive,
  commandOf,
}

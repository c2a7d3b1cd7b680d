/**
 * How a command is stopped on Windows, which has no signals: its standard input is closed, then a console control event
 * asks it, then `taskkill` ends the whole tree. What it does to the machine goes through `WindowsSystem`.
 */
import { execFile } from 'node:child_process'
import type { Clock } from '../../core/run'
import { systemClock } from '../machine/clock'
import { processStart } from '../machine/processIdentity'
import { sleep } from './sleep'
import type { RootProcess } from './tree'

export interface WindowsSystem {
  /** Ends the standard input of the command; many programs that read it end themselves then. */
  closeStdin(): void
  /** Runs a program to its end. Never rejects: a program that can't be started has the code -1. */
  run(program: string, args: readonly string[]): Promise<{ readonly code: number; readonly output: string }>
  /** True while this very process lives. */
  isAlive(root: RootProcess): boolean
  readonly clock: Clock
}

export type WindowsStep = 'stdin closed' | 'console event' | 'taskkill'

export interface WindowsStopOptions {
  /** How long the command may take to end by itself, for both polite steps together. */
  readonly timeoutMs: number
  /** Resolves when the command has ended. */
  readonly exited: Promise<unknown>
  /** Ends the waiting before its time. */
  readonly force?: AbortSignal
  readonly onStep?: (step: WindowsStep) => void
}

export interface WindowsStopResult {
  /** The last step that was taken; undefined where it had ended before. */
  readonly step?: WindowsStep
  /** Why it still lives, in the system's own words. */
  readonly problem?: string
}

/** A program that heeds the end of its input does so soon; the rest of the time belongs to the console event. */
const STDIN_MS = 1000
/** `taskkill` returns before the processes are gone. */
const KILLED_MS = 3000

/** Stops a command and all that it started. Resolves when it has ended or nothing more can be done. */
export async function stopOnWindows(
  root: RootProcess,
  options: WindowsStopOptions,
  system: WindowsSystem,
): Promise<WindowsStopResult> {
  const { timeoutMs, exited, force, onStep } = options
  const { clock } = system
  const gone = new AbortController()
  const end = new AbortController()
  const hurry = (): void => {
    end.abort()
  }
  const settled = (): void => {
    gone.abort()
    hurry()
  }
  exited.then(settled, settled)
  force?.addEventListener('abort', hurry)
  // What has happened already is known after one turn.
  await Promise.resolve()
  if (force?.aborted === true) hurry()
  const giveUp = clock.monotonic() + timeoutMs
  const over = (): boolean => end.signal.aborted || clock.monotonic() >= giveUp
  let step: WindowsStep | undefined
  const begin = (next: WindowsStep): void => {
    step = next
    onStep?.(next)
  }
  try {
    if (!over()) {
      begin('stdin closed')
      system.closeStdin()
      await sleep(clock, Math.min(STDIN_MS, timeoutMs / 3), end.signal)
    }
    if (!over()) {
      begin('console event')
      await system.run('powershell.exe', consoleEventArguments(root.pid))
      const remaining = giveUp - clock.monotonic()
      if (remaining > 0) await sleep(clock, remaining, end.signal)
    }
    // What it started and left behind can't be found without it: Windows keeps no groups.
    if (gone.signal.aborted || !system.isAlive(root)) return step === undefined ? {} : { step }
    begin('taskkill')
    const { code, output } = await system.run('taskkill.exe', ['/T', '/F', '/PID', String(root.pid)])
    await Promise.race([exited, sleep(clock, KILLED_MS)])
    // 128: there is no such process any more.
    if (code === 0 || code === 128 || !system.isAlive(root)) return { step: 'taskkill' }
    return { step: 'taskkill', problem: output.trim() || `taskkill ended with code ${String(code)}` }
  } finally {
    force?.removeEventListener('abort', hurry)
  }
}

/**
 * Arguments of PowerShell that send Ctrl-C to the console of a process, and with it to all that share it. Windows lets a
 * process send such an event only to its own console, so the helper joins that of the command first and ignores the event
 * itself (GenerateConsoleCtrlEvent, AttachConsole, SetConsoleCtrlHandler; learn.microsoft.com/windows/console). The
 * command must have a console (not `detached`) and no group of its own, in which Ctrl-C is ignored.
 */
export function consoleEventArguments(pid: number): string[] {
  const script = `
$api = Add-Type -PassThru -Name Console -Namespace Tapedeck -MemberDefinition '
[DllImport("kernel32.dll")] public static extern bool FreeConsole();
[DllImport("kernel32.dll")] public static extern bool AttachConsole(uint pid);
[DllImport("kernel32.dll")] public static extern bool SetConsoleCtrlHandler(IntPtr handler, bool add);
[DllImport("kernel32.dll")] public static extern bool GenerateConsoleCtrlEvent(uint ctrlEvent, uint group);'
[void]$api::FreeConsole()
if (-not $api::AttachConsole(${String(pid)})) { exit 1 }
[void]$api::SetConsoleCtrlHandler([IntPtr]::Zero, $true)
if (-not $api::GenerateConsoleCtrlEvent(0, 0)) { exit 2 }
exit 0`
  return ['-NoProfile', '-NonInteractive', '-EncodedCommand', Buffer.from(script, 'utf16le').toString('base64')]
}

/** The machine itself. @param closeStdin ends the input of the command, where we hold it */
export function windowsSystem(closeStdin: () => void): WindowsSystem {
  return {
    closeStdin,
    run: (program, args) =>
      new Promise((resolve) => {
        execFile(program, [...args], { windowsHide: true, timeout: 10_000 }, (error, stdout, stderr) => {
          const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
          resolve({ code, output: `${stdout}${stderr}` || (error?.message ?? '') })
        })
      }),
    isAlive: ({ pid, start }) => processStart(pid) === start,
    clock: systemClock,
  }
}

/** The launched command of a run whose recorder is gone: whether it still lives, and how it is stopped. */
import process from 'node:process'
import type { RegistryEntry } from '../../shared/control'
import { launchDefaults } from '../../shared/launch'
import { processStart } from '../machine/processIdentity'
import { captureMarker } from './environment'
import type { LivingProcess } from './leftBehind'
import { ProcessTree, type RootProcess, type StopOptions, type StopResult } from './tree'
import { stopOnWindows, windowsSystem } from './windowsStop'

/** What must be known of a lost run to find its command: its registry entry, or `raw` of its `recorder_lost` event. */
export type LostRun = Pick<RegistryEntry, 'capture_id' | 'child'>

/** Who lives: the command itself first, where it does. Its output goes nowhere any more. */
export function lostProcesses({ capture_id, child }: LostRun): LivingProcess[] {
  const found: readonly LivingProcess[] = treeOf(capture_id, child).survivors()
  if (child === undefined) return [...found]
  const command = found.find(({ pid }) => pid === child.pid)
  // On Windows only the command itself can be asked for.
  const lives = command !== undefined || (found.length === 0 && processStart(child.pid) === child.start)
  return lives ? [command ?? { pid: child.pid }, ...found.filter((one) => one !== command)] : [...found]
}

/** What became of the command, and how to stop what still lives. @param pids of `lostProcesses` */
export function describeLostCommand(
  { capture_id, child }: LostRun,
  pids: readonly number[],
  platform: NodeJS.Platform = process.platform,
): string {
  const [first] = pids
  if (first === undefined) return 'The launched command has ended.'
  const isCommand = first === child?.pid
  const others = isCommand ? pids.slice(1) : pids
  const named = `${others.length === 1 ? 'process' : 'processes'} ${others.map(String).join(', ')}`
  const also = others.length === 0 ? '' : `, and so did what it started (${named})`
  const who = isCommand
    ? `The launched command (process ${String(first)}) still ran when this log was closed${also}`
    : `The launched command has ended, but what it started (${named}) still ran when this log was closed`
  const stop = platform === 'win32' ? `taskkill /T /F /PID ${String(first)}` : `kill ${pids.map(String).join(' ')}`
  return `${who}. What it prints is recorded no more. To stop it: tapedeck stop ${capture_id}, or ${stop}`
}

/**
 * Stops what still lives of it, politely first. Safe to call at any time: processes that took over its pids are left alone.
 * @returns who had to be killed, and who lives on
 */
export async function stopLostCommand(
  { capture_id, child }: LostRun,
  options: Partial<Pick<StopOptions, 'signal' | 'timeoutMs'>> = {},
): Promise<StopResult> {
  const { signal = launchDefaults.stopSignal, timeoutMs = launchDefaults.stopTimeoutMs } = options
  if (process.platform !== 'win32') return treeOf(capture_id, child).stop({ signal, timeoutMs })
  if (child === undefined) return { killed: [], left: [] }
  const { pid } = child
  // Its end can't be awaited, since it is not our child; and nobody holds its standard input any more.
  const exited = new Promise<never>(() => undefined)
  const system = windowsSystem(() => undefined)
  const { step, problem } = await stopOnWindows(child, { timeoutMs, exited }, system)
  return { killed: step === 'taskkill' && problem === undefined ? [pid] : [], left: problem === undefined ? [] : [pid] }
}

/** A recorder that died before it knew its command left only the mark. */
function treeOf(captureId: string, child: RootProcess | undefined): ProcessTree {
  return new ProcessTree(child ?? { pid: -1, start: '' }, captureMarker(captureId))
}

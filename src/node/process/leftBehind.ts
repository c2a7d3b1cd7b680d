/** The event that names who still lives when a launch has ended. */
import type { EventDraft } from '../../shared/events/schema'

export interface LivingProcess {
  readonly pid: number
  /** The command line, where the system tells it. */
  readonly command?: string
}

const MAX_COMMANDS = 100

/** `raw` holds the command lines. */
export function leftBehind(processes: readonly LivingProcess[]): EventDraft {
  const raw = processes
    .slice(0, MAX_COMMANDS)
    .map(({ pid, command }) => ({ pid, ...(command === undefined ? {} : { command }) }))
  return { phase: 'process', data: { state: 'left_behind', pids: processes.map(({ pid }) => pid), raw } }
}

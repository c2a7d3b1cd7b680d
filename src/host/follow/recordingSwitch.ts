/** Files whose recording a person has switched off: it stays off when they are opened again, alone or with others. */
import type { Memento } from 'vscode'

const KEY = 'tapedeck.follow.switchedOff'
/** The ones longest untouched are forgotten. */
const MAX_KEPT = 500

export function isSwitchedOff(memory: Memento, files: readonly string[]): boolean {
  const off = memory.get<readonly string[]>(KEY, [])
  return files.some((file) => off.includes(file))
}

export async function rememberSwitch(memory: Memento, files: readonly string[], on: boolean): Promise<void> {
  const others = memory.get<readonly string[]>(KEY, []).filter((file) => !files.includes(file))
  await memory.update(KEY, (on ? others : [...files, ...others]).slice(0, MAX_KEPT))
}

/** At most `tapedeck.launch.maxConcurrent` launches at a time, unless the person wants more. */
import * as vscode from 'vscode'
import { views } from '../../shared/manifest'
import type { Container } from '../container'

/** Launches that are being started and that no list shows yet. */
let starting = 0

/**
 * Starts launches one after the other, as many as the setting and then the person allow; 0 when they think better of it.
 * @param start is told how many may start
 */
export async function withinCapacity<T>(
  { settings, runs }: Pick<Container, 'settings' | 'runs'>,
  wanted: number,
  start: (allowed: number) => Promise<T>,
): Promise<T> {
  const active = runs.active.filter(({ info }) => info.kind === 'launch').length + starting
  const limit = settings.get('launch.maxConcurrent')
  const free = Math.max(0, limit - active)
  const allowed = wanted <= free ? wanted : await askForMore(active, limit, wanted, free)
  starting += allowed
  try {
    return await start(allowed)
  } finally {
    starting -= allowed
  }
}

const SHOW = 'Show Runs'

async function askForMore(active: number, limit: number, wanted: number, free: number): Promise<number> {
  const what = wanted === 1 ? 'This launch' : `These ${String(wanted)} launches`
  const message = `${what} would be more than ${String(limit)} at once (tapedeck.launch.maxConcurrent).`
  const detail = `${active === 1 ? '1 launch runs' : `${String(active)} launches run`} already.`
  const all = wanted === 1 ? 'Start Anyway' : 'Start All'
  const some = `Start the First ${String(free)}`
  const choices = [all, ...(free > 0 ? [some] : []), SHOW]
  const choice = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...choices)
  if (choice === SHOW) await vscode.commands.executeCommand(`${views.runs}.focus`)
  return choice === all ? wanted : choice === some ? free : 0
}

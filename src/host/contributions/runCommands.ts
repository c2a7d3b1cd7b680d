/** The commands about one run: open, stop, export, delete. Each asks for the run where it is called without one. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { deleteRun } from '../../node/runlog/history'
import { commands } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { exportRunTo } from '../exportRun'
import { importRuns } from '../importRun'
import { chooseRun } from '../runs/chooseRun'
import { registerCommand } from '../userMessages'

export function registerRunCommands(container: Container): void {
  const { context, log, runs } = container
  const register = (id: string, action: (argument: unknown) => Promise<unknown>): void => {
    registerCommand(context, log, id, action)
  }
  register(commands.openRun, async (argument) => {
    const run = await chooseRun(container, argument, 'Open which run?', () => true)
    if (run !== undefined) await container.panels?.open(run.path)
  })
  register(commands.stopRun, async (argument) => {
    const run = await chooseRun(container, argument, 'Stop which run?', ({ state }) => state === 'running')
    if (run !== undefined) await stopRun(container, run)
  })
  register(commands.stopAllRuns, async () => {
    if (runs.active.length === 0) {
      void vscode.window.showInformationMessage('No run is active.')
      return
    }
    await Promise.all(runs.active.map((session) => session.stop('polite')))
  })
  register(commands.exportRun, async (argument) => {
    const run = await chooseRun(container, argument, 'Export which run?', ({ head }) => head !== undefined)
    if (run !== undefined) await exportRunTo(container, run)
  })
  register(commands.importRun, async (argument) => {
    const imported = await importRuns(container, argument instanceof vscode.Uri ? argument : undefined)
    return imported.map(({ capture_id }) => ({ capture_id }))[0]
  })
  register(commands.deleteRun, async (argument) => {
    const run = await chooseRun(container, argument, 'Delete which run?', ({ state }) => state !== 'running')
    if (run !== undefined) await confirmDelete(container, run)
  })
}

async function stopRun({ runs }: Container, run: ListedRun): Promise<void> {
  if (run.state !== 'running')
    throw new UserError(`${run.head?.title ?? run.capture_id} is not running.`, 'not_running')
  const session = await runs.acquire(run.path)
  try {
    await session.stop('polite')
  } finally {
    runs.release(session)
  }
}

/** Asks, closes the panel of the run and deletes its files. Returns false when the person thought better of it. */
export async function confirmDelete(container: Container, run: ListedRun): Promise<boolean> {
  const title = run.head?.title ?? run.capture_id
  const question = `Delete the run "${title}"?`
  const detail = `${run.path}\n\nIts log is deleted for good.`
  const choice = await vscode.window.showWarningMessage(question, { modal: true, detail }, 'Delete')
  if (choice === undefined) return false
  const current = await container.runs.find(run.capture_id)
  await deleteRun(container.runs.directoryOf(current), current)
  container.panels?.close(run.path)
  await container.runs.refresh()
  return true
}

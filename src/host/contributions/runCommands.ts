/** The commands about one run: open, stop, export, delete. Each asks for the run where it is called without one. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { titleOf } from '../../node/runlog/history'
import { commands, viewTypes } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { exportRunTo } from '../exportRun'
import { confirmDelete } from '../history/deleteRuns'
import { importRuns } from '../importRun'
import { chooseRun, chooseRuns } from '../runs/chooseRun'
import { DoubleClick } from '../runs/doubleClick'
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
  const clicks = new DoubleClick(() => performance.now())
  registerCommand(context, log, commands.openListedRun, async (argument, more) => {
    const run = await chooseRun(container, argument, 'Open which run?', () => true)
    if (run === undefined) return
    // As in the Explorer: one click leaves the keys in the view, two move them.
    const isClick = typeof more === 'object' && more !== null && 'isClick' in more
    await container.panels?.open(run.path, isClick && !clicks.note(run.path))
  })
  register(commands.openAsRun, async (argument) => {
    if (argument instanceof vscode.Uri) await vscode.commands.executeCommand('vscode.openWith', argument, viewTypes.log)
  })
  register(commands.replayRun, async (argument) => {
    const run = await chooseRun(container, argument, 'Replay which run?', ({ head }) => head !== undefined)
    if (run !== undefined) await container.panels?.replay(run.path)
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
  for (const id of [commands.importRun, commands.importFile])
    register(id, async (argument) => {
      const imported = await importRuns(container, argument instanceof vscode.Uri ? argument : undefined)
      return imported.map(({ capture_id }) => ({ capture_id }))[0]
    })
  registerCommand(context, log, commands.deleteRun, async (argument, more) => {
    const chosen = await chooseRuns(container, argument, more, 'Delete which runs?', ({ state }) => state !== 'running')
    if (chosen.length > 0) await confirmDelete(container, chosen)
  })
}

async function stopRun({ runs }: Container, run: ListedRun): Promise<void> {
  if (run.state !== 'running') throw new UserError(`${titleOf(run)} is not running.`, 'not_running')
  const session = await runs.acquire(run.path)
  try {
    await session.stop('polite')
  } finally {
    runs.release(session)
  }
}

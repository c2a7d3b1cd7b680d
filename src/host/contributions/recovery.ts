/** At the editor's start: lost runs are closed, and runs that still record are told of. */
import * as vscode from 'vscode'
import { hasLostRuns } from '../../node/control/registry'
import { commands } from '../../shared/manifest'
import type { Container } from '../container'

export function registerRecovery(container: Container): void {
  const { context, runs } = container
  if (hasLostRuns()) container.recover()
  let told = false
  const stop = runs.onDidChange(() => {
    if (told) return
    told = true
    const count = runs.active.length
    if (count === 0) return
    // A panel that came back by itself shows it.
    if (runs.active.every(({ path }) => container.panels?.isOpening(path) === true)) return
    const text = count === 1 ? '1 run is still recording' : `${String(count)} runs are still recording`
    void vscode.window.showInformationMessage(`${text}.`, 'Open').then((choice) => {
      if (choice !== undefined)
        void vscode.commands.executeCommand(commands.openRun, count === 1 ? runs.active[0]?.captureId : undefined)
    })
  })
  context.subscriptions.push({ dispose: stop })
}

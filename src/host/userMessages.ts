/** Messages to the person: their own errors in plain words, defects with a way to the log. */
import * as vscode from 'vscode'
import { commands } from '../shared/manifest'
import { UserError } from '../shared/userError'

export function errorText(error: unknown): string {
  if (error instanceof UserError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

const SHOW_LOG = 'Show Log'
const OPEN_SETTINGS = 'Open Settings'

/** Opens the setting that an error is about. */
function openSetting(setting: string): Thenable<unknown> {
  return setting === 'launches'
    ? vscode.commands.executeCommand(commands.editLaunches)
    : vscode.commands.executeCommand('workbench.action.openSettings', `tapedeck.${setting}`)
}

/** Shows an error once. A UserError speaks for itself; anything else is a defect and goes to the log in full. */
export function showError(error: unknown, log: vscode.LogOutputChannel): void {
  log.error(errorText(error))
  if (error instanceof UserError) {
    // A message without a button is cut to one line.
    const mend = error.setting === undefined ? SHOW_LOG : OPEN_SETTINGS
    void vscode.window.showErrorMessage(error.message, mend).then((choice) => {
      if (choice === SHOW_LOG) log.show()
      if (choice === OPEN_SETTINGS) void openSetting(error.setting ?? '')
    })
    return
  }
  const summary = error instanceof Error ? error.message : String(error)
  void vscode.window.showErrorMessage(`Tapedeck: ${summary}`, SHOW_LOG).then((choice) => {
    if (choice !== undefined) log.show()
  })
}

/**
 * Registers a command whose errors are shown to the person, and thrown on to code that called it with an argument, so
 * that both learn of them.
 */
export function registerCommand(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
  id: string,
  action: (argument: unknown) => Promise<unknown>,
): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(id, async (argument: unknown) => {
      try {
        return await action(argument)
      } catch (error) {
        showError(error, log)
        return undefined
      }
    }),
  )
}

/** Messages to the person: their own errors in plain words, defects with a way to the log. */
import * as vscode from 'vscode'
import { UserError } from '../shared/userError'

export function errorText(error: unknown): string {
  if (error instanceof UserError) return error.message
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/** Shows an error once. A UserError speaks for itself; anything else is a defect and goes to the log in full. */
export function showError(error: unknown, log: vscode.LogOutputChannel): void {
  log.error(errorText(error))
  if (error instanceof UserError) {
    void vscode.window.showErrorMessage(error.message)
    return
  }
  const summary = error instanceof Error ? error.message : String(error)
  void vscode.window.showErrorMessage(`Tapedeck: ${summary}`, 'Show Log').then((choice) => {
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
  action: (argument: unknown, more: unknown) => Promise<unknown>,
): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(id, async (argument: unknown, more: unknown) => {
      try {
        return await action(argument, more)
      } catch (error) {
        showError(error, log)
        return undefined
      }
    }),
  )
}

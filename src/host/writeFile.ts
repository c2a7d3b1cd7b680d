/** Writes a file at a place that the person chose, with progress and a way to cancel. */
import * as vscode from 'vscode'
import { untilCancelled } from './untilCancelled'

/**
 * @param write does it; returns what is to be told besides, or nothing
 * @returns false when it was cancelled
 */
export async function writeWithProgress(
  target: vscode.Uri,
  title: string,
  write: (signal: AbortSignal) => Promise<string>,
): Promise<boolean> {
  const progress = { location: vscode.ProgressLocation.Notification, title, cancellable: true }
  const told = await vscode.window.withProgress(progress, (_report, token) => untilCancelled(token, write))
  if (told === undefined) return false
  void vscode.window.showInformationMessage(`Written to ${target.fsPath}. ${told}`.trimEnd(), 'Open').then((choice) => {
    if (choice !== undefined) void vscode.commands.executeCommand('vscode.open', target)
  })
  return true
}

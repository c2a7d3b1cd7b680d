/** Writes a file at a place that the person chose, with progress and a way to cancel. */
import * as vscode from 'vscode'

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

/** Undefined when it was cancelled. */
async function untilCancelled<T>(
  token: vscode.CancellationToken,
  task: (signal: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const abort = new AbortController()
  const cancelled = token.onCancellationRequested(() => {
    abort.abort()
  })
  try {
    return await task(abort.signal)
  } catch (error) {
    if (abort.signal.aborted) return undefined
    throw error
  } finally {
    cancelled.dispose()
  }
}

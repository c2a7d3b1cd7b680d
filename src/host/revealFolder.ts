/** Shows a folder in the system's file manager; over a remote connection, where there is none, in the Explorer. */
import * as vscode from 'vscode'

export async function revealFolder(path: string): Promise<void> {
  const command = vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer'
  await vscode.commands.executeCommand(command, vscode.Uri.file(path))
}

/** Nothing starts in a workspace that the person does not trust: one message for all that would. */
import * as vscode from 'vscode'

/** Why a launch needs trust. */
export const LAUNCH_STARTS = 'A launch runs a program'

/** @param what the subject of the message, such as "A launch runs a program" */
export async function requireTrust(what: string): Promise<boolean> {
  if (vscode.workspace.isTrusted) return true
  const choice = await vscode.window.showWarningMessage(
    `${what}, so it starts in trusted workspaces only.`,
    'Manage Workspace Trust',
  )
  if (choice !== undefined) await vscode.commands.executeCommand('workbench.trust.manage')
  return false
}

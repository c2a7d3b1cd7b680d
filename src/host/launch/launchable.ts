/** A launch that can be started, and where it comes from. */
import * as vscode from 'vscode'
import type { LaunchConfiguration } from '../../shared/launch'

export interface Launchable {
  readonly configuration: LaunchConfiguration
  /** Absolute: the folder that `${workspaceFolder}` and a relative `cwd` mean. Absent where no folder is open. */
  readonly folder?: string
  /** An entry of `tapedeck.launches`: Re-run takes what stands there now. */
  readonly named?: true
  /** Nothing in it is a variable: it is what a run was started with. */
  readonly literal?: true
}

/** The folders of the workspace that are on this machine. */
export function workspaceFolders(): { readonly name: string; readonly path: string }[] {
  const folders = vscode.workspace.workspaceFolders ?? []
  return folders.filter(({ uri }) => uri.scheme === 'file').map(({ name, uri }) => ({ name, path: uri.fsPath }))
}

/** The folder of the active file, else the first; undefined where none is open. */
export function currentFolder(): string | undefined {
  const active = vscode.window.activeTextEditor?.document.uri
  const own = active === undefined ? undefined : vscode.workspace.getWorkspaceFolder(active)
  return own?.uri.scheme === 'file' ? own.uri.fsPath : workspaceFolders()[0]?.path
}

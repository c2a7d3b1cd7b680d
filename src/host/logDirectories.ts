/** The log directories of this window: one a workspace folder, or the extension's own storage where no folder is open. */
import path from 'node:path'
import * as vscode from 'vscode'
import type { Settings } from './settings'

export function logDirectories(settings: Settings, context: vscode.ExtensionContext): string[] {
  const folders = vscode.workspace.workspaceFolders?.filter(({ uri }) => uri.scheme === 'file') ?? []
  if (folders.length === 0) return [path.join(context.globalStorageUri.fsPath, 'tapedeck')]
  return [...new Set(folders.map((folder) => directoryOf(settings, folder)))]
}

/** Where a run that belongs to no file goes: the first folder's. */
export function defaultLogDirectory(settings: Settings, context: vscode.ExtensionContext): string {
  return logDirectories(settings, context)[0] ?? path.join(context.globalStorageUri.fsPath, 'tapedeck')
}

/** Where a run that belongs to a file or folder goes: that of its workspace folder, else the first. */
export function logDirectoryOf(settings: Settings, context: vscode.ExtensionContext, file: string): string {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file))
  return folder === undefined ? defaultLogDirectory(settings, context) : directoryOf(settings, folder)
}

function directoryOf(settings: Settings, { uri }: vscode.WorkspaceFolder): string {
  return path.resolve(uri.fsPath, settings.get('logDirectory', uri))
}

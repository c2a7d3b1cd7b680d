/**
 * The launches of the settings. Those of a folder, of the workspace and of the user are all there; where two have the same
 * name, the nearer one holds.
 */
import * as vscode from 'vscode'
import { readLaunches } from './readLaunches'
import { currentFolder, workspaceFolders, type Launchable } from './launchable'

export interface ListedLaunches {
  readonly launches: readonly (Launchable & { readonly named: true })[]
  /** One sentence for each bad entry. */
  readonly problems: readonly string[]
}

export function listLaunches(): ListedLaunches {
  const launches: (Launchable & { readonly named: true })[] = []
  const problems = new Set<string>()
  const add = (value: unknown, folder: string | undefined): void => {
    const read = readLaunches(value)
    for (const problem of read.problems) problems.add(problem)
    for (const configuration of read.launches) {
      if (launches.some((known) => known.configuration.name === configuration.name)) continue
      launches.push({ configuration, ...(folder === undefined ? {} : { folder }), named: true })
    }
  }
  const folders = workspaceFolders()
  for (const { path } of folders) add(levels(vscode.Uri.file(path))?.workspaceFolderValue, path)
  const shared = levels(undefined)
  // What a workspace that is not trusted says is ignored, as for all settings that start a program.
  if (vscode.workspace.isTrusted) add(shared?.workspaceValue, folders[0]?.path)
  add(shared?.globalValue, currentFolder())
  return { launches, problems: [...problems] }
}

function levels(scope: vscode.Uri | undefined): ReturnType<vscode.WorkspaceConfiguration['inspect']> {
  return vscode.workspace.getConfiguration('tapedeck', scope ?? null).inspect('launches')
}

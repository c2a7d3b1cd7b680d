/** Opens files that the output of a run names. */
import * as vscode from 'vscode'
import { findNamedFile } from '../node/launch/outputFile'
import { workspaceFolders } from './launch/launchable'

/**
 * Opens it beside the panel. Line and column count from 1.
 * @param cwd where a relative path starts; then the workspace folders
 * @returns its absolute path
 * @throws UserError when there is no such file
 */
export async function openNamedFile(
  name: string,
  cwd: string | undefined,
  line: number | undefined,
  column: number | undefined,
): Promise<string> {
  const bases = [...(cwd === undefined ? [] : [cwd]), ...workspaceFolders().map(({ path }) => path)]
  const file = await findNamedFile(name, bases)
  const uri = vscode.Uri.file(file)
  const at = line === undefined ? undefined : new vscode.Position(line - 1, (column ?? 1) - 1)
  // The editor chooses what fits: a text, a picture, a table.
  await vscode.commands.executeCommand('vscode.open', uri, {
    viewColumn: besideColumn(uri),
    ...(at === undefined ? {} : { selection: new vscode.Range(at, at) }),
  } satisfies vscode.TextDocumentShowOptions)
  return file
}

/** Where the file is open already, else the column beside the panel. */
function besideColumn(uri: vscode.Uri): vscode.ViewColumn {
  const active = vscode.window.tabGroups.activeTabGroup
  const other = vscode.window.tabGroups.all.find(
    (group) =>
      group !== active &&
      group.tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()),
  )
  return other?.viewColumn ?? vscode.ViewColumn.Beside
}

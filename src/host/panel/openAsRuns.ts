/**
 * Run logs that are open as text although they would open as runs. At the start of its first window after the extension was installed the
 * editor does not know yet that there is an editor for them (later it remembers that from the start before), and so it shows raw JSON.
 */
import * as vscode from 'vscode'
import { viewTypes } from '../../shared/manifest'

/** Of the pattern in package.json. */
const LOG_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-[a-z0-9]{6}\.json$/

/** Shows each as a run, in the place of the text. @returns how many there were */
export async function openAsRuns(): Promise<number> {
  // What is in front of its group is shown last, and so is in front again.
  const misopened = allTabs().flatMap((tab) => logAsText(tab) ?? [])
  misopened.sort((a, b) => Number(a.isActive) - Number(b.isActive))
  for (const { uri, viewColumn, isPreview: preview } of misopened) {
    const options: vscode.TextDocumentShowOptions = { viewColumn, preserveFocus: true, preview }
    await vscode.commands.executeCommand('vscode.openWith', uri, viewTypes.log, options)
    // The editor puts it in the place of the text by itself, or beside it.
    const left = allTabs().filter((tab) => logAsText(tab)?.uri.toString() === uri.toString())
    if (left.length > 0) await vscode.window.tabGroups.close(left, true)
  }
  return misopened.length
}

function allTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all.flatMap((group) => group.tabs)
}

/** Undefined for any other tab. */
function logAsText({ input, isDirty, isActive, isPreview, group }: vscode.Tab) {
  if (!(input instanceof vscode.TabInputText) || isDirty || input.uri.scheme !== 'file') return undefined
  const { uri } = input
  if (!LOG_NAME.test(uri.path.slice(uri.path.lastIndexOf('/') + 1))) return undefined
  return { uri, isActive, isPreview, viewColumn: group.viewColumn }
}

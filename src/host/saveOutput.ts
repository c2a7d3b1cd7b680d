/** Save as Text: the output of a run, as a text file at a place that the person chooses. */
import path from 'node:path'
import * as vscode from 'vscode'
import type { ListedRun } from '../node/runlog/history'
import { writeExport } from '../node/runlog/exportRun'
import { writeWithProgress } from './writeFile'

/** Returns the path of what was written, or undefined when the person cancelled. */
export async function saveOutput(run: Pick<ListedRun, 'path' | 'capture_id'>): Promise<string | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? path.dirname(run.path)
  const target = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(path.join(folder, `${run.capture_id}.txt`)),
    filters: { Text: ['txt', 'log'] },
    title: 'Save Output as Text',
  })
  if (target === undefined) return undefined
  const title = `Saving ${path.basename(target.fsPath)}`
  const done = await writeWithProgress(target, title, async (signal) => {
    await writeExport(run.path, 'text', target.fsPath, { bare: true, signal })
    return ''
  })
  return done ? target.fsPath : undefined
}

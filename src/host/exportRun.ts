/** Export of a run to a place that the person chooses. */
import path from 'node:path'
import * as vscode from 'vscode'
import type { ListedRun } from '../node/runlog/history'
import { writeExport } from '../node/runlog/exportRun'
import type { ExportFormat } from '../shared/protocol/contract'
import { writeWithProgress } from './writeFile'

const formats: readonly { format: ExportFormat; label: string; description: string; extension: string }[] = [
  { format: 'json', label: 'JSON', description: 'the log as it is', extension: 'json' },
  { format: 'ndjson', label: 'NDJSON', description: 'one event a line', extension: 'ndjson' },
  { format: 'har', label: 'HAR', description: 'requests and bodies, for network tools', extension: 'har' },
  { format: 'csv', label: 'CSV', description: 'search queries and sources', extension: 'csv' },
  { format: 'markdown', label: 'Markdown', description: 'a report to read and to share', extension: 'md' },
]

/** Returns the path of what was written, or undefined when the person cancelled. */
export async function exportRunTo(
  run: Pick<ListedRun, 'path' | 'capture_id'>,
  format?: ExportFormat,
): Promise<string | undefined> {
  const chosen =
    formats.find((known) => known.format === format) ??
    (await vscode.window.showQuickPick(formats, { title: 'Export as' }))
  if (chosen === undefined) return undefined
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? path.dirname(run.path)
  const defaultUri = vscode.Uri.file(path.join(folder, `${run.capture_id}.${chosen.extension}`))
  const target = await vscode.window.showSaveDialog({
    defaultUri,
    filters: { [chosen.label]: [chosen.extension] },
    title: `Export as ${chosen.label}`,
  })
  if (target === undefined) return undefined
  const title = `Exporting ${path.basename(target.fsPath)}`
  const done = await writeWithProgress(target, title, async (signal) => {
    const damaged = await writeExport(run.path, chosen.format, target.fsPath, signal)
    return damaged === 0 ? '' : `${String(damaged)} damaged lines were left out.`
  })
  return done ? target.fsPath : undefined
}

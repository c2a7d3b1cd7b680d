/** Export of a run to a place that the person chooses. */
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import path from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import * as vscode from 'vscode'
import type { ListedRun } from '../node/runlog/history'
import { exportRun } from '../node/runlog/exportRun'
import type { ExportFormat } from '../shared/protocol/contract'

const formats: readonly { format: ExportFormat; label: string; description: string; extension: string }[] = [
  { format: 'json', label: 'JSON', description: 'the log as it is', extension: 'json' },
  { format: 'ndjson', label: 'NDJSON', description: 'one event a line', extension: 'ndjson' },
  { format: 'har', label: 'HAR', description: 'requests and bodies, for network tools', extension: 'har' },
  { format: 'csv', label: 'CSV', description: 'search queries and sources', extension: 'csv' },
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
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: `Exporting ${path.basename(target.fsPath)}`,
    cancellable: true,
  }
  const done = await vscode.window.withProgress(progress, (_report, token) =>
    write(run.path, chosen.format, target.fsPath, token),
  )
  if (!done) return undefined
  void vscode.window.showInformationMessage(`Exported to ${target.fsPath}.`, 'Open').then((choice) => {
    if (choice !== undefined) void vscode.commands.executeCommand('vscode.open', target)
  })
  return target.fsPath
}

/** Written beside and renamed at the end, so that a cancelled or failed export leaves nothing half written. */
async function write(
  logPath: string,
  format: ExportFormat,
  target: string,
  token: vscode.CancellationToken,
): Promise<boolean> {
  const partial = `${target}.${String(process.pid)}.partial`
  const abort = new AbortController()
  const cancelled = token.onCancellationRequested(() => {
    abort.abort()
  })
  try {
    await pipeline(Readable.from(exportRun(logPath, format)), createWriteStream(partial), { signal: abort.signal })
    await rename(partial, target)
    return true
  } catch (error) {
    await rm(partial, { force: true })
    if (abort.signal.aborted) return false
    throw error
  } finally {
    cancelled.dispose()
  }
}

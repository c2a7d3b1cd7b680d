/** Export of a run to a place that the person chooses. */
import path from 'node:path'
import * as vscode from 'vscode'
import { isForSharing, redactionNote } from '../core/export/redactionNote'
import type { ListedRun } from '../node/runlog/history'
import { writeExport } from '../node/runlog/exportRun'
import { readLogInfo } from '../node/runlog/reader'
import type { RunKind } from '../shared/events/schema'
import type { ExportFormat } from '../shared/protocol/contract'
import { exportFormats, exportFormatsOf } from '../shared/protocol/exportFormats'
import type { Container } from './container'
import { writeWithProgress } from './writeFile'

/** Launches are exported again and again while a person works on them: once said, it need not be said each time. */
let launchesAreKnown = false

/** Returns the path of what was written, or undefined when the person cancelled. */
export async function exportRunTo(
  { context }: Pick<Container, 'context'>,
  run: Pick<ListedRun, 'path' | 'capture_id'>,
  format?: ExportFormat,
): Promise<string | undefined> {
  const { head, metadata } = await readLogInfo(run.path)
  const chosen =
    exportFormats.find((known) => known.format === format) ??
    (await vscode.window.showQuickPick(exportFormatsOf(head.kind), { title: 'Export as' }))
  if (chosen === undefined) return undefined
  if (isForSharing(chosen.format) && !(await mayBeShared(head.kind, chosen.label, metadata?.redacted))) return undefined
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
    const damaged = await writeExport(run.path, chosen.format, target.fsPath, {
      pages: path.join(context.extensionPath, 'dist', 'webview'),
      signal,
    })
    return damaged === 0 ? '' : `${String(damaged)} damaged lines were left out.`
  })
  return done ? target.fsPath : undefined
}

/** Says what was redacted and that the rest goes out as it is. */
async function mayBeShared(
  kind: RunKind,
  label: string,
  redacted: Readonly<Record<string, number>> | undefined,
): Promise<boolean> {
  if (kind === 'launch' && launchesAreKnown) return true
  const buttons = kind === 'launch' ? ['Export', 'Export and Don’t Ask for Launches Again'] : ['Export']
  const detail = redactionNote(redacted)
  const choice = await vscode.window.showInformationMessage(
    `Export as ${label} to share it?`,
    { modal: true, detail },
    ...buttons,
  )
  launchesAreKnown ||= choice === buttons[1] && choice !== undefined
  return choice !== undefined
}

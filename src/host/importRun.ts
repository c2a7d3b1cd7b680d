/** Import Run…: runs that were recorded elsewhere, chosen as files. */
import path from 'node:path'
import * as vscode from 'vscode'
import { importInProcess, type ImportedRun } from '../node/import/importProcess'
import { plural } from '../shared/lib/format'
import type { Container } from './container'
import { defaultLogDirectory } from './logDirectories'
import { untilCancelled } from './untilCancelled'
import { showError } from './userMessages'

/** @param file undefined: the person chooses @returns the runs that were made; none when the person thought better of it */
export async function importRuns(container: Container, file: vscode.Uri | undefined): Promise<readonly ImportedRun[]> {
  const files = file === undefined ? await chooseFiles() : [file]
  const imported: ImportedRun[] = []
  for (const { fsPath } of files) {
    try {
      const run = await importOne(container, fsPath)
      if (run === undefined) break
      imported.push(run)
    } catch (error) {
      // One that can't be read must not keep the others away.
      if (files.length === 1) throw error
      showError(error, container.log)
    }
  }
  const last = imported.at(-1)
  if (last === undefined) return imported
  await container.runs.refresh()
  await container.panels?.open(last.path)
  const notes = imported.flatMap((run) => run.notes)
  const what =
    imported.length === 1 ? `${last.title} was imported (${plural(last.events, 'event')}, ${last.format}).` : ''
  const told = [what || `${plural(imported.length, 'run was', 'runs were')} imported.`, ...notes].join(' ')
  void (notes.length > 0 ? vscode.window.showWarningMessage(told) : vscode.window.showInformationMessage(told))
  return imported
}

function importOne({ context, settings }: Container, file: string): Thenable<ImportedRun | undefined> {
  const title = `Importing ${path.basename(file)}`
  const script = path.join(context.extensionPath, 'dist', 'cli.js')
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    (progress, token) =>
      untilCancelled(token, (signal) => {
        let done = 0
        return importInProcess(script, file, defaultLogDirectory(settings, context), {
          signal,
          onProgress: (part) => {
            progress.report({
              increment: Math.max(0, part - done) * 100,
              message: `${String(Math.floor(part * 100))} %`,
            })
            done = part
          },
        })
      }),
  )
}

async function chooseFiles(): Promise<readonly vscode.Uri[]> {
  const chosen = await vscode.window.showOpenDialog({
    title: 'Import Runs: Tapedeck Logs, HAR, asciicast, NDJSON',
    openLabel: 'Import',
    canSelectMany: true,
    filters: {
      'Run logs, HAR, asciicast, NDJSON': ['json', 'har', 'cast', 'ndjson', 'jsonl'],
      'All files': ['*'],
    },
  })
  return chosen ?? []
}

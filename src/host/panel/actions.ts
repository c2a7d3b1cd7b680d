/** What the panel of a run may make the editor do. */
import path from 'node:path'
import * as vscode from 'vscode'
import { describeRun } from '../../node/runlog/history'
import { commands } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { exportRunTo } from '../exportRun'
import { confirmDelete } from '../history/deleteRuns'
import { openNamedFile } from '../openFile'
import { revealFolder } from '../revealFolder'
import { changeOf, resultsOf } from '../runs/results'
import type { RunSession } from '../runs/runSession'
import { saveOutput } from '../saveOutput'
import type { BridgeActions } from '../../core/panel/bridge'
import { editorActions } from './editorActions'
import { notedMarkers } from '../../shared/lib/bookmarks'
import { changeMarkers, markersOf } from './markers'
import { trajectoryActions } from './trajectoryActions'

export function panelActions(container: Container, session: RunSession): BridgeActions {
  const { path: logPath, captureId } = session
  return {
    ...editorActions(container, logPath),
    bookmarks: () => markersOf(logPath),
    changeBookmarks: async (change) => {
      const notes = await changeMarkers(logPath, change)
      // The other panels of the run in this window; other windows see that the file changed.
      session.takeNotes({ notes })
      return notedMarkers(notes)
    },
    exportRun: (format) => exportRunTo(container, { path: logPath, capture_id: captureId }, format),
    deleteRun: async () => {
      await confirmDelete(container, [await container.runs.find(captureId, logPath)])
    },
    openLog: async () => {
      // As text: by itself it would open as this panel again.
      await vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(logPath), 'default')
    },
    runAgain: async () => {
      if (container.launches === undefined) throw new UserError('Launches could not start here.', 'no_launches')
      return container.launches.again(await container.runs.at(logPath))
    },
    openFolder: () => revealFolder(session.info.cwd ?? logPath),
    compare: async () => {
      await vscode.commands.executeCommand(commands.compareRuns, { capture_id: captureId, path: logPath })
    },
    manage: async (what) => {
      const run = await container.runs.find(captureId, logPath)
      await vscode.commands.executeCommand(managing[what], run)
    },
    saveText: () => saveOutput({ path: logPath, capture_id: captureId }),
    openFile: async (name, line, column) => {
      const file = await openNamedFile(name, session.info.cwd, line, column)
      if (line === undefined) await tellChange(logPath, file)
    },
    ...trajectoryActions(session),
  }
}

const managing = {
  rename: commands.renameRun,
  tag: commands.tagRun,
  pin: commands.pinRun,
  unpin: commands.unpinRun,
  reveal: commands.showInRuns,
} as const

/** A result that is opened from an old run may be that of a newer one by now. */
async function tellChange(logPath: string, file: string): Promise<void> {
  const result = resultsOf(await describeRun(logPath, undefined), []).find((listed) => listed.file === file)
  if (result === undefined || (await changeOf(result)) !== 'changed') return
  void vscode.window.showInformationMessage(`${path.basename(file)} was changed since this run.`)
}

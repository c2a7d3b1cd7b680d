/** What the panel of a run may make the editor do. */
import * as vscode from 'vscode'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { confirmDelete } from '../contributions/runCommands'
import { exportRunTo } from '../exportRun'
import { openNamedFile } from '../openFile'
import { revealFolder } from '../revealFolder'
import type { RunSession } from '../runs/runSession'
import { saveOutput } from '../saveOutput'
import type { BridgeActions } from './bridge'
import { editorActions } from './editorActions'
import { trajectoryActions } from './trajectoryActions'

export function panelActions(container: Container, session: RunSession): BridgeActions {
  const { path, captureId } = session
  return {
    ...editorActions(container, path),
    exportRun: (format) => exportRunTo({ path, capture_id: captureId }, format),
    deleteRun: async () => {
      await confirmDelete(container, await container.runs.find(captureId))
    },
    openLog: async () => {
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path))
    },
    runAgain: () => {
      if (container.launches === undefined) throw new UserError('Launches could not start here.', 'no_launches')
      return container.launches.again(captureId)
    },
    openFolder: () => revealFolder(session.info.cwd ?? path),
    saveText: () => saveOutput({ path, capture_id: captureId }),
    openFile: (name, line, column) => openNamedFile(name, session.info.cwd, line, column),
    ...trajectoryActions(session),
  }
}

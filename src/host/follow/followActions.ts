/** What the panel of followed files may make the editor do. */
import * as vscode from 'vscode'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { exportRunTo } from '../exportRun'
import { openNamedFile } from '../openFile'
import type { BridgeActions } from '../../core/panel/bridge'
import { editorActions } from '../panel/editorActions'
import { revealFolder } from '../revealFolder'
import type { FollowSession } from './followSession'

export function followActions(container: Container, session: FollowSession): BridgeActions {
  const notHere = (): never => {
    throw new UserError('A followed file has no run of its own.', 'not_a_run')
  }
  return {
    ...editorActions(container, session.key),
    exportRun: async (format) => {
      const { capture_id } = session.info
      if (capture_id === '')
        throw new UserError('Nothing of this file is recorded yet, so there is nothing to export.', 'not_recorded')
      return exportRunTo(container, await container.runs.find(capture_id), format)
    },
    deleteRun: notHere,
    openLog: async () => {
      const [file] = session.files
      if (file === undefined) throw new UserError('No file matches the pattern yet.', 'no_file')
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(file))
    },
    runAgain: notHere,
    openFolder: () => revealFolder(session.folder),
    compare: notHere,
    manage: notHere,
    saveText: notHere,
    openFile: async (name, line, column) => {
      await openNamedFile(name, session.folder, line, column)
    },
    listTrajectories: notHere,
    getTrajectory: notHere,
  }
}

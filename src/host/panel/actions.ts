/** What the panel of a run may make the editor do. */
import * as vscode from 'vscode'
import { commands } from '../../shared/manifest'
import type { TimeMode } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { confirmDelete } from '../contributions/runCommands'
import { exportRunTo } from '../exportRun'
import { openNamedFile } from '../openFile'
import { revealFolder } from '../revealFolder'
import type { RunSession } from '../runs/runSession'
import { saveOutput } from '../saveOutput'
import type { BridgeActions } from './bridge'
import { trajectoryActions } from './trajectoryActions'

/** Key of the column of times in the editor's memory of the extension. */
const TIME_MODE = 'tapedeck.panel.timeMode'

export function panelActions(container: Container, session: RunSession): BridgeActions {
  const { path, captureId } = session
  return {
    exportRun: (format) => exportRunTo({ path, capture_id: captureId }, format),
    deleteRun: async () => {
      await confirmDelete(container, await container.runs.find(captureId))
    },
    openLog: async () => {
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(path))
    },
    showOutput: async () => {
      await vscode.commands.executeCommand(commands.showOutput)
    },
    timeMode: () => container.context.globalState.get<TimeMode>(TIME_MODE),
    rememberTimeMode: async (mode) => {
      await container.context.globalState.update(TIME_MODE, mode)
    },
    copy: async (text) => {
      await vscode.env.clipboard.writeText(text)
    },
    openLink: async (url) => {
      await vscode.env.openExternal(vscode.Uri.parse(url, true))
    },
    runAgain: () => {
      if (container.launches === undefined) throw new UserError('Launches could not start here.', 'no_launches')
      return container.launches.again(captureId)
    },
    openFolder: () => revealFolder(session.info.cwd ?? path),
    saveText: () => saveOutput({ path, capture_id: captureId }),
    openFile: (name, line, column) => openNamedFile(name, session.info.cwd, line, column),
    ...trajectoryActions(session),
    log: (message) => {
      container.log.error(message)
    },
  }
}

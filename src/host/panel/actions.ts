/** What the panel of a run may make the editor do. */
import path from 'node:path'
import * as vscode from 'vscode'
import { describeRun } from '../../node/runlog/history'
import { commands } from '../../shared/manifest'
import type { TimeMode } from '../../shared/protocol/contract'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { confirmDelete } from '../contributions/runCommands'
import { exportRunTo } from '../exportRun'
import { openNamedFile } from '../openFile'
import { revealFolder } from '../revealFolder'
import { changeOf, resultsOf } from '../runs/results'
import type { RunSession } from '../runs/runSession'
import { saveOutput } from '../saveOutput'
import type { BridgeActions } from './bridge'
import { trajectoryActions } from './trajectoryActions'

/** Key of the column of times in the editor's memory of the extension. */
const TIME_MODE = 'tapedeck.panel.timeMode'

export function panelActions(container: Container, session: RunSession): BridgeActions {
  const { path: logPath, captureId } = session
  return {
    exportRun: (format) => exportRunTo({ path: logPath, capture_id: captureId }, format),
    deleteRun: async () => {
      await confirmDelete(container, await container.runs.find(captureId))
    },
    openLog: async () => {
      await vscode.commands.executeCommand('vscode.open', vscode.Uri.file(logPath))
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
    openFolder: () => revealFolder(session.info.cwd ?? logPath),
    saveText: () => saveOutput({ path: logPath, capture_id: captureId }),
    openFile: async (name, line, column) => {
      const file = await openNamedFile(name, session.info.cwd, line, column)
      if (line === undefined) await tellChange(logPath, file)
    },
    ...trajectoryActions(session),
    log: (message) => {
      container.log.error(message)
    },
  }
}

/** A result that is opened from an old run may be that of a newer one by now. */
async function tellChange(logPath: string, file: string): Promise<void> {
  const result = resultsOf(await describeRun(logPath, undefined), []).find((listed) => listed.file === file)
  if (result === undefined || (await changeOf(result)) !== 'changed') return
  void vscode.window.showInformationMessage(`${path.basename(file)} was changed since this run.`)
}

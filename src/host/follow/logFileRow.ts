/** A log file in the Sources view: one click follows it. */
import path from 'node:path'
import * as vscode from 'vscode'
import { formatBytes, formatDateTime } from '../../shared/lib/format'
import { commands } from '../../shared/manifest'
import type { LogFile } from './logFiles'

export class LogFileRow {
  constructor(
    readonly file: LogFile,
    readonly isLive: boolean,
  ) {}

  get item(): vscode.TreeItem {
    const { uri, bytes, writtenAt } = this.file
    const name = path.basename(uri.fsPath)
    const folder = path.dirname(vscode.workspace.asRelativePath(uri))
    const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.None)
    item.id = `log ${uri.fsPath}`
    item.description = [this.isLive ? 'live' : '', folder === '.' ? '' : folder, formatBytes(bytes)]
      .filter((part) => part !== '')
      .join(' · ')
    item.iconPath = this.isLive
      ? new vscode.ThemeIcon('pulse', new vscode.ThemeColor('charts.green'))
      : new vscode.ThemeIcon('output')
    item.contextValue = 'log-file'
    item.command = { command: commands.followFile, title: 'Follow Log File', arguments: [uri] }
    item.tooltip = `${uri.fsPath}\n${formatBytes(bytes)}, written ${formatDateTime(writtenAt)}${this.isLive ? ', being written' : ''}`
    item.accessibilityInformation = {
      label: `${name}, log file${this.isLive ? ', being written' : ''}, ${formatBytes(bytes)}, ${folder}`,
    }
    return item
  }
}

/**
 * The tree of sources: launches of the settings and npm scripts, and log files. A launch starts by its play button or Enter,
 * never by a click; a log file is followed by a click.
 */
import path from 'node:path'
import * as vscode from 'vscode'
import { commandLine } from '../../shared/lib/commandLine'
import { formatCount } from '../../shared/lib/format'
import { commands, views } from '../../shared/manifest'
import type { Container } from '../container'
import { LogFileRow } from '../follow/logFileRow'
import type { LogFile, LogFiles } from '../follow/logFiles'
import { listLaunches } from '../launch/configurations'
import { LaunchRow } from '../launch/launchArgument'
import { listScripts } from '../launch/npmScripts'
import { registerCommand } from '../userMessages'

interface Group {
  readonly label: string
  readonly icon: string
  readonly isOpen: boolean
  readonly children: readonly Row[]
  readonly tooltip?: string
}
/** A bad entry of the settings. */
interface Problem {
  readonly problem: string
}
type Row = Group | Problem | LaunchRow | LogFileRow

export function registerSourcesTree({ context, log, logFiles }: Container): void {
  const changed = new vscode.EventEmitter<undefined>()
  const provider: vscode.TreeDataProvider<Row> = {
    onDidChangeTreeData: changed.event,
    getChildren: (row) => (row === undefined ? roots(logFiles) : 'children' in row ? [...row.children] : []),
    getTreeItem: itemOf,
  }
  const tree = vscode.window.createTreeView(views.sources, { treeDataProvider: provider, showCollapseAll: true })
  const refresh = (): void => {
    changed.fire(undefined)
  }
  const packages = vscode.workspace.createFileSystemWatcher('**/package.json')
  context.subscriptions.push(
    tree,
    changed,
    packages,
    packages.onDidChange(refresh),
    packages.onDidCreate(refresh),
    packages.onDidDelete(refresh),
    vscode.workspace.onDidChangeWorkspaceFolders(refresh),
    { dispose: logFiles.onDidChange(refresh) },
    tree.onDidChangeVisibility(({ visible }) => {
      logFiles.setVisible(visible)
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(refresh),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('tapedeck.launches') || event.affectsConfiguration('npm.packageManager')) refresh()
    }),
  )
  logFiles.setVisible(tree.visible)
  registerCommand(context, log, commands.refreshSources, () => {
    logFiles.refresh()
    return Promise.resolve()
  })
  registerCommand(context, log, commands.launchSelected, async () => {
    // Enter takes the row that has the focus, which the editor tells us of only once it is selected.
    await vscode.commands.executeCommand('list.select')
    const [row] = tree.selection
    if (row instanceof LaunchRow) await vscode.commands.executeCommand(commands.launch, row)
    else if (row instanceof LogFileRow) await vscode.commands.executeCommand(commands.followFile, row.file.uri)
    else if (row !== undefined && 'problem' in row) await vscode.commands.executeCommand(commands.editLaunches)
  })
}

/** Nothing at all where there is nothing to start: then the view's welcome is shown. */
async function roots(logFiles: LogFiles): Promise<Row[]> {
  const { launches, problems } = listLaunches()
  const [files, packages] = await Promise.all([logFiles.list(), listScripts()])
  const groups = packages.map(({ label, file, scripts }): Group => ({
    label,
    icon: 'package',
    isOpen: false,
    tooltip: file,
    children: scripts.map(({ name, launchable }) => new LaunchRow(name, launchable)),
  }))
  const own = [
    ...problems.map((problem): Problem => ({ problem })),
    ...launches.map((launchable) => new LaunchRow(launchable.configuration.name, launchable)),
  ]
  const [only] = groups
  const scripts =
    groups.length > 1
      ? { label: 'npm scripts', icon: 'package', isOpen: true, children: groups }
      : only && { ...only, label: 'npm scripts', isOpen: own.length === 0 }
  return [
    ...(own.length === 0 ? [] : [{ label: 'Launches', icon: 'rocket', isOpen: true, children: own }]),
    ...(files.length === 0 ? [] : [logGroup(logFiles, files)]),
    ...(scripts === undefined ? [] : [scripts]),
  ]
}

function logGroup(logFiles: LogFiles, files: readonly LogFile[]): Group {
  const { unlisted } = logFiles
  return {
    label: 'Log files',
    icon: 'output',
    isOpen: true,
    children: files.map((file) => new LogFileRow(file, logFiles.isLive(file))),
    tooltip: `Written last first. The setting tapedeck.follow.patterns says which.${
      unlisted === 0 ? '' : ` ${formatCount(unlisted)} older ones are not listed.`
    }`,
  }
}

function itemOf(row: Row): vscode.TreeItem {
  if (row instanceof LaunchRow) return launchItem(row)
  if (row instanceof LogFileRow) return row.item
  return 'children' in row ? groupItem(row) : problemItem(row)
}

function groupItem({ label, icon, isOpen, tooltip }: Group): vscode.TreeItem {
  const { Expanded, Collapsed } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(label, isOpen ? Expanded : Collapsed)
  item.id = `group ${label} ${icon === 'package' ? (tooltip ?? '') : ''}`
  item.iconPath = new vscode.ThemeIcon(icon)
  item.contextValue = 'group'
  if (tooltip !== undefined) item.tooltip = tooltip
  return item
}

function launchItem({ label, launchable }: LaunchRow): vscode.TreeItem {
  const { configuration, folder, named } = launchable
  const { command, args, cwd, forEach } = configuration
  const line = commandLine(command, args)
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.None)
  item.id = `${named === true ? 'launch' : 'script'} ${folder ?? ''} ${cwd ?? ''} ${label}`
  item.description = `${forEach === undefined ? '' : `${forEach} · `}${line}`.replace(/\s+/g, ' ').slice(0, 200)
  item.iconPath = new vscode.ThemeIcon(named === true ? 'rocket' : 'terminal')
  item.contextValue = named === true ? 'launch' : 'launch-script'
  item.accessibilityInformation = { label: `${label}, ${line.slice(0, 200)}. Enter starts it.` }
  const tooltip = new vscode.MarkdownString()
  tooltip.appendCodeblock(line.slice(0, 2000), 'shellscript')
  tooltip.appendText(folder === undefined ? '' : path.resolve(folder, cwd?.includes('${') === true ? '' : (cwd ?? '')))
  tooltip.appendMarkdown('\n\n').appendText('Starts by its play button or Enter.')
  item.tooltip = tooltip
  return item
}

function problemItem({ problem }: Problem): vscode.TreeItem {
  const item = new vscode.TreeItem(problem, vscode.TreeItemCollapsibleState.None)
  item.id = `problem ${problem}`
  item.iconPath = new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
  item.contextValue = 'problem'
  item.tooltip = new vscode.MarkdownString().appendText(problem)
  item.command = { command: commands.editLaunches, title: 'Edit Launches' }
  return item
}

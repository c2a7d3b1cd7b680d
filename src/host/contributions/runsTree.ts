/** The tree of runs: active first, then past ones by day in local time; the results of a launch below it. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { commandLine } from '../../shared/lib/commandLine'
import { formatBytes } from '../../shared/lib/format'
import { commands, views } from '../../shared/manifest'
import type { Container } from '../container'
import { workspaceFolders } from '../launch/launchable'
import { describeState, runIcon, startedAt } from '../runs/present'
import { changeOf, resultsOf, type ListedResult } from '../runs/results'

interface Group {
  readonly label: string
  readonly runs: readonly ListedRun[]
}
type Node = Group | ListedRun | ListedResult

export function registerRunsTree({ context, runs }: Container): void {
  const changed = new vscode.EventEmitter<undefined>()
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => {
      if (node === undefined) return groupRuns(runs.all)
      return 'runs' in node ? [...node.runs] : 'state' in node ? resultsIn(node) : []
    },
    getTreeItem: (node) => {
      if ('runs' in node) return groupItem(node)
      return 'state' in node ? runItem(node, isStopping(runs, node)) : resultItem(node)
    },
  }
  const tree = vscode.window.createTreeView(views.runs, { treeDataProvider: provider })
  const stopListening = runs.onDidChange(() => {
    changed.fire(undefined)
  })
  context.subscriptions.push(tree, changed, { dispose: stopListening })
}

/** The file does not say so, the runner does. */
function isStopping(runs: Container['runs'], run: ListedRun): boolean {
  return runs.active.some(({ captureId, info }) => captureId === run.capture_id && info.state === 'stopping')
}

function groupRuns(all: readonly ListedRun[]): Group[] {
  const groups = new Map<string, ListedRun[]>()
  const add = (label: string, run: ListedRun): void => {
    groups.set(label, [...(groups.get(label) ?? []), run])
  }
  for (const run of all) if (run.state === 'running') add('Active', run)
  for (const run of all) if (run.state !== 'running') add(dayOf(run), run)
  return [...groups].map(([label, runs]) => ({ label, runs }))
}

function dayOf(run: ListedRun): string {
  const day = startedAt(run)
  const today = new Date()
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1)
  if (day.toDateString() === today.toDateString()) return 'Today'
  if (day.toDateString() === yesterday.toDateString()) return 'Yesterday'
  return day.toLocaleDateString(undefined, { weekday: 'short', year: 'numeric', month: 'short', day: 'numeric' })
}

function groupItem(group: Group): vscode.TreeItem {
  const item = new vscode.TreeItem(group.label, vscode.TreeItemCollapsibleState.Expanded)
  item.id = `group ${group.label}`
  item.contextValue = 'group'
  return item
}

function runItem(run: ListedRun, stopping: boolean): vscode.TreeItem {
  const { capture_id, head, metadata, state, problem } = run
  const started = startedAt(run)
  const time = started.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
  const title = head?.title ?? capture_id
  const { Collapsed, None } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(title, resultsIn(run).length > 0 ? Collapsed : None)
  const described = stopping ? 'stopping' : describeState(run)
  item.id = capture_id
  item.description = `${time} · ${described}`
  item.iconPath = stopping ? new vscode.ThemeIcon('loading~spin') : runIcon(run)
  item.contextValue = `run-${state}${head?.kind === 'launch' ? '-launch' : ''}`
  item.command = { command: commands.openRun, title: 'Open Run', arguments: [capture_id] }
  item.accessibilityInformation = { label: `${title}, ${described}, started ${started.toLocaleString()}` }
  const tooltip = new vscode.MarkdownString()
  const what = head?.url ?? (head?.command === undefined ? undefined : commandLine(head.command, head.args))
  const lines = [title, described, started.toLocaleString(), what?.slice(0, 2000), metadata?.error ?? problem, run.path]
  for (const line of lines) if (line !== undefined) tooltip.appendText(line).appendMarkdown('\n\n')
  item.tooltip = tooltip
  return item
}

function resultsIn(run: ListedRun): ListedResult[] {
  return resultsOf(
    run,
    workspaceFolders().map(({ path }) => path),
  )
}

async function resultItem(result: ListedResult): Promise<vscode.TreeItem> {
  const { capture_id, name, folder, file, bytes, summary } = result
  const item = new vscode.TreeItem(name, vscode.TreeItemCollapsibleState.None)
  const uri = vscode.Uri.file(file)
  item.id = `${capture_id} ${file}`
  item.resourceUri = uri
  item.iconPath = vscode.ThemeIcon.File
  const change = await changeOf(result)
  const since = change === undefined ? undefined : `${change} since this run`
  item.description = [folder, bytes === undefined ? undefined : formatBytes(bytes), summary, since]
    .filter((part) => part !== undefined && part !== '')
    .join(' · ')
  item.contextValue = 'result'
  item.tooltip = file
  item.command = /[\\/]trajectories[\\/][^\\/]+\.jsonl$/i.test(file)
    ? { command: commands.openTrajectories, title: 'Open Trajectories', arguments: [uri] }
    : { command: 'vscode.open', title: 'Open Result', arguments: [uri] }
  return item
}

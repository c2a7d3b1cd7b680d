/** The tree of runs: active first, then past ones by day in local time. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { commands, views } from '../../shared/manifest'
import type { Container } from '../container'
import { describeState, runIcon } from '../runs/present'

interface Group {
  readonly label: string
  readonly runs: readonly ListedRun[]
}
type Node = Group | ListedRun

export function registerRunsTree({ context, runs }: Container): void {
  const changed = new vscode.EventEmitter<undefined>()
  const provider: vscode.TreeDataProvider<Node> = {
    onDidChangeTreeData: changed.event,
    getChildren: (node) => (node === undefined ? groupRuns(runs.all) : isGroup(node) ? [...node.runs] : []),
    getTreeItem: (node) => (isGroup(node) ? groupItem(node) : runItem(node)),
  }
  const tree = vscode.window.createTreeView(views.runs, { treeDataProvider: provider })
  const stopListening = runs.onDidChange(() => {
    changed.fire(undefined)
  })
  context.subscriptions.push(tree, changed, { dispose: stopListening })
}

function isGroup(node: Node): node is Group {
  return 'runs' in node
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

function startedAt({ head, capture_id }: ListedRun): Date {
  const started = new Date(head?.started_at ?? Number.NaN)
  if (!Number.isNaN(started.getTime())) return started
  // A log that can't be read still has its time in its name.
  const [, day = '', h = '', m = '', s = ''] = /^([\d-]{10})T(\d\d)-(\d\d)-(\d\d)Z/.exec(capture_id) ?? []
  return new Date(`${day}T${h}:${m}:${s}Z`)
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

function runItem(run: ListedRun): vscode.TreeItem {
  const { capture_id, head, metadata, state, problem } = run
  const started = startedAt(run)
  const time = started.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' })
  const title = head?.title ?? capture_id
  const item = new vscode.TreeItem(title, vscode.TreeItemCollapsibleState.None)
  item.id = capture_id
  item.description = `${time} · ${describeState(run)}`
  item.iconPath = runIcon(run)
  item.contextValue = `run-${state}`
  item.command = { command: commands.openRun, title: 'Open Run', arguments: [capture_id] }
  item.accessibilityInformation = { label: `${title}, ${state}, started ${started.toLocaleString()}` }
  const tooltip = new vscode.MarkdownString()
  const lines = [title, describeState(run), started.toLocaleString(), head?.url, metadata?.error ?? problem, run.path]
  for (const line of lines) if (line !== undefined) tooltip.appendText(line).appendMarkdown('\n\n')
  item.tooltip = tooltip
  return item
}

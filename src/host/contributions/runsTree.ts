/** The tree of runs: pinned, active, then past ones by day in local time; the results of a launch below it. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { formatBytes, formatCount, plural } from '../../shared/lib/format'
import { commands, contextKeys, views } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { Attention } from '../history/attention'
import { registerHistoryCommands } from '../history/historyCommands'
import { registerRunLooks } from '../history/runLooks'
import {
  filterText,
  isFiltering,
  matcherOf,
  noFilter,
  runSorts,
  type RunFilter,
  type RunSort,
} from '../history/runFilter'
import { groupRuns, type RunGroup } from '../history/runGroups'
import { runItem, runTooltip } from '../history/runItem'
import { workspaceFolders } from '../launch/launchable'
import { changeOf, resultsOf, type ListedResult } from '../runs/results'
import { exactnessIn, type Exactness } from '../runs/twins'
import { registerCommand } from '../userMessages'

/** A group that stays the same object while its runs change. */
interface Group {
  group: RunGroup
  /** So many of its runs are drawn; the rest when it is asked for. */
  limit: number
}
interface More {
  readonly of: Group
}
type Node = Group | More | ListedRun | ListedResult

const SORT_KEY = 'tapedeck.runSort'
/** Rows of a group that are drawn at once. */
const PAGE = 300

export function registerRunsTree(container: Container): void {
  const tree = new RunsTree(container)
  container.context.subscriptions.push(tree)
  registerCommand(container.context, container.log, commands.openSelectedRun, () => tree.openSelected())
  registerHistoryCommands(container)
  registerRunLooks(container, tree)
}

export class RunsTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Node[] | undefined>()
  private readonly view: vscode.TreeView<Node>
  private readonly attention: Attention
  private readonly stops: (() => void)[]
  private exactness: ((run: ListedRun) => Exactness) | undefined
  private groups: Group[] = []
  private filter_ = noFilter
  private sort_: RunSort
  private wasVisible = false
  private notice = ''
  readonly onDidChangeTreeData = this.changed.event

  constructor(private readonly container: Container) {
    const { context, runs, panels } = container
    const kept = context.workspaceState.get(SORT_KEY)
    this.sort_ = runSorts.find((sort) => sort === kept) ?? 'newest'
    this.attention = new Attention(context.workspaceState, Date.now)
    container.attention = this.attention
    container.selectedRuns = () => this.view.selection.filter((node) => 'state' in node)
    container.showInRuns = (run) => this.reveal(run)
    container.tellInRuns = (text) => {
      this.notice = text
      this.take()
    }
    this.view = vscode.window.createTreeView(views.runs, { treeDataProvider: this, canSelectMany: true })
    const opened = (logs: readonly string[]): void => {
      this.attention.noteOpened(logs.map((log) => /([^/\\]+)\.json$/.exec(log)?.[1] ?? log))
    }
    this.view.onDidChangeVisibility(({ visible }) => {
      if (this.wasVisible && !visible) {
        this.attention.noteLooked()
        this.notice = ''
        this.take()
      }
      this.wasVisible = visible
    })
    this.stops = [
      runs.onDidChange(() => {
        this.take()
      }),
      runs.onDidEnd(({ captureId }) => {
        this.attention.noteEnded(captureId)
      }),
      this.attention.onDidChange(() => {
        this.showBadge()
      }),
      panels?.onDidChangeOpen(opened) ?? (() => undefined),
    ]
  }

  get filter(): RunFilter {
    return this.filter_
  }

  set filter(filter: RunFilter) {
    this.filter_ = filter
    this.take()
  }

  get sort(): RunSort {
    return this.sort_
  }

  set sort(sort: RunSort) {
    this.sort_ = sort
    void this.container.context.workspaceState.update(SORT_KEY, sort)
    this.take()
  }

  /** Draws more rows of a group. */
  showMore(node: unknown): void {
    if (typeof node !== 'object' || node === null || !('of' in node)) return
    const group = this.groups.find((one) => one === node.of)
    if (group === undefined) return
    group.limit += PAGE * 3
    this.changed.fire([group])
  }

  getChildren(node?: Node): Node[] {
    if (node === undefined) return this.groups
    if ('group' in node) {
      const { runs } = node.group
      return runs.length > node.limit ? [...runs.slice(0, node.limit), { of: node }] : [...runs]
    }
    return 'state' in node ? resultsIn(node) : []
  }

  /** The editor asks for it where a row is to be brought into view. */
  getParent(node: Node): Node | undefined {
    if ('group' in node) return undefined
    if ('of' in node) return node.of
    if ('state' in node) return this.groups.find(({ group }) => group.runs.includes(node))
    const run = this.container.runs.all.find((one) => resultsIn(one).some(({ file }) => file === node.file))
    return run
  }

  getTreeItem(node: Node): vscode.TreeItem | Promise<vscode.TreeItem> {
    if ('group' in node) return groupItem(node.group, isFiltering(this.filter_))
    if ('of' in node) return moreItem(node)
    if (!('state' in node)) return resultItem(node)
    const { active } = this.container.runs
    const options = {
      isStopping: active.some(({ captureId, info }) => captureId === node.capture_id && info.state === 'stopping'),
      hasResults: resultsIn(node).length > 0,
      isUnderDay: isUnderDay(node, this.sort_),
      exactness: this.exactnessOf(node),
    }
    return runItem(node, options)
  }

  resolveTreeItem(item: vscode.TreeItem, node: Node): vscode.TreeItem {
    if ('state' in node) item.tooltip = runTooltip(node)
    return item
  }

  /** Enter takes the row that has the keys, which the editor tells us of only once it is selected. */
  async openSelected(): Promise<void> {
    await vscode.commands.executeCommand('list.select')
    const [node] = this.view.selection
    if (node !== undefined && 'state' in node) await this.container.panels?.open(node.path)
  }

  /** A filter that hides it goes; more of its group is drawn where it is far down. */
  private async reveal({ path }: ListedRun): Promise<void> {
    const { runs } = this.container
    await runs.refresh()
    const run = runs.all.find((one) => one.path === path)
    if (run === undefined)
      throw new UserError('The Runs view lists the runs of this workspace, and not this one.', 'not_listed')
    if (isFiltering(this.filter_) && !matcherOf(this.filter_)(run)) this.filter = noFilter
    const group = this.groups.find((one) => one.group.runs.includes(run))
    const index = group?.group.runs.indexOf(run) ?? 0
    if (group !== undefined && index >= group.limit) {
      group.limit = index + PAGE
      this.changed.fire([group])
    }
    await this.view.reveal(run, { select: true, focus: true })
  }

  dispose(): void {
    // A window that closes with the view in sight was looked at.
    if (this.view.visible) this.attention.noteLooked()
    for (const stop of this.stops) stop()
    this.view.dispose()
    this.changed.dispose()
  }

  /** Made when the first row is drawn. */
  private exactnessOf(run: ListedRun): Exactness {
    this.exactness ??= exactnessIn(this.groups.flatMap(({ group }) => group.runs))
    return this.exactness(run)
  }

  /** Groups the runs anew and draws what is other than before. */
  private take(): void {
    const { all } = this.container.runs
    const filtering = isFiltering(this.filter_)
    const shown = filtering ? all.filter(matcherOf(this.filter_)) : all
    const before = new Map(this.groups.map((group) => [group.group.id, group]))
    const changed: Group[] = []
    const groups = groupRuns(shown, this.sort_, new Date(), vscode.env.language).map((group) => {
      const known = before.get(group.id)
      if (known === undefined) return { group, limit: PAGE }
      if (!isSameGroup(known.group, group)) changed.push(known)
      known.group = group
      return known
    })
    const isSameList = groups.length === this.groups.length && groups.every((group, i) => group === this.groups[i])
    this.groups = groups
    this.exactness = undefined
    // Nodes of active runs change without their files: each is drawn again.
    const active = groups.find(({ group }) => group.id === 'active')
    if (active !== undefined && !changed.includes(active)) changed.push(active)
    this.describe(all, shown, filtering)
    this.showBadge()
    if (!isSameList) this.changed.fire(undefined)
    else if (changed.length > 0) this.changed.fire(changed)
  }

  private describe(all: readonly ListedRun[], shown: readonly ListedRun[], filtering: boolean): void {
    const bytes = formatBytes(all.reduce((sum, run) => sum + (run.bytes ?? 0), 0))
    const { view } = this
    // An empty view has no message, so its filter is named here.
    const named = shown.length === 0 ? `: ${filterText(this.filter_)}` : ''
    if (filtering) view.description = `${formatCount(shown.length)} of ${plural(all.length, 'run')}${named}`
    else view.description = all.length === 0 ? '' : `${plural(all.length, 'run')}, ${bytes}`
    // With a message the editor does not say what it says of an empty view.
    const filterNote = filtering && shown.length > 0 ? [`Shown: ${filterText(this.filter_)}`] : []
    view.message = shown.length === 0 ? '' : [...filterNote, ...(this.notice === '' ? [] : [this.notice])].join(' – ')
    void vscode.commands.executeCommand('setContext', contextKeys.runsFiltered, filtering)
  }

  private showBadge(): void {
    const { failed, waiting } = this.attention.unseen(this.container.runs.all)
    const parts = [
      ...(failed === 0 ? [] : [`${plural(failed, 'run')} failed`]),
      ...(waiting === 0 ? [] : [waiting === 1 ? '1 run waits for you' : `${formatCount(waiting)} runs wait for you`]),
    ]
    this.view.badge = parts.length === 0 ? undefined : { value: failed + waiting, tooltip: parts.join(', ') }
  }
}

function isUnderDay({ state, notes }: ListedRun, sort: RunSort): boolean {
  return (sort === 'newest' || sort === 'oldest') && notes?.pinned !== true && state !== 'running'
}

function isSameGroup(one: RunGroup, other: RunGroup): boolean {
  return (
    one.label === other.label &&
    one.runs.length === other.runs.length &&
    one.runs.every((run, index) => run === other.runs[index])
  )
}

function groupItem({ id, label, runs, isCollapsed }: RunGroup, filtering: boolean): vscode.TreeItem {
  const { Collapsed, Expanded } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(label, isCollapsed && !filtering ? Collapsed : Expanded)
  item.id = `group ${id}${filtering ? ' filtered' : ''}`
  item.description = formatCount(runs.length)
  item.contextValue = 'group'
  return item
}

function moreItem(node: More): vscode.TreeItem {
  const { group, limit } = node.of
  const item = new vscode.TreeItem(`Show more (${formatCount(group.runs.length - limit)} left)`)
  item.id = `more ${group.id} ${String(limit)}`
  item.iconPath = new vscode.ThemeIcon('ellipsis')
  item.command = { command: commands.showMoreRuns, title: 'Show More', arguments: [node] }
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

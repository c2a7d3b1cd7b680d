/** How a run looks in the Runs view. */
import * as vscode from 'vscode'
import { startedAt, titleOf, type ListedRun } from '../../node/runlog/history'
import { commandLine } from '../../shared/lib/commandLine'
import { formatBytes, formatDuration, plural } from '../../shared/lib/format'
import { commands } from '../../shared/manifest'
import { longDateTime, longTime, startText, timeText } from '../editorTime'
import { describeBriefly, describeState, runIcon } from '../runs/present'
import { idLetters, type Exactness } from '../runs/twins'

const MAX_LABEL = 200
const MAX_LINE = 2000

export interface RunItemOptions {
  /** The file does not say so, the runner does. */
  readonly isStopping: boolean
  readonly hasResults: boolean
  /** It stands in a group of its day: the time is enough. */
  readonly isUnderDay: boolean
  readonly exactness: Exactness
}

/** Its tooltip is made when it is asked for (`runTooltip`). */
export function runItem(
  run: ListedRun,
  { isStopping, hasResults, isUnderDay, exactness }: RunItemOptions,
): vscode.TreeItem {
  const { capture_id, head, state, notes } = run
  const started = startedAt(run)
  const time = isUnderDay ? timeText(started, exactness) : startText(started, exactness)
  const title = titleOf(run).slice(0, MAX_LABEL)
  const { Collapsed, None } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(title, hasResults ? Collapsed : None)
  const described = isStopping ? 'stopping' : describeState(run)
  const tags = (notes?.tags ?? []).map((tag) => `#${tag}`)
  // Two folders may hold a run of one id; the view refuses a second item of an id.
  item.id = run.path
  item.description = [...tags, time, ...idLetters(run, exactness), isStopping ? described : describeBriefly(run)]
    .filter(Boolean)
    .join(' · ')
  item.iconPath = isStopping ? new vscode.ThemeIcon('loading~spin') : runIcon(run)
  const pinned = notes?.pinned === true
  item.contextValue = `run-${pinned ? 'pinned-' : ''}${state}${head?.kind === 'launch' ? '-launch' : ''}`
  item.command = {
    command: commands.openListedRun,
    title: 'Open Run',
    arguments: [{ capture_id, path: run.path }, { isClick: true }],
  }
  const also = [...(pinned ? ['pinned'] : []), ...tags].map((word) => `, ${word}`).join('')
  item.accessibilityInformation = { label: `${title}, ${described}, started ${longDateTime(started)}${also}` }
  return item
}

export function runTooltip(run: ListedRun): vscode.MarkdownString {
  const { head, metadata, notes, problem, notesProblem, bytes } = run
  const title = titleOf(run)
  const own = notes?.title !== undefined && head !== undefined && head.title !== notes.title
  const lines = [
    title,
    own ? `recorded as ${head.title}` : undefined,
    describeState(run),
    whenText(run),
    typeof head?.['imported_from'] === 'string' ? `imported from ${head['imported_from']}` : undefined,
    head?.url ?? (head?.command === undefined ? undefined : commandLine(head.command, head.args)),
    head?.prompt === undefined ? undefined : `“${head.prompt.slice(0, 300)}”`,
    head?.model,
    metadata === undefined ? undefined : countsText(metadata.phase_counts, metadata.level_counts),
    metadata?.error ?? problem,
    metadata !== undefined && metadata.dropped > 0
      ? `${plural(metadata.dropped, 'event')} could not be kept`
      : undefined,
    notes?.tags === undefined || notes.tags.length === 0 ? undefined : notes.tags.map((tag) => `#${tag}`).join(' '),
    notesProblem,
    bytes === undefined ? undefined : `${formatBytes(bytes)} on disk`,
    run.path,
  ]
  const tooltip = new vscode.MarkdownString()
  for (const line of lines)
    if (line !== undefined && line !== '') tooltip.appendText(line.slice(0, MAX_LINE)).appendMarkdown('\n\n')
  return tooltip
}

function whenText(run: ListedRun): string {
  const started = longDateTime(startedAt(run))
  const { finished_at, duration_ms } = run.metadata ?? {}
  if (finished_at === undefined) return started
  const lasted = duration_ms === undefined ? '' : ` (${formatDuration(duration_ms)})`
  return `${started} – ${longTime(new Date(finished_at))}${lasted}`
}

/** What there was much of, in words: "3 searches, 12 sources, 2 errors". */
const counted: readonly (readonly [phase: string, one: string, many?: string])[] = [
  ['search_query', 'search', 'searches'],
  ['search_result', 'source'],
  ['citation', 'citation'],
  ['log_line', 'line'],
  ['network', 'network event'],
  ['metric', 'metric value'],
  ['result', 'result'],
  ['tool_use', 'tool event'],
  ['message', 'message'],
  ['marker', 'marker'],
]

function countsText(phases: Readonly<Record<string, number>>, levels: Readonly<Record<string, number>>): string {
  const { fatal = 0, error = 0, warn = 0 } = levels
  return [
    ...counted.flatMap(([phase, one, many]) => {
      const count = phases[phase] ?? 0
      return count === 0 ? [] : plural(count, one, many ?? `${one}s`)
    }),
    ...(fatal + error === 0 ? [] : [plural(fatal + error, 'error')]),
    ...(warn === 0 ? [] : [plural(warn, 'warning')]),
  ].join(', ')
}

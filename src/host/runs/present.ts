/** How a run looks in lists: one icon and one line for each state. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { formatDuration, plural } from '../../shared/lib/format'

export function runIcon({ state }: Pick<ListedRun, 'state'>): vscode.ThemeIcon {
  switch (state) {
    case 'running':
      return new vscode.ThemeIcon('record', new vscode.ThemeColor('charts.red'))
    case 'completed':
      return new vscode.ThemeIcon('pass', new vscode.ThemeColor('testing.iconPassed'))
    case 'failed':
      return new vscode.ThemeIcon('error', new vscode.ThemeColor('testing.iconFailed'))
    case 'aborted':
      return new vscode.ThemeIcon('circle-slash', new vscode.ThemeColor('testing.iconSkipped'))
    case 'elsewhere':
      return new vscode.ThemeIcon('remote')
    case 'stale':
      return new vscode.ThemeIcon('question')
    case 'damaged':
      return new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
  }
}

/** "completed · 12 s · 340 events", "failed · exit code 2 · 3 s · 70 events · 4 errors" */
export function describeState(run: ListedRun): string {
  return partsOf(run).join(' · ')
}

/** The same beside the icon of a state, which says that all is well. */
export function describeBriefly(run: ListedRun): string {
  return partsOf(run)
    .filter((part, index) => index > 1 || (part !== 'completed' && part !== 'exit code 0'))
    .join(' · ')
}

function partsOf(run: ListedRun): string[] {
  const { state, metadata, modifiedMs } = run
  if (state === 'elsewhere' || state === 'stale') {
    const where = state === 'elsewhere' ? 'recording elsewhere' : 'not closed'
    return modifiedMs === undefined
      ? [where]
      : [`${where}, last write ${formatDuration(Math.max(0, Date.now() - modifiedMs))} ago`]
  }
  if (metadata === undefined) return [state]
  const exit = metadata.kind === 'launch' ? exitText(metadata) : undefined
  const duration = metadata.duration_ms === undefined ? undefined : formatDuration(metadata.duration_ms)
  const { fatal = 0, error = 0 } = metadata.level_counts
  const errors = fatal + error === 0 ? undefined : plural(fatal + error, 'error')
  return [state, exit, duration, plural(metadata.event_count, 'event'), errors].filter((part) => part !== undefined)
}

/** "exit code 2", "SIGKILL"; undefined while a command runs and where it never started. */
export function exitText({
  exit_code,
  signal,
}: {
  readonly exit_code?: number | null | undefined
  readonly signal?: string | null | undefined
}): string | undefined {
  if (typeof signal === 'string') return signal
  return typeof exit_code === 'number' ? `exit code ${String(exit_code)}` : undefined
}

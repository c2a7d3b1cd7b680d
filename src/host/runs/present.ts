/** How a run looks in lists: one icon and one line for each state. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { formatDuration } from '../../shared/lib/format'

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

/** "completed · 12 s · 340 events" */
export function describeState(run: ListedRun): string {
  const { state, metadata, modifiedMs } = run
  if (state === 'elsewhere' || state === 'stale') {
    const where = state === 'elsewhere' ? 'recording elsewhere' : 'not closed'
    return modifiedMs === undefined
      ? where
      : `${where}, last write ${formatDuration(Math.max(0, Date.now() - modifiedMs))} ago`
  }
  if (metadata === undefined) return state
  const events = `${metadata.event_count.toLocaleString('en')} events`
  return [state, metadata.duration_ms === undefined ? '' : formatDuration(metadata.duration_ms), events]
    .filter((part) => part !== '')
    .join(' · ')
}

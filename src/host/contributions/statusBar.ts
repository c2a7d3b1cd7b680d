/** The status bar item: there only while runs are active; says what and how long. */
import * as vscode from 'vscode'
import { formatClock } from '../../shared/lib/format'
import { commands } from '../../shared/manifest'
import type { Container } from '../container'
import { withoutIcons } from '../withoutIcons'

export function registerStatusBar({ context, runs }: Container): void {
  const item = vscode.window.createStatusBarItem('tapedeck.active', vscode.StatusBarAlignment.Left, 50)
  item.name = 'Tapedeck: Active Runs'
  let timer: NodeJS.Timeout | undefined
  const draw = (): void => {
    clearTimeout(timer)
    const sessions = runs.active
    const [only] = sessions
    if (only === undefined) {
      item.hide()
      return
    }
    const { title, elapsed_ms, state, capture_id } = only.info
    const one = sessions.length === 1
    const short = title.length > 30 ? `${title.slice(0, 29)}…` : title
    item.text = one
      ? `$(record) ${withoutIcons(short)} ${formatClock(elapsed_ms)}`
      : `$(record) ${String(sessions.length)} runs`
    item.tooltip = one
      ? `Tapedeck: ${title} (${state}). Click to open.`
      : sessions.map(({ info }) => `${info.title} (${info.state})`).join('\n')
    item.accessibilityInformation = {
      label: one ? `Tapedeck is recording ${title}` : `Tapedeck is recording ${String(sessions.length)} runs`,
    }
    item.command = { command: commands.openRun, title: 'Open Run', ...(one ? { arguments: [capture_id] } : {}) }
    item.show()
    timer = setTimeout(draw, 1000)
  }
  const stop = runs.onDidChange(draw)
  context.subscriptions.push(item, {
    dispose: () => {
      stop()
      clearTimeout(timer)
    },
  })
}

/** The run that a command is about. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import type { Container } from '../container'
import { withoutIcons } from '../withoutIcons'
import { describeState, runIcon, startedAt, startText } from './present'

/**
 * The run that an argument names (an id, or a row of the tree), or the one that the person picks: first the run whose panel
 * they look at, then those that are active, then the newest.
 * @param rankOf where given, what has the least of it comes first
 */
export async function chooseRun(
  container: Pick<Container, 'runs' | 'panels'>,
  argument: unknown,
  title: string,
  fits: (run: ListedRun) => boolean,
  rankOf?: (run: ListedRun) => number,
): Promise<ListedRun | undefined> {
  const id = typeof argument === 'string' ? argument : captureIdOf(argument)
  if (id !== undefined) return container.runs.find(id)
  await container.runs.refresh()
  const front = container.panels?.inFront
  const usual = ({ path, state }: ListedRun): number => (path === front ? 0 : state === 'running' ? 1 : 2)
  const rank = rankOf ?? usual
  const candidates = container.runs.all.filter(fits).sort((a, b) => rank(a) - rank(b))
  if (candidates.length === 0) {
    void vscode.window.showInformationMessage('There is no such run. Launch… and Start Live Capture make them.')
    return undefined
  }
  const items = candidates.map((run) => ({
    label: `$(${runIcon(run).id}) ${withoutIcons(run.head?.title ?? run.capture_id)}`,
    description: [startText(startedAt(run)), describeState(run)].join(' · '),
    detail: run.capture_id,
    run,
  }))
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true })
  return picked?.run
}

function captureIdOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('capture_id' in argument)) return undefined
  return typeof argument.capture_id === 'string' ? argument.capture_id : undefined
}

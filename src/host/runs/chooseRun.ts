/** The run that a command is about. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import type { Container } from '../container'
import { withoutIcons } from '../withoutIcons'
import { describeState, runIcon } from './present'

/** The run that an argument names (an id, or a row of the tree), or the one that the person picks. */
export async function chooseRun(
  container: Pick<Container, 'runs'>,
  argument: unknown,
  title: string,
  fits: (run: ListedRun) => boolean,
): Promise<ListedRun | undefined> {
  const id = typeof argument === 'string' ? argument : captureIdOf(argument)
  if (id !== undefined) return container.runs.find(id)
  await container.runs.refresh()
  const isActive = ({ state }: ListedRun): number => (state === 'running' ? 0 : 1)
  const candidates = container.runs.all.filter(fits).sort((a, b) => isActive(a) - isActive(b))
  if (candidates.length === 0) {
    void vscode.window.showInformationMessage('There is no such run. Launch… and Start Live Capture make them.')
    return undefined
  }
  const items = candidates.map((run) => ({
    label: `$(${runIcon(run).id}) ${withoutIcons(run.head?.title ?? run.capture_id)}`,
    description: describeState(run),
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

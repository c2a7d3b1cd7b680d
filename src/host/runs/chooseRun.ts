/** The run, or the runs, that a command is about. */
import * as vscode from 'vscode'
import { startedAt, titleOf, type ListedRun } from '../../node/runlog/history'
import type { Container } from '../container'
import { withoutIcons } from '../withoutIcons'
import { startText } from '../editorTime'
import { describeState, runIcon } from './present'
import { exactnessIn } from './twins'

type Chooser = Pick<Container, 'runs' | 'panels' | 'selectedRuns'>

/**
 * The run that an argument names (an id, or a row of the tree), or the one that the person picks: first the run whose panel
 * they look at, then those that are active, then the newest.
 * @param rankOf where given, what has the least of it comes first
 */
export async function chooseRun(
  container: Chooser,
  argument: unknown,
  title: string,
  fits: (run: ListedRun) => boolean,
  rankOf?: (run: ListedRun) => number,
): Promise<ListedRun | undefined> {
  const named = await namedRuns(container, argument, undefined)
  if (named !== undefined) return named[0]
  const items = await offer(container, fits, rankOf)
  if (items.length === 0) return undefined
  const picked = await vscode.window.showQuickPick(items, { title, matchOnDescription: true, matchOnDetail: true })
  return picked?.run
}

/**
 * The same for commands that take many: an id or several, the selected rows of the tree, or those that the person checks.
 * @param more what a tree hands over besides the row: all that are selected
 */
export async function chooseRuns(
  container: Chooser,
  argument: unknown,
  more: unknown,
  title: string,
  fits: (run: ListedRun) => boolean,
): Promise<readonly ListedRun[]> {
  const named = await namedRuns(container, argument, more)
  if (named !== undefined) return named
  const items = await offer(container, fits)
  if (items.length === 0) return []
  const options = { title, matchOnDescription: true, matchOnDetail: true, canPickMany: true } as const
  const picked = await vscode.window.showQuickPick(items, options)
  return picked?.map(({ run }) => run) ?? []
}

/** Undefined where nothing is named, so that the person is asked. */
async function namedRuns(
  { runs, selectedRuns }: Chooser,
  argument: unknown,
  more: unknown,
): Promise<readonly ListedRun[] | undefined> {
  const named = isSelection(argument)
    ? (selectedRuns?.() ?? [])
    : Array.isArray(more) && more.some((one) => captureIdOf(one) !== undefined)
      ? more
      : Array.isArray(argument)
        ? argument
        : argument === undefined
          ? []
          : [argument]
  const wanted = named.flatMap((one: unknown) => {
    const id = typeof one === 'string' ? one : captureIdOf(one)
    return id === undefined ? [] : [{ id, path: pathOf(one) }]
  })
  return wanted.length === 0 ? undefined : Promise.all(wanted.map(({ id, path }) => runs.find(id, path)))
}

/** What the keys of the Runs view hand over. */
function isSelection(argument: unknown): boolean {
  return typeof argument === 'object' && argument !== null && 'selected' in argument
}

async function offer(
  { runs, panels }: Chooser,
  fits: (run: ListedRun) => boolean,
  rankOf?: (run: ListedRun) => number,
): Promise<(vscode.QuickPickItem & { readonly run: ListedRun })[]> {
  await runs.refresh()
  const front = panels?.inFront
  const usual = ({ path, state }: ListedRun): number => (path === front ? 0 : state === 'running' ? 1 : 2)
  const rank = rankOf ?? usual
  const candidates = runs.all.filter(fits).sort((a, b) => rank(a) - rank(b))
  if (candidates.length === 0)
    void vscode.window.showInformationMessage('There is no such run. Launch… and Start Live Capture make them.')
  const exactness = exactnessIn(candidates)
  return candidates.map((run) => ({
    label: `$(${runIcon(run).id}) ${withoutIcons(titleOf(run))}`,
    description: [startText(startedAt(run), exactness(run)), describeState(run)].join(' · '),
    detail: [run.capture_id, ...(run.notes?.tags ?? []).map((tag) => `#${tag}`)].join(' · '),
    run,
  }))
}

function captureIdOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('capture_id' in argument)) return undefined
  // A result of a run names it, and is not it.
  if ('file' in argument) return undefined
  return typeof argument.capture_id === 'string' ? argument.capture_id : undefined
}

/** Rows of the tree know which log is meant. */
function pathOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('path' in argument)) return undefined
  return typeof argument.path === 'string' ? argument.path : undefined
}

/** Deletes runs after a question: to the system's trash where it can. */
import * as vscode from 'vscode'
import { readEntry } from '../../node/control/registry'
import { deleteRun, describeRun, refuseActive, titleOf, type ListedRun } from '../../node/runlog/history'
import { formatBytes, plural } from '../../shared/lib/format'
import type { Container } from '../container'
import { errorText } from '../userMessages'

/** So many are named in a question. */
const NAMED = 10

/**
 * Asks, closes the panels of the runs and takes their files away. Returns false when the person thought better of it.
 * @throws UserError `run_is_active` when one of them is; then none is deleted
 */
export async function confirmDelete(container: Container, runs: readonly ListedRun[]): Promise<boolean> {
  for (const run of runs) refuseActive(run)
  const what = namesOf(runs)
  const bytes = formatBytes(runs.reduce((sum, run) => sum + (run.bytes ?? 0), 0))
  // The editor has none over a remote connection.
  const useTrash = vscode.env.remoteName === undefined
  const where = useTrash ? 'moved to the trash' : 'deleted for good: over this connection there is no trash'
  const detail = `${namedLines(runs)}\n\n${bytes}, ${where}.`
  const choice = await vscode.window.showWarningMessage(`Delete ${what}?`, { modal: true, detail }, 'Delete')
  if (choice === undefined) return false
  const refused = await remove(container, runs, useTrash)
  if (refused === undefined) {
    if (!useTrash) return true
    void vscode.window.showInformationMessage(
      `${capital(what)} was moved to the trash.`.replace('runs was', 'runs were'),
    )
    return true
  }
  const left = refused.runs
  const again = await vscode.window.showWarningMessage(
    `${capital(namesOf(left))} can't be moved to the trash. Delete for good?`,
    { modal: true, detail: `${namedLines(left)}\n\n${refused.reason}` },
    'Delete for Good',
  )
  if (again === undefined) return false
  await remove(container, left, false)
  return true
}

/** Returns those that could not be moved to the trash, the first of them with the reason. */
async function remove(
  container: Container,
  chosen: readonly ListedRun[],
  useTrash: boolean,
): Promise<{ runs: readonly ListedRun[]; reason: string } | undefined> {
  const { runs, log } = container
  try {
    for (const [index, run] of chosen.entries()) {
      // Others may have deleted it, or begun to write it, while the person thought.
      const current = await describeRun(run.path, readEntry(run.capture_id))
      try {
        const directory = runs.directoryOf(current)
        await (useTrash ? deleteRun(directory, current, moveToTrash) : deleteRun(directory, current))
      } catch (error) {
        if (!(error instanceof TrashError)) throw error
        log.info(error.message)
        return { runs: chosen.slice(index), reason: error.message }
      }
      container.panels?.close(run.path)
      log.info(`${useTrash ? 'moved to the trash' : 'deleted'}: ${run.path}`)
    }
    return undefined
  } finally {
    await runs.refresh()
  }
}

class TrashError extends Error {}

async function moveToTrash(file: string): Promise<void> {
  try {
    await vscode.workspace.fs.delete(vscode.Uri.file(file), { useTrash: true })
  } catch (error) {
    throw new TrashError(error instanceof Error ? error.message : errorText(error), { cause: error })
  }
}

/** 'the run "a"', "3 runs" */
function namesOf(runs: readonly ListedRun[]): string {
  const [only] = runs
  return runs.length === 1 && only !== undefined ? `the run "${short(only)}"` : plural(runs.length, 'run')
}

/** The first of them by title and id; of a single one its path. */
export function namedLines(runs: readonly ListedRun[]): string {
  const [only] = runs
  if (runs.length === 1 && only !== undefined) return only.path
  const rest = runs.length > NAMED ? [`and ${String(runs.length - NAMED)} more`] : []
  return [...runs.slice(0, NAMED).map((run) => `${short(run)} (${run.capture_id})`), ...rest].join('\n')
}

function short(run: ListedRun): string {
  const title = titleOf(run)
  return title.length > 80 ? `${title.slice(0, 79)}…` : title
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

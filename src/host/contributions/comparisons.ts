/** Two runs side by side: their panels, and the commands that take both at once, or one now and one later as the Explorer does. */
import * as vscode from 'vscode'
import { startedAt, type ListedRun } from '../../node/runlog/history'
import { commands, comparableContext, viewTypes } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { ComparePanels } from '../panel/comparePanels'
import { chooseRun } from '../runs/chooseRun'
import { registerCommand, showError } from '../userMessages'

export function registerComparisons(container: Container): void {
  const { context, log, runs } = container
  const panels = new ComparePanels(container)
  context.subscriptions.push(
    vscode.window.registerWebviewPanelSerializer(viewTypes.compare, {
      deserializeWebviewPanel: async (panel, state: unknown) => {
        try {
          await panels.restore(panel, state)
        } catch (error) {
          showError(error, log)
        }
      },
    }),
  )
  let selected: string | undefined
  registerCommand(context, log, commands.compareRuns, async (argument, more) => {
    const given = await givenRuns(container, argument, more)
    if (given.length > 2)
      throw new UserError('Two runs are compared at a time: select two of them.', 'too_many_runs', 'bad_input')
    const left = given[0] ?? (await chooseRun(container, undefined, 'Compare which run?', isReadable))
    if (left === undefined) return
    const right = given[1] ?? (await chooseOther(container, left))
    if (right !== undefined) await panels.open(left.path, right.path)
  })
  registerCommand(context, log, commands.selectForCompare, async (argument) => {
    const run = await chooseRun(container, argument, 'Select which run for compare?', isReadable)
    if (run === undefined) return
    selected = run.capture_id
    await vscode.commands.executeCommand('setContext', comparableContext, true)
  })
  registerCommand(context, log, commands.compareWithSelected, async (argument) => {
    if (selected === undefined) {
      throw new UserError('No run is selected to be compared: select one first.', 'nothing_selected', 'bad_input')
    }
    const left = await runs.find(selected)
    const right = await chooseRun(container, argument, 'Compare with which run?', (run) => isOther(run, left))
    if (right !== undefined) await panels.open(left.path, right.path)
  })
}

/** The second run: those of the same kind first, and of them the newest. */
function chooseOther(container: Container, left: ListedRun): Promise<ListedRun | undefined> {
  const title = `Compare "${left.head?.title ?? left.capture_id}" with which run?`
  return chooseRun(
    container,
    undefined,
    title,
    (run) => isOther(run, left),
    (run) => Number(run.head?.kind !== left.head?.kind),
  )
}

/** By code two ids, or an id and a choice; from a tree the row and all that are selected. */
async function givenRuns({ runs }: Container, argument: unknown, more: unknown): Promise<ListedRun[]> {
  const isSelection = Array.isArray(more)
  const all = isSelection ? (more as unknown[]) : [argument, more]
  const found = new Map<string, ListedRun>()
  for (const one of all) {
    const isRow = typeof one === 'object' && one !== null
    const id: unknown = isRow && 'capture_id' in one ? one.capture_id : one
    if (typeof id !== 'string') continue
    // Several folders may hold a run of this id: a row, and the panel of a log elsewhere, name the log.
    const run = isRow && 'path' in one && typeof one.path === 'string' ? await runs.at(one.path) : await runs.find(id)
    found.set(run.path, run)
  }
  const given = [...found.values()]
  // What changed is told from the earlier to the later, however they were selected.
  return isSelection ? given.sort((a, b) => startedAt(a).getTime() - startedAt(b).getTime()) : given
}

function isReadable({ head }: ListedRun): boolean {
  return head !== undefined
}

function isOther(run: ListedRun, { path }: ListedRun): boolean {
  return isReadable(run) && run.path !== path
}

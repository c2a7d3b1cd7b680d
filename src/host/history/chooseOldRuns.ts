/** The list of old runs that may go: what is checked goes, what is not stays, and a button of the row pins it for good. */
import * as vscode from 'vscode'
import { startedAt, titleOf, type ListedRun } from '../../node/runlog/history'
import { changeNotes } from '../../node/runlog/notes'
import { formatBytes, plural } from '../../shared/lib/format'
import type { Container } from '../container'
import { longDateTime } from '../editorTime'
import { describeState, runIcon } from '../runs/present'
import { showError } from '../userMessages'
import { withoutIcons } from '../withoutIcons'
import { namedLines } from './deleteRuns'

export interface OldRun {
  readonly run: ListedRun
  /** The bound that it is beyond, in words. */
  readonly reason: string
}

export interface OldRunsChoice {
  readonly going: readonly ListedRun[]
  /** Those that were left unchecked; the pinned ones are in neither. */
  readonly staying: readonly ListedRun[]
}

interface Item extends vscode.QuickPickItem {
  readonly run: ListedRun
}

const DELETE = 'Delete for Good'
const pinButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('pin'),
  tooltip: 'Pin: Never Remove This Run',
}

/** Undefined when the person thought better of it, before the list was accepted or after. */
export async function chooseOldRuns(
  container: Pick<Container, 'log' | 'runs'>,
  offered: readonly OldRun[],
): Promise<OldRunsChoice | undefined> {
  const choice = await pickOldRuns(container, offered)
  if (choice === undefined || choice.going.length === 0) return choice
  const { going, staying } = choice
  const rest = staying.length === 0 ? '' : ` ${plural(staying.length, 'unchecked run stays', 'unchecked runs stay')}.`
  const detail = `${namedLines(going)}\n\n${sizeOf(going)}, not moved to the trash.${rest}`
  const button = await vscode.window.showWarningMessage(
    `Delete ${plural(going.length, 'old run')} for good?`,
    { modal: true, detail },
    DELETE,
  )
  return button === DELETE ? choice : undefined
}

function pickOldRuns(
  { log, runs }: Pick<Container, 'log' | 'runs'>,
  offered: readonly OldRun[],
): Promise<OldRunsChoice | undefined> {
  const pick = vscode.window.createQuickPick<Item>()
  pick.placeholder = 'Checked runs are deleted, the others stay'
  pick.canSelectMany = true
  pick.matchOnDescription = true
  pick.matchOnDetail = true
  const draw = (items: readonly Item[], checked: readonly Item[]): void => {
    pick.items = items
    pick.selectedItems = checked
    tellCount(checked)
  }
  const tellCount = (checked: readonly Item[]): void => {
    const chosen = checked.map(({ run }) => run)
    const count = `${String(chosen.length)} of ${plural(pick.items.length, 'run')}`
    pick.title = `Remove Old Runs: ${count}, ${sizeOf(chosen)}`
  }
  const items = offered.map(itemOf)
  draw(items, items)
  pick.onDidChangeSelection(tellCount)
  const pin = async ({ run }: Item): Promise<void> => {
    await changeNotes(run.path, (notes) => ({ ...notes, pinned: true }))
    const checked = pick.selectedItems.filter((item) => item.run !== run)
    draw(
      pick.items.filter((item) => item.run !== run),
      checked,
    )
    await runs.refresh()
  }
  pick.onDidTriggerItemButton(({ item }) => {
    pin(item).catch((error: unknown) => {
      showError(error, log)
    })
  })
  return new Promise((resolve) => {
    pick.onDidAccept(() => {
      const going = pick.selectedItems.map(({ run }) => run)
      resolve({ going, staying: pick.items.map(({ run }) => run).filter((run) => !going.includes(run)) })
      pick.hide()
    })
    pick.onDidHide(() => {
      resolve(undefined)
      pick.dispose()
    })
    pick.show()
  })
}

function itemOf({ run, reason }: OldRun): Item {
  return {
    label: `$(${runIcon(run).id}) ${withoutIcons(titleOf(run))}`,
    description: [longDateTime(startedAt(run)), formatBytes(run.bytes ?? 0), reason].join(' · '),
    detail: `${run.capture_id} · ${describeState(run)}`,
    buttons: [pinButton],
    run,
  }
}

function sizeOf(runs: readonly ListedRun[]): string {
  return formatBytes(runs.reduce((sum, run) => sum + (run.bytes ?? 0), 0))
}

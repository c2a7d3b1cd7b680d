/** The quick pick of Launch…: the launches of the settings, npm scripts, tasks of the editor, and a typed command line. */
import * as vscode from 'vscode'
import type { LaunchConfiguration } from '../../shared/launch'
import { commandLine } from '../../shared/lib/commandLine'
import { commands } from '../../shared/manifest'
import { settledFocus } from '../settledFocus'
import { errorText } from '../userMessages'
import { withoutIcons } from '../withoutIcons'
import { listLaunches } from './configurations'
import { listTasks } from './editorTasks'
import { currentFolder, type Launchable } from './launchable'
import { listScripts } from './npmScripts'

interface Item extends vscode.QuickPickItem {
  readonly launchable?: Launchable
  readonly action?: 'type' | 'settings'
  /** What was typed into the list when this was chosen. */
  readonly typed?: string
}

/** Undefined when the person chose none. */
export async function chooseLaunch(log: vscode.LogOutputChannel): Promise<Launchable | undefined> {
  await settledFocus()
  const picked = await pick(log)
  if (picked?.action === 'settings') await vscode.commands.executeCommand(commands.editLaunches)
  return picked?.action === 'type' ? typeCommand(picked.typed) : picked?.launchable
}

/** A launch of what a person would type into a terminal. */
export function typedLaunch(line: string): Launchable {
  const folder = currentFolder()
  const configuration: LaunchConfiguration = { name: line.slice(0, 200), command: line, shell: true }
  return { configuration, ...(folder === undefined ? {} : { folder }) }
}

/** @param typed what is known of it already */
async function typeCommand(typed = ''): Promise<Launchable | undefined> {
  const line = await vscode.window.showInputBox({
    title: 'Launch a Command',
    value: typed,
    valueSelection: [typed.length, typed.length],
    prompt: `Runs in ${currentFolder() ?? 'your home folder'}, by your system's shell. Enter starts it.`,
    placeHolder: 'python train.py --epochs 3',
    ignoreFocusOut: true,
    validateInput: (text) => (text.trim() === '' ? 'Type a command.' : undefined),
  })
  return line === undefined ? undefined : typedLaunch(line.trim())
}

/** The settings are there at once; scripts and tasks come as they are found. */
function pick(log: vscode.LogOutputChannel): Promise<Item | undefined> {
  const quickPick = vscode.window.createQuickPick<Item>()
  quickPick.title = 'Launch'
  quickPick.placeholder = 'What should run? A name, or a command line'
  quickPick.matchOnDescription = true
  quickPick.busy = true
  const sections: Item[][] = [settingItems(), [], []]
  let open = true
  const draw = (): void => {
    if (!open) return
    const [active] = quickPick.activeItems
    // While a script or task of this name may still come, what is typed is no command yet: its box asks once more.
    quickPick.items = [...sections.flat(), typedItem(quickPick.value.trim(), quickPick.busy)]
    // With a filter the editor chooses the best match itself, and what we know as chosen may be out of date.
    if (active !== undefined && quickPick.value === '') quickPick.activeItems = [active]
  }
  const load = async (section: number, list: () => Promise<Item[]>): Promise<void> => {
    try {
      sections[section] = await list()
      draw()
    } catch (error) {
      // Another extension's tasks may fail; the rest can be chosen all the same.
      log.warn(errorText(error))
    }
  }
  draw()
  void Promise.all([load(1, scriptItems), load(2, taskItems)]).then(() => {
    if (!open) return
    quickPick.busy = false
    draw()
  })
  return new Promise((resolve) => {
    const choose = (item: Item): void => {
      // The line may be that of a letter ago.
      resolve(item.typed === undefined ? item : typedItem(quickPick.value.trim(), quickPick.busy))
      quickPick.hide()
    }
    // Enter may fall into the moment in which scripts or tasks come in and all items are new: the choice follows then.
    let isAccepted = false
    quickPick.onDidAccept(() => {
      const [item = onlyMatch(quickPick)] = quickPick.selectedItems
      if (item === undefined) isAccepted = true
      else choose(item)
    })
    quickPick.onDidChangeActive(([item]) => {
      if (isAccepted && item !== undefined) choose(item)
    })
    quickPick.onDidChangeValue(() => {
      isAccepted = false
      draw()
    })
    quickPick.onDidHide(() => {
      open = false
      resolve(undefined)
      quickPick.dispose()
    })
    quickPick.show()
  })
}

/** The one item that what is typed can mean, while the editor has none chosen; undefined where there are more. */
function onlyMatch({ value, items }: vscode.QuickPick<Item>): Item | undefined {
  const typed = value.trim().toLowerCase()
  const found = items.filter(
    (item) => item.launchable !== undefined && item.typed === undefined && item.label.toLowerCase().includes(typed),
  )
  return typed !== '' && found.length === 1 ? found[0] : undefined
}

function separator(label: string): Item {
  return { label, kind: vscode.QuickPickItemKind.Separator }
}

function settingItems(): Item[] {
  const { launches, problems } = listLaunches()
  return [
    ...launches.map((launchable) => ({
      label: `$(play) ${withoutIcons(launchable.configuration.name)}`,
      description: describe(launchable),
      launchable,
    })),
    ...(problems.length === 0
      ? []
      : [
          {
            label: `$(warning) ${problems.length === 1 ? '1 launch' : `${String(problems.length)} launches`} can't be read`,
            description: problems[0] ?? '',
            action: 'settings' as const,
          },
        ]),
  ]
}

/**
 * The last line of the list. What is typed stands in its description: were it the label, the editor would put the line before the
 * launches whose names hold it, and Enter would run those few letters.
 */
function typedItem(typed: string, isLoading: boolean): Item {
  if (typed === '' || isLoading)
    return { label: '$(terminal) Type a Command…', action: 'type', typed, alwaysShow: true }
  const launchable = typedLaunch(typed)
  return { label: '$(terminal)', description: `Run “${withoutIcons(typed)}”`, launchable, typed, alwaysShow: true }
}

async function scriptItems(): Promise<Item[]> {
  const groups = await listScripts()
  return groups.flatMap(({ label, scripts }) => [
    separator(`npm scripts · ${label}`),
    ...scripts.map(({ name, launchable }) => ({
      label: `$(package) ${withoutIcons(name)}`,
      description: describe(launchable),
      launchable,
    })),
  ])
}

async function taskItems(): Promise<Item[]> {
  const tasks = await listTasks()
  if (tasks.length === 0) return []
  return [
    separator('tasks'),
    ...tasks.map(({ source, launchable }) => ({
      label: `$(tools) ${withoutIcons(launchable.configuration.name)}`,
      description: `${source} · ${describe(launchable)}`,
      launchable,
    })),
  ]
}

function describe({ configuration: { command, args } }: Launchable): string {
  const line = commandLine(command, args).replace(/\s+/g, ' ')
  return line.length > 100 ? `${line.slice(0, 100)}…` : line
}

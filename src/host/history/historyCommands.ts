/** What a person does with past runs: rename, pin, tag, show where they lie. Each works on many where that makes sense. */
import * as vscode from 'vscode'
import { titleOf, type ListedRun } from '../../node/runlog/history'
import { changeNotes } from '../../node/runlog/notes'
import type { Notes } from '../../shared/events/notes'
import { plural } from '../../shared/lib/format'
import { commands } from '../../shared/manifest'
import type { Container } from '../container'
import { revealFolder } from '../revealFolder'
import { chooseRun, chooseRuns } from '../runs/chooseRun'
import { registerCommand } from '../userMessages'
import { chooseTags } from './chooseTags'

const MAX_TITLE = 500

export function registerHistoryCommands(container: Container): void {
  const { context, log } = container
  const any = (): boolean => true
  registerCommand(context, log, commands.renameRun, async (argument, more) => {
    const run = await chooseRun(container, argument, 'Rename which run?', any)
    if (run !== undefined) await rename(container, run, typeof more === 'string' ? more : undefined)
  })
  registerCommand(context, log, commands.pinRun, async (argument, more) => {
    const isOpen = ({ notes }: ListedRun): boolean => notes?.pinned !== true
    await note(container, await chooseRuns(container, argument, more, 'Pin which runs?', isOpen), (notes) => ({
      ...notes,
      pinned: true,
    }))
  })
  registerCommand(context, log, commands.unpinRun, async (argument, more) => {
    const isPinned = ({ notes }: ListedRun): boolean => notes?.pinned === true
    const chosen = await chooseRuns(container, argument, more, 'Unpin which runs?', isPinned)
    await note(container, chosen, ({ pinned: _, ...notes }) => notes)
  })
  registerCommand(context, log, commands.tagRun, async (argument, more) => {
    const chosen = await chooseRuns(container, argument, more, 'Tag which runs?', any)
    if (chosen.length > 0) await tag(container, chosen, tagsOf(more))
  })
  registerCommand(context, log, commands.revealRun, async (argument) => {
    const run = await chooseRun(container, argument, 'Show the log of which run?', any)
    if (run !== undefined) await revealFolder(run.path)
  })
  registerCommand(context, log, commands.showInRuns, async (argument) => {
    const run = await chooseRun(container, argument, 'Show which run in the Runs view?', any)
    if (run !== undefined) await container.showInRuns?.(run)
  })
  const copy = (command: string, what: string, text: (run: ListedRun) => string): void => {
    registerCommand(context, log, command, async (argument, more) => {
      const chosen = await chooseRuns(container, argument, more, `Copy the ${what} of which runs?`, any)
      if (chosen.length === 0) return
      await vscode.env.clipboard.writeText(chosen.map(text).join('\n'))
      vscode.window.setStatusBarMessage(`Copied ${plural(chosen.length, what)}.`, 3000)
    })
  }
  copy(commands.copyRunPath, 'path', ({ path }) => path)
  copy(commands.copyRunId, 'id', ({ capture_id }) => capture_id)
}

/** @param told undefined: the person is asked; an empty title brings the recorder's own back */
async function rename(container: Container, run: ListedRun, told: string | undefined): Promise<void> {
  const recorded = run.head?.title ?? run.capture_id
  const title =
    told ??
    (await vscode.window.showInputBox({
      title: 'Rename Run',
      value: titleOf(run),
      prompt: `Empty brings the recorded title back: “${recorded.slice(0, 200)}”`,
      validateInput: (text) =>
        text.trim().length > MAX_TITLE ? `A title has at most ${String(MAX_TITLE)} characters.` : undefined,
    }))
  if (title === undefined) return
  const wanted = title.trim().slice(0, MAX_TITLE)
  await note(container, [run], ({ title: _, ...notes }) =>
    wanted === '' || wanted === recorded ? notes : { ...notes, title: wanted },
  )
}

async function tag(
  container: Container,
  chosen: readonly ListedRun[],
  told: readonly string[] | undefined,
): Promise<void> {
  const tags = told === undefined ? await chooseTags(container.runs.all, chosen) : { add: told, remove: [] }
  if (tags === undefined) return
  await note(container, chosen, ({ tags: before = [], ...notes }) => {
    const after = [...new Set([...before.filter((one) => !tags.remove.includes(one)), ...tags.add])].slice(0, 50)
    return after.length === 0 ? notes : { ...notes, tags: after }
  })
}

/** Of a call by code: `["a", "b"]`. */
function tagsOf(more: unknown): readonly string[] | undefined {
  const isTags = Array.isArray(more) && more.length > 0 && more.every((one) => typeof one === 'string')
  return isTags ? more.map((one: string) => one.trim().slice(0, 100)).filter(Boolean) : undefined
}

async function note({ runs }: Container, chosen: readonly ListedRun[], change: (notes: Notes) => Notes): Promise<void> {
  for (const { path } of chosen) await changeNotes(path, change)
  if (chosen.length > 0) await runs.refresh()
}

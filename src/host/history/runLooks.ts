/** Filter and order of the Runs view, by its buttons, from the palette and by code. */
import * as vscode from 'vscode'
import type { ListedRun } from '../../node/runlog/history'
import { plural } from '../../shared/lib/format'
import { commands } from '../../shared/manifest'
import { UserError } from '../../shared/userError'
import type { Container } from '../container'
import { registerCommand } from '../userMessages'
import {
  isFiltering,
  listedStates,
  matcherOf,
  noFilter,
  runFilterSchema,
  runSorts,
  sortNames,
  type RunFilter,
  type RunSort,
} from './runFilter'

/** The Runs view, as far as it is meant here. */
export interface RunLooks {
  filter: RunFilter
  sort: RunSort
  showMore(node: unknown): void
}

export function registerRunLooks(container: Container, looks: RunLooks): void {
  const { context, log, runs } = container
  registerCommand(context, log, commands.filterRuns, async (argument) => {
    if (argument === undefined) {
      await runs.refresh()
      await chooseFilter(runs.all, looks)
      return
    }
    const parsed = runFilterSchema.safeParse(argument)
    if (!parsed.success)
      throw new UserError(`The filter of runs is not understood: ${parsed.error.message}`, 'bad_filter', 'bad_input')
    looks.filter = parsed.data
  })
  registerCommand(context, log, commands.clearRunFilter, () => {
    looks.filter = noFilter
    return Promise.resolve()
  })
  registerCommand(context, log, commands.sortRuns, async (argument) => {
    const sort = runSorts.find((one) => one === argument) ?? (await chooseSort(looks.sort))
    if (sort !== undefined) looks.sort = sort
  })
  registerCommand(context, log, commands.showMoreRuns, (node) => {
    looks.showMore(node)
    return Promise.resolve()
  })
}

async function chooseSort(current: RunSort): Promise<RunSort | undefined> {
  const items = runSorts.map((sort) => ({
    label: sortNames[sort],
    ...(sort === current ? { description: 'now' } : {}),
    sort,
  }))
  const picked = await vscode.window.showQuickPick(items, { title: 'Sort Runs' })
  return picked?.sort
}

interface ChoiceItem extends vscode.QuickPickItem {
  /** The filter with this choice taken or taken back; absent for what ends the choosing. */
  readonly filter?: RunFilter
}

/** The list shows at once what a choice does; what is typed is the text. */
function chooseFilter(all: readonly ListedRun[], looks: RunLooks): Promise<void> {
  const before = looks.filter
  const pick = vscode.window.createQuickPick<ChoiceItem>()
  pick.title = 'Filter Runs'
  pick.placeholder = 'Type a text that title, command, prompt or tag has, or choose'
  pick.value = before.text
  pick.keepScrollPosition = true
  const draw = (): void => {
    const active = pick.activeItems[0]?.label
    pick.items = choices(all, looks.filter)
    pick.activeItems = pick.items.filter(
      ({ label }) => label.replace(/^\$\([a-z-]+\) /, '') === active?.replace(/^\$\([a-z-]+\) /, ''),
    )
  }
  draw()
  pick.onDidChangeValue((text) => {
    looks.filter = { ...looks.filter, text: text.slice(0, 1000) }
    pick.items = choices(all, looks.filter)
  })
  return new Promise((resolve) => {
    let isAccepted = false
    pick.onDidAccept(() => {
      const filter = pick.activeItems[0]?.filter
      if (filter === undefined) {
        isAccepted = true
        pick.hide()
        return
      }
      looks.filter = filter
      if (pick.value !== filter.text) pick.value = filter.text
      draw()
    })
    pick.onDidHide(() => {
      // Escape after a choice keeps it: it was seen in the list. Escape at once changes nothing.
      if (!isAccepted && !isFiltering(looks.filter)) looks.filter = noFilter
      pick.dispose()
      resolve()
    })
    pick.show()
  })
}

function choices(all: readonly ListedRun[], filter: RunFilter): ChoiceItem[] {
  const count = (other: RunFilter): string => plural(all.filter(matcherOf(other)).length, 'run')
  const toggle = <T>(list: readonly T[], one: T): T[] =>
    list.includes(one) ? list.filter((other) => other !== one) : [...list, one]
  const choice = (label: string, isOn: boolean, alone: RunFilter, then: RunFilter): ChoiceItem => ({
    label: `${isOn ? '$(check)' : '$(blank)'} ${label}`,
    description: count(alone),
    alwaysShow: true,
    filter: then,
  })
  const heading = (label: string): ChoiceItem => ({ label, kind: vscode.QuickPickItemKind.Separator })
  const text = filter.text
  const states = listedStates.filter((state) => filter.states.includes(state) || all.some((run) => run.state === state))
  const kinds = [...new Set(all.flatMap(({ head }) => head?.kind ?? []))].sort()
  const tags = [...new Set(all.flatMap(({ notes }) => notes?.tags ?? []))].sort()
  return [
    { label: `$(filter) Show ${count(filter)}`, description: 'Enter', alwaysShow: true },
    ...(isFiltering(filter) ? [{ label: '$(clear-all) Show all runs', alwaysShow: true, filter: noFilter }] : []),
    heading('state'),
    ...states.map((state) =>
      choice(
        state,
        filter.states.includes(state),
        { ...filter, states: [state] },
        {
          ...filter,
          text,
          states: toggle(filter.states, state),
        },
      ),
    ),
    heading('kind'),
    ...kinds.map((kind) =>
      choice(
        kind,
        filter.kinds.includes(kind),
        { ...filter, kinds: [kind] },
        { ...filter, kinds: toggle(filter.kinds, kind) },
      ),
    ),
    ...(tags.length === 0 ? [] : [heading('tag')]),
    ...tags.map((tag) =>
      choice(
        `#${tag}`,
        filter.tags.includes(tag),
        { ...filter, tags: [tag] },
        { ...filter, tags: toggle(filter.tags, tag) },
      ),
    ),
  ]
}

/** `Search Runs…`: a list that fills as hits come, and that is there again after one of them was opened. */
import path from 'node:path'
import * as vscode from 'vscode'
import { startedAt, titleOf } from '../../node/runlog/history'
import { rawPlace, type RunHit } from '../../node/runlog/searchRuns'
import { formatTime } from '../../shared/lib/format'
import { commands, contextKeys } from '../../shared/manifest'
import type { TextQuery } from '../../shared/protocol/rows'
import type { Container } from '../container'
import { startText } from '../editorTime'
import { runIcon } from '../runs/present'
import { exactnessIn, idLetters, type Exactness } from '../runs/twins'
import { registerCommand, showError } from '../userMessages'
import { withoutIcons } from '../withoutIcons'
import { RunSearchResults, type RunResults } from './searchResults'

/** A search begins when nothing was typed for so long. */
const TYPED_MS = 250
/** The list is drawn at most this often. */
const DRAW_MS = 100

type Switch = 'caseSensitive' | 'wholeWord' | 'regex'
const switches: readonly (readonly [name: Switch, icon: string, tooltip: string])[] = [
  ['caseSensitive', 'case-sensitive', 'Match Case'],
  ['wholeWord', 'whole-word', 'Match Whole Word'],
  ['regex', 'regex', 'Use Regular Expression'],
]

interface HitItem extends vscode.QuickPickItem {
  readonly path?: string
  readonly seq?: number
}

/** What is there again when the list is opened again. */
interface Kept {
  text: string
  on: ReadonlySet<Switch>
  results: RunSearchResults | undefined
  /** The hit that was opened. */
  opened: string | undefined
}

export function registerSearchRuns(container: Container): void {
  const { context, log } = container
  const kept: Kept = { text: '', on: new Set(), results: undefined, opened: undefined }
  const script = path.join(context.extensionPath, 'dist', 'searchWorker.js')
  registerCommand(context, log, commands.searchRuns, async (argument) => {
    const told = typeof argument === 'string' && argument !== '' ? argument : undefined
    if (told !== undefined && told !== kept.text) {
      kept.results?.stop()
      Object.assign(kept, { text: told, results: undefined, opened: undefined })
    }
    await container.runs.refresh()
    new SearchList(container, kept, script).show()
  })
  registerCommand(context, log, commands.backToRunSearch, () => {
    new SearchList(container, kept, script).show()
    return Promise.resolve()
  })
  context.subscriptions.push({
    dispose: () => {
      kept.results?.stop()
    },
  })
}

class SearchList {
  private readonly pick = vscode.window.createQuickPick<HitItem>()
  private typing: NodeJS.Timeout | undefined
  private drawing: NodeJS.Timeout | undefined
  private stopListening: (() => void) | undefined

  constructor(
    private readonly container: Container,
    private readonly kept: Kept,
    private readonly script: string,
  ) {
    const { pick } = this
    pick.placeholder = 'A text in titles, tags and events of all runs'
    pick.value = kept.text
    pick.keepScrollPosition = true
    pick.onDidChangeValue((text) => {
      // What the list is opened with is told, too.
      if (text === kept.text) return
      kept.text = text
      clearTimeout(this.typing)
      this.typing = setTimeout(() => {
        this.begin()
      }, TYPED_MS)
    })
    pick.onDidTriggerButton((button) => {
      const [name] = switches.find(([, , tooltip]) => button.tooltip?.startsWith(tooltip)) ?? []
      if (name === undefined) return
      const on = new Set(kept.on)
      if (!on.delete(name)) on.add(name)
      kept.on = on
      this.begin()
    })
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems
      if (item !== undefined) this.open(item)
    })
    pick.onDidHide(() => {
      this.end()
    })
  }

  show(): void {
    if (this.kept.results === undefined || this.kept.results.isStopped) this.begin()
    else this.listen(this.kept.results)
    this.draw()
    this.pick.show()
  }

  private get query(): TextQuery {
    const { text, on } = this.kept
    return {
      pattern: text,
      caseSensitive: on.has('caseSensitive'),
      wholeWord: on.has('wholeWord'),
      regex: on.has('regex'),
    }
  }

  /** Searches anew; what was found before goes. */
  private begin(): void {
    const { kept } = this
    const { text } = kept
    const { query } = this
    kept.results?.stop()
    this.stopListening?.()
    kept.opened = undefined
    kept.results = text.trim() === '' ? undefined : new RunSearchResults(this.script, this.container.runs.all, query)
    // There is nothing to go back to before a hit was opened.
    void vscode.commands.executeCommand('setContext', contextKeys.hasSearched, false)
    if (kept.results !== undefined) this.listen(kept.results)
    this.draw()
  }

  private listen(results: RunSearchResults): void {
    this.stopListening = results.onDidChange(() => {
      this.drawing ??= setTimeout(() => {
        this.draw()
      }, DRAW_MS)
    })
  }

  private draw(): void {
    clearTimeout(this.drawing)
    this.drawing = undefined
    const { pick, kept } = this
    const { results, on } = kept
    const active = (pick.activeItems[0] === undefined ? undefined : keyOf(pick.activeItems[0])) ?? kept.opened
    pick.busy = results?.isRunning === true
    const shownSwitches = switches.filter(([name]) => on.has(name)).map(([, , tooltip]) => tooltip.toLowerCase())
    const about = [...shownSwitches, ...(results?.note === undefined || results.note === '' ? [] : [results.note])]
    pick.title = ['Search Runs', ...about].join(' – ')
    pick.buttons = switches.map(([name, icon, tooltip]) => ({
      iconPath: on.has(name)
        ? new vscode.ThemeIcon(icon, new vscode.ThemeColor('inputOption.activeForeground'))
        : new vscode.ThemeIcon(icon),
      tooltip: `${tooltip}${on.has(name) ? ' (on)' : ''}`,
    }))
    const found = results?.found ?? []
    const exactness = exactnessIn(found.map(({ run }) => run))
    const items = found.flatMap((one) => itemsOf(one, exactness(one.run)))
    pick.items =
      items.length > 0 || results === undefined || results.isRunning
        ? items
        : [{ label: '$(info)', description: results.note, alwaysShow: true }]
    const again = active === undefined ? undefined : pick.items.find((item) => keyOf(item) === active)
    // Enter opens a hit: the line of its run above it opens that at its top.
    const first = again ?? pick.items.find(({ seq }) => seq !== undefined)
    if (first !== undefined) pick.activeItems = [first]
  }

  private open(item: HitItem): void {
    const { panels, log } = this.container
    if (item.path === undefined || panels === undefined) return
    this.kept.opened = keyOf(item)
    void vscode.commands.executeCommand('setContext', contextKeys.hasSearched, true)
    this.pick.hide()
    const opening = item.seq === undefined ? panels.open(item.path) : panels.goTo(item.path, item.seq, this.query)
    opening.catch((error: unknown) => {
      showError(error, log)
    })
  }

  private end(): void {
    clearTimeout(this.typing)
    clearTimeout(this.drawing)
    this.stopListening?.()
    // Who opened a hit comes back to the list; nobody else waits for more.
    if (this.kept.opened === undefined) this.kept.results?.stop()
    this.pick.dispose()
  }
}

function keyOf({ path, seq }: HitItem): string | undefined {
  return path === undefined ? undefined : `${path} ${String(seq)}`
}

/**
 * A line for the run, its hits below it. All text stands in descriptions: what has its label matched by what is typed the editor would
 * put first, and headings (separators) it would leave out.
 */
function itemsOf({ run, hits, isCut }: RunResults, exactness: Exactness): HitItem[] {
  const { path } = run
  const about = [titleOf(run).slice(0, 80), startText(startedAt(run), exactness), ...idLetters(run, exactness)]
  return [
    { label: `$(${runIcon(run).id})`, description: about.map(withoutIcons).join(' · '), alwaysShow: true, path },
    ...hits.flatMap((hit) => itemOf(path, hit)),
    ...(isCut
      ? [{ label: '$(ellipsis)', description: 'more: open the run and search there', alwaysShow: true, path }]
      : []),
  ]
}

/** Nothing for a hit in the run's names: its line is there already. */
function itemOf(path: string, hit: RunHit): HitItem | [] {
  const { seq, time, text } = hit
  if (seq === undefined) return []
  const place = rawPlace(hit)
  const when = time === undefined || Number.isNaN(time) ? `#${String(seq)}` : formatTime(time)
  const description = `${when}  ${place === undefined ? '' : `(${place}) `}${withoutIcons(text)}`
  return { label: '$(blank)', description, alwaysShow: true, path, seq }
}

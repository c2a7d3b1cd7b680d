/** The rows that are chosen together, from one to another, and what is done with them. */
import { formatTime, plural, type Zone } from '../../src/shared/lib/format'
import type { Client } from '../../src/shared/protocol/peer'
import type { Row } from '../../src/shared/protocol/rows'
import { eventJson } from '../lib/eventJson'
import { plainText } from '../lib/outputText'
import type { Feed } from './feed.svelte'
import type { Notice } from './launch.svelte'

/** Rows that one copy takes as text, and as JSON. */
const MAX_TEXTS = 20_000
const MAX_EVENTS = 500

interface PickedPanel {
  readonly feed: Feed
  readonly isText: boolean
  readonly columns: { readonly zone: Zone }
  notice: Notice | undefined
  copy(text: string): Promise<boolean>
  say(text: string): void
  showProblem(error: unknown): void
}

/** It holds only for the row that is chosen in the view that is open: whoever chooses another row ends it. */
interface Range {
  readonly from: number
  readonly to: number
  readonly chosen: number
  readonly opened: number
}

export class Picked {
  /** Whether the whole text of the chosen row is shown. */
  wraps = $state(false)
  private range = $state.raw<Range>()

  /** Index of the first of the rows and of the one behind the last, those of folds too; the same where none is chosen. */
  readonly span: { readonly first: number; readonly end: number } = $derived.by(() => {
    const { feed } = this.panel
    const { selected } = feed
    // A fold may have grown.
    feed.frame
    const range = this.current
    if (range === undefined && selected < 0) return { first: 0, end: 0 }
    const { from, to } = range ?? { from: selected, to: selected }
    const [top, last] = [Math.min(from, to), Math.max(from, to)].map((index) => feed.viewport.drawnAt(index))
    return { first: top?.first ?? 0, end: last?.end ?? 0 }
  })

  constructor(
    private readonly panel: PickedPanel,
    private readonly client: Client,
  ) {}

  get count(): number {
    return this.span.end - this.span.first
  }

  /** Whether more than the chosen row was taken. */
  get isSeveral(): boolean {
    return this.current !== undefined && this.current.from !== this.current.to
  }

  /** Whether a row is one of several. */
  has(index: number): boolean {
    return this.isSeveral && index >= this.span.first && index < this.span.end
  }

  /** From where it began to this row, which is the chosen one now. */
  extendTo(index: number): void {
    const { feed } = this.panel
    const from = this.current?.from ?? feed.selected
    feed.select(index)
    const to = feed.selected
    this.range = { from: from < 0 ? to : from, to, chosen: to, opened: feed.opened }
    this.tell()
  }

  /** Every row of the list. */
  all(): void {
    const { feed } = this.panel
    const { base, count } = feed.frame
    if (count === 0) return
    this.range = { from: base, to: base + count - 1, chosen: feed.selected, opened: feed.opened }
    this.tell()
  }

  clear(): void {
    this.range = undefined
  }

  async copyText(): Promise<void> {
    const { panel } = this
    await this.copyRows(MAX_TEXTS, (rows) => {
      const [only] = rows
      if (rows.length === 1 && only !== undefined) return plainText(only.text)
      const { zone } = panel.columns
      const head = ({ time, phase }: Row) => (panel.isText ? '' : `${formatTime(time, zone)}  ${phase}  `)
      return rows.map((row) => `${head(row)}${plainText(row.text)}\n`).join('')
    })
  }

  async copyJson(): Promise<void> {
    await this.copyRows(MAX_EVENTS, async (rows) => {
      const events: string[] = []
      for (const row of rows) {
        const info = await this.client.call('detail/get', { position: row.position })
        events.push(eventJson(row, info))
      }
      return events.length === 1 ? (events[0] ?? '') : `[\n${events.join(',\n')}\n]\n`
    })
  }

  private async copyRows(limit: number, textOf: (rows: readonly Row[]) => string | Promise<string>): Promise<void> {
    const { panel, count } = this
    const { first, end } = this.span
    try {
      const rows = await panel.feed.fetch(first, Math.min(end, first + limit))
      if (rows.length === 0 || !(await panel.copy(await textOf(rows)))) return
      const what = panel.isText ? plural(rows.length, 'line') : plural(rows.length, 'event')
      if (count <= limit) panel.say(`Copied ${what}.`)
      else panel.notice = { level: 'info', text: `Copied the first ${what} of ${plural(count, 'chosen row')}.` }
    } catch (error) {
      panel.showProblem(error)
    }
  }

  private get current(): Range | undefined {
    const { range } = this
    const { selected, opened } = this.panel.feed
    return range?.chosen === selected && range.opened === opened ? range : undefined
  }

  private tell(): void {
    this.panel.say(`${plural(this.count, 'row')} chosen.`)
  }
}

/**
 * The next and the previous row that holds what is searched for. Where the search narrows the list, that is the next row; where
 * it only marks, the host is asked for the hits.
 */
import { formatCount } from '../../src/shared/lib/format'
import type { Client } from '../../src/shared/protocol/peer'
import type { Query } from '../../src/shared/protocol/rows'
import type { Feed } from './feed.svelte'
import type { Filters } from './filters.svelte'

interface HitsPanel {
  readonly feed: Feed
  readonly filters: Filters
  say(text: string): void
  showProblem(error: unknown): void
}

export class Hits {
  /** Which of how many: "3 of 120"; undefined while nobody steps. */
  place = $state<string>()
  private view: { readonly key: string; readonly id: number } | undefined

  constructor(
    private readonly panel: HitsPanel,
    private readonly client: Client,
  ) {}

  async step(direction: 1 | -1): Promise<void> {
    const { filters } = this.panel
    if (!filters.hasText) {
      this.panel.say('Search for something first.')
      return
    }
    if (filters.onlyHits) {
      this.stepInList(direction)
      return
    }
    try {
      await this.stepAmongAll(direction)
    } catch (error) {
      this.panel.showProblem(error)
    }
  }

  /** The host has forgotten its views. */
  forget(): void {
    this.view = undefined
    this.place = undefined
  }

  /** Each row of the list is a hit. */
  private stepInList(direction: 1 | -1): void {
    const { feed } = this.panel
    const { first, base, count } = feed.frame
    if (count === 0) {
      this.panel.say('Nothing was found.')
      return
    }
    const here = feed.selected >= 0 ? feed.selected : direction === 1 ? first - 1 : first
    const wanted = here - base + direction
    const wrapped = (wanted + count) % count
    feed.select(base + wrapped)
    this.tell(wrapped, count, wrapped !== wanted, direction)
  }

  private tell(index: number, count: number, isAround: boolean, direction: 1 | -1): void {
    this.place = `${formatCount(index + 1)} of ${formatCount(count)}`
    const around = !isAround ? '' : direction === 1 ? ', from the top again' : ', from the end again'
    this.panel.say(`Hit ${this.place}${around}.`)
  }

  private async stepAmongAll(direction: 1 | -1): Promise<void> {
    const { feed, filters } = this.panel
    const view = await this.hitView(filters.hitQuery)
    const here = feed.selectedSeq ?? feed.frame.rows.find((row) => row !== undefined)?.seq ?? 0
    // Without a chosen row the one on top may be the hit.
    const from = feed.selectedSeq !== undefined && direction === 1 ? here + 1 : here
    const { position } = await this.client.call('position/find', { view, at: { seq: from } })
    const { count } = await this.client.call('rows/get', { view, from: 0, to: 0 })
    if (count === 0) {
      this.panel.say('Nothing was found.')
      return
    }
    const wanted = direction === 1 ? position : position - 1
    const wrapped = (wanted + count) % count
    const { rows } = await this.client.call('rows/get', { view, from: wrapped, to: wrapped + 1 })
    const [row] = rows
    if (row === undefined) return
    this.tell(wrapped, count, wrapped !== wanted, direction)
    await feed.goTo({ seq: row.seq })
  }

  private async hitView(query: Query): Promise<number> {
    const key = JSON.stringify(query)
    if (this.view?.key === key) return this.view.id
    const old = this.view
    const { view } = await this.client.call('view/open', { query })
    this.view = { key, id: view }
    if (old !== undefined) await this.client.call('view/close', { view: old.id })
    return view
  }
}

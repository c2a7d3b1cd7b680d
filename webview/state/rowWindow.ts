/** The rows of one view that are here: the pages around the viewport, and the requests for what is missing. */
import type { Row } from '../../src/shared/protocol/rows'
import type { Client } from '../../src/shared/protocol/peer'
import { foldPage, PAGE_ROWS, type FoldRules, type PageFolds } from '../lib/folds'
import { PageCache } from '../lib/pages'

/** More are held only where a viewport reaches over more: each of its rows may stand for a page. */
const MAX_PAGES = 64
/** The host answers with no more rows at once. */
const GET_ROWS = 1000

interface RowWindowOptions {
  readonly client: Client
  readonly onProblem: (error: unknown) => void
  /** Rows came; `count` is what the host then knew of. */
  readonly onRows: (count: number, isNews: boolean) => void
  readonly folding: FoldRules
}

interface Wanted {
  readonly first: number
  readonly last: number
  readonly reach: number
  /** Rows of the view that the list shows. */
  readonly shown: number
  /** Rows of the view. */
  readonly count: number
}

export class RowWindow {
  private view: number | undefined
  private readonly cache = new PageCache<Row>(PAGE_ROWS, MAX_PAGES)
  private readonly loading = new Map<number, AbortController>()
  /** Of pages as they are: with other rows a page is another array. */
  private folds = new WeakMap<readonly unknown[], PageFolds>()

  constructor(private readonly options: RowWindowOptions) {}

  /** Which rows of a page are drawn as one; undefined while nothing of it is here. */
  readonly foldsOf = (number: number): PageFolds | undefined => {
    const page = this.cache.page(number)
    if (page === undefined) return undefined
    const known = this.folds.get(page)
    if (known !== undefined) return known
    const folds = foldPage(page, this.options.folding)
    this.folds.set(page, folds)
    return folds
  }

  /** What decides about the folds has changed. */
  refold(): void {
    this.folds = new WeakMap()
  }

  /** Undefined where a row is not here. */
  read(from: number, to: number): readonly (Row | undefined)[] {
    return this.cache.read(from, to)
  }

  put(from: number, rows: readonly Row[]): void {
    this.cache.put(from, rows)
  }

  /** Rows from `from` on may have changed: they stay until they are here anew. */
  doubt(from: number): void {
    this.cache.doubt(from)
  }

  /** Forgets every row, and goes over to another view; undefined for none. */
  reset(view: number | undefined): void {
    this.view = view
    this.cache.clear()
    for (const controller of this.loading.values()) controller.abort()
    this.loading.clear()
  }

  /** The host no longer knows the view: what is here stays, and nothing more is asked for. */
  detach(): void {
    this.view = undefined
  }

  /** Asks for the pages of a window and of `reach` rows each way, and gives up those that went out of reach. */
  load({ first, last, reach, shown, count }: Wanted): void {
    const { view } = this
    if (view === undefined) return
    const [from, to] = [Math.max(0, first - reach), Math.min(shown, last + reach)]
    // With as many again what was just passed is still here.
    this.cache.hold(Math.max(MAX_PAGES, 2 * Math.ceil((to - from) / PAGE_ROWS)))
    const missing = new Set(this.cache.missing(from, to))
    for (const [page, controller] of this.loading) {
      if (missing.delete(page)) continue
      controller.abort()
      this.loading.delete(page)
    }
    for (const page of missing) void this.loadPage(view, page, count)
  }

  /** Rows whether they are here or not; they are not kept. */
  async fetch(view: number, first: number, end: number): Promise<readonly Row[]> {
    const rows: Row[] = []
    while (first + rows.length < end) {
      const from = first + rows.length
      const answer = await this.options.client.call('rows/get', { view, from, to: Math.min(end, from + GET_ROWS) })
      if (answer.rows.length === 0) break
      rows.push(...answer.rows)
    }
    return rows
  }

  private async loadPage(view: number, page: number, limit: number): Promise<void> {
    const controller = new AbortController()
    this.loading.set(page, controller)
    const doubt = this.cache.doubtOf(page)
    const from = page * PAGE_ROWS
    try {
      const { rows, count } = await this.options.client.call(
        'rows/get',
        { view, from, to: Math.min(from + PAGE_ROWS, limit) },
        { signal: controller.signal },
      )
      if (this.view !== view) return
      this.cache.put(from, rows)
      this.cache.settle(page, doubt)
      this.options.onRows(count, rows.length > 0)
    } catch (error) {
      this.options.onProblem(error)
    } finally {
      if (this.loading.get(page) === controller) this.loading.delete(page)
    }
  }
}

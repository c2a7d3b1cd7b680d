/**
 * The list of events: which view of the run is shown, where it stands, and the rows that are drawn. The host keeps the
 * rows; here are only the pages around the viewport. The scroll position is our own number, since no element can be as
 * high as a million rows.
 */
import type { Query, Row, TextQuery } from '../../src/shared/protocol/rows'
import { RequestError, type Client } from '../../src/shared/protocol/peer'
import { PageCache } from '../lib/pages'

/** Pixels; the style sheet has the same number. */
export const ROW_HEIGHT = 22
const PAGE_ROWS = 128
const MAX_PAGES = 64
/** The host sends no longer tail than this. */
const MAX_TAIL = 500
/** How long a count may run ahead of the tail that brings its rows, before the rows are asked for; milliseconds. */
const TAIL_GRACE_MS = 250

/** An event to stand at, and how many pixels below the viewport's top. */
export interface Anchor {
  readonly seq: number
  readonly offset: number
}

/** One frame of the list: replaced as a whole, never changed. */
export interface Frame {
  /** Index of the first drawn row. */
  readonly first: number
  /** Undefined where the row is still on its way. */
  readonly rows: readonly (Row | undefined)[]
  /** Pixels that the first drawn row stands above the viewport's top. */
  readonly shift: number
  /** Pixels from the top of the list. */
  readonly top: number
  /** Rows in the list as it is shown. */
  readonly count: number
}

export interface FeedOptions {
  readonly client: Client
  readonly onProblem: (error: unknown) => void
  /** Called when something changed that is kept over a reload. */
  readonly onIntent: () => void
}

export class Feed {
  frame = $state.raw<Frame>({ first: 0, rows: [], shift: 0, top: 0, count: 0 })
  follow = $state(true)
  paused = $state(false)
  /** Rows of the view, whether shown or not. */
  count = $state(0)
  /** False while the host still looks for rows. */
  complete = $state(true)
  /** The text that the rows of the view were searched for. */
  searched = $state.raw<TextQuery>()
  /** False until the first view has answered. */
  ready = $state(false)
  height = $state(0)
  /** Index of the row that the keyboard stands on; -1 for none. */
  selected = $state(-1)
  selectedSeq = $state<number>()
  /** Rows that the person has not had in view since they scrolled away or paused. */
  unseen = $state(0)

  private view: number | undefined
  private generation = 0
  private readonly cache = new PageCache<Row>(PAGE_ROWS, MAX_PAGES)
  private readonly loading = new Map<number, AbortController>()
  private top = 0
  private shown = 0
  private seen = 0
  private frameRequest: number | undefined
  private tailRows = 0
  private ahead: { timer: ReturnType<typeof setTimeout>; count: number } | undefined
  /** The place to return to when a search that is still running has got that far. */
  private wanted: Anchor | undefined
  private readonly stops: (() => void)[]

  constructor(private readonly options: FeedOptions) {
    const { client } = options
    this.stops = [
      client.on('tail', ({ view, count, from, rows }) => {
        if (view !== this.view) return
        this.cache.put(from, rows)
        this.grow(count)
      }),
      client.on('view/changed', ({ view, count, complete }) => {
        if (view !== this.view) return
        this.complete = complete
        this.runAhead(count)
        if (complete && this.wanted !== undefined) void this.returnTo(this.wanted)
      }),
    ]
  }

  /** Where the list stands, to come back to: the chosen row if it is in view, else the topmost; undefined at its top. */
  get anchor(): Anchor | undefined {
    if (this.wanted !== undefined) return this.wanted
    const { first, rows, shift, top } = this.frame
    const chosen = rows[this.selected - first]
    if (chosen !== undefined) return { seq: chosen.seq, offset: this.selected * ROW_HEIGHT - top }
    const topmost = rows.findIndex((row) => row !== undefined)
    const row = rows[topmost]
    return row === undefined || top === 0 ? undefined : { seq: row.seq, offset: topmost * ROW_HEIGHT - shift }
  }

  get atEnd(): boolean {
    return this.top >= this.maxTop() - 1
  }

  /** The row at an index, if it is here. */
  rowAt(index: number): Row | undefined {
    return this.cache.read(index, index + 1)[0]
  }

  /**
   * Shows another view of the run. What is shown stays until the first rows of the new view are here.
   * @param anchor where to stand; without it the list stays at its end or begins at its start
   */
  async open(query: Query, anchor?: Anchor): Promise<void> {
    const generation = ++this.generation
    const { client } = this.options
    const isStale = () => generation !== this.generation
    const old = this.view
    const opened = await client.call('view/open', { query })
    const drop = () => client.call('view/close', { view: opened.view }).catch(this.report)
    if (isStale()) {
      await drop()
      return
    }
    try {
      const fits = Math.max(1, Math.ceil(this.height / ROW_HEIGHT))
      const at =
        anchor === undefined || this.follow
          ? 0
          : (await client.call('position/find', { view: opened.view, seq: anchor.seq })).position
      // The height can change while the answers are under way; drawing clamps once more.
      const end = Math.max(0, opened.count * ROW_HEIGHT - this.height)
      const top = this.follow ? end : Math.min(end, Math.max(0, at * ROW_HEIGHT - (anchor?.offset ?? 0)))
      const from = Math.floor(top / ROW_HEIGHT)
      const chosen = this.selectedSeq
      const [{ rows, count }, found] = await Promise.all([
        client.call('rows/get', { view: opened.view, from, to: from + fits + 1 }),
        chosen === undefined ? undefined : client.call('position/find', { view: opened.view, seq: chosen }),
      ])
      if (isStale()) {
        await drop()
        return
      }
      this.forgetRows()
      this.view = opened.view
      this.searched = query.text
      this.tailRows = 0
      this.cache.put(from, rows)
      this.count = Math.max(count, opened.count)
      this.complete = opened.complete
      this.shown = this.count
      this.seen = this.count
      this.unseen = 0
      this.top = top
      this.wanted = opened.complete || this.follow ? undefined : anchor
      this.selected = found?.position ?? -1
      this.ready = true
      this.schedule()
      this.setTail()
      if (found !== undefined) void this.checkSelection(found.position)
    } catch (error) {
      await drop()
      throw error
    }
    if (old !== undefined) void client.call('view/close', { view: old }).catch(this.report)
  }

  /** The host has forgotten its views: nothing of them is to be closed, and the next `open` starts anew. */
  forget(): void {
    this.view = undefined
    this.tailRows = 0
  }

  resize(height: number): void {
    const y = this.selected * ROW_HEIGHT
    const wasInView = y >= this.top && y + ROW_HEIGHT <= this.top + this.height
    // A detail that opens below the list must not hide the row it tells of.
    if (wasInView && !this.follow && height >= ROW_HEIGHT) this.top = Math.max(this.top, y + ROW_HEIGHT - height)
    this.height = height
    this.schedule()
    this.setTail()
  }

  /** Moves by pixels, as a wheel does. */
  scrollBy(pixels: number): void {
    this.scrollTo(this.top + pixels)
  }

  /** Moves to a distance from the list's top; pixels. Reaching the end follows it again. */
  scrollTo(top: number): void {
    const target = Math.min(Math.max(0, top), this.maxTop())
    const up = target < this.top
    this.top = target
    this.wanted = undefined
    if (this.follow && up) this.setFollow(false)
    else if (!this.follow && !up && this.atEnd) this.setFollow(true)
    this.schedule()
    this.options.onIntent()
  }

  /** Chooses a row and brings it into view. */
  select(index: number): void {
    if (this.frame.count === 0) return
    const target = Math.min(Math.max(0, index), this.frame.count - 1)
    this.setFollow(false)
    this.selected = target
    this.selectedSeq = this.rowAt(target)?.seq
    const y = target * ROW_HEIGHT
    if (y < this.top) this.top = y
    else if (y + ROW_HEIGHT > this.top + this.height) this.top = y + ROW_HEIGHT - this.height
    this.schedule()
    this.options.onIntent()
  }

  setFollow(follow: boolean): void {
    if (this.follow === follow) return
    this.follow = follow
    if (!follow) this.seen = this.shown
    this.schedule()
    this.setTail()
    this.options.onIntent()
  }

  /** Holds the list as it is; nothing is lost, it is only not drawn. */
  setPaused(paused: boolean): void {
    if (this.paused === paused) return
    this.paused = paused
    if (paused) this.seen = this.shown
    this.schedule()
    this.setTail()
  }

  /** To the newest row, and on with it. */
  jumpToEnd(): void {
    this.setPaused(false)
    this.setFollow(true)
    this.schedule()
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.forgetRows()
    if (this.frameRequest !== undefined) cancelAnimationFrame(this.frameRequest)
  }

  private readonly report = (error: unknown): void => {
    if (error instanceof RequestError && ['cancelled', 'disposed', 'no_view'].includes(error.code)) return
    this.options.onProblem(error)
  }

  private maxTop(): number {
    return Math.max(0, this.shown * ROW_HEIGHT - this.height)
  }

  private grow(count: number): void {
    if (this.ahead !== undefined && count >= this.ahead.count) {
      clearTimeout(this.ahead.timer)
      this.ahead = undefined
    }
    this.count = Math.max(count, this.count)
    this.schedule()
  }

  /** A count without its rows. At the live end the rows are on their way by themselves, so they get a moment. */
  private runAhead(count: number): void {
    if (this.tailRows === 0) {
      this.grow(count)
      return
    }
    if (count <= this.count) return
    if (this.ahead !== undefined) {
      this.ahead.count = count
      return
    }
    const timer = setTimeout(() => {
      const late = this.ahead
      this.ahead = undefined
      if (late !== undefined) this.grow(late.count)
    }, TAIL_GRACE_MS)
    this.ahead = { timer, count }
  }

  private schedule(): void {
    this.frameRequest ??= requestAnimationFrame(() => {
      this.frameRequest = undefined
      this.draw()
    })
  }

  private draw(): void {
    if (!this.paused) this.shown = this.count
    if (this.follow && !this.paused) {
      this.top = this.maxTop()
      this.seen = this.count
    } else {
      this.top = Math.min(this.top, this.maxTop())
    }
    this.unseen = this.count - this.seen
    const first = Math.floor(this.top / ROW_HEIGHT)
    const last = Math.min(this.shown, Math.ceil((this.top + this.height) / ROW_HEIGHT))
    const rows = this.cache.read(first, last)
    this.frame = { first, rows, shift: this.top - first * ROW_HEIGHT, top: this.top, count: this.shown }
    if (this.selected >= 0 && this.selectedSeq === undefined) this.selectedSeq = this.rowAt(this.selected)?.seq
    this.load(first, last)
  }

  /** Asks for the pages of the viewport and of one viewport each way, and gives up those that went out of reach. */
  private load(first: number, last: number): void {
    const { view } = this
    if (view === undefined) return
    // At the live end the tail brings what is needed, and what lies above it soon lies elsewhere.
    const reach = this.tailRows > 0 ? 0 : Math.max(1, last - first)
    const missing = new Set(this.cache.missing(Math.max(0, first - reach), Math.min(this.shown, last + reach)))
    for (const [page, controller] of this.loading) {
      if (missing.delete(page)) continue
      controller.abort()
      this.loading.delete(page)
    }
    for (const page of missing) void this.loadPage(view, page)
  }

  private async loadPage(view: number, page: number): Promise<void> {
    const controller = new AbortController()
    this.loading.set(page, controller)
    const from = page * PAGE_ROWS
    try {
      const { rows, count } = await this.options.client.call(
        'rows/get',
        { view, from, to: Math.min(from + PAGE_ROWS, this.count) },
        { signal: controller.signal },
      )
      if (this.view !== view) return
      this.cache.put(from, rows)
      if (count > this.count) this.runAhead(count)
      if (rows.length > 0) this.schedule()
    } catch (error) {
      this.report(error)
    } finally {
      if (this.loading.get(page) === controller) this.loading.delete(page)
    }
  }

  private setTail(): void {
    const { view } = this
    if (view === undefined) return
    const rows = this.follow && !this.paused ? Math.min(MAX_TAIL, Math.ceil(this.height / ROW_HEIGHT) + 8) : 0
    if (rows === this.tailRows) return
    this.tailRows = rows
    void this.options.client.call('tail/set', { view, rows }).catch(this.report)
  }

  /** Goes back to an event once a running search has found its place, unless the person has moved on. */
  private async returnTo({ seq, offset }: Anchor): Promise<void> {
    const { view } = this
    if (view === undefined) return
    this.wanted = undefined
    try {
      const { position } = await this.options.client.call('position/find', { view, seq })
      if (this.view !== view || this.follow) return
      this.top = Math.max(0, Math.min(position * ROW_HEIGHT - offset, this.maxTop()))
      this.schedule()
    } catch (error) {
      this.report(error)
    }
  }

  /** The chosen event may not be in the new view: then nothing is chosen in the list. */
  private async checkSelection(index: number): Promise<void> {
    const { view, selectedSeq } = this
    if (view === undefined) return
    try {
      const { rows } = await this.options.client.call('rows/get', { view, from: index, to: index + 1 })
      if (this.view === view && this.selected === index && rows[0]?.seq !== selectedSeq) this.selected = -1
    } catch (error) {
      this.report(error)
    }
  }

  private forgetRows(): void {
    this.cache.clear()
    for (const controller of this.loading.values()) controller.abort()
    this.loading.clear()
    clearTimeout(this.ahead?.timer)
    this.ahead = undefined
    this.wanted = undefined
  }
}

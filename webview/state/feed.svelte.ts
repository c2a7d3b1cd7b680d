/**
 * The list of events: which view of the run is shown, where it stands, and the rows that are drawn. The host keeps the
 * rows; here are only the pages around the viewport. The scroll position is our own number, since no element can be as
 * high as a million rows.
 */
import type { Query, Row, TextQuery } from '../../src/shared/protocol/rows'
import { RequestError, type CallParams, type Client } from '../../src/shared/protocol/peer'
import { Bounds } from './bounds.svelte'
import { EarlyCount } from './earlyCount'
import { Folding, type FoldingOptions } from './folding'
import { anchorIn, type Anchor, type Frame } from './frame'
import { landIn, positionIn } from './landing'
import { LiveTail } from './liveTail'
import { RowWindow } from './rowWindow'
import { searches, ViewOpener } from './viewOpener'
import { Viewport } from './viewport'

/** Pixels; the style sheet has the same numbers, by the class `dense`. */
const ROW_HEIGHT = 22
const DENSE_ROW_HEIGHT = 18
export interface FeedOptions extends Omit<FoldingOptions, 'isSearched'> {
  readonly client: Client
  readonly onProblem: (error: unknown) => void
  /** Called when something changed that is kept over a reload. */
  readonly onIntent: () => void
}

export class Feed {
  frame = $state.raw<Frame>({ first: 0, rows: [], drawn: [], shift: 0, top: 0, total: 0, count: 0, base: 0 })
  follow = $state(true)
  paused = $state(false)
  /** Rows of the view, whether shown or not. */
  count = $state(0)
  /** How many views were opened so far: with another one an index is another row. */
  opened = $state(0)
  /** False while the host still looks for rows. */
  complete = $state(true)
  /** Why the search for the view's rows ended before the end of the run. */
  problem = $state<string>()
  /** The texts that the rows of the view were searched for. */
  searched = $state.raw<readonly TextQuery[]>([])
  /** Whether a text, a time or a source narrows the view. */
  isSearched = $state(false)
  /** False until the first view has answered. */
  ready = $state(false)
  height = $state(0)
  /** Index of the row that the keyboard stands on; -1 for none. */
  selected = $state(-1)
  selectedSeq = $state<number>()
  /** Rows that the person has not had in view since they scrolled away or paused. */
  unseen = $state(0)
  /** Output wants many rows, events want air. */
  dense = $state(false)
  readonly bounds: Bounds
  readonly viewport: Viewport
  readonly tail: LiveTail

  private view: number | undefined
  private readonly opener: ViewOpener
  private opening: Promise<void> = Promise.resolve()
  private readonly rows: RowWindow
  /** Rows up to the last that is drawn: fewer than are known while the list is paused. */
  shown = 0
  private seen = 0
  private frameRequest: number | undefined
  private readonly early = new EarlyCount((count) => {
    this.count = Math.max(count, this.count)
    this.schedule()
  })
  /** The place to return to when a search that is still running has got that far. */
  private wanted: Anchor | undefined
  /** Where the list stood before it became empty. */
  private lost: Anchor | undefined
  private readonly stops: (() => void)[]

  constructor(private readonly options: FeedOptions) {
    const { client } = options
    this.bounds = new Bounds(client)
    const folding = new Folding({ ...options, isSearched: () => this.isSearched })
    this.rows = new RowWindow({
      client,
      onProblem: this.report,
      onRows: (count, isNews) => {
        if (count > this.count) this.runAhead(count)
        if (isNews) this.schedule()
      },
      folding,
    })
    this.viewport = new Viewport(this, this.rows, folding)
    this.tail = new LiveTail(client, this.report)
    this.opener = new ViewOpener(client, this.report)
    this.stops = [
      client.on('tail', ({ view, count, from, rows }) => {
        if (view !== this.view) return
        this.rows.put(from, rows)
        this.early.arrive(count)
      }),
      client.on('view/changed', ({ view, count, complete, voidFrom, problem }) => {
        if (view !== this.view) return
        this.problem = problem
        if (voidFrom !== undefined) {
          this.rows.doubt(voidFrom)
          this.schedule()
        }
        const found = complete && !this.complete
        if (found) this.seen = Math.max(this.seen, count)
        // A paused list still gets what its own search finds.
        if (!this.complete) this.shown = Math.max(this.shown, count)
        this.complete = complete
        this.runAhead(count)
        // Until then the place of the cleared rows' end was that among the rows found so far.
        if (found) void this.findBounds()
        if (complete && this.wanted !== undefined) void this.returnTo(this.wanted)
      }),
    ]
  }

  /** Where the list stands, to come back to: the chosen row if it is in view, else the topmost; undefined at its top. */
  get anchor(): Anchor | undefined {
    if (this.wanted !== undefined) return this.wanted
    if (this.count === 0) return this.lost
    return anchorIn(this.frame, this.selected, this.rowHeight)
  }

  /** Pixels. */
  get rowHeight(): number {
    return this.dense ? DENSE_ROW_HEIGHT : ROW_HEIGHT
  }

  /** The row at an index, if it is here. */
  rowAt(index: number): Row | undefined {
    return this.rows.read(index, index + 1)[0]
  }

  /** Rows of the view, even while they are on their way; fewer where it ends. */
  async fetch(first: number, end: number): Promise<readonly Row[]> {
    const { view } = this
    const from = Math.max(first, this.bounds.base)
    if (view === undefined || end <= from) return []
    const here = this.rows.read(from, end).filter((row) => row !== undefined)
    return here.length === end - from ? here : this.rows.fetch(view, from, Math.min(end, this.count))
  }

  /**
   * Shows another view of the run. What is shown stays until the first rows of the new view are here.
   * @param anchor where to stand; without it the list stays at its end or begins at its start
   * @param marks the texts to mark, whether they narrow the view or not
   */
  open(query: Query, anchor?: Anchor, marks: readonly TextQuery[] = query.include ?? []): Promise<void> {
    const opening = this.openView(query, anchor, marks)
    this.opening = opening.catch(() => undefined)
    return opening
  }

  private async openView(query: Query, anchor: Anchor | undefined, marks: readonly TextQuery[]): Promise<void> {
    let asked: Pick<Bounds, 'cleared' | 'until'> = this.bounds
    await this.opener.open(
      query,
      (opened) => {
        asked = { cleared: this.bounds.cleared, until: this.bounds.until }
        return landIn(this.options.client, opened, this, anchor)
      },
      (opened, landing) => {
        const old = this.view
        this.reset(opened.view)
        this.opened++
        this.searched = marks
        this.isSearched = searches(query)
        this.tail.forget()
        // What was cleared or brought back meanwhile is asked for again below.
        this.bounds.base = landing.base
        this.bounds.end = landing.end
        this.rows.put(landing.from, landing.rows)
        this.count = landing.count
        this.lost = landing.count === 0 ? anchor : undefined
        this.complete = opened.complete
        this.problem = undefined
        this.shown = this.known
        this.seen = this.known
        this.unseen = 0
        this.wanted = opened.complete || this.follow ? undefined : anchor
        this.selected = landing.selected
        this.viewport.stand(landing.place)
        this.ready = true
        this.schedule()
        this.setTail()
        if (this.bounds.cleared !== asked.cleared || this.bounds.until !== asked.until) void this.findBounds()
        if (landing.selected >= 0) void this.checkSelection(landing.selected)
        return old
      },
    )
  }

  /** The host has forgotten its views: nothing of them is to be closed, and the next `open` starts anew. */
  forget(): void {
    this.view = undefined
    this.rows.detach()
    this.tail.forget()
  }

  resize(height: number): void {
    this.viewport.resize(height)
    this.schedule()
    this.setTail()
  }

  onMoved(): void {
    this.wanted = undefined
    this.schedule()
    this.options.onIntent()
  }

  /** Chooses a row, by its index in the view, and brings it into view; a fold that has it opens. */
  select(index: number): void {
    const { base, count } = this.frame
    if (count === 0) return
    const target = Math.min(Math.max(base, index), base + count - 1)
    this.setFollow(false)
    this.selected = target
    this.selectedSeq = this.rowAt(target)?.seq
    this.viewport.reveal()
    this.schedule()
    this.options.onIntent()
  }

  /**
   * Chooses the first row at or after a place.
   * @param isWanted what is at a `seq` may be another line than the one that was meant
   * @returns false when there is none in this view
   */
  async goTo(at: CallParams<'position/find'>['at'], isWanted: (row: Row) => boolean = () => true): Promise<boolean> {
    // A view that is on its way would take the list elsewhere.
    await this.opening
    const { view } = this
    if (view === undefined) return false
    const { position } = await this.options.client.call('position/find', { view, at })
    if (this.view !== view) return false
    if (position >= this.known) {
      if ('seq' in at) this.standAt(this.known)
      return false
    }
    if ('seq' in at) {
      const [row] = await this.rows.fetch(view, position, position + 1)
      if (row?.seq !== at.seq) this.standAt(position)
      if (row?.seq !== at.seq || !isWanted(row)) return false
    }
    this.setPaused(false)
    // A view that was just opened may not be drawn yet, and only what is drawn can be chosen.
    this.draw()
    this.select(position)
    this.standAt(position)
    return true
  }

  /** Brings a place into the middle, with what came before it. */
  private standAt(position: number): void {
    this.setFollow(false)
    this.viewport.center(position)
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

  /**
   * Takes all rows before now from the list, or brings them back; the log keeps them.
   * @param size events of the run as far as they are known, shown or not
   */
  async clear(size: number): Promise<void> {
    const { view, count } = this
    if (view === undefined || this.bounds.until !== undefined) return
    const [last] = await this.fetch(count - 1, count)
    if (this.view !== view) return
    this.bounds.cleared = Math.max(size, last === undefined ? 0 : last.seq + 1)
    this.bounds.base = count
    this.selected = -1
    this.selectedSeq = undefined
    this.jumpToEnd()
    this.options.onIntent()
  }

  /**
   * Shows the run as if nothing had come from an event on; undefined brings everything back.
   * @returns when the place of that event is known
   */
  async setUntil(seq: number | undefined): Promise<void> {
    this.bounds.until = seq
    this.setTail()
    await this.findBounds()
  }

  showAll(): void {
    this.bounds.cleared = undefined
    this.bounds.base = 0
    this.schedule()
    this.options.onIntent()
  }

  dispose(): void {
    for (const stop of this.stops) stop()
    this.reset(undefined)
    if (this.frameRequest !== undefined) cancelAnimationFrame(this.frameRequest)
  }

  private readonly report = (error: unknown): void => {
    if (error instanceof RequestError && ['cancelled', 'disposed', 'no_view'].includes(error.code)) return
    this.options.onProblem(error)
  }

  /** Rows of the view up to the last that may be shown, whether drawn or not. */
  get known(): number {
    return Math.min(this.count, this.bounds.end)
  }

  /** Where the bounds are in this view. */
  private async findBounds(): Promise<void> {
    const { view } = this
    if (view === undefined) return
    try {
      if (await this.bounds.find(view, () => this.view === view)) this.schedule()
    } catch (error) {
      this.report(error)
    }
  }

  /** A count without its rows. */
  private runAhead(count: number): void {
    if (!this.tail.isOn) this.early.arrive(count)
    else if (count > this.count) this.early.announce(count)
  }

  schedule(): void {
    this.frameRequest ??= requestAnimationFrame(() => {
      this.frameRequest = undefined
      this.draw()
    })
  }

  private draw(): void {
    if (!this.paused) this.shown = this.known
    const isFollowing = this.follow && !this.paused
    this.frame = this.viewport.draw(isFollowing)
    // What a search finds was there before.
    if (isFollowing || !this.complete) this.seen = this.known
    this.unseen = Math.max(0, this.known - this.seen)
    if (this.selected >= 0 && this.selectedSeq === undefined) this.selectedSeq = this.rowAt(this.selected)?.seq
    this.rows.load({ ...this.viewport.reachOf(this.frame), shown: this.shown, count: this.count })
    this.tail.grow(this.view, this.frame.drawn)
  }

  private setTail(): void {
    const isLive = this.follow && !this.paused && this.bounds.until === undefined
    this.tail.set(this.view, isLive ? Math.max(1, Math.ceil(this.height / this.rowHeight)) : 0)
  }

  /** Goes back to an event once a running search has found its place, unless the person has moved on. */
  private async returnTo({ seq, offset }: Anchor): Promise<void> {
    const { view } = this
    if (view === undefined) return
    this.wanted = undefined
    try {
      const position = await positionIn(this.options.client, view, seq)
      if (this.view !== view || this.follow) return
      this.viewport.stand({ index: position, y: offset })
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

  /** Goes over to another view; nothing of the old one stays. */
  private reset(view: number | undefined): void {
    this.view = view
    this.rows.reset(view)
    this.viewport.forget()
    this.early.forget()
    this.wanted = undefined
  }
}

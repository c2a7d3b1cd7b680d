/** The views that a panel has open: their rows when it asks, the newest rows by themselves, and what of them changed. */
import type { EventStore, View } from '../store/eventStore'
import type { GrowthInfo, Notifications } from '../../shared/protocol/contract'
import type { Query, Row } from '../../shared/protocol/rows'
import { UserError } from '../../shared/userError'
import { textExpression, textParts } from '../query/textMatcher'

/** Windows are small; whoever asks for more gets this much. */
const MAX_ROWS = 1000
const MAX_VIEWS = 50
/** Counts and states are told at most this often; rows of the tail go at once. */
const TELL_MS = 100

export interface ViewListener {
  /** Whether a last line may have no end yet. */
  readonly hasOpenLines: boolean
  /** Whether there is a page that wants to be told. */
  isListening(): boolean
  notify<N extends 'grew' | 'view/changed' | 'tail'>(name: N, value: Notifications[N]): void
  /** Rows of a view were told. */
  onRows(): void
  log(message: string): void
}

interface HeldView {
  readonly id: number
  readonly view: View
  readonly stop: () => void
  /** The first row that was told and had no end yet. */
  open: number | undefined
  /** Nothing was found for it yet. */
  isEmpty: boolean
}

export class OpenViews {
  private readonly views = new Map<number, HeldView>()
  private nextView = 1
  private tail: { id: number; view: View; rows: number } | undefined
  private sending = false
  private tailStale = false
  private tellTimer: ReturnType<typeof setTimeout> | undefined
  private growths = 0
  /** Views have been told of so many growths. */
  private toldGrowths = 0

  constructor(
    private readonly store: EventStore,
    private readonly listener: ViewListener,
  ) {}

  get growth(): GrowthInfo {
    const { size, phaseCounts, levelCounts, lastTime } = this.store.growth
    return { size, phaseCounts, levelCounts, ...(lastTime === undefined ? {} : { lastTime }) }
  }

  /** @throws UserError `bad_expression`, `too_many_views`, or `cancelled` when nobody waits for it any more */
  async open(query: Query, signal: AbortSignal): Promise<{ view: number; count: number; complete: boolean }> {
    if (this.views.size >= MAX_VIEWS) throw new UserError('Too many views are open in this panel.', 'too_many_views')
    const { wanted, unwanted } = textParts(query)
    for (const part of [...wanted, ...unwanted]) checkExpression(part)
    const view = await this.store.view(query)
    if (signal.aborted) {
      view.dispose()
      throw new UserError('The panel does not wait for this view any more.', 'cancelled')
    }
    const id = this.nextView++
    const stop = view.onDidChange(() => {
      this.tellFound(held)
      this.tellSoon()
    })
    const held: HeldView = { id, view, stop, open: undefined, isEmpty: view.count === 0 }
    this.views.set(id, held)
    return { view: id, count: view.count, complete: view.complete }
  }

  close(id: number): void {
    const held = this.views.get(id)
    held?.stop()
    held?.view.dispose()
    this.views.delete(id)
    if (this.tail?.id === id) this.tail = undefined
  }

  /** @throws UserError `no_view` for one that is closed */
  get(id: number): View {
    const held = this.views.get(id)
    if (held === undefined) throw new UserError('This view is closed.', 'no_view')
    return held.view
  }

  /** @throws UserError `no_view` */
  async rows(id: number, from: number, to: number): Promise<{ rows: readonly Row[]; count: number }> {
    const view = this.get(id)
    const { growths } = this
    const rows = await view.rows(from, Math.min(to, from + MAX_ROWS))
    this.noteOpen(id, from, rows, growths)
    this.listener.onRows()
    return { rows, count: view.count }
  }

  /** The newest rows of that view are told by themselves; 0 ends it. @throws UserError `no_view` */
  setTail(id: number, rows: number): void {
    this.tail = rows === 0 ? undefined : { id, view: this.get(id), rows }
    void this.sendTail()
  }

  didGrow(): void {
    this.growths++
    void this.sendTail()
    this.tellSoon()
  }

  /** What has changed is told, of all views together. */
  tellSoon(): void {
    if (!this.listener.isListening()) return
    this.tellTimer ??= setTimeout(() => {
      this.tellTimer = undefined
      this.listener.notify('grew', this.growth)
      for (const held of this.views.values()) {
        const { open } = held
        const isVoid = this.growths > this.toldGrowths && open !== undefined
        if (isVoid) held.open = undefined
        this.tellView(held, isVoid ? { voidFrom: open } : {})
      }
      this.toldGrowths = this.growths
      // A search that found more moves its tail too.
      void this.sendTail()
    }, TELL_MS)
  }

  /** Closes all of them. */
  forget(): void {
    clearTimeout(this.tellTimer)
    this.tellTimer = undefined
    this.tail = undefined
    for (const { view, stop } of this.views.values()) {
      stop()
      view.dispose()
    }
    this.views.clear()
  }

  /** The way from an event to its pixels: one push at a time, each with the newest rows. */
  private async sendTail(): Promise<void> {
    if (this.sending) {
      this.tailStale = true
      return
    }
    this.sending = true
    try {
      do {
        this.tailStale = false
        const { tail } = this
        if (tail === undefined) return
        const { count } = tail.view
        const { growths } = this
        const from = Math.max(0, count - tail.rows)
        const rows = await tail.view.rows(from, count)
        this.noteOpen(tail.id, from, rows, growths)
        if (this.tail !== tail) continue
        this.listener.notify('tail', { view: tail.id, count, from, rows })
        this.listener.onRows()
      } while (this.isTailStale())
    } catch (error) {
      this.listener.log(`panel tail: ${String(error)}`)
    } finally {
      this.sending = false
    }
  }

  /**
   * A followed line without an end is told again when the file has grown; rows of a log stay as they are.
   * @param growths how many there had been when the rows were asked for
   */
  private noteOpen(id: number, from: number, rows: readonly Row[], growths: number): void {
    const held = this.views.get(id)
    const at = rows.findIndex(({ unterminated }) => unterminated === true)
    if (!this.listener.hasOpenLines || held === undefined || at < 0) return
    held.open = Math.min(held.open ?? from + at, from + at)
    // It grew while they were read: they may be older than what was told of it.
    if (growths === this.growths) return
    this.toldGrowths = Math.min(this.toldGrowths, growths)
    this.tellSoon()
  }

  private isTailStale(): boolean {
    return this.tailStale
  }

  private tellView(
    { id, view: { count, complete, problem } }: HeldView,
    more: Pick<Notifications['view/changed'], 'voidFrom'> = {},
  ): void {
    const failed = problem === undefined ? {} : { problem: problem.message }
    this.listener.notify('view/changed', { view: id, count, complete, ...more, ...failed })
  }

  /** What a search finds first is what it was begun for: it is told at once. */
  private tellFound(held: HeldView): void {
    if (!held.isEmpty || held.view.count === 0) return
    held.isEmpty = false
    this.tellView(held)
    void this.sendTail()
  }
}

/** @throws UserError that says where the expression is bad */
function checkExpression(text: Parameters<typeof textExpression>[0]): void {
  try {
    textExpression(text)
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error)
    throw new UserError(`The regular expression is not valid: ${reason}`, 'bad_expression', 'bad_input')
  }
}

/** The newest rows, which the host sends by itself while the list stays at its end. */
import type { Client } from '../../src/shared/protocol/peer'
import type { DrawnRow } from '../lib/foldedList'
import { PAGE_ROWS } from '../lib/folds'

/** The host sends no longer tail than this. */
const MAX_TAIL = 500
/** Rows beyond those that fit, so that a few more do not need another request. */
const SPARE = 8
const STEP = 32

export class LiveTail {
  /** How many rows are asked for; 0 for none. */
  private rows = 0
  private fits = 0
  private extra = 0

  constructor(
    private readonly client: Client,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  get isOn(): boolean {
    return this.rows > 0
  }

  /** @param fits rows that the viewport has room for; 0 for no tail */
  set(view: number | undefined, fits: number): void {
    this.fits = fits
    if (fits === 0) this.extra = 0
    this.ask(view)
  }

  /**
   * Where rows fold, more of them fill the viewport. With each change comes no more than a page beyond it: what is missing then is
   * asked for once.
   */
  grow(view: number | undefined, drawn: readonly DrawnRow[]): void {
    const swallowed = drawn.reduce((sum, { first, end }) => sum + end - first - 1, 0)
    const extra = Math.min(PAGE_ROWS, STEP * Math.ceil(swallowed / STEP))
    if (this.rows === 0 || extra <= this.extra) return
    this.extra = extra
    this.ask(view)
  }

  /** The view is another one, which sends no tail yet. */
  forget(): void {
    this.rows = 0
    this.extra = 0
  }

  private ask(view: number | undefined): void {
    const rows = this.fits === 0 ? 0 : Math.min(MAX_TAIL, this.fits + SPARE + this.extra)
    if (view === undefined || rows === this.rows) return
    this.rows = rows
    void this.client.call('tail/set', { view, rows }).catch(this.onProblem)
  }
}

/** What decides which rows fold: the setting, the marked rows, and the folds that the person opened. */
import type { Row } from '../../src/shared/protocol/rows'
import type { FoldRules } from '../lib/folds'

/** Of the open folds the oldest are closed again. */
const MAX_OPEN = 1000

export interface FoldingOptions {
  /** Whether equal rows fold. */
  readonly folds: () => boolean
  readonly isMarked: (row: Row) => boolean
  /** Whether the rows are what a search found. */
  readonly isSearched: () => boolean
}

export class Folding implements FoldRules {
  /** Events in the open folds: a fold may grow at both ends while it is open. */
  private readonly opened = new Set<number>()

  constructor(private readonly options: FoldingOptions) {}

  get folds(): boolean {
    return this.options.folds()
  }

  get isSearched(): boolean {
    return this.options.isSearched()
  }

  isMarked(row: Row): boolean {
    return this.options.isMarked(row)
  }

  isOpen(seq: number): boolean {
    return this.opened.has(seq)
  }

  /** @param seq of any of its rows */
  open(seq: number): void {
    this.opened.add(seq)
    for (const oldest of this.opened) {
      if (this.opened.size <= MAX_OPEN) break
      this.opened.delete(oldest)
    }
  }

  /** @param seqs those of its rows */
  close(seqs: readonly number[]): void {
    for (const seq of seqs) this.opened.delete(seq)
  }

  closeAll(): void {
    this.opened.clear()
  }
}

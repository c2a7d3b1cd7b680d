/** Views of a text file: all rows, or those that a search found. */
import type { View } from '../../core/store/eventStore'
import { Emitter } from '../../shared/lib/emitter'
import type { Row } from '../../shared/protocol/rows'
import type { Place } from './textProtocol'

export interface TextView extends View {
  /** As a View's, or by the number of a line of the newest content, from 1. */
  positionOf(at: Place): Promise<number>
}

/** Every row: index and position are the same. */
export class AllTextView implements TextView {
  private readonly changed = new Emitter<undefined>()
  readonly onDidChange = this.changed.event

  constructor(
    private readonly file: {
      readonly count: number
      readonly isComplete: boolean
      rows(from: number, to: number): Promise<readonly Row[]>
      positionOf(at: Place): Promise<number>
    },
    private readonly onDispose: (view: AllTextView) => void,
  ) {}

  get count(): number {
    return this.file.count
  }

  get complete(): boolean {
    return this.file.isComplete
  }

  rows(from: number, to: number): Promise<readonly Row[]> {
    const [first, last] = [Math.max(0, from), Math.min(this.count, to)]
    return last <= first ? Promise.resolve([]) : this.file.rows(first, last)
  }

  positionOf(at: Place): Promise<number> {
    return this.file.positionOf(at)
  }

  didChange(): void {
    this.changed.fire(undefined)
  }

  dispose(): void {
    this.onDispose(this)
  }
}

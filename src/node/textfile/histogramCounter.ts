/** Counts the entries of a text file (a line that goes on with another is none) by level over time, content by content, and on as it grows. */
import { LevelHistogram, type Buckets } from '../../core/query/levelHistogram'
import type { UserError } from '../../shared/userError'
import { PartScans } from './partScans'
import type { TimeRange } from './scanProtocol'
import type { TextState } from './textProtocol'
import type { TextScanner } from './textScanner'

export interface HistogramProgress {
  readonly buckets: Buckets
  /** Whether all lines that are known were counted. */
  readonly isComplete: boolean
  readonly problem?: UserError
}

export class HistogramCounter {
  private readonly scans: PartScans
  /** What the contents before the current one have. */
  private before: LevelHistogram
  private current: Buckets | undefined

  constructor(
    scanner: TextScanner,
    private readonly range: TimeRange | undefined,
    state: TextState,
    private readonly listener: (progress: HistogramProgress) => void,
  ) {
    this.before = new LevelHistogram(range)
    this.scans = new PartScans(scanner, { kind: 'histogram', ...(range === undefined ? {} : { range }) }, state, {
      onPart: () => {
        if (this.current !== undefined) this.before.addAll(this.current)
        this.current = undefined
      },
      onResult: (_part, result) => {
        if (result.type !== 'buckets') return
        this.current = result.buckets
      },
      onProgress: () => {
        this.tell()
      },
      onRestart: () => {
        this.before = new LevelHistogram(range)
        this.current = undefined
      },
      onFailure: (problem) => {
        this.tell(problem)
      },
    })
  }

  update(state: TextState): void {
    this.scans.update(state)
  }

  settled(): Promise<void> {
    return this.scans.settled()
  }

  dispose(): Promise<void> {
    return this.scans.dispose()
  }

  private tell(problem?: UserError): void {
    const sum = new LevelHistogram(this.range)
    sum.addAll(this.before.buckets())
    if (this.current !== undefined) sum.addAll(this.current)
    this.listener({
      buckets: sum.buckets(),
      isComplete: this.scans.isComplete,
      ...(problem === undefined ? {} : { problem }),
    })
  }
}

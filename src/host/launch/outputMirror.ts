/** Hands the lines of a run's output on as they come, for views that show them plainly. */
import type { Row } from '../../shared/protocol/rows'
import type { RunSession } from '../runs/runSession'

/** What waits longer than this is not looked at any more: the panel has it all. */
const MAX_BEHIND = 10_000
const MAX_ROWS = 1000
/** Rows that are shown of a run that is too far ahead. */
const KEPT = 500

export interface MirrorTarget {
  lines(rows: readonly Row[]): void
  /** So many lines are left out here. */
  skipped(count: number): void
}

export class OutputMirror {
  private at = 0
  private stale = false
  private reading: Promise<void> | undefined
  private readonly stop: () => void

  /** @param onError a line could not be read; the mirror goes on with the next growth */
  constructor(
    private readonly session: RunSession,
    private readonly target: MirrorTarget,
    private readonly onError: (error: unknown) => void,
  ) {
    this.stop = session.store.onDidGrow(() => {
      void this.read()
    })
    void this.read()
  }

  /** Resolves when all that is there was handed on. */
  read(): Promise<void> {
    this.stale = true
    this.reading ??= this.readAll()
      .catch(this.onError)
      .finally(() => {
        this.reading = undefined
      })
    return this.reading
  }

  dispose(): void {
    this.stop()
  }

  private async readAll(): Promise<void> {
    while (this.stale) {
      this.stale = false
      const view = await this.session.store.view({ phases: ['log_line'] })
      try {
        while (this.at < view.count) {
          if (view.count - this.at > MAX_BEHIND) {
            const to = view.count - KEPT
            this.target.skipped(to - this.at)
            this.at = to
          }
          const rows = await view.rows(this.at, Math.min(view.count, this.at + MAX_ROWS))
          if (rows.length === 0) break
          this.at += rows.length
          this.target.lines(rows)
        }
      } finally {
        view.dispose()
      }
    }
  }
}

/** One search over all runs: its query, what was found so far, and what there is to say of it. It outlives the list that shows it. */
import type { ListedRun } from '../../node/runlog/history'
import { startRunSearch, type RunSearch } from '../../node/runlog/runSearch'
import { searchedRun, type RunHit } from '../../node/runlog/searchRuns'
import { Emitter } from '../../shared/lib/emitter'
import { plural } from '../../shared/lib/format'
import type { TextQuery } from '../../shared/protocol/rows'
import { UserError } from '../../shared/userError'

/** Hits of one run, and of all, that a list of choices can hold. */
const BOUNDS = { perRun: 20, total: 1000 }

export interface RunResults {
  readonly run: ListedRun
  readonly hits: RunHit[]
  /** It has more. */
  isCut: boolean
}

export class RunSearchResults {
  private readonly changed = new Emitter<undefined>()
  private readonly runs: ReadonlyMap<string, ListedRun>
  private readonly byRun = new Map<string, RunResults>()
  private readonly search: RunSearch
  private hitCount = 0
  isRunning = true
  /** It was ended before its time. */
  isStopped = false
  /** What a person should know of the search when it has ended. */
  note = ''
  /** Fired when hits came and when it ended. */
  readonly onDidChange = this.changed.event

  /** @param all newest first */
  constructor(
    script: string,
    all: readonly ListedRun[],
    readonly query: TextQuery,
  ) {
    this.runs = new Map(all.map((run) => [run.capture_id, run]))
    const data = { runs: [...this.runs.values()].map(searchedRun), query, bounds: BOUNDS }
    this.search = startRunSearch(script, data, (found) => {
      for (const { id, hits, isCut } of found) {
        const run = this.runs.get(id)
        if (run === undefined) continue
        const results = this.byRun.get(id) ?? { run, hits: [], isCut: false }
        results.hits.push(...hits)
        results.isCut ||= isCut
        this.hitCount += hits.length
        this.byRun.set(id, results)
      }
      this.changed.fire(undefined)
    })
    this.search.ended.then(
      (end) => {
        const more = end?.isCut === true ? ', and there may be more: search for something rarer' : ''
        const bad =
          end === undefined || end.unreadable === 0 ? '' : `; ${plural(end.unreadable, 'log')} could not be read`
        const where = `in ${plural(this.byRun.size, 'run')}`
        this.end(
          this.hitCount === 0 ? `Nothing was found${bad}` : `${plural(this.hitCount, 'hit')} ${where}${more}${bad}`,
        )
      },
      (error: unknown) => {
        this.end(error instanceof UserError ? error.message : `The search failed: ${String(error)}`)
      },
    )
  }

  /** In the order of the runs. */
  get found(): readonly RunResults[] {
    return [...this.byRun.values()]
  }

  /** What was found stays. */
  stop(): void {
    if (!this.isRunning) return
    this.search.stop()
    this.isStopped = true
    this.end(`Stopped after ${plural(this.hitCount, 'hit')}`)
  }

  private end(note: string): void {
    if (!this.isRunning) return
    this.isRunning = false
    this.note = note
    this.changed.fire(undefined)
  }
}

/** The summary of followed files that were recorded, from their events in order. Bounded: what goes past a bound is counted. */
import type { AnyEvent } from '../../shared/events/schema'
import type { FileSummary, FollowRunSummary } from '../../shared/protocol/summary'
import { LineRun, type LineRunState } from './lineRun'
import { textOf } from './values'

const MAX_FILES = 1000

interface State {
  readonly run: LineRunState
  readonly files: readonly FileSummary[]
  readonly filesLeftOut: number
}

export interface FollowReducer {
  /** Whether an event of this phase may change the summary now; of those it refuses `count` is told. */
  wants(phase: string): boolean
  add(event: AnyEvent): void
  /**
   * Events that were not parsed: how many of one kind, the last of them at `time` (milliseconds since the epoch).
   * @param key `phase` or `phase:level`, as the block index has it
   */
  count(key: string, count: number, time: number): void
  summary(): FollowRunSummary
  /** All it knows, as plain data: a reducer that is made from it goes on from here. */
  snapshot(): unknown
}

/** @param snapshot what another follow reducer gave */
export function createFollowReducer(snapshot?: unknown): FollowReducer {
  return new Reducer(snapshot as State | undefined)
}

class Reducer implements FollowReducer {
  private readonly run: LineRun
  private readonly files: Map<string, FileSummary>
  private filesLeftOut: number

  constructor(state: State | undefined) {
    this.run = new LineRun(state?.run)
    this.files = new Map(state?.files.map((file) => [file.path, file]))
    this.filesLeftOut = state?.filesLeftOut ?? 0
  }

  wants(phase: string): boolean {
    return phase === 'file' || this.run.wants(phase)
  }

  add(event: AnyEvent): void {
    this.run.add(event)
    if (event.phase === 'file') this.addFile(event)
  }

  count(key: string, count: number, time: number): void {
    this.run.count(key, count, time)
  }

  summary(): FollowRunSummary {
    return {
      kind: 'follow',
      ...this.run.summary(),
      files: [...this.files.values()],
      file_count: this.files.size + this.filesLeftOut,
    }
  }

  snapshot(): unknown {
    const { files, filesLeftOut } = this
    return { run: this.run.snapshot(), files: [...files.values()], filesLeftOut } satisfies State
  }

  private addFile({ seq, data }: AnyEvent): void {
    const path = textOf(data['path'])
    const state = textOf(data['state'])
    if (path === undefined || state === undefined) return
    const known = this.files.get(path)
    if (known === undefined && this.files.size >= MAX_FILES) {
      // Each file tells that it was opened, once: others of its events are not another file.
      if (state === 'opened') this.filesLeftOut++
      return
    }
    this.files.set(path, {
      path,
      state,
      seq,
      rotations: (known?.rotations ?? 0) + Number(state === 'rotated' || state === 'replaced'),
      rewrites: (known?.rewrites ?? 0) + Number(state === 'truncated' || state === 'rewritten'),
    })
  }
}

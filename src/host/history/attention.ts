/**
 * The runs that failed or wait for the person and that they have not looked at: since the Runs view was closed last, and without those
 * whose panel was open since. Kept for the workspace.
 */
import { z } from 'zod'
import type { ListedRun } from '../../node/runlog/history'
import { Emitter } from '../../shared/lib/emitter'

/** A place that the editor keeps something in. */
export interface Memory {
  get(key: string): unknown
  update(key: string, value: unknown): PromiseLike<void>
}

const KEY = 'tapedeck.lookedAt'
/** Opened runs that are remembered, those that were opened last. */
const MAX_OPENED = 200

const keptSchema = z.object({ sinceMs: z.number(), opened: z.array(z.string()).max(MAX_OPENED) })

export class Attention {
  private readonly changed = new Emitter<undefined>()
  private readonly waiting = new Set<string>()
  private sinceMs: number
  private opened: readonly string[]
  readonly onDidChange = this.changed.event

  constructor(
    private readonly memory: Memory,
    private readonly now: () => number,
  ) {
    const parsed = keptSchema.safeParse(memory.get(KEY))
    this.sinceMs = parsed.success ? parsed.data.sinceMs : now()
    this.opened = parsed.success ? parsed.data.opened : []
    if (!parsed.success) this.keep()
  }

  /** Those of `runs` that failed or wait and were not looked at. */
  unseen(runs: readonly ListedRun[]): { failed: number; waiting: number } {
    const opened = new Set(this.opened)
    const isUnseen = ({ capture_id }: ListedRun): boolean => !opened.has(capture_id)
    const failed = runs.filter((run) => run.state === 'failed' && (run.modifiedMs ?? 0) > this.sinceMs && isUnseen(run))
    const waiting = runs.filter((run) => run.state === 'running' && this.waiting.has(run.capture_id) && isUnseen(run))
    return { failed: failed.length, waiting: waiting.length }
  }

  /** It waits for the person: again, where it was looked at before. */
  noteWaiting(captureId: string): void {
    this.waiting.add(captureId)
    this.opened = this.opened.filter((id) => id !== captureId)
    this.changed.fire(undefined)
  }

  noteEnded(captureId: string): void {
    if (this.waiting.delete(captureId)) this.changed.fire(undefined)
  }

  noteOpened(captureIds: readonly string[]): void {
    const fresh = captureIds.filter((id) => !this.opened.includes(id))
    if (fresh.length === 0) return
    this.opened = [...this.opened, ...fresh].slice(-MAX_OPENED)
    this.keep()
    this.changed.fire(undefined)
  }

  /** The whole list was seen. */
  noteLooked(): void {
    this.sinceMs = this.now()
    this.keep()
    this.changed.fire(undefined)
  }

  private keep(): void {
    void this.memory.update(KEY, { sinceMs: this.sinceMs, opened: this.opened })
  }
}

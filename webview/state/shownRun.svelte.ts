/** The run as the host tells it: what there is of it, and what of that is shown. */
import type { GrowthInfo, RunInfo, RunState } from '../../src/shared/protocol/contract'
import type { CaptureSummary, RunSummary } from '../../src/shared/protocol/summary'
import { HostActions } from './hostActions.svelte'

const LIVE: ReadonlySet<RunState> = new Set(['running', 'stopping', 'elsewhere', 'following', 'waiting', 'gone'])

export abstract class ShownRun extends HostActions {
  run = $state.raw<RunInfo>()
  /** What the view has: it stands still while the view is paused. */
  growth = $state.raw<GrowthInfo>({ size: 0, phaseCounts: {}, levelCounts: {} })
  summary = $state.raw<RunSummary>()
  /** `performance.now()` when `run` arrived: the clock counts on from there. */
  runReceivedAt = $state(0)
  /** What there is, in the view or not. */
  protected latestGrowth = $state.raw(this.growth)
  protected latestSummary: RunSummary | undefined
  /** Whether what is shown is what a replay told; until it has told something it is all there is. */
  protected isReplayed = $state(false)
  abstract readonly replay: { readonly isActive: boolean }

  /** The state's word as the person sees it: a stop that was asked for counts at once. */
  get state(): RunState | undefined {
    return this.run?.state === 'running' && this.stopRequested ? 'stopping' : this.run?.state
  }

  /** The summary of a capture; undefined for another kind of run, or before it came. */
  get captureSummary(): CaptureSummary | undefined {
    return this.summary?.kind === 'capture' ? this.summary : undefined
  }

  get isLaunch(): boolean {
    return this.run?.kind === 'launch'
  }

  /** Whether the list is of the lines of log files: themselves, or as they were recorded. */
  get isLog(): boolean {
    return this.run?.kind === 'follow'
  }

  /** Whether the list is of lines of text: a command's output, a followed file. */
  get isText(): boolean {
    return this.isLaunch || this.isLog
  }

  /** Whether events may still come. */
  get live(): boolean {
    const state = this.run?.state
    return state !== undefined && LIVE.has(state)
  }

  /** Whether a replay shows a moment before the run's last event: what came of it is not to be told yet. */
  get isBeforeEnd(): boolean {
    return this.replay.isActive && (!this.isReplayed || this.growth.size < this.latestGrowth.size)
  }

  /** Whether more comes after what is shown. */
  get goesOn(): boolean {
    return this.live || this.isBeforeEnd
  }
}

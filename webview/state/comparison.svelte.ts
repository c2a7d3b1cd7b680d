/** Two runs side by side: what the host found of them, and which of them stands on the left. */
import type { Comparison, Side } from '../../src/shared/protocol/compare'
import { createClient, RequestError, type CallParams, type Client } from '../../src/shared/protocol/peer'
import type { RequestName } from '../../src/shared/protocol/contract'
import type { Place } from '../transport'

/** Paths of the two logs. */
export interface ComparedLogs {
  readonly left: string
  readonly right: string
}

export class ComparisonState {
  comparison = $state.raw<Comparison>()
  /** From 0 to 1 while the runs are read; undefined else. */
  progress = $state<number>()
  /** Why there is nothing to see, or what a click could not do. */
  problem = $state<string>()
  swapped = $state(false)
  onlyDifferences = $state(false)

  private readonly client: Client
  private request: AbortController | undefined

  constructor(
    private readonly place: Place,
    private readonly logs: ComparedLogs,
  ) {
    const saved = place.loadState()
    const known = typeof saved === 'object' && saved !== null ? (saved as Record<string, unknown>) : {}
    this.swapped = known['swapped'] === true
    this.onlyDifferences = known['onlyDifferences'] === true
    this.client = createClient(place.transport)
    this.client.on('compare/progress', ({ done }) => {
      if (this.progress !== undefined) this.progress = done
    })
    this.save()
    void this.read()
  }

  /** Whether the two are being read. */
  get reading(): boolean {
    return this.progress !== undefined
  }

  /** @param again the runs are read anew: they may have grown */
  async read(again = false): Promise<void> {
    this.request?.abort()
    const request = new AbortController()
    this.request = request
    this.problem = undefined
    this.progress = 0
    const { swapped } = this
    try {
      const params = { swapped, ...(again ? { again } : {}) }
      // It takes as long as the runs are large; the person can cancel it.
      const comparison = await this.client.call('compare/get', params, { signal: request.signal, timeoutMs: 0 })
      this.comparison = comparison
    } catch (error) {
      if (this.request !== request) return
      if (!(error instanceof RequestError && ['cancelled', 'disposed'].includes(error.code))) this.show(error)
    }
    if (this.request === request) {
      this.progress = undefined
      this.request = undefined
    }
  }

  cancel(): void {
    this.request?.abort()
  }

  async swap(): Promise<void> {
    this.swapped = !this.swapped
    this.save()
    await this.read()
  }

  toggleDifferences(): void {
    this.onlyDifferences = !this.onlyDifferences
    this.save()
  }

  /** Opens the run that stands on this side, at an event of it. */
  async open(side: Side, seq?: number): Promise<void> {
    const other: Side = side === 'left' ? 'right' : 'left'
    await this.act('compare/open', { side: this.swapped ? other : side, ...(seq === undefined ? {} : { seq }) })
  }

  async openLink(url: string): Promise<void> {
    await this.act('link/open', { url })
  }

  dispose(): void {
    this.request?.abort()
    this.client.dispose()
  }

  private async act<N extends RequestName>(name: N, params: CallParams<N>): Promise<void> {
    try {
      this.problem = undefined
      await this.client.call(name, params, { timeoutMs: 0 })
    } catch (error) {
      this.show(error)
    }
  }

  private show(error: unknown): void {
    this.problem = error instanceof Error ? error.message : String(error)
  }

  private save(): void {
    const { swapped, onlyDifferences, logs } = this
    this.place.saveState({ compare: logs, swapped, onlyDifferences })
  }
}

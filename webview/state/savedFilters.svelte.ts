/** The filters that the person keeps under names; the host has them, for the whole workspace. */
import type { SavedFilter } from '../../src/shared/protocol/contract'
import type { Client } from '../../src/shared/protocol/peer'
import type { Filters } from './filters.svelte'

interface FiltersPanel {
  readonly filters: Filters
  say(text: string): void
  showProblem(error: unknown): void
}

export class SavedFilters {
  list = $state.raw<readonly SavedFilter[]>([])
  /** Whether a name is asked for. */
  naming = $state(false)

  constructor(
    private readonly panel: FiltersPanel,
    private readonly client: Client,
  ) {}

  /** Asks the host anew: another panel may have kept one. */
  async refresh(): Promise<void> {
    await this.update(() => this.client.call('filters/list', {}))
  }

  async save(name: string): Promise<boolean> {
    const { filters } = this.panel
    const isKept = await this.update(() => this.client.call('filters/save', { name, ...filters.asked }))
    if (isKept) this.panel.say(`The filter ${name} is kept.`)
    return isKept
  }

  async remove(name: string): Promise<void> {
    if (await this.update(() => this.client.call('filters/delete', { name })))
      this.panel.say(`The filter ${name} is deleted.`)
  }

  private async update(ask: () => Promise<{ readonly filters: readonly SavedFilter[] }>): Promise<boolean> {
    try {
      this.list = (await ask()).filters
      return true
    } catch (error) {
      this.panel.showProblem(error)
      return false
    }
  }
}

/** Opens one view of the run after another: of several that are on their way only the last is shown, and none is left open. */
import type { Client } from '../../src/shared/protocol/peer'
import type { Query } from '../../src/shared/protocol/rows'

/** As the host answers `view/open`. */
interface OpenedView {
  readonly view: number
  readonly count: number
  readonly complete: boolean
}

export class ViewOpener {
  private generation = 0

  constructor(
    private readonly client: Client,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  /**
   * @param land asks for what is shown first
   * @param show goes over to the view, and says which one was shown before; undefined for none
   */
  async open<L>(
    query: Query,
    land: (opened: OpenedView) => Promise<L>,
    show: (opened: OpenedView, landing: L) => number | undefined,
  ): Promise<void> {
    const generation = ++this.generation
    const opened = await this.client.call('view/open', { query })
    try {
      const landing = generation === this.generation ? await land(opened) : undefined
      if (landing === undefined || generation !== this.generation) {
        await this.close(opened.view)
        return
      }
      const old = show(opened, landing)
      if (old !== undefined) void this.close(old)
    } catch (error) {
      await this.close(opened.view)
      throw error
    }
  }

  private async close(view: number): Promise<void> {
    await this.client.call('view/close', { view }).catch(this.onProblem)
  }
}

/** Whether a text, a time or a source narrows a view. */
export function searches({ include, exclude, time, sources, withoutSources, withoutLevels }: Query): boolean {
  return [include, exclude, time, sources, withoutSources, withoutLevels].some((part) => part !== undefined)
}

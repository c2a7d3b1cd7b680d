/** Between which events the list shows its view: what lies before is cleared, what lies behind has not come yet in a replay. */
import type { Client } from '../../src/shared/protocol/peer'
import { positionIn } from './landing'

export class Bounds {
  /** Events before this seq are not shown, by the person's wish; undefined shows all. */
  cleared = $state<number>()
  /** Events from this seq on are not shown; undefined shows all. */
  until = $state<number>()
  /** Rows of the view that are cleared. */
  base = $state(0)
  /** Index in the view of the first row that is not shown any more. */
  end = Infinity

  constructor(private readonly client: Client) {}

  /**
   * Looks where the bounds are in a view.
   * @param isOpen whether the view is still that of the list
   * @returns false when the answers came too late: a bound is another by now
   */
  async find(view: number, isOpen: () => boolean): Promise<boolean> {
    const { cleared, until } = this
    const [base, end] = await Promise.all([
      cleared === undefined ? 0 : positionIn(this.client, view, cleared),
      until === undefined ? Infinity : positionIn(this.client, view, until),
    ])
    if (!isOpen() || this.cleared !== cleared || this.until !== until) return false
    this.base = base
    this.end = end
    return true
  }
}

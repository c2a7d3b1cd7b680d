/** What tests of followed files share: one browser a suite, and where in the panel they look. */
import { Harness, type OpenPanel, type PanelOptions } from './harness'

/** Starts a browser before the tests of the suite that calls it, and ends it after them. */
export function useFollowPanels() {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })
  return {
    open: (options: PanelOptions = {}) => harness.open({ kind: 'follow', state: 'following', events: 700, ...options }),
    row: (panel: OpenPanel, text: string | RegExp) => panel.rows().filter({ hasText: text }),
  }
}

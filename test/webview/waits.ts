/** What the panel's tests wait for. */
import type { OpenPanel } from './harness'

/** Waits until no row is on its way and two frames were drawn. */
export async function settled(panel: OpenPanel): Promise<void> {
  await panel.page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve))
      }),
  )
  await panel.page.locator('.row.waiting').first().waitFor({ state: 'detached' })
}

/** Waits until the count says that, whatever it counts, and its rows are drawn. */
export async function counted(panel: OpenPanel, text: string): Promise<void> {
  await panel.page.waitForFunction(
    (expected) =>
      document
        .querySelector<HTMLElement>('[data-testid="feed-count"]')
        ?.innerText.trim()
        .replace(/ (event|line)s?$/, '') === expected,
    text,
  )
  await settled(panel)
}

/** The test id or the tag of what has the focus. */
export async function focused(panel: OpenPanel): Promise<string | undefined> {
  return panel.page.evaluate(() => {
    const element = document.activeElement as HTMLElement | null
    return element?.dataset['testid'] ?? element?.tagName
  })
}

/** What must hold of every page that shows hostile content, and a way through all of the panel's parts. */
import assert from 'node:assert/strict'
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { MARKUP } from '../fakes/hostileLog'

export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env['TAPEDECK_CHROMIUM'] ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
    ],
  })
}

export interface WatchedPage {
  readonly page: Page
  /** Fails on anything that the page, its policy or the network complained about, then closes it. */
  readonly close: () => Promise<void>
}

/** A page in which every complaint is noted. */
export async function watchedPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext({ timezoneId: 'UTC', viewport: { width: 1000, height: 700 }, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(`page error: ${error.stack ?? error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') problems.push(`console: ${message.text()}`)
  })
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (/^https?:\/\/(?!127\.0\.0\.1)/.test(request.url())) problems.push(`network: ${request.url()}`)
  })
  await page.addInitScript(() => {
    addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  return {
    page,
    close: async () => {
      const { pwned, polluted } = await page.evaluate(() => ({
        pwned: (globalThis as { pwned?: unknown }).pwned,
        polluted: ({} as { polluted?: unknown }).polluted,
      }))
      await context.close()
      assert.deepEqual({ problems, pwned, polluted }, { problems: [], pwned: undefined, polluted: undefined })
    },
  }
}

/** Opens every row's detail, searches, filters: all of it must show text and go on answering. */
export async function walkThrough(page: Page): Promise<void> {
  const rows = page.getByTestId('event-row')
  await rows.first().waitFor()
  assert.equal(await page.getByTestId('run-title').textContent(), MARKUP)
  // What is hidden at first is shown, so that each row is drawn.
  const hidden = page.locator('[data-testid^="phase-filter-"][aria-pressed="false"]')
  while ((await hidden.count()) > 0) await hidden.first().click()
  const count = await rows.count()
  assert.ok(count >= 10, `${String(count)} rows`)
  for (let i = 0; i < count; i++) {
    await rows.nth(i).click()
    await page.keyboard.press('Enter')
    const detail = page.getByTestId('detail')
    await detail.waitFor()
    assert.equal(await detail.locator('script, img, iframe, style').count(), 0)
    await page.keyboard.press('Escape')
  }
  assert.equal(await page.locator('#feed script, #feed img, #feed iframe, #feed style').count(), 0)
  assert.equal(await page.locator('[href^="javascript:" i]').count(), 0)
  await page.getByTestId('search-input').fill('globalThis.pwned')
  await page.getByTestId('feed-count').filter({ hasText: /\d/ }).waitFor({ state: 'attached' })
  await page.getByTestId('search-input').fill('')
  // Still quick to answer.
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))))
}

/** The HTML export in a real browser, from a file and without a network. */
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { writeExport } from '../../src/node/runlog/exportRun'
import { changeNotes } from '../../src/node/runlog/notes'
import { HOSTILE_ID, hostileLog } from '../fakes/hostileLog'
import { startLog, temporaryFolder, testHead } from '../fakes/logs'
import { launchBrowser, walkThrough, watchedPage, type WatchedPage } from './hostilePage'

declare const __SITE__: string

describe('the HTML export', function () {
  this.timeout(60_000)
  const folder = temporaryFolder()
  let browser: Browser

  before(async () => {
    browser = await launchBrowser()
  })
  after(() => browser.close())

  /** Exports a log and opens the page. */
  async function open(
    log: string,
    options: BrowserContextOptions = {},
  ): Promise<WatchedPage & { readonly file: string }> {
    const file = path.join(folder.path, 'run.html')
    assert.equal(await writeExport(log, 'html', file, { pages: __SITE__ }), log.includes(HOSTILE_ID) ? 1 : 0)
    const watched = await watchedPage(browser, { offline: true, ...options })
    await watched.page.goto(pathToFileURL(file).href)
    await watched.page.getByTestId('run-state').waitFor()
    return { ...watched, file }
  }

  async function capture(): Promise<string> {
    const log = startLog(folder.path, {}, testHead({ title: 'What is tall?', prompt: 'What is tall?' }))
    await log.emit(
      { phase: 'browser_status', data: { status: 'prompt_submitted' } },
      { phase: 'search_query', data: { query: 'tallest tower', index: 0 } },
      {
        phase: 'search_result',
        data: { url: 'https://a.example/tower', rank: 1, title: 'A tower', domain: 'a.example' },
      },
      { phase: 'assistant_delta', data: { text: 'It stands ', message_id: 'm' } },
      { phase: 'assistant_delta', data: { text: 'in **Gliwice**.', message_id: 'm' } },
      { phase: 'error', data: { message: 'a small failure', fatal: false } },
      ...Array.from({ length: 3000 }, (_, i) => ({ phase: 'marker' as const, data: { name: `marker ${String(i)}` } })),
    )
    await log.finish()
    return log.path
  }

  it('shows rows, summary, detail and what is searched for', async () => {
    const { page, close } = await open(await capture())
    await page.getByTestId('event-row').first().waitFor()
    assert.equal(await page.getByTestId('run-state').textContent(), 'completed')
    await page.getByTestId('answer').getByText('Gliwice').waitFor()
    await page.getByTestId('summary').getByText('tallest tower').waitFor()
    await page.getByTestId('search-input').fill('marker 2999')
    await page.getByTestId('feed-count').filter({ hasText: /\b1\b/ }).first().waitFor({ state: 'attached' })
    const row = page.locator('[data-testid="event-row"]', { hasText: 'marker 2999' })
    await row.click()
    await page.keyboard.press('Enter')
    await page.getByTestId('detail').getByText('marker 2999').first().waitFor()
    await close()
  })

  it('has the title and the markers that the person gave the run', async () => {
    const log = await capture()
    const markers = [{ seq: 1, time: Date.now(), name: 'the <b>turn</b>' }]
    await changeNotes(log, (notes) => ({ ...notes, title: 'Mine', markers }))
    const { page, close } = await open(log)
    assert.equal(await page.title(), 'Mine')
    await page.getByTestId('run-title').filter({ hasText: 'Mine' }).waitFor()
    await page.getByTestId('marker').filter({ hasText: 'the <b>turn</b>' }).click()
    await page.locator('.row.selected.bookmarked[data-seq="1"]').waitFor()
    await close()
  })

  it('shows the requests of a run that has nothing else', async () => {
    const log = startLog(folder.path, {}, testHead({ title: 'site.har' }))
    const request = { request_id: '1', method: 'GET', url: 'https://a.example/' }
    await log.emit(
      { phase: 'network', data: { ...request, state: 'sent' } },
      { phase: 'network_body', data: { request_id: '1', offset: 0, text: 'hello' } },
      { phase: 'network', data: { ...request, state: 'finished' } },
    )
    await log.finish()
    const { page, close } = await open(log.path)
    await page.locator('[data-testid="event-row"][data-phase="network"]').nth(1).waitFor()
    assert.equal(await page.locator('[data-testid="event-row"][data-phase="network_body"]').count(), 0)
    await close()
  })

  it('says once that a marker does not outlive the page', async () => {
    const { page, close } = await open(await capture())
    await page.getByTestId('event-row').first().click()
    await page.keyboard.press('b')
    await page.getByTestId('notice').filter({ hasText: 'gone when it is closed' }).waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.keyboard.press('b')
    await page.keyboard.press('b')
    await page.locator('.row.bookmarked').waitFor()
    assert.equal(await page.getByTestId('notice').count(), 0)
    await close()
  })

  it('filters by level and offers only what a page can do', async () => {
    const { page, close } = await open(await capture())
    await page.getByTestId('level-filter-error').click()
    await page.getByTestId('event-row').filter({ hasText: 'a small failure' }).waitFor()
    await page.getByTestId('export-button').click()
    assert.equal(await page.getByTestId('export-json').count(), 1)
    assert.equal(await page.getByTestId('export-har').count(), 0)
    const saved = page.waitForEvent('download')
    await page.getByTestId('export-json').click()
    const download = await saved
    const file = path.join(folder.path, 'again.json')
    await download.saveAs(file)
    assert.equal((JSON.parse(readFileSync(file, 'utf8')) as { events: unknown[] }).events.length, 3006)
    await page.getByTestId('more-button').click()
    for (const id of ['open-log', 'show-output', 'delete-run']) assert.equal(await page.getByTestId(id).count(), 0)
    await close()
  })

  it('says what is wrong with a page that was cut', async () => {
    const { page, file } = await open(await capture())
    const html = readFileSync(file, 'utf8')
    const at = html.indexOf('<script type="application/x-tapedeck-log">') + 1000
    writeFileSync(file, html.slice(0, at) + html.slice(html.indexOf('</script>', at)))
    await page.reload()
    await page.getByText('it was cut or changed').waitFor()
    await page.context().close()
  })

  for (const kind of ['capture', 'launch'] as const) {
    it(`shows a hostile ${kind} as text`, async () => {
      mkdirSync(path.join(folder.path, 'runs'))
      const log = path.join(folder.path, 'runs', `${HOSTILE_ID}.json`)
      writeFileSync(log, hostileLog(kind))
      const { page, close, file } = await open(log)
      assert.ok(!readFileSync(file, 'utf8').slice(0, 600).includes('unsafe'))
      await walkThrough(page)
      await close()
    })
  }

  const shots = process.env['TAPEDECK_SHOTS']
  if (shots !== undefined) {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [400, 800, 1600])
        it(`looks well in ${colorScheme} at ${String(width)} px`, async () => {
          const { page, close } = await open(await capture(), { colorScheme, viewport: { width, height: 800 } })
          await page.getByTestId('event-row').first().waitFor()
          await page.screenshot({ path: path.join(shots, `html-${colorScheme}-${String(width)}.png`) })
          await close()
        })
  }
})

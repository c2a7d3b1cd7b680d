import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { har as validHar } from 'har-validator'
import { chromium } from 'playwright-core'
import { useEditor } from './openedEditor'

declare const __PROJECT_ROOT__: string
const run = promisify(execFile)

describe('a person who reviews captures in the editor', () => {
  const opened = useEditor(async ({ home, workspace }) => {
    for (const prompt of ['Which is the tallest wooden tower?', 'Which is the oldest wooden church?']) {
      await run(
        process.execPath,
        [
          path.join(__PROJECT_ROOT__, 'dist', 'cli.js'),
          ...['capture', '--demo', '--headless', '--prompt', prompt, '--dir', path.join(workspace, '.tapedeck')],
        ],
        { env: { ...process.env, XDG_STATE_HOME: path.join(home, 'state'), XDG_DATA_HOME: path.join(home, 'data') } },
      )
    }
    return {}
  })
  const { at, shot, row } = opened
  const count = async (): Promise<number> => Number((await at('feed-count').innerText()).replace(/\D.*$/s, ''))

  /** Exports by the panel's menu, to where the dialog proposes; the path of what was written. */
  async function exportAs(format: string, extension: string): Promise<string> {
    const { editor, workspace, recorded } = opened
    const [log = ''] = recorded().toSorted()
    const target = path.join(workspace, path.basename(log).replace(/json$/, extension))
    await at('export-button').click()
    await at(`export-${format}`).click()
    const dialog = editor.page.locator('.monaco-dialog-box')
    await dialog.locator('.monaco-button', { hasText: 'Export' }).click()
    await editor.page.locator('.quick-input-widget:visible').filter({ hasText: 'Export as' }).waitFor()
    // The dialog takes a key only when it has looked the folder up.
    for (const deadline = Date.now() + 20_000; !existsSync(target) && Date.now() < deadline;) {
      if (await editor.quickInput().isVisible()) await editor.quickInput().press('Enter')
      await delay(300)
    }
    assert.ok(existsSync(target), `${target} was not written`)
    return target
  }

  it('replays one ten times as fast, and seeks back', async () => {
    const { editor } = opened
    await editor.openViewContainer('Tapedeck')
    await editor.treeRows('tallest wooden tower').click()
    await at('run-state').filter({ hasText: 'completed' }).waitFor()
    await at('feed').press('End')
    await row('browser closed').waitFor()
    await at('timeline').waitFor()
    const whole = await count()
    await editor.runCommand('Tapedeck: Replay Run')
    await editor.pickQuickInput('tallest wooden tower')
    await at('replay').waitFor()
    await at('replay-speed').selectOption('10')
    if ((await at('replay-play').getAttribute('aria-label')) === 'Play') await at('replay-play').click()
    const position = at('replay-position')
    // It plays by itself to the end.
    await row('browser closed').waitFor()
    await shot('review-replay-end')
    await position.press('Home')
    await row('browser closed').waitFor({ state: 'detached' })
    assert.ok((await count()) < whole, 'all events are shown at the beginning')
    await shot('review-replay-start')
    await position.press('PageUp')
    await position.press('End')
    await row('browser closed').waitFor()
    await editor.page.keyboard.press('Escape')
    await at('replay').waitFor({ state: 'detached' })
    assert.equal(await count(), whole)
  })

  it('compares it with another', async () => {
    const { editor } = opened
    await editor.runCommand('Tapedeck: Compare Runs')
    await editor.pickQuickInput('tallest wooden tower')
    await editor.page.locator('.quick-input-widget:visible', { hasText: 'with which run?' }).waitFor()
    await editor.pickQuickInput('oldest wooden church')
    await editor.page.getByRole('tab', { name: /tallest wooden.* ↔ .*oldest wooden/ }).waitFor()
    await editor.webviewFrame().getByRole('heading', { name: 'Searches' }).waitFor()
    await shot('review-compare')
    await editor.page.locator('.tab', { hasText: 'tallest wooden tower' }).first().click()
    await at('run-state').filter({ hasText: 'completed' }).waitFor()
  })

  it('exports it as HAR, which is valid and has the streamed bodies', async () => {
    const har = JSON.parse(readFileSync(await exportAs('har', 'har'), 'utf8')) as {
      log: { entries: { response: { content: { text?: string } } }[] }
    }
    await validHar(har)
    assert.ok(har.log.entries.some(({ response }) => (response.content.text ?? '').includes('data: ')))
  })

  it('exports it as a page that plays it in a plain browser, without a network', async () => {
    const page = pathToFileURL(await exportAs('html', 'html')).href
    const browser = await chromium.launch({
      executablePath: process.env['TAPEDECK_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
    try {
      const context = await browser.newContext({ offline: true })
      const plain = await context.newPage()
      const problems: string[] = []
      plain.on('pageerror', ({ message }) => problems.push(message))
      plain.on('console', (message) => {
        if (message.type() === 'error') problems.push(message.text())
      })
      await plain.goto(page)
      const last = plain.getByTestId('event-row').filter({ hasText: 'browser closed' })
      await plain.getByTestId('feed').press('End')
      await last.waitFor()
      await plain.getByTestId('replay-button').click()
      await plain.getByTestId('replay-position').press('Home')
      await last.waitFor({ state: 'detached' })
      await plain.getByTestId('replay-position').press('End')
      await last.waitFor()
      assert.deepEqual(problems, [])
    } finally {
      await browser.close()
    }
  })
})

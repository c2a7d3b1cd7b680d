import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { existsSync, renameSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import { Editor } from '../editor/editor'
import { startLog, testHead } from '../fakes/logs'

declare const __PROJECT_ROOT__: string

describe('a run log in the workspace', () => {
  let editor: Editor
  let workspace: string
  let file: string

  before(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-workspace-'))
    const made = path.join(workspace, 'made')
    const head = testHead({ title: 'From a friend', prompt: 'What is tall?' })
    const log = startLog(made, {}, head)
    await log.emit(
      { phase: 'search_query', data: { query: 'tallest tower', index: 0 } },
      { phase: 'assistant_delta', data: { text: 'In Gliwice.', message_id: 'm' } },
    )
    await log.finish()
    file = path.join(workspace, path.basename(log.path))
    renameSync(log.path, file)
    rmSync(made, { recursive: true })
    editor = await Editor.start({ workspace, extension: { folder: __PROJECT_ROOT__ } })
  })

  after(async () => {
    await editor.close()
    await rm(workspace, { recursive: true, force: true })
  })

  it('opens by a double click, and goes out as a page that a plain browser shows', async () => {
    const { page } = editor
    // Before the extension is known its files are text.
    await editor.openViewContainer('Tapedeck')
    await editor.openViewContainer('Explorer')
    await page.locator('.explorer-folders-view .monaco-list-row', { hasText: path.basename(file) }).dblclick()
    const panel = editor.webviewFrame()
    await panel.getByTestId('run-title').filter({ hasText: 'From a friend' }).waitFor()
    await panel.getByTestId('event-row').filter({ hasText: 'tallest tower' }).waitFor()
    await panel.getByTestId('export-button').click()
    await panel.getByTestId('export-html').click()
    const dialog = page.locator('.monaco-dialog-box')
    await dialog.filter({ hasText: 'Nothing was redacted' }).waitFor()
    await dialog.locator('.monaco-button', { hasText: 'Export' }).click()
    const target = file.replace(/json$/, 'html')
    await page.locator('.quick-input-widget:visible').filter({ hasText: 'Export as HTML' }).waitFor()
    // The dialog takes a key only when it has looked the folder up.
    for (const deadline = Date.now() + 20_000; !existsSync(target) && Date.now() < deadline;) {
      if (await editor.quickInput().isVisible()) await editor.quickInput().press('Enter')
      await delay(300)
    }
    assert.ok(existsSync(target), 'the export was not written')

    const browser = await chromium.launch({
      executablePath: process.env['TAPEDECK_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
    try {
      const plain = await browser.newPage()
      await plain.goto(pathToFileURL(target).href)
      await plain.getByTestId('answer').getByText('In Gliwice.').waitFor()
    } finally {
      await browser.close()
    }
  })
})

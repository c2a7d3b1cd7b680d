import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { chromium, type Browser } from 'playwright-core'
import { panelHtml } from '../../src/host/panel/html'

declare const __SITE__: string

describe('page', () => {
  let browser: Browser
  let server: Server
  let origin: string
  /** Lets the style sheet and the script through, which come late. */
  let release: () => void
  const problems: string[] = []

  before(async () => {
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    server = createServer((request, response) => {
      void (async () => {
        const name = path.basename(request.url ?? '')
        if (name === '') {
          const html = panelHtml(
            { cspSource: origin, asWebviewUri: (uri: unknown) => uri } as unknown as Parameters<typeof panelHtml>[0],
            origin as unknown as Parameters<typeof panelHtml>[1],
            { run: '/work/"><b>.json' },
          )
          response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' })
          response.end(html)
          return
        }
        await held
        const type = name.endsWith('.js') ? 'text/javascript' : name.endsWith('.css') ? 'text/css' : 'font/ttf'
        response.writeHead(200, { 'content-type': type })
        response.end(await readFile(path.join(__SITE__, name)).catch(() => ''))
      })()
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    browser = await chromium.launch({
      executablePath: process.env['TAPEDECK_CHROMIUM'] ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    })
  })
  after(async () => {
    await browser.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('has the editor’s background and says that it loads before its script is here, and cleans up after that', async () => {
    const page = await browser.newPage()
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('favicon')) problems.push(message.text())
    })
    await page.addInitScript(() => {
      Object.assign(globalThis, {
        acquireVsCodeApi: () => ({ postMessage: () => 0, getState: () => undefined, setState: () => 0 }),
      })
    })
    await page.goto(origin, { waitUntil: 'commit' })
    await page.getByText('Loading…', { exact: true }).waitFor()
    // As the editor gives its colours to a webview.
    await page.evaluate(() => {
      document.documentElement.style.setProperty('--vscode-editor-background', 'rgb(31, 31, 31)')
    })
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
    assert.equal(await paper(), 'rgb(31, 31, 31)')
    // Drawn, not only there: the style sheet that is still to come must hold nothing back.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    assert.equal(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length), 1)
    assert.equal(await page.evaluate(() => document.body.dataset['run']), '/work/"><b>.json')
    release()
    await page.getByTestId('run-title').waitFor()
    assert.equal(await page.getByText('Loading…', { exact: true }).count(), 0)
    assert.equal(await paper(), 'rgb(31, 31, 31)')
    assert.deepEqual(problems, [])
    await page.close()
  })
})

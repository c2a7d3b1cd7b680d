/** The panel as the editor shows it, under the editor's own policy, with everything in it that a stranger could write. */
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { panelHtml } from '../../src/host/panel/html'
import { hostileLog } from '../fakes/hostileLog'
import { launchBrowser, walkThrough, watchedPage } from './hostilePage'

declare const __SITE__: string

describe('hostile content in the panel', function () {
  this.timeout(60_000)
  let browser: Browser
  let server: Server
  let origin: string
  let html: string

  before(async () => {
    server = createServer((request, response) => {
      const name = path.basename(new URL(request.url ?? '', origin).pathname)
      const type = name.endsWith('.js') ? 'text/javascript' : name.endsWith('.css') ? 'text/css' : 'font/ttf'
      response.writeHead(200, { 'content-type': name === '' ? 'text/html; charset=utf-8' : type })
      if (name === '') response.end(html)
      else
        readFile(path.join(__SITE__, name)).then(
          (body) => response.end(body),
          () => response.end(),
        )
    })
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`
    html = panelHtml(
      { cspSource: origin, asWebviewUri: (uri: unknown) => uri } as unknown as Parameters<typeof panelHtml>[0],
      origin as unknown as Parameters<typeof panelHtml>[1],
      { run: '/work/"><script>globalThis.pwned = 1</script>.json' },
    ).replace('<title>', '<link rel="icon" href="data:,"><title>')
    browser = await launchBrowser()
  })
  after(async () => {
    await browser.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  it('has a policy without unsafe-inline', () => {
    assert.ok(html.includes("default-src 'none'") && !html.includes('unsafe'))
  })

  for (const kind of ['capture', 'launch'] as const) {
    it(`of a ${kind} is text and breaks nothing`, async () => {
      const { page, close } = await watchedPage(browser)
      await page.addInitScript({ content: `globalThis.recordedLog = ${JSON.stringify(hostileLog(kind))}` })
      await page.addInitScript({ path: path.join(__SITE__, 'recordedHost.js') })
      await page.goto(origin)
      await walkThrough(page)
      await close()
    })
  }
})

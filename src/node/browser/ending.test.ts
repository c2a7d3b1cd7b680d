/** How captures begin badly and end, in a real browser. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import process from 'node:process'
import { startDemoSite, type DemoSite } from '../../../demo/site/site'
import type { EndInfo } from '../../core/source'
import { UserError } from '../../shared/userError'
import { chunk, openStream, startChatServer, type ChatServer } from './testing/chatServer'
import {
  allGone,
  processesOf,
  startCapture,
  startForeignBrowser,
  temporaryFolder,
  type ForeignBrowser,
  type RunningCapture,
} from './testing/rig'

const failedTo = (code: string) => (error: unknown) => error instanceof UserError && error.code === code

describe('a capture with a browser of its own', () => {
  let folder: ReturnType<typeof temporaryFolder>
  let chat: ChatServer
  beforeEach(async () => {
    folder = temporaryFolder()
    chat = await startChatServer()
  })
  /** Nothing of the browser may be left, whatever the test did. */
  afterEach(async () => {
    await chat.close()
    await allGone(folder.path)
    assert.ok(!existsSync(path.join(folder.path, 'tapedeck.lock')))
    folder.remove()
  })
  const start = (options: Parameters<typeof startCapture>[0]): Promise<RunningCapture> =>
    startCapture({ profileDir: folder.path, ...options })
  /** A capture in the middle of an answer. */
  const startAnswering = async (): Promise<RunningCapture> => {
    const capture = start({ url: chat.url, prompt: 'go' })
    const { response } = await chat.nextAsk()
    openStream(response)
    response.write(chunk('one'))
    const { handle, events } = await capture
    await events.first((draft) => (draft.phase === 'assistant_delta' ? true : undefined))
    return { handle, events }
  }
  const browserPid = (): number => {
    // The browser is the first of its processes, all others are its children.
    const [pid] = processesOf(folder.path)
    assert.ok(pid)
    return pid
  }

  it('completes, tells its browser, and leaves no process', async () => {
    const capture = start({ url: chat.url, prompt: 'go' })
    const { response } = await chat.nextAsk()
    openStream(response)
    response.end(`${chunk('one', 'stop')}data: [DONE]\n\n`)
    const { handle, events } = await capture
    const end = await handle.ended
    assert.equal(end.status, 'completed')
    assert.equal(end.metadata?.['headless'], true)
    assert.equal(end.metadata['url'], chat.url)
    assert.equal(events.statuses.at(-1), 'browser_closed')
    // A second stop changes nothing.
    await handle.stop('force')
    assert.equal((await handle.ended).status, 'completed')
  })

  it('fails when its browser is killed', async () => {
    const { handle, events } = await startAnswering()
    process.kill(browserPid(), 'SIGKILL')
    const end = await handle.ended
    assert.equal(end.status, 'failed')
    assert.equal(events.of('error').at(-1)?.code, 'browser_crashed')
    assert.equal(events.of('error').at(-1)?.fatal, true)
    assert.equal(events.answer, 'one')
  })

  it('is aborted when the person quits the browser', async () => {
    const { handle, events } = await startAnswering()
    process.kill(browserPid(), 'SIGTERM')
    assert.equal((await handle.ended).status, 'aborted')
    assert.deepEqual(events.of('error'), [])
  })

  it('is stopped by force at once', async () => {
    const { handle, events } = await startAnswering()
    await handle.stop('force')
    assert.equal((await handle.ended).status, 'aborted')
    assert.equal(events.statuses.at(-1), 'browser_closed')
  })

  it('is stopped politely where the page has no stop button, and by force after that', async () => {
    const { handle } = await startAnswering()
    const polite = handle.stop('polite')
    await handle.stop('force')
    await polite
    assert.equal((await handle.ended).status, 'aborted')
  })

  it('has its profile alone, and gives it back', async () => {
    const first = await startCapture({ url: chat.url, profileDir: folder.path, captureId: 'the-first' })
    await assert.rejects(
      start({ url: chat.url }),
      (error) => failedTo('profile_in_use')(error) && error instanceof Error && error.message.includes('the-first'),
    )
    await first.handle.stop('polite')
    await first.handle.ended
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.startsWith('tapedeck')),
      [],
    )
  })

  it('fails when the page cannot be reached, in words', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    const { handle, events } = await start({ url: `http://127.0.0.1:${String(port)}/`, prompt: 'go' })
    const end = await handle.ended
    assert.equal(end.status, 'failed')
    assert.match(end.error ?? '', /connection refused/)
    assert.equal(events.of('error').at(-1)?.code, 'page_unreachable')
  })

  it('fails when the page has no composer within the limit', async () => {
    const { handle, events } = await start({ url: `${chat.url}none`, prompt: 'go', timeoutMs: 1500 })
    assert.equal((await handle.ended).status, 'failed')
    assert.equal(events.of('error').at(-1)?.code, 'no_composer')
    assert.equal(events.of('browser_status').find(({ status }) => status === 'page_loaded')?.detail, 'HTTP 404')
  })

  it('fails at its time limit', async () => {
    const capture = start({ url: chat.url, prompt: 'go', timeoutMs: 4000 })
    const { response } = await chat.nextAsk()
    openStream(response)
    response.write(chunk('one'))
    const { handle, events } = await capture
    const end = await handle.ended
    assert.equal(end.status, 'failed')
    assert.match(end.error ?? '', /time limit of 4 s/)
    assert.equal(events.of('error').at(-1)?.code, 'time_limit')
  })

  it('does not start without the program it was given, and leaves the profile free', async () => {
    await assert.rejects(start({ url: chat.url, browserPath: '/nowhere/chromium' }), failedTo('browser_not_found'))
    await assert.rejects(start({ url: chat.url, browserPath: '/bin/true' }), failedTo('browser_start'))
  })
})

describe('a capture in a browser of somebody else', () => {
  let browser: ForeignBrowser
  let site: DemoSite
  before(async () => {
    ;[browser, site] = await Promise.all([startForeignBrowser(), startDemoSite({ speed: 5 })])
  })
  after(async () => {
    await Promise.all([browser.close(), site.close()])
  })
  const start = (scenario: string, more: Partial<Parameters<typeof startCapture>[0]> = {}): Promise<RunningCapture> =>
    startCapture({ url: `${site.url}?scenario=${scenario}`, cdpUrl: browser.cdpUrl, ...more })
  const closeSitePages = async (): Promise<void> => {
    for (const page of await browser.pages()) if (page.url.startsWith(site.url)) await browser.closePage(page.id)
  }

  it('closes its own page only', async () => {
    const pagesBefore = await browser.pages()
    const { handle } = await start('latency&deltas=3', { prompt: 'go' })
    assert.equal((await handle.ended).status, 'completed')
    assert.deepEqual(await browser.pages(), pagesBefore)
  })

  it('is aborted when the person closes the page', async () => {
    const { handle, events } = await start('slow', { prompt: 'go' })
    await events.first((draft) => (draft.phase === 'assistant_delta' ? true : undefined))
    await closeSitePages()
    const end = await handle.ended
    assert.equal(end.status, 'aborted')
    assert.match(end.error ?? '', /closed/)
  })

  it("presses the page's own stop button", async () => {
    const { handle, events } = await start('slow', { prompt: 'go' })
    await events.first((draft) => (draft.phase === 'assistant_delta' ? true : undefined))
    await handle.stop('polite')
    assert.equal((await handle.ended).status, 'aborted')
    assert.ok(events.of('network').some(({ url }) => url.endsWith('/stop_conversation')))
  })

  it('says where no browser answers, without the secrets of the address', async () => {
    const refused = (cdpUrl: string): Promise<unknown> =>
      start('search', { cdpUrl }).then(
        () => assert.fail('it started'),
        (error: unknown) => error,
      )
    const error = await refused('http://ada:hunter2@127.0.0.1:1/?token=hunter3')
    assert.ok(failedTo('cdp_unreachable')(error), String(error))
    assert.ok(error instanceof UserError && error.message.includes('http://127.0.0.1:1/'))
    assert.ok(!/hunter/.test(error.message) && error.cause === undefined)
    const wrong = await refused('9222')
    assert.ok(failedTo('bad_cdp_url')(wrong) && wrong instanceof UserError && wrong.kind === 'bad_input')
  })

  it('fails when that browser is gone', async () => {
    const own = await startForeignBrowser()
    let end: EndInfo
    try {
      const { handle, events } = await start('slow', { prompt: 'go', cdpUrl: own.cdpUrl })
      await events.first((draft) => (draft.phase === 'assistant_delta' ? true : undefined))
      await own.close()
      end = await handle.ended
    } finally {
      await own.close()
    }
    assert.equal(end.status, 'failed')
  })
})

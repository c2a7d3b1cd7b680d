/** Captures of the demo chat site from end to end: browser, listening, decoding, ending. */
import assert from 'node:assert/strict'
import { chromium, type Browser, type Page } from 'playwright-core'
import { startDemoSite, type DemoSite } from '../../../demo/site/site'
import { startCapture, startForeignBrowser, type Events, type ForeignBrowser, type RunningCapture } from './testing/rig'

interface Expected {
  readonly path: string
  readonly status: 'completed' | 'failed'
  /** The code of the last error. */
  readonly code?: string
  /** Statuses that must be told, in this order. */
  readonly statuses?: readonly string[]
  readonly searches?: boolean
}

const SCENARIOS: Readonly<Record<string, Expected>> = {
  search: {
    path: '?scenario=search',
    status: 'completed',
    searches: true,
    statuses: [
      'browser_started',
      'page_loaded',
      'authenticated',
      'search_toggle',
      'prompt_submitted',
      'response_started',
      'response_complete',
      'browser_closed',
    ],
  },
  thinking: {
    path: '?scenario=thinking',
    status: 'completed',
    statuses: ['stream_handoff', 'stream_resumed', 'response_complete'],
  },
  websocket: {
    path: '?scenario=websocket',
    status: 'completed',
    searches: true,
    statuses: ['stream_handoff', 'response_complete'],
  },
  allcarriers: {
    path: '?scenario=allcarriers',
    status: 'completed',
    searches: true,
    statuses: ['stream_resumed', 'stream_handoff', 'response_complete'],
  },
  legacy: { path: '?scenario=legacy', status: 'completed' },
  cut: {
    path: '?scenario=cut',
    status: 'completed',
    searches: true,
    statuses: ['stream_resumed', 'response_complete'],
  },
  'cut for good': { path: '?scenario=cutforever', status: 'failed', code: 'incomplete_stream' },
  'rate limit': { path: '?scenario=ratelimit', status: 'failed', code: 'rate_limited' },
  'stream error': { path: '?scenario=streamerror', status: 'failed' },
  moderation: { path: '?scenario=moderation', status: 'failed', code: 'moderation_blocked' },
  long: { path: '?scenario=long&deltas=2000', status: 'completed' },
  hostile: { path: '?scenario=hostile', status: 'completed', code: 'malformed_frames' },
  huge: { path: '?scenario=huge', status: 'completed' },
  'chat completions': {
    path: 'generic/openai',
    status: 'completed',
    statuses: ['prompt_submitted', 'response_started'],
  },
  'anthropic messages': { path: 'generic/anthropic', status: 'completed' },
  responses: { path: 'generic/responses', status: 'completed' },
}

/** Whether the statuses hold these, in this order. */
function holdsInOrder(statuses: readonly string[], wanted: readonly string[]): boolean {
  let at = 0
  for (const status of statuses) if (status === wanted[at]) at++
  return at === wanted.length
}

describe('a capture of the demo site', () => {
  let browser: ForeignBrowser
  let site: DemoSite
  let person: Browser
  before(async () => {
    ;[browser, site] = await Promise.all([startForeignBrowser(), startDemoSite({ speed: 20 })])
    person = await chromium.connectOverCDP(browser.cdpUrl)
  })
  after(async () => {
    await person.close()
    await Promise.all([browser.close(), site.close()])
  })
  const start = (path: string, more: Partial<Parameters<typeof startCapture>[0]> = {}): Promise<RunningCapture> =>
    startCapture({ url: `${site.url}${path}`, cdpUrl: browser.cdpUrl, resumeGraceMs: 300, ...more })
  /** The page of the capture, as the person before the browser has it. */
  const pageOfCapture = async (events: Events): Promise<Page> => {
    await events.status('page_loaded')
    const page = person
      .contexts()
      .flatMap((context) => context.pages())
      .find((candidate) => candidate.url().startsWith(site.url))
    assert.ok(page)
    return page
  }

  let searched = ''
  for (const [name, expected] of Object.entries(SCENARIOS)) {
    it(`${expected.status === 'completed' ? 'completes' : 'fails'}: ${name}`, async () => {
      const { handle, events } = await start(expected.path, {
        prompt: 'Which river is the longest?\nIn short, please.',
      })
      const end = await handle.ended
      assert.deepEqual(events.problems, [])
      assert.equal(end.status, expected.status, `${String(end.error)} ${events.statuses.join()}`)
      // On a slow machine a setback may be told behind what ended the turn.
      const errors = events.of('error')
      const error = errors.findLast(({ fatal }) => fatal) ?? errors.at(-1)
      if (expected.code !== undefined) assert.equal(error?.code, expected.code)
      if (expected.status === 'failed') assert.equal(end.error, error?.message)
      else assert.ok(events.answer.length > 100)
      assert.ok(holdsInOrder(events.statuses, expected.statuses ?? []), events.statuses.join())
      assert.equal(events.statuses.filter((status) => status === 'prompt_submitted').length, 1)
      if (expected.searches !== true) return
      assert.ok(events.of('search_query').length > 0 && events.of('citation').length > 0)
      assert.equal(events.of('browser_status').find(({ status }) => status === 'search_toggle')?.detail, 'on')
      // Whatever carried it, the same turn makes the same events.
      const seen = JSON.stringify([
        events.answer,
        events.of('search_query').map(({ query }) => query),
        events.of('search_result').map(({ url, rank }) => [url, rank]),
        events.of('citation').map(({ url, index }) => [url, index]),
      ])
      searched ||= seen
      assert.equal(seen, searched)
    })
  }

  it('waits for the person to log in, and goes on by itself', async () => {
    const { handle, events } = await start('?scenario=loggedout', { prompt: 'go' })
    await events.status('authentication_required')
    const page = await pageOfCapture(events)
    await page.locator('#login-wall button').first().click()
    await page.getByTestId('login-continue').click()
    assert.equal((await handle.ended).status, 'completed')
    assert.ok(holdsInOrder(events.statuses, ['authentication_required', 'authenticated', 'prompt_submitted']))
  })

  it('goes on logged out where the person wants that', async () => {
    await person.contexts()[0]?.clearCookies()
    const { handle, events } = await start('?scenario=loggedout', { prompt: 'go', webSearch: 'off' })
    await events.status('authentication_required')
    await (await pageOfCapture(events)).getByTestId('stay-logged-out').click()
    assert.equal((await handle.ended).status, 'completed')
    assert.ok(holdsInOrder(events.statuses, ['authentication_required', 'logged_out', 'prompt_submitted']))
    assert.ok(!events.statuses.includes('search_toggle'))
  })

  it('waits for the person to meet a challenge', async () => {
    const { handle, events } = await start('?scenario=challenge', { prompt: 'go' })
    await events.status('human_needed')
    await (await pageOfCapture(events)).getByTestId('challenge-button').click()
    assert.equal((await handle.ended).status, 'completed')
    assert.ok(holdsInOrder(events.statuses, ['human_needed', 'authenticated', 'prompt_submitted']))
  })

  it('says at its limit whom it waited for', async () => {
    await person.contexts()[0]?.clearCookies()
    const { handle } = await start('?scenario=challenge', { prompt: 'go', timeoutMs: 1500 })
    const end = await handle.ended
    assert.equal(end.status, 'failed')
    assert.match(end.error ?? '', /waited for a person/)
  })

  it('without a prompt listens to several turns until the person closes the page', async () => {
    const { handle, events } = await start('?scenario=latency&deltas=3')
    const page = await pageOfCapture(events)
    for (const turn of [1, 2]) {
      await page.locator('#prompt-textarea[contenteditable="true"]').click()
      await page.keyboard.insertText('hello')
      await page.getByTestId('send-button').click()
      let complete = 0
      await events.first((draft) =>
        draft.phase === 'browser_status' && draft.data.status === 'response_complete' && ++complete === turn
          ? true
          : undefined,
      )
    }
    await page.close()
    const end = await handle.ended
    assert.equal(end.status, 'completed')
    assert.equal(end.error, undefined)
  })

  it('says where web search cannot be switched on', async () => {
    const { handle, events } = await start('generic/openai', { prompt: 'go', webSearch: 'on' })
    assert.equal((await handle.ended).status, 'completed')
    assert.equal(events.of('browser_status').find(({ status }) => status === 'search_toggle')?.detail, 'unavailable')
    // What was typed to find the switch is gone again.
    assert.ok(events.answer.includes('You asked: “go”'), events.answer.slice(0, 80))
  })
})

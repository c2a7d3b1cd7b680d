/** What a capture hears of a page, in a real browser. */
import assert from 'node:assert/strict'
import { WebSocketServer } from 'ws'
import { chunk, openStream, startChatServer, type ChatServer, type ChatServerOptions } from './testing/chatServer'
import { startCapture, startForeignBrowser, type ForeignBrowser } from './testing/rig'

describe('a capture listens', () => {
  let browser: ForeignBrowser
  let server: ChatServer | undefined
  before(async () => {
    browser = await startForeignBrowser()
  })
  after(() => browser.close())
  afterEach(async () => {
    await server?.close()
    server = undefined
  })
  const serve = async (options?: ChatServerOptions): Promise<ChatServer> => (server = await startChatServer(options))

  it('to each piece of a stream while it goes on, byte for byte, and from its beginning', async () => {
    const chat = await serve()
    const { handle, events } = await startCapture({ url: chat.url, cdpUrl: browser.cdpUrl, prompt: 'Say 🌊\nplease' })
    const { prompt, response } = await chat.nextAsk()
    assert.equal(prompt, 'Say 🌊\nplease')
    openStream(response)
    const whole = Buffer.from([chunk('one 🌊'), chunk(' two 漢字 😺'), chunk('!', 'stop'), 'data: [DONE]\n\n'].join(''))
    const cutAt = whole.indexOf(Buffer.from('😺')) + 2
    response.write(whole.subarray(0, cutAt))
    // The server goes on only when the first piece has arrived.
    await events.first((draft) => (draft.phase === 'assistant_delta' ? true : undefined))
    assert.equal(events.answer, 'one 🌊')
    response.write(whole.subarray(cutAt, cutAt + 1))
    response.write(whole.subarray(cutAt + 1))
    await events.status('response_complete')
    response.end()
    const end = await handle.ended
    assert.equal(end.status, 'completed')
    assert.equal(end.metadata?.['model'], 'test-1')
    assert.match(String(end.metadata['browser']), /^Chromium \d+/)
    assert.equal(events.answer, 'one 🌊 two 漢字 😺!')
    const body = events.of('network_body')[0]
    assert.ok(body)
    assert.equal(events.body(body.request_id), whole.toString())
    assert.deepEqual(events.problems, [])
    const states = events.of('network').filter(({ request_id }) => request_id === body.request_id)
    assert.deepEqual(
      states.map(({ state }) => state),
      ['sent', 'response', 'finished'],
    )
    assert.equal(states[1]?.status, 200)
    assert.equal(states[1].mime_type, 'text/event-stream')
    assert.ok((states[1].timings?.['wait'] ?? -1) >= 0)
    assert.ok(states[1].request_headers?.['user-agent'])
    assert.equal(states[1].response_headers?.['cache-control'], 'no-store')
    assert.deepEqual(
      events.statuses.filter((status) => status !== 'model'),
      ['browser_started', 'page_loaded', 'prompt_submitted', 'response_started', 'response_complete', 'browser_closed'],
    )
  })

  it('to an answer that is over before it can be joined, in its own characters', async () => {
    const chat = await serve({ path: '/backend-api/f/conversation' })
    const capture = startCapture({ url: chat.url, cdpUrl: browser.cdpUrl, prompt: 'again' })
    const { response } = await chat.nextAsk()
    const detail = { message: 'Zu viele Anfragen – später 😀', clears_in: 3600 }
    // Without a charset the browser itself would read this as Latin text.
    response.writeHead(429, { 'content-type': 'application/problem' }).end(JSON.stringify({ detail }))
    const { handle, events } = await capture
    const end = await handle.ended
    assert.equal(end.status, 'failed')
    const [error] = events.of('error')
    assert.equal(error?.code, 'rate_limited')
    assert.equal(error.http_status, 429)
    assert.equal(error.retry_after_s, 3600)
    assert.ok(error.message.includes('später 😀'), error.message)
    assert.equal(end.error, error.message)
  })

  it('to the frames of a WebSocket in both directions', async () => {
    const sockets = new WebSocketServer({ noServer: true })
    const chat = await serve({
      onUpgrade: (request, socket, head) => {
        sockets.handleUpgrade(request, socket, head, (connection) => {
          connection.on('message', (data) => {
            connection.send(`echo ${Buffer.from(data as Buffer).toString()}`)
            connection.send(Buffer.from([0, 255, 128]))
          })
        })
      },
      script: `const socket = new WebSocket(location.href.replace('http', 'ws') + 'socket')
socket.onopen = () => socket.send('grüße 🌊')
socket.onmessage = ({ data }) => { if (typeof data !== 'string') socket.close() }`,
    })
    const { handle, events } = await startCapture({ url: chat.url, cdpUrl: browser.cdpUrl })
    const { request_id } = await events.first((draft) =>
      draft.phase === 'network' && draft.data.resource_type === 'websocket' && draft.data.state === 'finished'
        ? draft.data
        : undefined,
    )
    await handle.stop('polite')
    assert.equal((await handle.ended).status, 'aborted')
    assert.deepEqual(
      events.of('network_body').map(({ direction, offset, text, base64 }) => [direction, offset, text ?? base64]),
      [
        ['sent', 0, 'grüße 🌊'],
        ['received', 0, 'echo grüße 🌊'],
        ['received', 17, 'AP+A'],
      ],
    )
    const states = events.of('network').filter((data) => data.request_id === request_id)
    assert.deepEqual(
      states.map(({ state, status }) => [state, status]),
      [
        ['sent', undefined],
        ['response', 101],
        ['finished', undefined],
      ],
    )
    assert.match(states[0]?.url ?? '', /^ws:.*\/socket$/)
    sockets.close()
  })

  it('to what a page lets go of when it goes elsewhere', async () => {
    const chat = await serve()
    const capture = startCapture({
      url: chat.url,
      cdpUrl: browser.cdpUrl,
      prompt: 'go',
      resumeGraceMs: 100,
    })
    const { response } = await chat.nextAsk()
    const { handle, events } = await capture
    openStream(response)
    response.write(chunk('one'))
    await events.first((draft) => (draft.phase === 'assistant_delta' ? true : undefined))
    response.write(': leave\n\n')
    const end = await handle.ended
    assert.equal(end.status, 'failed')
    assert.equal(events.of('error').at(-1)?.code, 'incomplete_stream')
    assert.equal(events.of('error').at(-1)?.fatal, true)
    const stream = events.of('network').filter(({ url }) => url.endsWith('/v1/chat/completions'))
    assert.equal(stream.at(-1)?.state, 'failed')
    assert.ok(events.of('network').some(({ url, state }) => url.endsWith('/next') && state === 'finished'))
  })

  it('to a turn whose connection breaks before the server answers', async () => {
    const chat = await serve({ path: '/backend-api/f/conversation' })
    const capture = startCapture({ url: chat.url, cdpUrl: browser.cdpUrl, prompt: 'go', resumeGraceMs: 100 })
    const { handle, events } = await capture
    // The browser itself tries some of them again.
    const refuse = async (): Promise<void> => {
      for (;;) (await chat.nextAsk()).response.destroy()
    }
    void refuse()
    assert.equal((await handle.ended).status, 'failed')
    assert.equal(events.of('error').at(-1)?.code, 'incomplete_stream')
  })

  it('to redirects, long addresses and the bodies that the setting names', async () => {
    const long = `/long?${'x'.repeat(20_000)}`
    const chat = await serve({
      other: (request, response) => {
        if (request.url === '/old') response.writeHead(302, { location: '/data', 'set-cookie': 'a=b' }).end()
        else if (request.url === '/data' || request.url?.startsWith('/long?') === true)
          response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end('{"grüße":"🌊"}')
        else return false
        return true
      },
      script: `(async () => { await fetch('data:,x'); await (await fetch('${long}')).text(); await (await fetch('/old')).text() })()`,
    })
    const { handle, events } = await startCapture({ url: chat.url, cdpUrl: browser.cdpUrl, bodies: 'all' })
    await events.first((draft) =>
      draft.phase === 'network' && draft.data.url.endsWith('/data') && draft.data.state === 'finished'
        ? true
        : undefined,
    )
    await handle.stop('polite')
    await handle.ended
    const network = events.of('network')
    assert.ok(network.every(({ url }) => !url.startsWith('data:')))
    const old = network.filter(({ url }) => url.endsWith('/old'))
    const { request_id = '' } = old[0] ?? {}
    assert.deepEqual(
      old.map(({ state, status }) => [state, status]),
      [
        ['sent', undefined],
        ['finished', 302],
      ],
    )
    assert.equal(events.body(request_id), '{"grüße":"🌊"}')
    const cut = network.find(({ url }) => url.includes('/long?'))
    assert.ok(cut && cut.url.length < 9000 && cut.url.includes('[cut, '))
    assert.deepEqual(events.problems, [])
  })

  it('to windows that the page opens, and to frames of other sites', async () => {
    const chat = await serve({
      other: (request, response) => {
        const script = (path: string): string => `<script>setInterval(() => fetch('${path}'), 30)</script>`
        if (request.url === '/popup') response.setHeader('content-type', 'text/html').end(script('/from-popup'))
        else if (request.url === '/frame') response.setHeader('content-type', 'text/html').end(script('/from-frame'))
        else return false
        return true
      },
      script: `const frame = document.createElement('iframe')
frame.src = location.href.replace('127.0.0.1', 'localhost') + 'frame'
document.body.append(frame)
document.getElementById('send').addEventListener('click', () => open('/popup'))`,
    })
    const { handle, events } = await startCapture({ url: chat.url, cdpUrl: browser.cdpUrl, prompt: 'go' })
    await events.first((draft) =>
      draft.phase === 'network' && draft.data.url.endsWith('/from-popup') && draft.data.state === 'finished'
        ? true
        : undefined,
    )
    await events.first((draft) =>
      draft.phase === 'network' && draft.data.url.endsWith('/from-frame') && draft.data.state === 'finished'
        ? true
        : undefined,
    )
    await handle.stop('polite')
    await handle.ended
    for (const page of await browser.pages()) if (page.url.endsWith('/popup')) await browser.closePage(page.id)
  })
})

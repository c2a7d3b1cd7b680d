/** Who is let in, and how a stream and the site end. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { startDemoSite, type DemoSite } from './site'
import { HEADERS, loadWire, post, read, Reading } from './testing/reading'

describe('the demo chat site as a server', () => {
  let site: DemoSite
  before(async () => {
    site = await startDemoSite({ speed: 1000 })
  })
  after(() => site.close())

  it('knows who is there by the cookie, and shows the challenge once', async () => {
    const cookiesOf = (response: Response): string =>
      response.headers
        .getSetCookie()
        .map((cookie) => cookie.split(';')[0] ?? '')
        .join('; ')
    const session = async (cookie: string): Promise<Record<string, unknown>> =>
      (await (await fetch(new URL('api/auth/session', site.url), { headers: { cookie } })).json()) as Record<
        string,
        unknown
      >
    const page = await fetch(site.url)
    const loggedIn = await session(cookiesOf(page))
    assert.match(String(loggedIn['accessToken']), /^eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+$/)
    assert.match(JSON.stringify(loggedIn['user']), /@/)
    const out = await fetch(`${site.url}?scenario=loggedout`, { headers: { cookie: cookiesOf(page) } })
    assert.equal((await session(cookiesOf(out)))['accessToken'], undefined)
    const login = await fetch(`${site.url}auth/callback`, { method: 'POST' })
    const again = await fetch(`${site.url}?scenario=loggedout`, { headers: { cookie: cookiesOf(login) } })
    assert.ok(!cookiesOf(again).includes('session-token'), 'who logged in stays logged in')
    assert.notEqual((await session(cookiesOf(login)))['accessToken'], undefined)

    const challenged = await fetch(`${site.url}?scenario=challenge`)
    assert.equal(challenged.status, 403)
    assert.equal(challenged.headers.get('cf-mitigated'), 'challenge')
    assert.match(await challenged.text(), /I am human/)
    const clearance = cookiesOf(await fetch(`${site.url}cdn-cgi/demo-clearance`, { method: 'POST' }))
    const passed = await fetch(`${site.url}?scenario=challenge`, { headers: { cookie: clearance } })
    assert.equal(passed.status, 200)
  })

  it('answers only to this machine, and 401 without a session', async () => {
    const statusFor = async (headers: Record<string, string>): Promise<number | undefined> => {
      const request = httpRequest({ host: '127.0.0.1', port: site.port, path: '/', headers })
      request.end()
      const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
      response.resume()
      return response.statusCode
    }
    assert.equal(await statusFor({ host: 'evil.example' }), 421)
    assert.equal(await statusFor({ host: '127.0.0.1.evil.example' }), 421)
    assert.equal(await statusFor({ host: `127.0.0.1:${String(site.port)}`, origin: 'http://evil.example' }), 421)
    assert.equal(await statusFor({ host: `localhost:${String(site.port)}` }), 200)
    assert.equal((await fetch(new URL('backend-api/f/conversation', site.url), { method: 'POST' })).status, 401)
    assert.equal((await fetch(new URL('/../../etc/passwd', site.url))).status, 404)
    const socket = new WebSocket(`ws://127.0.0.1:${String(site.port)}/p07/ws/user/user-demo?verify=wrong`)
    const [error] = (await once(socket, 'error')) as [Error]
    assert.match(error.message, /403/)
  })

  it('stop ends the stream without its tail', async () => {
    const own = await startDemoSite()
    try {
      const messages = [{ content: { parts: ['x'] } }]
      const body = { messages, conversation_id: 'conv-stop' }
      const response = await post(own, 'backend-api/f/conversation?scenario=slow', body)
      await post(own, 'backend-api/stop_conversation', { conversation_id: 'conv-stop' })
      const { reading, broken } = await read(response, new Reading(await loadWire()))
      assert.ok(!broken && !reading.done)
      assert.ok(!reading.types.includes('message_stream_complete'))
    } finally {
      await own.close()
    }
  })

  it('close ends running streams, sockets and idle connections, and frees the port', async () => {
    const own = await startDemoSite()
    const response = await post(own, 'backend-api/f/conversation?scenario=slow', { messages: [{}] })
    const generic = await post(own, 'generic/openai/v1/chat/completions', { messages: [] })
    const idle = connect(own.port, '127.0.0.1')
    await once(idle, 'connect')
    const idleClosed = once(idle, 'close')
    idle.on('error', () => undefined)
    idle.resume()
    const { websocket_url } = (await (
      await fetch(new URL('backend-api/celsius/ws/user', own.url), { headers: HEADERS })
    ).json()) as { websocket_url: string }
    const socket = new WebSocket(websocket_url)
    await once(socket, 'open')
    const socketClosed = once(socket, 'close')
    await own.close()
    await Promise.all([idleClosed, socketClosed, response.text().catch(() => ''), generic.text().catch(() => '')])
    const next = await startDemoSite({ port: own.port })
    assert.equal(next.port, own.port)
    await assert.rejects(startDemoSite({ port: own.port }), { code: 'port_in_use' })
    await next.close()
    await assert.rejects(startDemoSite({ scenario: 'nonsense' }), { code: 'unknown_scenario' })
  })
})

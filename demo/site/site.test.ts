/** Every scenario's stream, read the way a page reads it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { WebSocket } from 'ws'
import { startDemoSite, type DemoSite } from './site'
import { WIRE_SCRIPT } from './page/wireScript'
import { SCENARIOS } from './scenarios/list'

interface SseReader {
  push(text: string): void
  flush(): void
}
interface DeltaReader {
  apply(frame: unknown): { message?: Message } | undefined
}
/** The page's own readers; the tests use them as any reader would. */
interface Wire {
  SseReader: new (onEvent: (type: string, data: string) => void) => SseReader
  DeltaReader: new () => DeltaReader
}
interface Message {
  readonly id: string
  readonly status: string
  readonly end_turn: boolean | null
  readonly recipient: string
  readonly channel: string | null
  readonly author?: { readonly role: string }
  readonly content: { readonly content_type: string; readonly parts?: readonly string[]; readonly thoughts?: unknown }
  readonly metadata: {
    readonly search_model_queries?: { readonly queries: readonly unknown[] }
    readonly search_result_groups?: readonly ({ readonly entries?: unknown } | string | null)[]
    readonly content_references?: readonly {
      readonly type: string
      readonly matched_text: string
      start_idx: number
      end_idx: number
    }[]
  }
}

/** What a stream said: its messages by id, its typed events, its counted events and whether it ended with `[DONE]`. */
class Reading {
  readonly messages = new Map<string, Message>()
  readonly types: string[] = []
  readonly events: { readonly type: string; readonly data: string }[] = []
  counted = 0
  malformed = 0
  done = false
  readonly sse: SseReader
  private readonly deltas: DeltaReader
  constructor(wire: Wire) {
    this.deltas = new wire.DeltaReader()
    this.sse = new wire.SseReader((type, data) => {
      this.take(type, data)
    })
  }
  get answer(): Message | undefined {
    return [...this.messages.values()].find(
      (one) => one.author?.role === 'assistant' && one.recipient === 'all' && one.content.content_type === 'text',
    )
  }
  get text(): string {
    return this.answer?.content.parts?.[0] ?? ''
  }
  get queries(): unknown[] {
    return [...this.messages.values()].flatMap((one) => one.metadata.search_model_queries?.queries ?? [])
  }
  get results(): unknown[] {
    return [...this.messages.values()]
      .flatMap((one) => one.metadata.search_result_groups ?? [])
      .flatMap((group) =>
        typeof group === 'object' && Array.isArray(group?.entries) ? (group.entries as unknown[]) : [],
      )
  }
  field(type: string): Record<string, unknown> {
    const found = this.events.map((event) => parsed(event.data)).find((value) => value['type'] === type)
    assert.ok(found, `an event of type ${type}`)
    return found
  }
  private take(type: string, data: string): void {
    if (data === '[DONE]') {
      this.done = true
      return
    }
    if (data === '') return
    this.counted += 1
    this.events.push({ type, data })
    try {
      const value: unknown = JSON.parse(data)
      if (type === 'delta') {
        const message = this.deltas.apply(value)?.message
        if (message?.author !== undefined) this.messages.set(message.id, message)
      } else if (typeof value === 'object' && value !== null) {
        if ('type' in value) this.types.push(String(value.type))
        if ('message' in value && value.message !== null)
          this.messages.set((value.message as Message).id, value.message as Message)
      }
    } catch {
      this.malformed += 1
    }
  }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

const HEADERS = { 'content-type': 'application/json', authorization: 'Bearer eyJ.demo.test' }

describe('the demo chat site', () => {
  let site: DemoSite
  let wire: Wire
  before(async () => {
    wire = (await import(`data:text/javascript,${encodeURIComponent(WIRE_SCRIPT)}`)) as Wire
    site = await startDemoSite({ speed: 1000 })
  })
  after(() => site.close())

  const post = (path: string, body: unknown, headers: Record<string, string> = {}, on = site): Promise<Response> =>
    fetch(new URL(path, on.url), { method: 'POST', headers: { ...HEADERS, ...headers }, body: JSON.stringify(body) })
  const ask = (scenario: string, prompt = 'Which river is the longest?', options = ''): Promise<Response> =>
    post(`backend-api/f/conversation?scenario=${scenario}${options}`, {
      messages: [{ author: { role: 'user' }, content: { content_type: 'text', parts: [prompt] } }],
    })
  /** Reads to the end; says whether the connection broke. */
  const read = async (
    response: Response,
    reading = new Reading(wire),
  ): Promise<{ reading: Reading; broken: boolean }> => {
    assert.equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8')
    assert.ok(response.body)
    const decoder = new TextDecoder()
    try {
      for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
        reading.sse.push(decoder.decode(bytes, { stream: true }))
      }
      return { reading, broken: false }
    } catch {
      return { reading, broken: true }
    }
  }
  const assertComplete = (reading: Reading): void => {
    assert.equal(reading.answer?.status, 'finished_successfully')
    assert.equal(reading.answer.end_turn, true)
    assert.equal(reading.malformed, 0)
  }
  const assertSearched = (reading: Reading): void => {
    assertComplete(reading)
    assert.equal(reading.queries.length, 5)
    assert.equal(reading.results.length, 7)
    const cited = (reading.answer?.metadata.content_references ?? []).filter((one) => one.type === 'grouped_webpages')
    assert.equal(cited.length, 4)
    for (const one of cited) assert.equal(reading.text.slice(one.start_idx, one.end_idx), one.matched_text)
    assert.ok(reading.types.includes('message_stream_complete'))
  }

  for (const name of ['search', 'loggedout', 'challenge']) {
    it(`${name}: queries, results in pieces, citations whose offsets fit, a proved end`, async () => {
      const { reading } = await read(await ask(name))
      assertSearched(reading)
      assert.ok(reading.done)
      assert.ok(reading.types.includes('url_moderation'))
      assert.match(reading.text, /Which river is the longest\?/)
    })
  }

  it('search: pieces are cut inside characters and inside events', async () => {
    const own = await startDemoSite({ speed: 1000 })
    try {
      await (
        await post('backend-api/f/conversation', { messages: [{ content: { parts: ['trams'] } }] }, {}, own)
      ).text()
      const texts = own.writes.map((write) => write.text)
      assert.ok(texts.some((text) => !text.endsWith('\n\n')))
      assert.ok(!texts.join('').includes('\u{FFFD}'), 'the record is whole again')
      assert.ok(own.writes.every((write, index) => index === 0 || write.at >= (own.writes[index - 1]?.at ?? 0)))
    } finally {
      await own.close()
    }
  })

  it('thinking: a stub that hands off, then thoughts, recap and answer over a resume from the start', async () => {
    const stub = (await read(await ask('thinking'))).reading
    assert.equal(stub.messages.size, 0)
    assert.ok(stub.done)
    const { conversation_id, options } = stub.field('stream_handoff')
    assert.deepEqual(
      (options as { type: string }[]).map((one) => one.type),
      ['resume_sse_endpoint'],
    )
    const { reading } = await read(await post('backend-api/f/conversation/resume', { conversation_id, offset: 0 }))
    assertComplete(reading)
    const kinds = [...reading.messages.values()].map((one) => one.content.content_type)
    assert.deepEqual(kinds, ['thoughts', 'reasoning_recap', 'text'])
  })

  const openSocket = async (): Promise<WebSocket> => {
    const response = await fetch(new URL('backend-api/celsius/ws/user', site.url), { headers: HEADERS })
    const { websocket_url } = (await response.json()) as { websocket_url: string }
    assert.match(websocket_url, /\/p\d\d\/ws\/user\/[^?]+\?verify=.+/)
    const socket = new WebSocket(websocket_url)
    await once(socket, 'open')
    return socket
  }
  interface Item {
    topic_id: string
    payload: {
      payload: { type: string; stream_item_id: string; parent_stream_item_id: string | null; encoded_item: string }
    }
  }
  /** Follows a topic to its `done`; each item is decoded once, however often it comes. */
  const follow = async (
    socket: WebSocket,
    topic_id: string,
  ): Promise<{ reading: Reading; repeated: number; heartbeats: number }> => {
    const reading = new Reading(wire)
    const seen = new Set<string>()
    let [repeated, heartbeats] = [0, 0]
    const ended = new Promise<void>((resolve) => {
      const take = ({ payload: { payload } }: Item): void => {
        if (payload.type === 'done') resolve()
        else if (payload.type === 'heartbeat') heartbeats += 1
        else if (seen.has(payload.stream_item_id)) repeated += 1
        else {
          assert.ok(
            payload.parent_stream_item_id === null || seen.has(payload.parent_stream_item_id),
            'nothing was missed',
          )
          seen.add(payload.stream_item_id)
          reading.sse.push(payload.encoded_item)
          reading.sse.flush()
        }
      }
      socket.on('message', (data: Buffer) => {
        for (const frame of JSON.parse(data.toString()) as (Item & { reply?: { catchups?: Item[] } })[]) {
          if (frame.topic_id === topic_id) take(frame)
          for (const item of frame.reply?.catchups ?? []) take(item)
        }
      })
    })
    socket.send(JSON.stringify([{ id: 5, command: { type: 'subscribe', topic_id, offset: '0' } }]))
    await ended
    return { reading, repeated, heartbeats }
  }

  it('websocket: a stub, then everything over the socket with catch-ups that repeat items', async () => {
    const socket = await openSocket()
    const stub = (await read(await ask('websocket'))).reading
    const options = stub.field('stream_handoff')['options'] as { type: string; topic_id: string }[]
    const topic = options.find((one) => one.type === 'subscribe_ws_topic')?.topic_id ?? ''
    const { reading, repeated, heartbeats } = await follow(socket, topic)
    assertSearched(reading)
    assert.ok(repeated > 0)
    assert.ok(heartbeats > 0)
    socket.close()
    await once(socket, 'close')
  })

  it('allcarriers: inline until it is cut, resumed in place, then the socket replays the whole turn', async () => {
    const socket = await openSocket()
    const first = await read(await ask('allcarriers'))
    assert.ok(first.broken)
    const { reading } = first
    const { conversation_id, token } = reading.field('resume_conversation_token')
    const offset = reading.counted
    const resumed = new Reading(wire)
    for (const event of reading.events) resumed.sse.push(`event: ${event.type}\ndata: ${event.data}\n\n`)
    const second = await read(
      await post(
        'backend-api/f/conversation/resume',
        { conversation_id, offset },
        { 'x-conduit-token': String(token) },
      ),
      resumed,
    )
    assert.ok(!second.broken && resumed.done)
    assert.ok(resumed.text.length > 0)
    assert.equal(resumed.malformed, 0)
    const options = resumed.field('stream_handoff')['options'] as { type: string; topic_id: string }[]
    const carried = await follow(socket, options[0]?.topic_id ?? '')
    assertSearched(carried.reading)
    assert.ok(
      [...resumed.messages.keys()].every((id) => carried.reading.messages.has(id)),
      'the same messages',
    )
    assert.ok(carried.reading.text.startsWith(resumed.text))
    socket.close()
    await once(socket, 'close')
  })

  it('cut: the connection breaks inside an event; a resume with the counted offset goes on without gap or repeat', async () => {
    const { reading, broken } = await read(await ask('cut'))
    assert.ok(broken)
    const { conversation_id, token } = reading.field('resume_conversation_token')
    const before = reading.counted
    const fresh = new Reading(wire)
    for (const event of reading.events) fresh.sse.push(`event: ${event.type}\ndata: ${event.data}\n\n`)
    const withToken = { 'x-conduit-token': String(token) }
    const rest = await read(
      await post('backend-api/f/conversation/resume', { conversation_id, offset: before }, withToken),
      fresh,
    )
    assert.ok(!rest.broken)
    assertSearched(fresh)
    const whole = (await read(await post('backend-api/f/conversation/resume', { conversation_id, offset: 0 }))).reading
    assert.equal(fresh.counted, whole.counted)
    assert.equal(fresh.text, whole.text)
    const refused = await post('backend-api/f/conversation/resume', { conversation_id, offset: before })
    assert.equal(refused.status, 404)
    assert.match(await refused.text(), /tokenless_resume_unavailable/)
  })

  it('cutforever: a resume answers 404 conduit_miss', async () => {
    const { reading, broken } = await read(await ask('cutforever'))
    assert.ok(broken)
    const { conversation_id, token } = reading.field('resume_conversation_token')
    const headers = { 'x-conduit-token': String(token) }
    const resumed = await post('backend-api/f/conversation/resume', { conversation_id, offset: 3 }, headers)
    assert.equal(resumed.status, 404)
    assert.match(await resumed.text(), /conduit_miss/)
    const status = await fetch(new URL(`backend-api/conversation/${String(conversation_id)}/stream_status`, site.url), {
      headers: HEADERS,
    })
    assert.deepEqual(await status.json(), { status: 'IS_STREAMING' })
  })

  it('legacy: whole messages with the text so far, no deltas', async () => {
    const { reading } = await read(await ask('legacy'))
    assertComplete(reading)
    assert.ok(reading.events.length > 5 && reading.events.every((event) => event.type === 'message'))
    assert.match(reading.text, /\u{3010}3\u{2020}source\u{3011}/u)
  })

  it('ratelimit: 429 with the seconds to wait', async () => {
    const response = await ask('ratelimit')
    assert.equal(response.status, 429)
    assert.equal(response.headers.get('retry-after'), '3600')
    const body = (await response.json()) as { detail: { message: string; clears_in: number } }
    assert.equal(body.detail.clears_in, 3600)
  })

  it('streamerror: text, then an error object, never finished', async () => {
    const { reading } = await read(await ask('streamerror'))
    assert.ok(reading.text.length > 0)
    assert.equal(reading.answer?.status, 'in_progress')
    assert.equal(parsed(reading.events.at(-1)?.data ?? '')['error_code'], 'demo_generation_failed')
  })

  it('moderation: blocked', async () => {
    const { reading } = await read(await ask('moderation'))
    assert.match(JSON.stringify(reading.field('moderation')), /"blocked":true/)
    assert.equal(reading.answer?.status, 'in_progress')
  })

  it('long: so many deltas as asked for, none lost', async () => {
    const { reading } = await read(await ask('long', 'trams', '&deltas=10000'))
    assertComplete(reading)
    assert.ok(reading.text.length > 390_000)
    const numbers = [...reading.text.matchAll(/\b(\d{5}) the/g)].map((match) => Number(match[1]))
    assert.deepEqual(
      numbers,
      Array.from({ length: 10_000 }, (_, index) => index + 1),
    )
  })

  it('latency: 200 numbered deltas, each one write', async () => {
    const from = site.writes.length
    const { reading } = await read(await ask('latency'))
    assertComplete(reading)
    assert.equal(reading.text.match(/tick-\d{5} /g)?.length, 200)
    const ticks = site.writes.slice(from).filter((write) => write.text.includes('tick-'))
    assert.equal(ticks.length, 200)
    assert.ok(ticks.every((write) => write.text.endsWith('\n\n')))
  })

  it('slow: four deltas a second', async () => {
    const { reading } = await read(await ask('slow', 'x', '&seconds=3'))
    assertComplete(reading)
    assert.equal(reading.text.trim().split(' ').length, 12)
  })

  it('hostile: nonsense that a careful reader survives, then a valid end', async () => {
    const { reading } = await read(await ask('hostile'))
    assert.ok(reading.malformed >= 5)
    assert.equal(reading.answer?.status, 'finished_successfully')
    assert.ok(reading.types.includes('brand_new_type'))
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
    assert.match(reading.text, /^Plain text: <script>/)
  })

  it('huge: one event of 20 MB in a searching turn', async () => {
    const { reading } = await read(await ask('huge'))
    assertSearched(reading)
    assert.ok(Math.max(...reading.events.map((event) => event.data.length)) > 20 * 1024 * 1024)
    assert.ok(site.writes.every((write) => write.text.length <= 4096))
  })

  it('has a test for each scenario', () => {
    assert.deepEqual(Object.keys(SCENARIOS).sort(), [
      'allcarriers',
      'challenge',
      'cut',
      'cutforever',
      'hostile',
      'huge',
      'latency',
      'legacy',
      'loggedout',
      'long',
      'moderation',
      'ratelimit',
      'search',
      'slow',
      'streamerror',
      'thinking',
      'websocket',
    ])
  })

  for (const [format, path, end] of [
    ['openai', 'v1/chat/completions', /"usage":\{.*\[DONE\]\n\n$/su],
    ['anthropic', 'v1/messages', /event: message_stop\n.*\n\n$/u],
    ['responses', 'v1/responses', /event: response\.completed\n.*\n\n$/u],
  ] as const) {
    it(`generic ${format}: plain, tools and error`, async () => {
      const body = { messages: [{ role: 'user', content: 'a lighthouse' }], input: 'a lighthouse' }
      const plain = await (await post(`generic/${format}/${path}`, body)).text()
      assert.match(plain, end)
      assert.match(plain, /You asked: “a/)
      const tools = await (await post(`generic/${format}/${path}?scenario=tools`, body)).text()
      assert.match(tools, /get_weather/)
      const failed = await (await post(`generic/${format}/${path}?scenario=streamerror`, body)).text()
      assert.match(failed, /overloaded/)
      assert.doesNotMatch(failed, end)
    })
  }

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
      const response = await post('backend-api/f/conversation?scenario=slow', body, {}, own)
      await post('backend-api/stop_conversation', { conversation_id: 'conv-stop' }, {}, own)
      const { reading, broken } = await read(response)
      assert.ok(!broken && !reading.done)
      assert.ok(!reading.types.includes('message_stream_complete'))
    } finally {
      await own.close()
    }
  })

  it('close ends running streams, sockets and idle connections, and frees the port', async () => {
    const own = await startDemoSite()
    const response = await post('backend-api/f/conversation?scenario=slow', { messages: [{}] }, {}, own)
    const generic = await post('generic/openai/v1/chat/completions', { messages: [] }, {}, own)
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

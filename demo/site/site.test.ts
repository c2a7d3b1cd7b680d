/** Every scenario's stream, read the way a page reads it. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { startDemoSite, type DemoSite } from './site'
import { SCENARIOS } from './scenarios/list'
import { HEADERS, loadWire, parsed, post, read as readOn, Reading, type Wire } from './testing/reading'

describe('the demo chat site', () => {
  let site: DemoSite
  let wire: Wire
  before(async () => {
    wire = await loadWire()
    site = await startDemoSite({ speed: 1000 })
  })
  after(() => site.close())

  const ask = (scenario: string, prompt = 'Which river is the longest?', options = ''): Promise<Response> =>
    post(site, `backend-api/f/conversation?scenario=${scenario}${options}`, {
      messages: [{ author: { role: 'user' }, content: { content_type: 'text', parts: [prompt] } }],
    })
  /** A reading of one's own, unless one goes on. */
  const read = (response: Response, reading = new Reading(wire)) => readOn(response, reading)
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
      await (await post(own, 'backend-api/f/conversation', { messages: [{ content: { parts: ['trams'] } }] })).text()
      const texts = own.writes.map((write) => write.text)
      assert.ok(texts.some((text) => !text.endsWith('\n\n')))
      assert.ok(!texts.join('').includes('\u{FFFD}'), 'the record is whole again')
      assert.ok(own.writes.every((write, index) => index === 0 || write.at >= (own.writes[index - 1]?.at ?? 0)))
    } finally {
      await own.close()
    }
  })

  it('holds a stream after a write until it is let go', async () => {
    const own = await startDemoSite({ speed: 1000 })
    try {
      let held: number | undefined
      const goOn = own.holdAfter('search_result_groups/0/entries')
      const response = await post(own, 'backend-api/f/conversation', { messages: [{ content: { parts: ['rivers'] } }] })
      const decoder = new TextDecoder()
      let text = ''
      for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
        text += decoder.decode(piece, { stream: true })
        if (held !== undefined || !text.includes('search_result_groups/0/entries')) continue
        held = own.writes.length
        await setTimeout(50)
        assert.equal(own.writes.length, held)
        goOn()
      }
      assert.ok(held !== undefined && own.writes.length > held)
      assert.match(text, /\[DONE\]/)
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
    const { reading } = await read(
      await post(site, 'backend-api/f/conversation/resume', { conversation_id, offset: 0 }),
    )
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
        site,
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
      await post(site, 'backend-api/f/conversation/resume', { conversation_id, offset: before }, withToken),
      fresh,
    )
    assert.ok(!rest.broken)
    assertSearched(fresh)
    const whole = (await read(await post(site, 'backend-api/f/conversation/resume', { conversation_id, offset: 0 })))
      .reading
    assert.equal(fresh.counted, whole.counted)
    assert.equal(fresh.text, whole.text)
    const refused = await post(site, 'backend-api/f/conversation/resume', { conversation_id, offset: before })
    assert.equal(refused.status, 404)
    assert.match(await refused.text(), /tokenless_resume_unavailable/)
  })

  it('cutforever: a resume answers 404 conduit_miss', async () => {
    const { reading, broken } = await read(await ask('cutforever'))
    assert.ok(broken)
    const { conversation_id, token } = reading.field('resume_conversation_token')
    const headers = { 'x-conduit-token': String(token) }
    const resumed = await post(site, 'backend-api/f/conversation/resume', { conversation_id, offset: 3 }, headers)
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
      const plain = await (await post(site, `generic/${format}/${path}`, body)).text()
      assert.match(plain, end)
      assert.match(plain, /You asked: “a/)
      const tools = await (await post(site, `generic/${format}/${path}?scenario=tools`, body)).text()
      assert.match(tools, /get_weather/)
      const failed = await (await post(site, `generic/${format}/${path}?scenario=streamerror`, body)).text()
      assert.match(failed, /overloaded/)
      assert.doesNotMatch(failed, end)
    })
  }
})

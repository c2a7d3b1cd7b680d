/** The page's side of a turn: asks, reads the stream, resumes it, follows it to the socket, stops it. A browser module. */
export const TURN_SCRIPT = String.raw`
import { DeltaReader, SseReader } from './wire.js'

const RETRIES = 12

/** What the page sends as its tokens. All of them are made up. */
export function requestHeaders(session, options) {
  const headers = {
    'content-type': 'application/json',
    'oai-language': 'en-US',
    'oai-client-version': 'demo-1',
    'oai-device-id': (/(?:^|; )oai-did=([^;]*)/.exec(document.cookie) || [])[1] || '',
    'x-demo-options': options,
  }
  if (session.accessToken) headers.authorization = 'Bearer ' + session.accessToken
  return headers
}

/** One connection for all topics of the page. */
export class Topics {
  constructor() {
    this.listeners = new Map()
    this.id = 0
  }
  async open(base, headers) {
    const response = await fetch(base + '/celsius/ws/user', { headers })
    if (!response.ok) throw new Error('no socket address: ' + response.status)
    const { websocket_url } = await response.json()
    this.socket = new WebSocket(websocket_url)
    this.socket.addEventListener('message', (event) => this.receive(event.data))
    await new Promise((resolve, reject) => {
      this.socket.addEventListener('open', resolve, { once: true })
      this.socket.addEventListener('error', () => reject(new Error('the socket failed')), { once: true })
    })
    this.command({ type: 'connect', presence: { type: 'presence', state: 'foreground' } })
    this.command({ type: 'subscribe', topic_id: 'conversations' })
  }
  get isOpen() {
    return this.socket !== undefined && this.socket.readyState === WebSocket.OPEN
  }
  command(command) {
    this.id += 1
    this.socket.send(JSON.stringify([{ id: this.id, command }]))
  }
  subscribe(topic, listener) {
    this.listeners.set(topic, listener)
    this.command({ type: 'subscribe', topic_id: topic, offset: '0' })
  }
  unsubscribe(topic) {
    this.listeners.delete(topic)
    if (this.isOpen) this.command({ type: 'unsubscribe', topic_id: topic })
  }
  receive(text) {
    const frames = JSON.parse(text)
    for (const frame of Array.isArray(frames) ? frames : [frames]) {
      if (frame.type === 'message') this.deliver(frame)
      else if (frame.type === 'reply') for (const item of frame.reply.catchups || []) this.deliver(item)
    }
  }
  deliver(item) {
    const listener = this.listeners.get(item.topic_id)
    if (listener !== undefined) listener(item.payload)
  }
}

/** One prompt and its answer, over whatever carries it. */
export class Turn {
  constructor(parts) {
    Object.assign(this, parts)
    this.abort = new AbortController()
    this.counted = 0
    this.complete = false
    this.failed = false
    this.conduit = ''
    this.fresh()
  }
  /** A new decoder state, for a stream that begins anew. */
  fresh() {
    this.deltas = new DeltaReader()
    this.sse = new SseReader((type, data) => this.event(type, data))
    this.done = false
    this.handoff = undefined
  }

  async run(body) {
    try {
      const tokens = await this.prepare(body)
      const response = await this.post('/f/conversation', body, tokens)
      if (!response.ok) return this.refused(response)
      await this.read(response)
      while (!this.finished && this.handoff === undefined) if (!(await this.resume(this.counted))) return
      if (this.handoff !== undefined && !this.finished) await this.follow()
    } catch (error) {
      if (error.name !== 'AbortError') this.fail('The demo site is not reachable.')
    }
  }
  get finished() {
    return this.failed || this.complete || this.done && this.handoff === undefined
  }
  post(path, body, extra) {
    return fetch(this.base + path, {
      method: 'POST',
      headers: { ...this.headers, ...extra },
      body: JSON.stringify(body),
      signal: this.abort.signal,
    })
  }
  async prepare(body) {
    const prepared = await (await this.post('/f/conversation/prepare', { action: 'next', model: body.model })).json()
    const needed = await (await this.post('/sentinel/chat-requirements/prepare', {})).json()
    this.conduit = prepared.conduit_token || ''
    return {
      accept: 'text/event-stream',
      'x-conduit-token': this.conduit,
      'x-oai-turn-trace-id': crypto.randomUUID(),
      'openai-sentinel-chat-requirements-token': needed.token || '',
      'openai-sentinel-proof-token': needed.proof || '',
      'openai-sentinel-turnstile-token': needed.turnstile || '',
    }
  }
  async refused(response) {
    const text = await response.text()
    let detail = text
    try {
      detail = JSON.parse(text).detail
    } catch (error) {
      detail = 'The demo site answered with status ' + response.status + '.'
    }
    this.fail(typeof detail === 'string' ? detail : String(detail.message))
  }
  /** Reads a stream to its end, proper or not. */
  async read(response) {
    const decoder = new TextDecoder()
    const reader = response.body.getReader()
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) break
        this.sse.push(decoder.decode(value, { stream: true }))
      }
    } catch (error) {
      if (error.name === 'AbortError') throw error
      // A broken connection: what came whole is kept, the torn event is not; a resume sends it again.
      this.sse = new SseReader((type, data) => this.event(type, data))
    }
  }
  /** Asks for what comes after the offset. Says whether a stream came. */
  async resume(offset) {
    for (let attempt = 0; attempt < RETRIES; attempt += 1) {
      await this.pause(Math.min(300 * 1.5 ** attempt, 5000) * (0.5 + Math.random() / 2))
      let response
      try {
        response = await this.post(
          '/f/conversation/resume',
          { conversation_id: this.conversationId, offset },
          { accept: 'text/event-stream', 'x-conduit-token': this.conduit },
        )
      } catch (error) {
        if (error.name === 'AbortError') throw error
        continue
      }
      if (response.ok) {
        await this.read(response)
        return true
      }
      if (![408, 409, 425, 429, 502, 504].includes(response.status)) break
    }
    await this.poll()
    return false
  }
  /** Nothing can be resumed: says so, and looks now and then whether the answer has come after all. */
  async poll() {
    this.fail('The connection was lost before the answer was complete.')
    for (let attempt = 0; attempt < RETRIES; attempt += 1) {
      await this.pause(5000)
      const path = '/conversation/' + encodeURIComponent(this.conversationId) + '/stream_status'
      const response = await fetch(this.base + path, { headers: this.headers, signal: this.abort.signal })
      if (!response.ok) return
    }
  }
  pause(ms) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(resolve, ms)
      this.abort.signal.addEventListener('abort', () => {
        clearTimeout(timer)
        reject(new DOMException('stopped', 'AbortError'))
      })
    })
  }
  async follow() {
    const option =
      (this.topics.isOpen && this.handoff.find((one) => one.type === 'subscribe_ws_topic')) ||
      this.handoff.find((one) => one.type === 'resume_sse_endpoint')
    if (option === undefined) return this.fail('The answer goes on where this page can’t follow.')
    this.fresh()
    if (option.type === 'resume_sse_endpoint') {
      this.counted = 0
      await this.resume(0)
      while (!this.finished) if (!(await this.resume(this.counted))) return
      return
    }
    const seen = new Set()
    await new Promise((resolve, reject) => {
      this.abort.signal.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))
      this.topics.subscribe(option.topic_id, (message) => {
        const item = message.payload
        if (item.type === 'stream-item' && !seen.has(item.stream_item_id)) {
          seen.add(item.stream_item_id)
          this.sse.push(item.encoded_item)
          this.sse.flush()
        } else if (item.type === 'done' || item.type === 'error') resolve()
      })
    }).finally(() => this.topics.unsubscribe(option.topic_id))
  }
  event(type, data) {
    if (data === '[DONE]') {
      this.done = true
      return
    }
    if (data.trim() === '' || type === 'ping') return
    this.counted += 1
    try {
      const value = JSON.parse(data)
      if (type === 'delta') this.document(this.deltas.apply(value))
      else if (type !== 'delta_encoding') this.side(value)
    } catch (error) {
      this.malformed = (this.malformed || 0) + 1
    }
  }
  document(document) {
    if (document && document.error) this.fail(String(document.error))
    if (document && document.message) this.view.message(document.message)
  }
  side(value) {
    if (value === null || typeof value !== 'object') return
    if (value.error) return this.fail(typeof value.error === 'string' ? value.error : String(value.error.message))
    if (value.message && value.message.author) return this.view.message(value.message)
    if (typeof value.conversation_id === 'string' && !this.conversationId) this.conversationId = value.conversation_id
    if (value.type === 'resume_conversation_token') this.conduit = value.token
    else if (value.type === 'stream_handoff') this.handoff = value.options
    else if (value.type === 'message_stream_complete') this.complete = true
    else if (value.type === 'title_generation') this.view.title(value.title)
    else if (value.type === 'moderation' && value.moderation_response.blocked) {
      this.fail('This content may break the demo’s rules.')
      this.view.block()
    }
  }
  fail(text) {
    this.failed = true
    this.view.alert(text)
  }
  async stop() {
    const told = this.conversationId
      ? fetch(this.base + '/stop_conversation', {
          method: 'POST',
          headers: this.headers,
          body: JSON.stringify({ conversation_id: this.conversationId, exclude_async_types: [] }),
        })
      : Promise.resolve()
    this.abort.abort()
    await told
  }
}
`

/**
 * HAR 1.2 of a capture, from its `network` and `network_body` events. An entry is written when its request is over, so
 * memory holds only the bodies that are open at the same time. Fields that are not known are -1 or empty, as the format wants.
 */
import type { AnyEvent, RunHead } from '../../shared/events/schema'

interface Entry {
  readonly startedMs: number
  readonly startedDateTime: string
  method: string
  url: string
  status: number
  mimeType: string
  resourceType: string
  bytes: number
  duration: number
  error: string | undefined
  requestHeaders: Headers
  responseHeaders: Headers
  timings: Record<string, unknown>
  /** Pieces of the body in their order; a stream that is no text any more goes on in base64. */
  body: { text?: string; base64?: string }[]
  frames: { type: 'send' | 'receive'; time: number; opcode: number; data: string }[]
}
declare function atob(text: string): string
declare function btoa(text: string): string

type Headers = readonly { readonly name: string; readonly value: string }[]

export async function* toHar(head: RunHead, events: AsyncIterable<AnyEvent>): AsyncGenerator<string> {
  const creator = { name: 'Tapedeck', version: head.tool.version }
  const page = {
    startedDateTime: head.started_at,
    id: 'page_1',
    title: head.title,
    pageTimings: { onContentLoad: -1, onLoad: -1 },
  }
  yield `{"log":{"version":"1.2","creator":${JSON.stringify(creator)},"pages":[${JSON.stringify(page)}],"entries":[\n`
  const open = new Map<string, Entry>()
  let separator = ''
  const write = (entry: Entry): string => {
    const text = `${separator}${JSON.stringify(harEntry(entry))}\n`
    separator = ','
    return text
  }
  for await (const event of events) {
    const id = event.data['request_id']
    if (typeof id !== 'string') continue
    if (event.phase === 'network_body') {
      const entry = open.get(id)
      if (entry !== undefined) addBody(entry, event)
    } else if (event.phase === 'network') {
      // A redirect re-uses its request's id: the answered one is an entry of its own.
      const before = open.get(id)
      if (event.data['state'] === 'sent' && before !== undefined) {
        yield write(before)
        open.delete(id)
      }
      const entry = open.get(id) ?? newEntry(event)
      addNetwork(entry, event)
      open.set(id, entry)
      if (event.data['state'] === 'finished' || event.data['state'] === 'failed') {
        open.delete(id)
        yield write(entry)
      }
    }
  }
  for (const entry of open.values()) yield write(entry)
  yield ']}}\n'
}

function newEntry({ timestamp }: AnyEvent): Entry {
  return {
    startedMs: Date.parse(timestamp),
    startedDateTime: timestamp,
    method: 'GET',
    url: '',
    status: 0,
    mimeType: 'x-unknown',
    resourceType: '',
    bytes: -1,
    duration: -1,
    error: undefined,
    requestHeaders: [],
    responseHeaders: [],
    timings: {},
    body: [],
    frames: [],
  }
}

function addNetwork(entry: Entry, { timestamp, data }: AnyEvent): void {
  const { method, url, status, mime_type, resource_type, bytes, duration_ms, error, timings } = data
  if (typeof method === 'string') entry.method = method
  if (typeof url === 'string') entry.url = url
  if (typeof status === 'number') entry.status = status
  if (typeof mime_type === 'string') entry.mimeType = mime_type
  if (typeof resource_type === 'string') entry.resourceType = resource_type
  if (typeof bytes === 'number') entry.bytes = bytes
  if (typeof error === 'string') entry.error = error
  if (typeof timings === 'object' && timings !== null) entry.timings = { ...timings }
  entry.requestHeaders = headers(data['request_headers']) ?? entry.requestHeaders
  entry.responseHeaders = headers(data['response_headers']) ?? entry.responseHeaders
  entry.duration = typeof duration_ms === 'number' ? duration_ms : Math.max(0, Date.parse(timestamp) - entry.startedMs)
}

function addBody(entry: Entry, { timestamp, data }: AnyEvent): void {
  const { text, base64, direction } = data
  const content = typeof text === 'string' ? text : typeof base64 === 'string' ? base64 : undefined
  if (content === undefined) return
  if (direction === 'sent' || direction === 'received') {
    const type = direction === 'sent' ? 'send' : 'receive'
    entry.frames.push({
      type,
      time: Date.parse(timestamp) / 1000,
      opcode: typeof text === 'string' ? 1 : 2,
      data: content,
    })
  } else entry.body.push(typeof text === 'string' ? { text } : { base64: content })
}

function headers(value: unknown): Headers | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).map(([name, text]) => ({ name, value: String(text) }))
}

function harEntry(entry: Entry): object {
  const socket = entry.frames.length > 0 || /^wss?:/i.test(entry.url)
  const time = Math.max(0, entry.duration)
  const timing = (name: string, fallback: number): number =>
    typeof entry.timings[name] === 'number' ? entry.timings[name] : fallback
  return {
    pageref: 'page_1',
    startedDateTime: entry.startedDateTime,
    time,
    request: {
      method: entry.method,
      url: entry.url,
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: entry.requestHeaders,
      queryString: queryString(entry.url),
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status: socket && entry.status === 0 ? 101 : entry.status,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: entry.responseHeaders,
      content: content(entry),
      redirectURL: entry.responseHeaders.find(({ name }) => name.toLowerCase() === 'location')?.value ?? '',
      headersSize: -1,
      bodySize: entry.bytes,
    },
    cache: {},
    timings: {
      blocked: timing('blocked', -1),
      dns: timing('dns', -1),
      connect: timing('connect', -1),
      ssl: timing('ssl', -1),
      send: Math.max(0, timing('send', 0)),
      wait: Math.max(0, timing('wait', 0)),
      receive: Math.max(0, timing('receive', time)),
    },
    ...(entry.resourceType === '' && !socket ? {} : { _resourceType: socket ? 'websocket' : entry.resourceType }),
    ...(entry.error === undefined ? {} : { _error: entry.error }),
    ...(entry.frames.length === 0 ? {} : { _webSocketMessages: entry.frames }),
  }
}

function content(entry: Entry): object {
  const size = Math.max(0, entry.bytes)
  if (entry.body.length > 0) {
    const isText = entry.body.every((piece) => piece.base64 === undefined)
    if (isText) return { size, mimeType: entry.mimeType, text: entry.body.map((piece) => piece.text ?? '').join('') }
    // Each piece was encoded by itself, so the whole is encoded anew.
    const bytes = entry.body.map((piece) => (piece.base64 === undefined ? utf8(piece.text ?? '') : atob(piece.base64)))
    return { size, mimeType: entry.mimeType, text: btoa(bytes.join('')), encoding: 'base64' }
  }
  return { size, mimeType: entry.mimeType }
}

function queryString(url: string): { name: string; value: string }[] {
  const query = /^[^?#]*\?([^#]*)/.exec(url)?.[1] ?? ''
  return query
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const equals = part.indexOf('=')
      return equals < 0 ? { name: part, value: '' } : { name: part.slice(0, equals), value: part.slice(equals + 1) }
    })
}

/** The bytes of a text, one a character, as `btoa` wants them. */
function utf8(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

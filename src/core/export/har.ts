/**
 * HAR 1.2 of a capture, from its `network` and `network_body` events. An entry is written when its request is over. Of
 * bodies only the places in the log are kept until then; their pieces are read again when they are written, so that memory
 * does not grow with them. Fields that are not known are -1 or empty, as the format wants.
 * Source: http://www.softwareishard.com/blog/har-12-spec/; `_webSocketMessages` and `_resourceType` as Chrome writes them.
 */
import type { AnyEvent, RunHead } from '../../shared/events/schema'
import { jsonText } from '../jsonText'
import { textBytes } from './bytes'

/** An event, and where its line lies in the log. */
export interface PlacedEvent {
  readonly event: AnyEvent
  readonly offset: number
  readonly bytes: number
}

/** Reads one event again; undefined when it can't be read any more. */
export type Reread = (offset: number, bytes: number) => Promise<AnyEvent | undefined>

interface Piece {
  readonly offset: number
  readonly bytes: number
  /** Where in the body it begins. */
  readonly at: number
}

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
  body: Piece[]
  /** A stream that is no text any more goes on in base64. */
  isText: boolean
  frames: Piece[]
}

type Headers = readonly { readonly name: string; readonly value: string }[]

export async function* toHar(
  head: RunHead,
  events: AsyncIterable<PlacedEvent>,
  reread: Reread,
): AsyncGenerator<string> {
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
  const write = async function* (entry: Entry): AsyncGenerator<string> {
    yield separator
    separator = ','
    yield* harEntry(entry, reread)
  }
  for await (const placed of events) {
    const { event } = placed
    const id = event.data['request_id']
    if (typeof id !== 'string') continue
    if (event.phase === 'network_body') {
      const entry = open.get(id)
      if (entry !== undefined) addBody(entry, placed)
    } else if (event.phase === 'network') {
      // A redirect re-uses its request's id: the answered one is an entry of its own.
      const before = open.get(id)
      if (event.data['state'] === 'sent' && before !== undefined) {
        yield* write(before)
        open.delete(id)
      }
      const entry = open.get(id) ?? newEntry(event)
      addNetwork(entry, event)
      open.set(id, entry)
      if (event.data['state'] === 'finished' || event.data['state'] === 'failed') {
        open.delete(id)
        yield* write(entry)
      }
    }
  }
  for (const entry of open.values()) yield* write(entry)
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
    isText: true,
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

function addBody(entry: Entry, { event: { data }, offset, bytes }: PlacedEvent): void {
  const { text, base64, direction } = data
  if (typeof text !== 'string' && typeof base64 !== 'string') return
  const piece = { offset, bytes, at: typeof data['offset'] === 'number' ? data['offset'] : 0 }
  if (direction === 'sent' || direction === 'received') entry.frames.push(piece)
  else {
    entry.body.push(piece)
    entry.isText &&= typeof text === 'string'
  }
}

function headers(value: unknown): Headers | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).map(([name, text]) => ({
    name,
    value: typeof text === 'string' ? text : jsonText(text),
  }))
}

async function* harEntry(entry: Entry, reread: Reread): AsyncGenerator<string> {
  const socket = entry.frames.length > 0 || /^wss?:/i.test(entry.url)
  const time = Math.max(0, entry.duration)
  const size = Math.max(0, Math.round(entry.bytes))
  const before = {
    pageref: 'page_1',
    startedDateTime: entry.startedDateTime,
    time,
    request: {
      method: entry.method,
      url: uriOf(entry.url),
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: entry.requestHeaders,
      queryString: queryString(entry.url),
      headersSize: -1,
      bodySize: -1,
    },
    response: {
      status: Math.round(socket && entry.status === 0 ? 101 : entry.status),
      statusText: '',
      httpVersion: 'HTTP/1.1',
      cookies: [],
      headers: entry.responseHeaders,
      redirectURL: entry.responseHeaders.find(({ name }) => name.toLowerCase() === 'location')?.value ?? '',
      headersSize: -1,
      bodySize: Math.round(entry.bytes),
      content: {
        size,
        mimeType: entry.mimeType,
        ...(entry.isText ? {} : { encoding: 'base64' }),
        ...(entry.body.length === 0 ? {} : { text: 0 }),
      },
    },
    cache: {},
    timings: timingsOf(entry.timings, time),
    ...(entry.resourceType === '' && !socket ? {} : { _resourceType: socket ? 'websocket' : entry.resourceType }),
    ...(entry.error === undefined ? {} : { _error: entry.error }),
  }
  const text = JSON.stringify(before)
  if (entry.body.length > 0) {
    const mark = '"text":0}},"cache"'
    // The last: what a stranger wrote stands before it, in quotes that are escaped.
    const at = text.lastIndexOf(mark) + '"text":'.length
    yield `${text.slice(0, at)}"`
    yield* entry.isText ? textOf(entry.body, reread) : base64Of(entry.body, reread)
    yield `"${text.slice(at + 1, -1)}`
  } else yield text.slice(0, -1)
  if (entry.frames.length > 0) yield* framesOf(entry.frames, reread)
  yield '}\n'
}

/** HAR wants them to add up to the time of the entry; `ssl` is part of `connect`. */
function timingsOf(known: Readonly<Record<string, unknown>>, time: number): Record<string, number> {
  const timing = (name: string, least: number): number => {
    const value = known[name]
    return typeof value === 'number' && value >= 0 ? value : least
  }
  const before = { blocked: timing('blocked', -1), dns: timing('dns', -1), connect: timing('connect', -1) }
  const after = { send: timing('send', 0), wait: timing('wait', 0) }
  const rest = [...Object.values(before), ...Object.values(after)].reduce((left, ms) => left - Math.max(0, ms), time)
  const receive = Math.round(Math.max(0, timing('receive', rest)) * 1000) / 1000
  return { ...before, ssl: timing('ssl', -1), ...after, receive }
}

/** In the order of the body, whatever the order of the log. */
function inOrder(body: readonly Piece[]): readonly Piece[] {
  const isAscending = body.every(({ at }, i) => i === 0 || (body[i - 1]?.at ?? 0) <= at)
  return isAscending ? body : [...body].sort((a, b) => a.at - b.at)
}

async function* textOf(body: readonly Piece[], reread: Reread): AsyncGenerator<string> {
  for (const { offset, bytes } of inOrder(body)) {
    const text = (await reread(offset, bytes))?.data['text']
    if (typeof text === 'string') yield JSON.stringify(text).slice(1, -1)
  }
}

/** Each piece was encoded by itself, so the whole is encoded anew. */
async function* base64Of(body: readonly Piece[], reread: Reread): AsyncGenerator<string> {
  let rest = ''
  for (const { offset, bytes } of inOrder(body)) {
    const { text, base64 } = (await reread(offset, bytes))?.data ?? {}
    const all = rest + (typeof text === 'string' ? textBytes(text) : typeof base64 === 'string' ? decoded(base64) : '')
    const whole = all.length - (all.length % 3)
    yield btoa(all.slice(0, whole))
    rest = all.slice(whole)
  }
  yield btoa(rest)
}

function decoded(base64: string): string {
  try {
    return atob(base64)
  } catch {
    // Written by somebody else: what is no base64 holds no bytes.
    return ''
  }
}

async function* framesOf(frames: readonly Piece[], reread: Reread): AsyncGenerator<string> {
  let separator = ',"_webSocketMessages":['
  for (const { offset, bytes } of frames) {
    const event = await reread(offset, bytes)
    if (event === undefined) continue
    const { text, base64, direction } = event.data
    const frame = {
      type: direction === 'sent' ? 'send' : 'receive',
      time: Date.parse(event.timestamp) / 1000,
      opcode: typeof text === 'string' ? 1 : 2,
      data: typeof text === 'string' ? text : typeof base64 === 'string' ? base64 : '',
    }
    yield separator + JSON.stringify(frame)
    separator = ','
  }
  yield separator === ',' ? ']' : ''
}

/** An address that is none gets its odd characters escaped; without a scheme it is a name that leads nowhere. */
function uriOf(url: string): string {
  const escaped = url.replace(/[^!#-;=?-[\]_a-z~]|%(?![0-9a-fA-F]{2})/gu, (character) =>
    character === '%' ? '%25' : encodeURIComponent(/[\ud800-\udfff]/u.test(character) ? '\ufffd' : character),
  )
  return /^[a-z][a-z0-9+.-]*:./i.test(escaped) ? escaped : `about:invalid#${escaped}`
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

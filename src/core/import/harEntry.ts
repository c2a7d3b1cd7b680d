/** One entry of a HAR in the terms of a capture. Whoever wrote it may have written anything. */
import type { Exchange } from '../decode/decoder'
import { field, isObject, listField, numberField, stringField, textField } from '../decode/json'

export interface HarFrame {
  readonly direction: 'sent' | 'received'
  /** Milliseconds since the epoch. */
  readonly time: number
  readonly isText: boolean
  readonly data: string
}

export interface HarEntry {
  /** Milliseconds since the epoch. */
  readonly startedMs: number
  readonly durationMs: number
  /** From the beginning to the headers of the answer, in milliseconds. */
  readonly waitedMs: number
  readonly exchange: Exchange
  readonly resourceType: string
  readonly timings: Readonly<Record<string, number>>
  readonly bytes: number | undefined
  /** Undefined where the file holds none. */
  readonly body: { readonly text: string; readonly isBase64: boolean } | undefined
  readonly frames: readonly HarFrame[]
  readonly error: string | undefined
}

/** Undefined when there is no request with an address in it. */
export function harEntry(value: unknown, requestId: string): HarEntry | undefined {
  const request = field(value, 'request')
  const response = field(value, 'response')
  const url = textField(request, 'url')
  const startedMs = Date.parse(stringField(value, 'startedDateTime') ?? '')
  if (url === undefined || Number.isNaN(startedMs)) return undefined
  const content = field(response, 'content')
  const told = numberField(response, 'status') ?? 0
  const status = told >= 1 && told <= 999 ? Math.round(told) : 0
  const postData = stringField(field(request, 'postData'), 'text')
  const frames = listField(value, '_webSocketMessages').flatMap((frame) => frameOf(frame, startedMs))
  const error = textField(value, '_error') ?? textField(response, '_error')
  const timings = timingsOf(field(value, 'timings'))
  const text = stringField(content, 'text')
  const bytes = [numberField(response, 'bodySize'), numberField(content, 'size')].find(
    (size) => size !== undefined && size >= 0 && size <= Number.MAX_SAFE_INTEGER,
  )
  const { blocked = 0, dns = 0, connect = 0, send = 0, wait = 0 } = timings
  const durationMs = Math.max(0, numberField(value, 'time') ?? 0)
  const waitedMs = [blocked, dns, connect, send, wait].reduce((sum, ms) => sum + Math.max(0, ms), 0)
  return {
    startedMs,
    durationMs,
    waitedMs: Math.min(durationMs, waitedMs),
    exchange: {
      requestId,
      method: textField(request, 'method') ?? 'GET',
      url,
      requestHeaders: headersOf(request),
      ...(postData === undefined ? {} : { postData }),
      ...(status === 0
        ? {}
        : {
            status,
            mimeType: (textField(content, 'mimeType') ?? '').split(';')[0]?.trim() ?? '',
            responseHeaders: headersOf(response),
          }),
    },
    resourceType: textField(value, '_resourceType') ?? (/^wss?:/i.test(url) ? 'websocket' : 'other'),
    timings,
    bytes: bytes === undefined ? undefined : Math.round(bytes),
    body: text === undefined ? undefined : { text, isBase64: stringField(content, 'encoding') === 'base64' },
    frames,
    error: error ?? (status === 0 ? 'no answer' : undefined),
  }
}

function headersOf(message: unknown): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const header of listField(message, 'headers')) {
    const name = textField(header, 'name')?.toLowerCase()
    const value = stringField(header, 'value')
    if (name === undefined || value === undefined || name === '__proto__') continue
    headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`
  }
  return headers
}

function timingsOf(timings: unknown): Record<string, number> {
  const kept = ['blocked', 'dns', 'connect', 'ssl', 'send', 'wait', 'receive'].flatMap((name) => {
    const value = numberField(timings, name)
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(kept)
}

function frameOf(frame: unknown, startedMs: number): HarFrame[] {
  const data = stringField(frame, 'data')
  if (!isObject(frame) || data === undefined) return []
  const seconds = numberField(frame, 'time')
  return [
    {
      direction: frame['type'] === 'send' ? 'sent' : 'received',
      time: seconds === undefined ? startedMs : seconds * 1000,
      isText: numberField(frame, 'opcode') !== 2,
      data,
    },
  ]
}

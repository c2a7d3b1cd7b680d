/** Reads a stream of the demo site the way a page reads it, for tests. */
import assert from 'node:assert/strict'
import { WIRE_SCRIPT } from '../page/wireScript'
import type { DemoSite } from '../site'

interface SseReader {
  push(text: string): void
  flush(): void
}
interface DeltaReader {
  apply(frame: unknown): { message?: Message } | undefined
}
/** The page's own readers; the tests use them as any reader would. */
export interface Wire {
  SseReader: new (onEvent: (type: string, data: string) => void) => SseReader
  DeltaReader: new () => DeltaReader
}
export interface Message {
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
export class Reading {
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

/** An object of JSON, or an empty one. */
export function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

export const HEADERS = { 'content-type': 'application/json', authorization: 'Bearer eyJ.demo.test' }

/** The readers as the page runs them. */
export async function loadWire(): Promise<Wire> {
  return (await import(`data:text/javascript,${encodeURIComponent(WIRE_SCRIPT)}`)) as Wire
}

export function post(
  site: DemoSite,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(new URL(path, site.url), {
    method: 'POST',
    headers: { ...HEADERS, ...headers },
    body: JSON.stringify(body),
  })
}

/** Reads to the end; says whether the connection broke. */
export async function read(response: Response, reading: Reading): Promise<{ reading: Reading; broken: boolean }> {
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

/** The bytes of one response: to the decoder at once, and to the log as they came. */
import type { BodyDecoder, BodyEnd } from '../../core/decode/decoder'
import type { EventDraft } from '../../shared/events/schema'

export type BodyMode = 'streams' | 'none' | 'all'

/** Bodies that are no streams are kept up to this size. */
const MAX_PLAIN_BYTES = 5 * 1024 * 1024

export class BodyRecorder {
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  private offset = 0
  private received = 0
  private binary = false

  constructor(
    private readonly requestId: string,
    private readonly decoder: BodyDecoder | undefined,
    /** Whether the bytes go to the log too, and whether they are a stream's. */
    private readonly keep: 'stream' | 'plain' | undefined,
    private readonly emit: (draft: EventDraft) => void,
  ) {}

  push(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.received += bytes.length
    if (this.keep === 'stream' || (this.keep === 'plain' && this.received <= MAX_PLAIN_BYTES)) this.record(bytes)
    this.decoder?.push(bytes)
  }

  end(how: BodyEnd): void {
    this.decoder?.end(how)
  }

  private record(bytes: Buffer): void {
    if (!this.binary) {
      try {
        const text = this.utf8.decode(bytes, { stream: true })
        if (text === '') return
        this.emit({ phase: 'network_body', data: { request_id: this.requestId, offset: this.offset, text } })
        this.offset += Buffer.byteLength(text)
        return
      } catch {
        // Not UTF-8 (any more): from here on the bytes themselves are kept.
        this.binary = true
        this.offset = this.received - bytes.length
      }
    }
    this.emit({
      phase: 'network_body',
      data: { request_id: this.requestId, offset: this.offset, base64: bytes.toString('base64') },
    })
    this.offset += bytes.length
  }
}

const TEXT_TYPE = /^(?:text\/|application\/(?:json|x-ndjson|javascript|xml)|[^;]*\+(?:json|xml))/i
const STREAM_TYPE = /^(?:text\/event-stream|application\/x-ndjson|application\/stream\+json)/i

/** Whether a body of this type goes to the log. */
export function keepBody(mode: BodyMode, mimeType: string): 'stream' | 'plain' | undefined {
  if (mode === 'none') return undefined
  if (STREAM_TYPE.test(mimeType)) return 'stream'
  return mode === 'all' && TEXT_TYPE.test(mimeType) ? 'plain' : undefined
}

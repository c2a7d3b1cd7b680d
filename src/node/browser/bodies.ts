/** The bytes of one response: to the decoder at once, and to the log as they came. */
import type { BodyDecoder, BodyEnd } from '../../core/decode/decoder'
import type { EventDraft } from '../../shared/events/schema'

/** Which bodies go to the log: event streams and WebSocket frames, nothing, or every text besides. */
export type BodyMode = 'streams' | 'none' | 'all'

/** Bodies that are no streams are kept up to this size. */
const MAX_PLAIN_BYTES = 5 * 1024 * 1024

/** Hands the pieces of one body on. A piece of the log's text never ends inside a character; what is no UTF-8 is base64. */
export class BodyRecorder {
  private readonly utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  /** Where in the body the next piece of the log begins. */
  private offset = 0
  /** The beginning of a character whose rest has not come yet. */
  private pending = Buffer.alloc(0)
  private left = { pieces: 0, bytes: 0 }

  constructor(
    private readonly requestId: string,
    private readonly decoder: BodyDecoder | undefined,
    /** Whether the bytes go to the log too, and whether they are a stream's. */
    private readonly keep: 'stream' | 'plain' | undefined,
    private readonly emit: (draft: EventDraft) => void,
  ) {}

  /** The next bytes, cut anywhere. */
  push(bytes: Buffer): void {
    if (bytes.length === 0) return
    if (this.keep !== undefined) this.record(bytes)
    this.decoder?.push(bytes)
  }

  /** Tells what was held back and what was left out, then ends the decoder. */
  end(how: BodyEnd): void {
    if (this.pending.length > 0) this.tell(this.pending)
    this.pending = Buffer.alloc(0)
    if (this.left.pieces > 0) {
      const { pieces, bytes } = this.left
      const why = `body of ${this.requestId} is larger than ${String(MAX_PLAIN_BYTES)} bytes`
      this.emit({ phase: 'dropped', data: { count: pieces, bytes, why } })
    }
    this.decoder?.end(how)
  }

  private record(bytes: Buffer): void {
    const size = this.offset + this.pending.length + bytes.length
    if (this.keep === 'plain' && (this.left.pieces > 0 || size > MAX_PLAIN_BYTES)) {
      this.left = { pieces: this.left.pieces + 1, bytes: this.left.bytes + bytes.length }
      return
    }
    const all = this.pending.length === 0 ? bytes : Buffer.concat([this.pending, bytes])
    const end = wholeCharacters(all)
    this.pending = Buffer.from(all.subarray(end))
    if (end > 0) this.tell(all.subarray(0, end))
  }

  private tell(bytes: Buffer): void {
    let content: { text: string } | { base64: string }
    try {
      content = { text: this.utf8.decode(bytes) }
    } catch {
      // Not UTF-8: the bytes themselves are kept.
      content = { base64: bytes.toString('base64') }
    }
    this.emit({ phase: 'network_body', data: { request_id: this.requestId, offset: this.offset, ...content } })
    this.offset += bytes.length
  }
}

/** How many bytes there are before a character that is not whole yet; all of them where the end is no UTF-8 anyway. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    const isContinuation = (byte & 0xc0) === 0x80
    if (isContinuation) continue
    const length = byte >= 0xf0 && byte <= 0xf4 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1
    return byte <= 0xf4 && length > back ? bytes.length - back : bytes.length
  }
  return bytes.length
}

const TEXT_TYPE = /^(?:text\/|application\/(?:json|x-ndjson|javascript|xml)|[^;]*\+(?:json|xml))/i
const STREAM_TYPE = /^(?:text\/event-stream|application\/x-ndjson|application\/stream\+json)/i

/** Whether a body of this type goes to the log. */
export function keepBody(mode: BodyMode, mimeType: string): 'stream' | 'plain' | undefined {
  if (mode === 'none') return undefined
  if (STREAM_TYPE.test(mimeType)) return 'stream'
  return mode === 'all' && TEXT_TYPE.test(mimeType) ? 'plain' : undefined
}

/**
 * The bytes of a body that CDP tells as text. Without a charset in the answer's type it decodes them as windows-1252
 * (facts 3.4), so a text that is UTF-8 when read back that way was UTF-8.
 */
export function bytesOfText(text: string): Buffer {
  const bytes: number[] = []
  for (const character of text) {
    const byte = WINDOWS_1252.get(character)
    if (byte === undefined) return Buffer.from(text, 'utf8')
    bytes.push(byte)
  }
  const original = Buffer.from(bytes)
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(original)
    return original
  } catch {
    // Plain Latin text.
    return Buffer.from(text, 'utf8')
  }
}

/** The characters of bytes 0x80 to 0x9f; all others have the number of their byte. Source: WHATWG Encoding, index windows-1252. */
const UPPER_CONTROLS = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'
const WINDOWS_1252 = new Map(
  Array.from({ length: 256 }, (_, byte) => [
    byte >= 0x80 && byte < 0xa0 ? UPPER_CONTROLS.charAt(byte - 0x80) : String.fromCharCode(byte),
    byte,
  ]),
)

/**
 * Server-sent events out of bytes that are cut anywhere: inside a character, a line end or a field. The rules are the
 * HTML standard's ("Interpreting an event stream"), except that a last event without its blank line is an event too.
 */

export interface SseEvent {
  /** The event's name; `message` where the stream gives none. */
  readonly name: string
  readonly data: string
  /** The event was longer than the bound, and `data` is its beginning. */
  readonly truncated?: true
}

/** Single events of 20 MB were seen; past this one is cut, and says so. */
const MAX_EVENT_CHARS = 64 * 1024 * 1024

export class SseDecoder {
  private readonly utf8 = new TextDecoder()
  /** Pieces of the line that is not whole yet. */
  private line: string[] = []
  private afterCr = false
  private name = ''
  private data: string[] = []
  private chars = 0
  private truncated = false
  private first = true

  constructor(private readonly maxChars: number = MAX_EVENT_CHARS) {}

  push(bytes: Uint8Array): SseEvent[] {
    return this.text(this.utf8.decode(bytes, { stream: true }))
  }

  /** The last event, if it had no blank line after it. The decoder is new afterwards. */
  end(): SseEvent[] {
    const events = this.text(this.utf8.decode())
    if (this.line.length > 0) this.endLine(events)
    this.dispatch(events)
    this.afterCr = false
    this.first = true
    return events
  }

  private text(chunk: string): SseEvent[] {
    const events: SseEvent[] = []
    let start = 0
    if (this.afterCr && chunk !== '') {
      this.afterCr = false
      if (chunk.startsWith('\n')) start = 1
    }
    let cr = chunk.indexOf('\r', start)
    let lf = chunk.indexOf('\n', start)
    while (cr >= 0 || lf >= 0) {
      const end = cr < 0 ? lf : lf < 0 ? cr : Math.min(cr, lf)
      this.add(chunk.slice(start, end))
      this.endLine(events)
      start = end + 1
      if (end === cr) {
        if (start === chunk.length) this.afterCr = true
        else if (lf === start) start++
        cr = chunk.indexOf('\r', start)
      }
      if (lf < start) lf = chunk.indexOf('\n', start)
    }
    if (start < chunk.length) this.add(chunk.slice(start))
    return events
  }

  private add(piece: string): void {
    this.chars += piece.length
    if (this.chars > this.maxChars) this.truncated = true
    else this.line.push(piece)
  }

  private endLine(events: SseEvent[]): void {
    let line = this.line.length === 1 ? (this.line[0] ?? '') : this.line.join('')
    this.line = []
    if (this.first) {
      this.first = false
      if (line.startsWith('\ufeff')) line = line.slice(1)
    }
    if (line === '') {
      if (!this.truncated || this.data.length > 0) this.dispatch(events)
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') this.data.push(value)
    else if (field === 'event') this.name = value
  }

  private dispatch(events: SseEvent[]): void {
    if (this.data.length > 0) {
      const event = { name: this.name === '' ? 'message' : this.name, data: this.data.join('\n') }
      events.push(this.truncated ? { ...event, truncated: true } : event)
    }
    this.name = ''
    this.data = []
    this.chars = 0
    this.truncated = false
  }
}

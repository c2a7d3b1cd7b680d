/**
 * Server-sent events out of bytes that are cut anywhere: inside a character, a line end or a field. The rules are the
 * HTML standard's ("Interpreting an event stream"), except that a last event without its blank line is an event too.
 */

/** One event of a stream. */
export interface SseEvent {
  /** The event's name; `message` where the stream gives none. */
  readonly name: string
  readonly data: string
  /** The event was longer than the bound, and `data` is its beginning. */
  readonly truncated?: true
}

/** Single events of 20 MB were seen; past this one is cut, and says so. UTF-16 units. */
const MAX_EVENT_CHARS = 64 * 1024 * 1024

/** Cuts one stream into its events. Time is linear in the bytes, however long an event is. */
export class SseDecoder {
  private readonly utf8 = new TextDecoder()
  /** What is kept of the line that is not whole yet, in pieces; UTF-16 units of it, and of the whole line. */
  private line: string[] = []
  private lineKept = 0
  private lineLength = 0
  /** The last push ended with CR: an LF that comes first now belongs to it. */
  private afterCr = false
  private name = ''
  private data: string[] = []
  /** UTF-16 units of the event's whole lines, comments left out. */
  private kept = 0
  private truncated = false

  constructor(private readonly maxChars: number = MAX_EVENT_CHARS) {}

  /** The events that these bytes finish, in order. */
  push(bytes: Uint8Array): SseEvent[] {
    return this.text(this.utf8.decode(bytes, { stream: true }))
  }

  /** The last event, if it had no blank line after it. The decoder is new afterwards. */
  end(): SseEvent[] {
    const events = this.text(this.utf8.decode())
    if (this.lineLength > 0) this.endLine(events)
    this.dispatch(events)
    this.afterCr = false
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
      if (lf >= 0 && lf < start) lf = chunk.indexOf('\n', start)
    }
    this.add(chunk.slice(start))
    return events
  }

  private add(piece: string): void {
    if (piece === '') return
    this.lineLength += piece.length
    const fits = piece.slice(0, Math.max(0, this.maxChars - this.kept - this.lineKept))
    if (fits === '') return
    this.lineKept += fits.length
    this.line.push(fits)
  }

  private endLine(events: SseEvent[]): void {
    const { lineLength, lineKept } = this
    const line = this.line.length === 1 ? (this.line[0] ?? '') : this.line.join('')
    this.line = []
    this.lineLength = this.lineKept = 0
    if (lineLength === 0) {
      this.dispatch(events)
      return
    }
    const colon = line.indexOf(':')
    if (colon === 0) return
    if (lineKept < lineLength) this.truncated = true
    if (lineKept === 0) return
    // The end of the line counts too: a million empty lines are not nothing.
    this.kept += lineKept + 1
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
    this.kept = 0
    this.truncated = false
  }
}

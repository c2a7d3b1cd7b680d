/** What stands before the text of a `log_line` event, as bytes in which the number is counted up in place. */
const encoder = new TextEncoder()
const ZERO = 48
const NINE = 57

export class LineTemplate {
  bytes: Uint8Array = new Uint8Array(0)
  private seq = -1
  private timeMs = -1
  /** Where the first and the last digit of the number stand. */
  first = 0
  last = 0

  constructor(private readonly captureId: string) {}

  /** Makes the bytes tell this number and time. */
  set(seq: number, timeMs: number, iso: string): void {
    if (seq === this.seq && timeMs === this.timeMs) return
    const before = `,{"capture_id":"${this.captureId}","seq":`
    const digits = String(seq)
    this.bytes = encoder.encode(`${before}${digits},"timestamp":"${iso}","phase":"log_line","data":{"text":"`)
    this.first = before.length
    this.last = before.length + digits.length - 1
    this.seq = seq
    this.timeMs = timeMs
  }

  /** The most bytes it may have. */
  get longest(): number {
    return this.captureId.length + 200
  }

  /** Goes on to the next number. False when that has one digit more: `set` makes it. */
  next(): boolean {
    const { bytes } = this
    let at = this.last
    while (bytes[at] === NINE) {
      if (at === this.first) {
        this.seq = -1
        return false
      }
      bytes[at--] = ZERO
    }
    bytes[at] = (bytes[at] ?? 0) + 1
    this.seq++
    return true
  }
}

/**
 * Finds the entries of a HAR in its bytes, cut anywhere, without holding the document: a JSON reader that knows nothing but
 * strings and brackets. Entries are the elements of the list `log.entries`.
 */

/** One entry: its place in the file. */
export interface HarPlace {
  readonly offset: number
  readonly bytes: number
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_LIST = 0x5b
const CLOSE_LIST = 0x5d
/** Keys that matter are short. */
const MAX_KEY = 16

export class HarScanner {
  /** Open brackets. */
  private depth = 0
  private inString = false
  private isEscaped = false
  /** The last string at each of the first two levels: a key, or a value that no bracket follows. */
  private readonly keys = ['', '', '']
  private key = ''
  private inEntries = false
  private entryStart = -1
  private at = 0
  /** Whether `log.entries` was there. */
  hasEntries = false

  constructor(private readonly onEntry: (place: HarPlace) => void) {}

  /** True when every bracket is closed. */
  get isWhole(): boolean {
    return this.depth === 0 && !this.inString && this.at > 0
  }

  /** Bytes so far, for messages. */
  get offset(): number {
    return this.at
  }

  push(bytes: Uint8Array): void {
    const start = this.at
    for (let i = 0; i < bytes.length; i++) {
      if (this.inString && this.depth > 2 && !this.isEscaped) {
        // Of the long strings only the end matters.
        i = endOrEscape(bytes, i)
        if (i === bytes.length) break
      }
      const byte = bytes[i] ?? 0
      if (this.inString) {
        if (this.isEscaped) this.isEscaped = false
        else if (byte === BACKSLASH) this.isEscaped = true
        else if (byte === QUOTE) this.endString()
        else if (this.depth <= 2 && this.key.length < MAX_KEY) this.key += String.fromCharCode(byte)
        continue
      }
      switch (byte) {
        case QUOTE:
          this.inString = true
          this.key = ''
          break
        case OPEN_OBJECT:
        case OPEN_LIST:
          this.open(byte, start + i)
          break
        case CLOSE_OBJECT:
        case CLOSE_LIST:
          this.close(start + i)
      }
    }
    this.at = start + bytes.length
  }

  private endString(): void {
    this.inString = false
    if (this.depth <= 2) this.keys[this.depth] = this.key
  }

  private open(byte: number, at: number): void {
    if (byte === OPEN_LIST && this.depth === 2 && this.keys[1] === 'log' && this.keys[2] === 'entries') {
      this.inEntries = true
      this.hasEntries = true
    } else if (this.inEntries && this.depth === 3) this.entryStart = at
    this.depth++
  }

  private close(at: number): void {
    this.depth--
    if (this.depth < 0) this.depth = 0
    if (!this.inEntries) return
    if (this.depth === 3 && this.entryStart >= 0) {
      this.onEntry({ offset: this.entryStart, bytes: at + 1 - this.entryStart })
      this.entryStart = -1
    } else if (this.depth === 2) this.inEntries = false
  }
}

/** Where the next quote or backslash is; the length where there is none. */
function endOrEscape(bytes: Uint8Array, from: number): number {
  const quote = bytes.indexOf(QUOTE, from)
  const end = quote < 0 ? bytes.length : quote
  for (let at = from; at < end; at++) if (bytes[at] === BACKSLASH) return at
  return end
}

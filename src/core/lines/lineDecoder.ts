/**
 * From the bytes of a text file to its lines: UTF-8, UTF-16 by its byte order mark, or a one-byte encoding that was asked for.
 * Each byte is looked at a bounded number of times however long the lines are.
 */

export const textEncodings = ['utf-8', 'utf-16le', 'utf-16be', 'latin1'] as const
export type TextEncoding = (typeof textEncodings)[number]

/** One physical line. */
export interface DecodedLine {
  /** Without its end (LF or CRLF) and the byte order mark; bytes that are none of the encoding are U+FFFD. */
  readonly text: string
  /** The line's bytes, where `text` does not say them all; valid until the next piece. */
  readonly raw?: Uint8Array
  /** Bytes of its end that were too many to keep. */
  readonly cutBytes?: number
  /** The text ended without a newline. */
  readonly unterminated?: true
}

export interface LineDecoderOptions {
  /** Without it UTF-8, or what a byte order mark says. */
  readonly encoding?: TextEncoding
  readonly maxLineBytes?: number
}

/** A line is kept whole up to this many bytes, then cut (DESIGN.md section 4). */
const MAX_LINE_BYTES = 64 * 1024 * 1024
const FIRST_BYTES = 4096
const NEWLINE = 10
const MARK = '\ufeff'

type Decoder = InstanceType<typeof TextDecoder>

export class LineDecoder {
  private encoding: TextEncoding
  private strict: Decoder
  private lenient: Decoder
  /** The first bytes have not come yet. */
  private isBeginning: boolean
  private mayHaveMark: boolean
  private lastByte = -1
  /** The bytes of a line that has not ended. */
  private partial: Uint8Array = new Uint8Array(0)
  private partialLength = 0
  private cutBytes = 0
  private readonly isChosen: boolean
  private readonly maxLineBytes: number

  /** @param isBeginning the first bytes are the beginning of the text, where a byte order mark may stand */
  constructor(
    { encoding, maxLineBytes = MAX_LINE_BYTES }: LineDecoderOptions,
    isBeginning: boolean,
    private readonly onLine: (line: DecodedLine) => void,
  ) {
    this.encoding = encoding ?? 'utf-8'
    this.isChosen = encoding !== undefined
    this.isBeginning = isBeginning
    this.mayHaveMark = isBeginning
    this.maxLineBytes = maxLineBytes
    this.strict = decoderOf(this.encoding, true)
    this.lenient = decoderOf(this.encoding, false)
  }

  /** Bytes of the line that has not ended. */
  get pendingBytes(): number {
    return this.partialLength + this.cutBytes
  }

  /** The beginning of the line that has not ended. @param maxBytes as much is decoded at most */
  pendingText(maxBytes: number): string {
    const text = this.lenient.decode(this.partial.subarray(0, Math.min(maxBytes, this.partialLength)))
    return this.mayHaveMark && text.startsWith(MARK) ? text.slice(1) : text
  }

  /** Takes a piece of the text, cut anywhere. */
  feed(chunk: Uint8Array): void {
    let piece = chunk
    if (this.isBeginning && !this.isChosen) {
      // The mark may come byte by byte.
      if (this.partialLength + piece.length < 2) {
        this.keep(piece)
        return
      }
      this.isBeginning = false
      this.detect(this.partial[0] ?? piece[0], this.partialLength > 0 ? piece[0] : piece[1])
    }
    const unit = this.encoding.startsWith('utf-16') ? 2 : 1
    if (this.partialLength + this.cutBytes > 0) {
      const end = this.firstEnd(piece, unit)
      if (end < 0) {
        this.keep(piece)
        return
      }
      this.keep(piece.subarray(0, end))
      const line = this.partial.subarray(0, this.partialLength)
      this.partialLength = 0
      // What was cut has the newline, or its end.
      const cutOfNewline = Math.min(unit, this.cutBytes)
      this.cutBytes -= cutOfNewline
      this.lines(line, unit - cutOfNewline)
      piece = piece.subarray(end)
      this.shrink()
    }
    const end = this.lastEnd(piece, unit)
    if (end > 0) this.lines(piece.subarray(0, end), unit)
    if (end < piece.length) this.keep(piece.subarray(end))
  }

  /** The text is over: what has no newline is a line too. */
  end(): void {
    if (this.pendingBytes === 0) return
    const line = this.partial.subarray(0, this.partialLength)
    this.partialLength = 0
    this.tell(line, true)
    this.shrink()
  }

  /** Forgets the line that has not ended. */
  drop(): void {
    this.partialLength = 0
    this.cutBytes = 0
    this.shrink()
  }

  private detect(first: number | undefined, second: number | undefined): void {
    if (first === 0xff && second === 0xfe) this.encoding = 'utf-16le'
    else if (first === 0xfe && second === 0xff) this.encoding = 'utf-16be'
    else return
    this.strict = decoderOf(this.encoding, true)
    this.lenient = decoderOf(this.encoding, false)
  }

  /** Where the first line of a piece that follows a partial line ends, behind its newline; -1 if it does not. */
  private firstEnd(piece: Uint8Array, unit: number): number {
    if (unit === 1) return piece.indexOf(NEWLINE) + 1 || -1
    for (let at = piece.indexOf(NEWLINE); at >= 0; at = piece.indexOf(NEWLINE, at + 1)) {
      const position = this.pendingBytes + at
      const isLow = this.encoding === 'utf-16le'
      if (isLow) {
        if (position % 2 === 0 && piece[at + 1] === 0) return at + 2
      } else if (position % 2 === 1 && (at > 0 ? piece[at - 1] : this.partial[this.partialLength - 1]) === 0)
        return at + 1
    }
    // The second byte of a newline may begin the piece.
    if (this.encoding === 'utf-16le' && this.pendingBytes % 2 === 1 && piece[0] === 0) {
      if (this.partial[this.partialLength - 1] === NEWLINE) return 1
    }
    return -1
  }

  /** Where the last whole line of a piece that begins a line ends. */
  private lastEnd(piece: Uint8Array, unit: number): number {
    if (unit === 1) return piece.lastIndexOf(NEWLINE) + 1
    for (let at = piece.lastIndexOf(NEWLINE); at >= 0; at = at === 0 ? -1 : piece.lastIndexOf(NEWLINE, at - 1)) {
      if (this.encoding === 'utf-16le') {
        if (at % 2 === 0 && piece[at + 1] === 0) return at + 2
      } else if (at % 2 === 1 && piece[at - 1] === 0) return at + 1
    }
    return 0
  }

  /** Whole lines. @param unit bytes of the last newline; 0 where it was cut away */
  private lines(bytes: Uint8Array, unit: number): void {
    const content = bytes.subarray(0, bytes.length - unit)
    let text: string
    try {
      text = this.strict.decode(content)
    } catch {
      this.linesOneByOne(content)
      return
    }
    let from = 0
    for (let newline = text.indexOf('\n'); newline >= 0; newline = text.indexOf('\n', from)) {
      this.onLine(this.lineOf(text.slice(from, newline)))
      from = newline + 1
    }
    this.onLine(this.lineOf(from === 0 ? text : text.slice(from)))
  }

  /** Lines of which at least one is not well-formed. */
  private linesOneByOne(content: Uint8Array): void {
    const unit = this.encoding.startsWith('utf-16') ? 2 : 1
    let from = 0
    for (;;) {
      let at = content.indexOf(NEWLINE, from)
      while (unit === 2 && at >= 0) {
        const isLow = this.encoding === 'utf-16le'
        if (isLow ? at % 2 === 0 && content[at + 1] === 0 : at % 2 === 1 && content[at - 1] === 0) break
        at = content.indexOf(NEWLINE, at + 1)
      }
      if (at < 0) break
      const isBig = unit === 2 && this.encoding === 'utf-16be'
      this.tell(content.subarray(from, isBig ? at - 1 : at), false)
      from = at + (unit === 2 && !isBig ? 2 : 1)
    }
    this.tell(content.subarray(from), false)
  }

  private tell(bytes: Uint8Array, isUnterminated: boolean): void {
    const text = this.lenient.decode(bytes)
    const isWellFormed = this.isWellFormed(bytes)
    this.onLine({
      ...this.lineOf(text),
      ...(isWellFormed ? {} : { raw: bytes }),
      ...(isUnterminated ? { unterminated: true } : {}),
    })
  }

  private lineOf(decoded: string): DecodedLine {
    const { cutBytes } = this
    let text = decoded.endsWith('\r') ? decoded.slice(0, -1) : decoded
    if (this.mayHaveMark) {
      this.mayHaveMark = false
      if (text.startsWith(MARK)) text = text.slice(1)
    }
    if (cutBytes === 0) return { text }
    this.cutBytes = 0
    return { text, cutBytes }
  }

  private isWellFormed(bytes: Uint8Array): boolean {
    try {
      this.strict.decode(bytes)
      return true
    } catch {
      return false
    }
  }

  /** Adds to the line that has not ended. */
  private keep(piece: Uint8Array): void {
    this.lastByte = piece.at(-1) ?? this.lastByte
    const fits = Math.max(0, Math.min(piece.length, this.maxLineBytes - this.partialLength))
    this.cutBytes += piece.length - fits
    const wanted = this.partialLength + fits
    if (wanted > this.partial.length) {
      const larger = new Uint8Array(Math.min(this.maxLineBytes, Math.max(wanted, this.partial.length * 2, FIRST_BYTES)))
      larger.set(this.partial.subarray(0, this.partialLength))
      this.partial = larger
    }
    this.partial.set(piece.subarray(0, fits), this.partialLength)
    this.partialLength += fits
  }

  /** The memory of a huge line is not kept for the next. */
  private shrink(): void {
    if (this.partial.length > 1024 * 1024) this.partial = new Uint8Array(0)
  }
}

function decoderOf(encoding: TextEncoding, fatal: boolean): Decoder {
  return new TextDecoder(encoding === 'latin1' ? 'windows-1252' : encoding, { fatal, ignoreBOM: true })
}

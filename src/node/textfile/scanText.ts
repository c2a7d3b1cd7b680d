/**
 * The bytes of a source for a scan, in large pieces of whole lines, UTF-8 or Latin-1: UTF-16 is made UTF-8. They lie in a
 * kernel's memory, read there straight from the file.
 */
import { readSync } from 'node:fs'
import type { TextKernel } from '../../core/lines/wasm/textKernel'
import type { ScanSource } from './scanProtocol'
import { decodeText } from './textBytes'

const NEWLINE = 10
/** Read at once; the memory holds twice that. */
const CHUNK_BYTES = 1024 * 1024
export const SCAN_TEXT_BYTES = 2 * CHUNK_BYTES
/** Of a line that is longer than a piece, so much is seen again with its next part. */
const OVERLAP_BYTES = 4096

/**
 * What of the kernel's text is to be looked at, `[0, length)`: whole lines; a part of one very long line, its last one up to its
 * newline; or the last line, which has no end.
 */
export interface Piece {
  readonly kind: 'lines' | 'part' | 'lastPart' | 'unfinished'
  readonly length: number
}

export class ScanText {
  /** Where the next line begins in the file: what is before is done with. */
  offset: number
  /** The number of that line. */
  line = 0
  private readonly unit: 1 | 2
  private readonly raw: Uint8Array<ArrayBuffer>
  /** Where in the file `raw` begins, and how much of it is there. */
  private rawAt: number
  private held = 0
  private isInLongLine = false
  private piece: (Piece & { readonly rawLength: number }) | undefined

  constructor(
    private readonly kernel: TextKernel,
    private readonly source: ScanSource,
  ) {
    this.offset = source.from
    this.rawAt = source.from
    this.unit = source.encoding === 'utf-16le' || source.encoding === 'utf-16be' ? 2 : 1
    // As UTF-8 it may be half as long again.
    this.raw = this.unit === 1 ? kernel.text : new Uint8Array(CHUNK_BYTES)
  }

  /** Whether a very long line is being looked at: it is begun again if others use the kernel now. */
  get isWithinLine(): boolean {
    return this.isInLongLine
  }

  /** Where the piece that is looked at ends in the file. */
  get pieceEnd(): number {
    return this.rawAt + (this.piece?.rawLength ?? 0)
  }

  /** Begins there, at the beginning of line `line`. */
  startAt(offset: number, line: number): void {
    this.offset = offset
    this.line = line
    this.resume()
  }

  /** Others have used the kernel. */
  resume(): void {
    this.rawAt = this.offset
    this.held = 0
    this.isInLongLine = false
  }

  /** The next piece before `end`; undefined when there is none. `taken` is called when it was looked at. */
  next(end: number): Piece | undefined {
    const { raw, unit } = this
    for (;;) {
      const wanted = Math.min(raw.length / 2, raw.length - this.held, end - this.rawAt - this.held)
      const got = wanted > 0 ? readSync(this.source.fd, raw, this.held, wanted, this.rawAt + this.held) : 0
      this.held += got
      const whole = this.held - (this.held % unit)
      const isEnd = got === 0
      if (whole === 0) return undefined
      const newline = this.isInLongLine ? this.newlineIn(0, whole, 1) : this.newlineIn(whole - unit, whole, -1)
      if (newline >= 0) return this.made(this.isInLongLine ? 'lastPart' : 'lines', newline + unit)
      if (isEnd) return this.made('unfinished', whole)
      if (this.held > raw.length / 2) {
        this.isInLongLine = true
        return this.made('part', whole)
      }
    }
  }

  /** Goes on behind the piece. @param lines newlines in it */
  taken(lines: number): void {
    const { piece } = this
    if (piece === undefined || piece.kind === 'unfinished') return
    const done = piece.kind === 'part' ? piece.rawLength - OVERLAP_BYTES : piece.rawLength
    this.raw.copyWithin(0, done, this.held)
    this.held -= done
    this.rawAt += done
    this.line += lines
    if (piece.kind === 'part') return
    this.offset = this.rawAt
    this.isInLongLine = false
  }

  private made(kind: Piece['kind'], rawLength: number): Piece {
    const length = this.unit === 1 ? rawLength : this.transcode(rawLength)
    this.piece = { kind, length, rawLength }
    return this.piece
  }

  private transcode(rawLength: number): number {
    const text = decodeText(this.raw.subarray(0, rawLength), this.source.encoding)
    const { kernel } = this
    return Buffer.from(kernel.text.buffer, kernel.text.byteOffset, kernel.text.length).write(text, 'utf8')
  }

  /** A newline at or behind (or before) `from`, or -1. */
  private newlineIn(from: number, length: number, step: 1 | -1): number {
    const { unit } = this
    const bytes = Buffer.from(this.raw.buffer, this.raw.byteOffset, length)
    const find = (at: number): number => (step === 1 ? bytes.indexOf(NEWLINE, at) : bytes.lastIndexOf(NEWLINE, at))
    if (unit === 1) return find(from)
    const isBig = this.source.encoding === 'utf-16be'
    for (let at = find(step === 1 ? 0 : length - 1); at >= 0; at = find(at + step)) {
      const isPlace = at % 2 === (isBig ? 1 : 0) && bytes[isBig ? at - 1 : at + 1] === 0
      if (isPlace) return isBig ? at - 1 : at
      if (at === 0 && step === -1) return -1
    }
    return -1
  }
}

/** The lines of a log for a scan, in large pieces that lie in a kernel's memory. */
import { closeSync, openSync, readSync } from 'node:fs'
import type { TextKernel } from '../../core/lines/wasm/textKernel'
import { ScanText } from '../textfile/scanText'

const ENDS_BYTES = 256 * 1024
/** No recorder writes a longer line: a text of 64 MiB of which each byte is escaped, and the rest of its event. */
const LONGEST_LINE_BYTES = 6 * 64 * 1024 * 1024 + 1024 * 1024

/**
 * Whole lines, in the kernel's text `[0, length)`; a part of a very long line, there too; or that its last part was seen: `last` is
 * what is there, `[start, end)` where it stands in the log, with its newline.
 */
export type LogPiece =
  | { readonly kind: 'lines' | 'part'; readonly length: number }
  | { readonly kind: 'long'; readonly length: number; readonly start: number; readonly end: number }

export class LogText {
  private fd: number
  private text: ScanText
  /** Where the last piece began. */
  pieceAt = 0

  /** @param from where a line begins @param position its ordinal @throws an error of the system when the log can't be opened */
  constructor(
    private readonly path: string,
    private readonly kernel: TextKernel,
    from: number,
    position: number,
  ) {
    this.fd = openSync(path, 'r')
    this.text = this.textAt(from, position)
  }

  /** Where the next line begins: what is before is done with. */
  get offset(): number {
    return this.text.offset
  }

  /** The ordinal of that line. */
  get position(): number {
    return this.text.line
  }

  startAt(offset: number, position: number): void {
    this.text.startAt(offset, position)
  }

  /** Others have used the kernel. */
  resume(): void {
    this.text.resume()
  }

  get isWithinLine(): boolean {
    return this.text.isWithinLine
  }

  /** The next piece of the log before `end`, which is the end of a whole line; undefined when there is none. `taken` must follow. */
  next(end: number): LogPiece | undefined {
    if (this.offset >= end) return undefined
    const piece = this.text.next(end) ?? this.again(end)
    // No line without an end is asked for: the log was cut.
    if (piece === undefined || piece.kind === 'unfinished') return undefined
    this.pieceAt = this.text.offset
    if (piece.kind !== 'lastPart') return { kind: piece.kind, length: piece.length }
    return { kind: 'long', length: piece.length, start: this.text.offset, end: this.text.pieceEnd }
  }

  /** Goes on behind the piece. @param lines how many whole ones were in it */
  taken({ kind }: LogPiece, lines: number): void {
    this.text.taken(kind === 'long' ? 1 : lines)
  }

  /** A very long line at `[start, end)`, without its newline; undefined when it is longer than an event can be. */
  line(start: number, end: number): string | undefined {
    return end - start > LONGEST_LINE_BYTES ? undefined : this.read(start, end - 1).toString('utf8')
  }

  private read(start: number, end: number): Buffer {
    const bytes = Buffer.allocUnsafe(end - start)
    let done = 0
    while (done < bytes.length) {
      const got = readSync(this.fd, bytes, done, bytes.length - done, start + done)
      if (got === 0) break
      done += got
    }
    return bytes.subarray(0, done)
  }

  /** The beginning and the end of a very long line at `[start, end)`, without its newline: what tells its stamp. */
  ends(start: number, end: number): Buffer {
    const half = ENDS_BYTES / 2
    return Buffer.concat([this.read(start, start + half), this.read(end - 1 - half, end - 1)])
  }

  close(): void {
    closeSync(this.fd)
  }

  private textAt(from: number, position: number): ScanText {
    const text = new ScanText(this.kernel, { fd: this.fd, encoding: 'utf-8', from, end: from })
    text.startAt(from, position)
    return text
  }

  /** A log that was deleted under its recorder is made again with what it held: it grows there, and not where we have it open. */
  private again(end: number): ReturnType<ScanText['next']> {
    const fd = openSync(this.path, 'r')
    closeSync(this.fd)
    this.fd = fd
    this.text = this.textAt(this.offset, this.position)
    return this.text.next(end)
  }
}

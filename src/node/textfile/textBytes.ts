/** One content of a text file, held by its descriptor: it stays readable whatever becomes of its name. */
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { isUtf8 } from 'node:buffer'
import { UserError } from '../../shared/userError'

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1'
/** What a text without a byte order mark is taken for. */
export type PlainEncoding = 'utf-8' | 'latin1'

const NEWLINE = 10
const LONE_SURROGATE = /\p{Surrogate}/u

export class TextBytes {
  readonly encoding: TextEncoding
  /** Where the text begins: behind a byte order mark. */
  readonly start: number
  private holders = 1

  private constructor(
    readonly path: string,
    readonly fd: number,
    /** Device and inode. */
    readonly identity: string,
    plain: PlainEncoding,
  ) {
    const head = Buffer.alloc(3)
    const length = readSync(fd, head, 0, 3, 0)
    const mark = markOf(head.subarray(0, length))
    this.encoding = mark?.encoding ?? plain
    this.start = mark?.bytes ?? 0
  }

  /**
   * @param shownAs the path for people, where `path` is only the way to it
   * @throws UserError `not_a_text_file` for what is no regular file; else as `open` does
   */
  static open(path: string, plain: PlainEncoding, shownAs = path): TextBytes {
    // A pipe without a writer must not hold us up.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK || 0))
    try {
      const stat = fstatSync(fd, { bigint: true })
      if (!stat.isFile())
        throw new UserError(`${path} is not a file that can be followed.`, 'not_a_text_file', 'bad_input')
      return new TextBytes(shownAs, fd, `${String(stat.dev)}:${String(stat.ino)}`, plain)
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  /** Bytes of a character's unit. */
  get unit(): 1 | 2 {
    return this.encoding === 'utf-16le' || this.encoding === 'utf-16be' ? 2 : 1
  }

  get size(): number {
    return fstatSync(this.fd).size
  }

  /** Fills `target` from the file's `offset` on; gives back how many bytes there were. */
  read(target: Uint8Array, offset: number): number {
    let done = 0
    while (done < target.length) {
      const count = readSync(this.fd, target, done, target.length - done, offset + done)
      if (count === 0) break
      done += count
    }
    return done
  }

  /** Milliseconds since the epoch. */
  get modifiedAt(): number {
    return fstatSync(this.fd).mtimeMs
  }

  bytesAt(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, length))
    return bytes.subarray(0, this.read(bytes, offset))
  }

  /** The first newline of `bytes` at or after `from`, or -1. */
  newlineIn(bytes: Uint8Array, from: number): number {
    if (this.unit === 1) return bytes.indexOf(NEWLINE, from)
    const other = this.encoding === 'utf-16le' ? 1 : -1
    const first = this.encoding === 'utf-16le' ? 0 : 1
    for (let at = bytes.indexOf(NEWLINE, from); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
      if ((at - from) % 2 === first && bytes[at + other] === 0) return at - first
    }
    return -1
  }

  /** The text of bytes; what is not valid is replaced. */
  decode(bytes: Uint8Array): string {
    return decodeText(bytes, this.encoding)
  }

  /** Another one needs it too, until it calls `release`. */
  hold(): this {
    this.holders++
    return this
  }

  release(): void {
    this.holders--
    if (this.holders === 0) closeSync(this.fd)
  }
}

export function decodeText(bytes: Uint8Array, encoding: TextEncoding): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (encoding === 'utf-8') return buffer.toString('utf8')
  if (encoding === 'latin1') return buffer.toString('latin1')
  const even = buffer.subarray(0, buffer.length & ~1)
  return (encoding === 'utf-16be' ? Buffer.from(even).swap16() : even).toString('utf16le')
}

/** Whether decoding loses nothing. */
export function isWellFormed(bytes: Uint8Array, encoding: TextEncoding): boolean {
  if (encoding === 'utf-8') return isUtf8(bytes)
  return encoding === 'latin1' || (bytes.length % 2 === 0 && !LONE_SURROGATE.test(decodeText(bytes, encoding)))
}

function markOf(head: Uint8Array): { encoding: TextEncoding; bytes: number } | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', bytes: 2 }
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', bytes: 2 }
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', bytes: 3 }
  return undefined
}

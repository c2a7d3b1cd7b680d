/** One content of a followed file, held by a descriptor so that it can be read to its end whatever happens to its name. */
import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs'
import { TAIL_BYTES, TailBytes } from './tailBytes'

/** Read again before the position together with what is new: a content that was written over shows itself. */
const OVERLAP_BYTES = 64
/** Compared when the time stamp has changed. */
const HEAD_BYTES = 256
/** A larger piece may be written over while it is read. */
const PAGE_BYTES = 4096
/** Time stamps are as coarse as the system's ticks: one as young as this may stay the same over a change. */
const COARSE_MS = 50

/** Who a file is, whatever its name. */
export interface FileIdentity {
  readonly dev: bigint
  readonly ino: bigint
  /** Nanoseconds since the epoch; 0 where the file system does not say. */
  readonly birth: bigint
}

export function isSameFile(one: FileIdentity, other: FileIdentity): boolean {
  return one.dev === other.dev && one.ino === other.ino
}

export function identityOf({ dev, ino, birthtimeNs }: BigIntStats): FileIdentity {
  return { dev, ino, birth: birthtimeNs }
}

/** Bytes that are valid until the next read; nothing new; or: what was read is not there any more. */
export type Read = Uint8Array | 'nothing' | 'changed'

export class HeldFile {
  readonly identity: FileIdentity
  /** The bytes before this were handed out. */
  position = 0
  tail = new TailBytes()
  private head: Buffer = Buffer.alloc(0)
  private stamp = ''
  private isSettled = false
  /** What is new was read before the time stamp was. */
  private isStampLate = false
  private isOpen = true
  private hadName = true

  private constructor(
    readonly fd: number,
    stat: BigIntStats,
  ) {
    this.identity = identityOf(stat)
  }

  /** @returns undefined for what is no regular file. @throws as `open` does */
  static open(path: string): HeldFile | undefined {
    // A pipe without a writer must not hold us up.
    const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK || 0))
    const stat = fstatSync(fd, { bigint: true })
    if (stat.isFile()) return new HeldFile(fd, stat)
    closeSync(fd)
    return undefined
  }

  close(): void {
    if (!this.isOpen) return
    this.hadName = this.hasName
    this.isOpen = false
    closeSync(this.fd)
  }

  get size(): number {
    return fstatSync(this.fd).size
  }

  /** Without a size, with a content: as in /proc. */
  get isMadeUp(): boolean {
    if (this.size > 0 || this.bytesAt(0, 1).length === 0) return false
    // It was written to just now, maybe.
    return fstatSync(this.fd).size === 0
  }

  /** False when no name leads to it any more: it was deleted or replaced. */
  get hasName(): boolean {
    if (!this.isOpen) return this.hadName
    return fstatSync(this.fd).nlink > 0
  }

  /** Goes on behind the first `position` bytes, and remembers what stands before. */
  seek(position: number): void {
    this.position = position
    this.head = this.bytesAt(0, Math.min(HEAD_BYTES, position))
    this.tail = new TailBytes()
    const from = Math.max(0, position - TAIL_BYTES)
    this.tail.push(this.bytesAt(from, position - from))
    this.stamp = ''
    this.isStampLate = false
  }

  bytesAt(offset: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length)
    let got = 0
    while (got < length) {
      const count = readSync(this.fd, bytes, got, length - got, offset + got)
      if (count === 0) break
      got += count
    }
    return bytes.subarray(0, got)
  }

  /**
   * Reads what is new into `buffer`, which has room for more than the overlap.
   * @param isNews something was written just now: that is read first, and the time stamp looked at by the next call
   */
  read(buffer: Buffer, isNews = false): Read {
    return (isNews ? this.readNews(buffer) : undefined) ?? this.readAll(buffer)
  }

  /** Undefined where there is nothing new, or more than can be sure to be of one content. */
  private readNews(buffer: Buffer): Uint8Array | undefined {
    const overlap = Math.min(OVERLAP_BYTES, this.tail.length)
    const room = Math.min(PAGE_BYTES, buffer.length)
    const got = readSync(this.fd, buffer, 0, room, this.position - overlap)
    if (got <= overlap || got === room) return undefined
    const isSame = this.tail.endsWith(buffer.subarray(0, overlap)) && this.isHeadSame()
    if (!isSame) return undefined
    this.isStampLate = true
    const chunk = buffer.subarray(overlap, got)
    this.advance(chunk)
    return chunk
  }

  private readAll(buffer: Buffer): Read {
    const stat = fstatSync(this.fd, { bigint: true })
    const stamp = `${String(stat.mtimeNs)} ${String(stat.ctimeNs)} ${String(stat.size)}`
    const age = Date.now() - Number(stat.mtimeMs)
    if (this.isStampLate) {
      this.isStampLate = false
      this.stamp = stamp
      // What is written over in between shows itself when it has settled.
      this.isSettled = false
      if (stat.size === BigInt(this.position)) return 'nothing'
      this.stamp = ''
    }
    const isChanged = stamp !== this.stamp || (!this.isSettled && age > COARSE_MS)
    if (!isChanged && stat.size === BigInt(this.position)) return 'nothing'
    const overlap = Math.min(OVERLAP_BYTES, this.tail.length)
    const got = readSync(this.fd, buffer, 0, buffer.length, this.position - overlap)
    if (got < overlap || !this.tail.endsWith(buffer.subarray(0, overlap))) return 'changed'
    if (isChanged && !this.isHeadSame()) return 'changed'
    const hasNew = got > overlap
    if (!hasNew) {
      if (isChanged && !this.isTailSame()) return 'changed'
    } else if (got > PAGE_BYTES && !this.tail.endsWith(this.bytesAt(this.position - overlap, overlap))) return 'changed'
    this.stamp = stamp
    this.isSettled = age > COARSE_MS || age < -1000
    if (!hasNew) return 'nothing'
    const chunk = buffer.subarray(overlap, got)
    this.advance(chunk)
    return chunk
  }

  /** The content was written over but for its first `kept` bytes, which must be among those remembered, or 0. */
  restart(kept: number): void {
    this.tail.drop(this.position - kept)
    this.head = this.head.subarray(0, kept)
    this.position = kept
    this.stamp = ''
    this.isStampLate = false
  }

  private advance(chunk: Uint8Array): void {
    if (this.head.length < HEAD_BYTES && this.position === this.head.length) {
      this.head = Buffer.concat([this.head, chunk.subarray(0, HEAD_BYTES - this.head.length)])
    }
    this.tail.push(chunk)
    this.position += chunk.length
  }

  /** Whether the file begins as it did, as far as its beginning is known. */
  isHeadSame(other: HeldFile = this): boolean {
    return other.bytesAt(0, this.head.length).equals(this.head)
  }

  /** Whether what stands before our position stands there in `other` too: all that is remembered of it. */
  isTailSame(other: HeldFile = this): boolean {
    const { length } = this.tail
    return other.bytesAt(this.position - length, length).equals(this.tail.last(length))
  }
}

/** The last bytes of a growing content, so that what was read can be told from what was written over it. */

/** As much is remembered; a file that is no longer is known whole. */
export const TAIL_BYTES = 256 * 1024
const FIRST_BYTES = 4096

export class TailBytes {
  private bytes = Buffer.alloc(0)
  /** Where the next byte goes. */
  private next = 0
  length = 0

  push(chunk: Uint8Array): void {
    if (chunk.length >= TAIL_BYTES) {
      this.grow(TAIL_BYTES)
      this.bytes.set(chunk.subarray(chunk.length - TAIL_BYTES))
      this.next = 0
      this.length = TAIL_BYTES
      return
    }
    this.grow(this.length + chunk.length)
    const room = Math.min(chunk.length, this.bytes.length - this.next)
    this.bytes.set(chunk.subarray(0, room), this.next)
    this.bytes.set(chunk.subarray(room), 0)
    this.next = (this.next + chunk.length) % this.bytes.length
    this.length = Math.min(this.bytes.length, this.length + chunk.length)
  }

  /** A copy of the last `count` bytes, or of all where there are fewer. */
  last(count: number): Buffer {
    const wanted = Math.min(count, this.length)
    const result = Buffer.allocUnsafe(wanted)
    if (wanted === 0) return result
    const from = (this.next - wanted + this.bytes.length) % this.bytes.length
    const first = Math.min(wanted, this.bytes.length - from)
    this.bytes.copy(result, 0, from, from + first)
    this.bytes.copy(result, first, 0, wanted - first)
    return result
  }

  endsWith(bytes: Uint8Array): boolean {
    const { length } = bytes
    if (length > this.length) return false
    // Where they lie in one piece nothing is copied.
    if (length <= this.next) return this.bytes.compare(bytes, 0, length, this.next - length, this.next) === 0
    return this.last(length).equals(bytes)
  }

  /** Forgets the last `count` bytes. */
  drop(count: number): void {
    const dropped = Math.min(count, this.length)
    if (dropped === 0) return
    this.length -= dropped
    this.next = (this.next - dropped + this.bytes.length) % this.bytes.length
  }

  private grow(wanted: number): void {
    if (wanted <= this.bytes.length || this.bytes.length === TAIL_BYTES) return
    let size = Math.max(FIRST_BYTES, this.bytes.length)
    while (size < wanted) size *= 2
    const larger = Buffer.alloc(Math.min(size, TAIL_BYTES))
    const kept = this.last(this.length)
    kept.copy(larger)
    this.bytes = larger
    this.next = kept.length % larger.length
  }
}

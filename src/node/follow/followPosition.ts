/** Where following stands, so that it can go on after a restart of ours. */
import { createHash } from 'node:crypto'
import type { HeldFile } from './heldFile'

/** Plain data, for a memento or a request. */
export interface FollowPosition {
  /** Bytes of the file that were handed out. */
  readonly offset: number
  readonly dev: string
  readonly inode: string
  /** What stands before the offset: so many bytes with this SHA-256 (hexadecimal). */
  readonly before: { readonly bytes: number; readonly sha256: string }
}

const HASHED_BYTES = 4096

/** @param back so many bytes before the place that was reached */
export function positionOf({ position, identity, tail }: HeldFile, back: number): FollowPosition {
  const remembered = tail.last(HASHED_BYTES + back)
  const bytes = remembered.subarray(0, Math.max(0, remembered.length - back))
  return {
    offset: position - back,
    dev: String(identity.dev),
    inode: String(identity.ino),
    before: { bytes: bytes.length, sha256: hash(bytes) },
  }
}

/** Whether a file holds what was followed, so that it can be gone on with at the position's offset. */
export function holds(held: HeldFile, { offset, before, inode }: FollowPosition): boolean {
  if (held.size < offset) return false
  if (before.bytes === 0) return String(held.identity.ino) === inode
  const bytes = held.bytesAt(offset - before.bytes, before.bytes)
  return bytes.length === before.bytes && hash(bytes) === before.sha256
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

/** One content that a followed name had. */
import type { FollowedFileEvent } from './followSink'
import { isSameFile, type HeldFile } from './heldFile'
import { keptPrefix } from './keptPrefix'

/** A content that is the same up to the position and at least so long is taken for the same under a new inode. */
const SAME_CONTENT_BYTES = 256

export class Generation {
  number = -1
  /** Since when another file has the name, or none; undefined for the one that has it. */
  retiredAt: number | undefined
  lastBytesAt = performance.now()
  /** Milliseconds since the epoch: when this content began. */
  since = Date.now()

  constructor(
    readonly held: HeldFile,
    /** How it comes to be; undefined once it has begun. */
    public beginning: FollowedFileEvent['state'] | undefined,
    /** Where to begin. */
    readonly startAt: number,
    /** There was nothing under the name before. */
    private readonly isAfterGap: boolean,
  ) {}

  /** How much of its beginning was handed out as that of the one before, where it is the same text under another inode. */
  keptOf(before: Generation): { readonly bytes: number; readonly isAll: boolean; readonly of: number } | undefined {
    const kept = keptPrefix(before.held, this.held)
    // A rotated file still has a name: what follows it is new, even where it begins with the same words.
    const isInPlace = !this.isAfterGap && !before.held.hasName
    const isSame = kept.isAll && (isInPlace || isSameFile(before.held.identity, this.held.identity))
    const isLikely = (kept.isAll || isInPlace) && kept.bytes >= SAME_CONTENT_BYTES
    return isSame || isLikely ? { ...kept, of: before.number } : undefined
  }
}

/**
 * Which contents a file has had, so that its lines keep their `seq` when it is opened again: what is kept by seq (bookmarks,
 * the place in the list) leads to its line after rotations and reloads, also into an older file once that is shown.
 */
import { createHash } from 'node:crypto'
import type { TextBytes } from './textBytes'
import type { TextSegment } from './textSegment'

export interface KnownContent {
  readonly inode: string
  /** So many of its first bytes, and their SHA-256. */
  readonly headBytes: number
  readonly headHash: string
  /** The seq of a line is its offset and this. */
  readonly seqBase: number
}

/** Below are the numbers of older contents that are put before. In a merged view there are 64 times as many, below 2^53. */
const FIRST_SEQ = 2 ** 42
/** Beyond, numbering begins anew: what was kept is lost. */
const LAST_SEQ = 2 ** 46
/** Rows of a rotated file that is still written to must not reach the numbers of the next. */
export const SEQ_GAP = 2 ** 36
/** Nobody has seen how far a content went while the file was not open. */
const UNSEEN_GAP = 4 * SEQ_GAP
const HEAD_BYTES = 1024
/** The oldest are forgotten. */
const MAX_KNOWN = 20

export class KnownContents {
  private known: readonly KnownContent[]

  /** @param known from when the file was open before */
  constructor(known: readonly KnownContent[] = []) {
    this.known = nextOf(known) > LAST_SEQ ? [] : known
  }

  /** All that are known, the newest last. */
  get list(): readonly KnownContent[] {
    return this.known
  }

  /** Where the numbers of a content begin that nobody has seen yet. */
  get next(): number {
    return nextOf(this.known)
  }

  /** The seqBase of a content that the file has when it is opened. */
  baseOf(source: TextBytes): number {
    const inode = inodeOf(source)
    const same = this.known.findLast((one) => one.inode === inode && hasHead(source, one))
    return same?.seqBase ?? this.next
  }

  /**
   * The seqBase of an older content that is put before all others; it may be an unpacked copy.
   * @param first the lowest seq that is taken
   * @returns undefined when there are no numbers left
   */
  olderBase(source: TextBytes, end: number, first: number): number | undefined {
    const fitting = this.known.filter((one) => one.seqBase + end < first && hasHead(source, one))
    const inode = inodeOf(source)
    const same = fitting.findLast((one) => one.inode === inode) ?? fitting.at(-1)
    if (same !== undefined) return same.seqBase
    const base = first - SEQ_GAP - end
    return base < 0 ? undefined : base
  }

  /** Keeps what there is of a content. */
  note({ source, end, seqBase }: TextSegment): void {
    const before = this.known.find((one) => one.seqBase === seqBase)
    const headBytes = Math.min(HEAD_BYTES, end)
    // A head that grows line by line need not be told line by line.
    if (headBytes === 0 || headBytes < Math.min(HEAD_BYTES, 2 * (before?.headBytes ?? 0))) return
    if (before?.headBytes === HEAD_BYTES) return
    const content = { inode: inodeOf(source), headBytes, headHash: hashOf(source.bytesAt(0, headBytes)), seqBase }
    const others = this.known.filter((one) => one !== before)
    this.known = [...others, content].sort((a, b) => a.seqBase - b.seqBase).slice(-MAX_KNOWN)
  }
}

function nextOf(known: readonly KnownContent[]): number {
  return known.length === 0 ? FIRST_SEQ : Math.max(...known.map(({ seqBase }) => seqBase)) + UNSEEN_GAP
}

/** Devices are numbered anew at a restart. */
function inodeOf({ identity }: TextBytes): string {
  return identity.slice(identity.indexOf(':') + 1)
}

function hasHead(source: TextBytes, { headBytes, headHash }: KnownContent): boolean {
  const head = source.bytesAt(0, headBytes)
  return head.length === headBytes && hashOf(head) === headHash
}

function hashOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

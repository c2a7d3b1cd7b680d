/** How much of what was read is still the beginning of a content that was written over. */
import type { HeldFile } from './heldFile'

const NEWLINE = 10
/** With an unknown beginning so much must be the same behind it. */
const ENOUGH = 64

/** The order of bytes of UTF-16 by the mark at the beginning of a text; undefined for everything else. */
export function utf16Of(head: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return undefined
}

export interface Kept {
  /** Bytes at the beginning that stayed, whole lines. */
  readonly bytes: number
  /** Everything that was read is still there. */
  readonly isAll: boolean
}

/**
 * How much of `now` is the beginning of what was read of `before` (the same file before it was written over, or the one that
 * it replaces). Whole lines only, so that a line that was cut and written again is a line of its own. What lies further back than
 * `before` remembers counts as kept where the file's beginning and what follows are the same.
 */
export function keptPrefix(before: HeldFile, now: HeldFile): Kept {
  const { tail, position } = before
  const start = position - tail.length
  const old = tail.last(tail.length)
  const found = now.bytesAt(start, old.length)
  let same = 0
  // Whole stretches first: one byte after another is slow.
  for (let step = 4096; step >= 1; step = step >> 4) {
    while (same + step <= found.length && old.compare(found, same, same + step, same, same + step) === 0) same += step
  }
  if (start > 0 && (same < Math.min(ENOUGH, old.length) || !before.isHeadSame(now))) return { bytes: 0, isAll: false }
  const isAll = same === old.length
  const whole = lineStart(old, same, utf16Of(now.bytesAt(0, 2)), start)
  if (whole > 0) return { bytes: start + whole, isAll }
  // A line that is longer than all that is remembered goes on where it stood.
  return { bytes: start > 0 && isAll ? position : 0, isAll }
}

/** Where the line begins in which `at` stands: behind the last newline before it, else 0. */
function lineStart(bytes: Buffer, at: number, utf16: 'utf-16le' | 'utf-16be' | undefined, start: number): number {
  let end = at
  for (;;) {
    const newline = end === 0 ? -1 : bytes.lastIndexOf(NEWLINE, end - 1)
    if (newline < 0) return 0
    if (utf16 === undefined) return newline + 1
    const isEven = (start + newline) % 2 === 0
    if (utf16 === 'utf-16le' && isEven && bytes[newline + 1] === 0 && newline + 2 <= at) return newline + 2
    if (utf16 === 'utf-16be' && !isEven && bytes[newline - 1] === 0) return newline + 1
    end = newline
  }
}

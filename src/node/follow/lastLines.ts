/** Where the last lines of a file begin. */
import { setImmediate } from 'node:timers/promises'
import type { HeldFile } from './heldFile'
import { utf16Of } from './keptPrefix'

const BLOCK_BYTES = 256 * 1024
/** No further back than this: lines that long are not what was asked for. */
const MAX_BYTES = 128 * 1024 * 1024
const NEWLINE = 10

/** @returns the offset at which the last `count` lines begin; a last line without newline is one of them */
export async function lastLinesStart(held: HeldFile, count: number): Promise<number> {
  const end = held.size
  if (count <= 0) return end
  const utf16 = utf16Of(held.bytesAt(0, 2))
  let left = count
  let to = end
  while (to > 0 && end - to < MAX_BYTES) {
    const from = Math.max(0, to - BLOCK_BYTES)
    // One byte more on each side: a newline of UTF-16 has two.
    const first = Math.max(0, from - 1)
    const bytes = held.bytesAt(first, to - first + 1)
    for (let at = to - 1 - first; at >= from - first; at--) {
      at = bytes.lastIndexOf(NEWLINE, at)
      if (at < from - first) break
      const behind = endOfNewline(bytes, at, first, utf16)
      // The newline at the very end begins no line.
      if (behind === undefined || first + behind >= end) continue
      if (--left === 0) return first + behind
    }
    to = from
    await setImmediate()
  }
  return to
}

/** The index behind the newline whose byte 10 is at `at`; undefined where that byte is none. */
function endOfNewline(
  bytes: Buffer,
  at: number,
  offset: number,
  utf16: 'utf-16le' | 'utf-16be' | undefined,
): number | undefined {
  if (utf16 === undefined) return at + 1
  const isEven = (offset + at) % 2 === 0
  if (utf16 === 'utf-16le') return isEven && bytes[at + 1] === 0 ? at + 2 : undefined
  return !isEven && bytes[at - 1] === 0 ? at + 1 : undefined
}

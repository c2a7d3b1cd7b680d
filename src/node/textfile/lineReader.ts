/** Lines of a text by their ordinals, as bytes: of a long one only its beginning is read. */
import type { LineIndex } from './lineIndex'

/** What is read of a line for its row: 4,000 characters of any kind and more. */
export const HEAD_BYTES = 16 * 1024
const STEP_BYTES = 64 * 1024
/** Read for a line at first. */
const LINE_BYTES = 256

export interface RawLine {
  /** Where it begins in the file. */
  readonly offset: number
  /** Its length without its end (LF or CRLF); for a long line without LF only. */
  readonly bytes: number
  /** Its beginning, at most HEAD_BYTES. */
  readonly head: Buffer
  /** False for a last line without a newline. */
  readonly isWhole: boolean
}

/**
 * The lines `first` to `last` (exclusive) of what is counted, and the unfinished one behind them.
 * @param end where the text ends
 */
export function readLines(index: LineIndex, first: number, last: number, end: number): RawLine[] {
  const { source } = index
  const { unit } = source
  const lines: RawLine[] = []
  const step = Math.min(STEP_BYTES, Math.max(HEAD_BYTES, (last - first) * LINE_BYTES))
  let offset = index.startOf(first)
  let held: Buffer = Buffer.alloc(0)
  let heldAt = offset
  for (let line = first; line < last && offset <= end; line++) {
    let at = offset - heldAt
    let newline = source.newlineIn(held, at)
    if (newline < 0 && heldAt + held.length < end) {
      heldAt = offset
      at = 0
      held = source.bytesAt(offset, Math.min(step, end - offset))
      newline = source.newlineIn(held, 0)
    }
    const isWhole = newline >= 0 || line < index.lines
    const next = newline >= 0 ? heldAt + newline + unit : isWhole ? index.startOf(line + 1) : end
    let bytes = next - offset - (isWhole ? unit : 0)
    if (newline >= 0 && hasReturn(held, newline, at, unit, source.encoding === 'utf-16be')) bytes -= unit
    lines.push({ offset, bytes, head: held.subarray(at, at + Math.min(HEAD_BYTES, bytes)), isWhole })
    if (!isWhole) break
    offset = next
  }
  return lines
}

function hasReturn(held: Buffer, newline: number, from: number, unit: number, isBig: boolean): boolean {
  if (newline - unit < from) return false
  if (unit === 1) return held[newline - 1] === 0x0d
  return held[newline - 2] === (isBig ? 0 : 0x0d) && held[newline - 1] === (isBig ? 0x0d : 0)
}

/** A diff as it is read: long stretches that both texts have are folded to their first and last lines. */
import type { DiffPart } from '../../src/shared/protocol/compare'

export interface FoldedPart extends DiffPart {
  /** Its number among the parts. */
  readonly part: number
  /** Lines that are folded here; `text` is empty then. */
  readonly hidden?: number
}

/** Lines that stay around what differs. */
const AROUND = 2
/** Fewer are not worth a click. */
const WORTH = 4

/** @param unfolded the numbers of the parts that are shown whole */
export function foldedParts(parts: readonly DiffPart[], unfolded: ReadonlySet<number>): FoldedPart[] {
  return parts.flatMap((piece, part) => {
    if (piece.side !== 'both' || unfolded.has(part)) return [{ ...piece, part }]
    const lines = piece.text.split(/(?<=\n)/)
    const before = part === 0 ? 0 : AROUND
    const after = part === parts.length - 1 ? 0 : AROUND
    const hidden = lines.length - before - after
    if (hidden < WORTH) return [{ ...piece, part }]
    const shown = (text: string): FoldedPart[] => (text === '' ? [] : [{ side: 'both', text, part }])
    return [
      ...shown(lines.slice(0, before).join('')),
      { side: 'both' as const, text: '', part, hidden },
      ...shown(lines.slice(lines.length - after).join('')),
    ]
  })
}

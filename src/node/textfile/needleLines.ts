/** The lines of a piece of bytes that hold a text, found without a look at the others. */
import type { Needle, TextKernel } from '../../core/lines/wasm/textKernel'

const NEWLINE = 0x0a
/** The commonest characters of logs, the most frequent first. */
const COMMON = ' e0t1ai2onr3s.:-45l6789d/cumphf"=,gbwyvkTIEAOSRN_xDC'

/** @param text of ASCII; lower case where case does not count */
export function needleOf(text: string, ignoresCase: boolean): Needle {
  const bytes = Buffer.from(text, 'latin1')
  // The two rarest.
  const ranks = Array.from(text, (character, at) => {
    const rank = COMMON.indexOf(character)
    return { at, rank: rank < 0 ? COMMON.length : rank }
  }).sort((a, b) => b.rank - a.rank)
  const [one, other] = [ranks[0]?.at ?? 0, ranks[1]?.at ?? ranks[0]?.at ?? 0]
  return { bytes, ignoresCase, first: Math.min(one, other), second: Math.max(one, other) }
}

/**
 * @param length of whole lines in the buffer
 * @param found told of each line that holds the needle, once: where it begins and ends (without its newline), where the needle
 *   stands in it, and how many lines of the piece are before it
 */
export function eachLineWith(
  kernel: TextKernel,
  buffer: Buffer,
  needle: Needle,
  length: number,
  found: (start: number, end: number, at: number, before: number) => void,
): void {
  let counted = 0
  let before = 0
  for (let at = kernel.find(needle, 0, length); at < length;) {
    if (!kernel.isNeedleAt(needle, at)) {
      at = kernel.find(needle, at + 1, length)
      continue
    }
    const start = at === 0 ? 0 : buffer.lastIndexOf(NEWLINE, at - 1) + 1
    const end = buffer.indexOf(NEWLINE, at)
    before += kernel.count(counted, start)
    counted = start
    found(start, end, at, before)
    at = kernel.find(needle, end + 1, length)
  }
}

/** The hot loop in JavaScript, where there is no line kernel: one look at each byte. */
import { FAST_LINE_BYTES, STRETCH_BYTES, type FastLineJob } from './fastLine'
import { ESCAPE, NEWLINE, isSpecialStart, writeRare, type RareWrite } from './lineBytes'
import { HASH_SHIFT, hintTable } from './lineHints'

/** Room that a fast line may need: each byte may become six, and the event around it. */
const RESERVE_BYTES = 6 * FAST_LINE_BYTES + 1024

/** How a line's scan ended, besides the end of what there is. */
const WHOLE = 1
const NEEDS_TEXT = 2

/** What a byte asks for: 0 copy, 1 escape with a backslash, 2 a closer look. */
const byteClass = new Uint8Array(256)
byteClass.fill(2, 0, 32)
byteClass[0x22] = 1
byteClass[0x5c] = 1
byteClass.fill(2, 0x80)
byteClass[0x40] = 2
byteClass[0x7f] = 2

const rare: RareWrite = { at: 0, o: 0, hint: 0 }

/**
 * Encodes lines of `source[from, to)`. Returns where it stopped: behind the last whole line (a stretch is encoded, or a partial
 * line follows), or `-1 - begin` for a line that must be examined as text.
 */
export function scriptLines(job: FastLineJob, source: Uint8Array, from: number, to: number): number {
  const { buffer, seq, template, plainEnd } = job
  buffer.reserve(RESERVE_BYTES)
  const { ms, iso } = job.now()
  template.set(seq.next, ms, iso)
  const { multiplier, grams, hints } = hintTable
  const out = buffer.bytes
  const classes = byteClass
  // Counting and closing segments is done behind the loop, not for each line.
  const limit = Math.min(out.length - RESERVE_BYTES, buffer.at + STRETCH_BYTES)
  let plain = 0
  let at = from | 0
  let o = buffer.at | 0
  let result: number | undefined
  while (at < to && o <= limit) {
    const begin = at
    out.set(template.bytes, o)
    o += template.bytes.length
    // With Math.min the compiler takes the loop's counters for fractions.
    const stop = (begin + FAST_LINE_BYTES < to ? begin + FAST_LINE_BYTES : to) | 0
    let window = 0x20202020
    let hint = 0
    let problem = 0
    while (at < stop) {
      const byte = source[at++] ?? 0
      window = (window << 8) | byte | 0x20
      const slot = Math.imul(window, multiplier) >>> HASH_SHIFT
      if (grams[slot] === window) hint |= hints[slot] ?? 0
      out[o++] = byte
      const kind = classes[byte]
      if (kind === 0) continue
      o--
      if (byte === NEWLINE) {
        problem = WHOLE
        break
      }
      if (kind === 1) {
        out[o++] = 0x5c
        out[o++] = byte
        continue
      }
      // Kept out of the loop, which is the faster the smaller it is.
      if (!writeRare(source, at, stop, out, o, rare)) {
        problem = NEEDS_TEXT
        break
      }
      at = rare.at | 0
      o = rare.o | 0
      hint |= rare.hint
      if (byte === ESCAPE) window = 0x20202020
    }
    if (problem === NEEDS_TEXT) {
      result = -1 - begin
      break
    }
    if (problem !== WHOLE) {
      result = stop < to || to - begin >= FAST_LINE_BYTES ? -1 - begin : begin
      break
    }
    if ((hint !== 0 && job.needsText(hint)) || isSpecialStart(source, begin)) {
      result = -1 - begin
      break
    }
    const found = hint === 0 ? undefined : job.endFor(hint, source, begin, at - 1)
    const end = found?.end ?? plainEnd
    out.set(end, o)
    o += end.length
    buffer.at = o
    if (found === undefined) plain++
    else buffer.count(found.key, 1, ms)
    seq.next++
    if (!template.next()) template.set(seq.next, ms, iso)
  }
  if (plain > 0) buffer.count('log_line', plain, ms)
  buffer.closeFull()
  return result ?? at
}

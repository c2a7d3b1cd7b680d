/**
 * Whether a line may have a level by its words (classify.ts): one look at each byte with the three before it, as lineHints.ts
 * has it for launches, with fewer hints, for outcomes don't count here. A line without a hint has no level.
 */
const HASH_SHIFT = 20
const SIZE = 1 << (32 - HASH_SHIFT)
/** classifyLine looks at 1,000 characters, which are at most this many bytes. */
const MAX_BYTES = 3000
const ESCAPE = 0x1b

const grams = [
  ...['erro', 'err!', 'err:', 'err]', ' err', 'exce', 'trac', 'trc]', 'fata', 'ftl]', 'pani', 'warn', 'wrn]', 'depr'],
  ...['crit', 'emer', 'aler', 'segm', 'kill', 'f me', 'abor', 'dump', 'info', 'inf]', 'debu', 'dbg]', 'noti', 'seve'],
  ...['verb', 'vrb]', 'leve', 'lvl"', 'lvl=', 'lvl:', 'lvl ', 'nd n', 'refu', 'deni'],
]

/** The four bytes that live in a slot, 0 for none; the multiplier leaves no two in one. */
function buildTable(): { multiplier: number; slots: Int32Array } {
  const wanted = grams.map((word) => {
    let gram = 0
    for (let i = 0; i < 4; i++) gram = (gram << 8) | word.charCodeAt(i) | 0x20
    return gram
  })
  for (let multiplier = 0x9e3779b1; ; multiplier += 2) {
    const slots = new Int32Array(SIZE)
    const fits = wanted.every((gram) => {
      const slot = Math.imul(gram, multiplier) >>> HASH_SHIFT
      if (slots[slot] !== 0) return false
      slots[slot] = gram
      return true
    })
    if (fits) return { multiplier: multiplier | 0, slots }
  }
}

const table = buildTable()

/** Whether `bytes[from, to)` must be read as text to know its level. */
export function mayStateLevel(bytes: Uint8Array, from: number, to: number): boolean {
  const { multiplier, slots } = table
  const end = Math.min(to, from + MAX_BYTES)
  let window = 0x20202020
  for (let at = from; at < end; at++) {
    const byte = bytes[at] ?? 0
    window = (window << 8) | byte | 0x20
    if (slots[Math.imul(window, multiplier) >>> HASH_SHIFT] === window || byte === ESCAPE) return true
  }
  return false
}

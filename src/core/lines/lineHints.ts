/**
 * What a line of bytes may hold that is worth a closer look: a level, a secret, a number that is a metric. One look at
 * each byte with the three before it; only lines with a hint are decoded to text and examined.
 */

export const HINT_LEVEL = 1
export const HINT_TEXT = 2
export const HINT_METRIC = 4

/** Four bytes of lower case, wherever they stand in a line, that hint at a level or an outcome. */
const levelGrams = [
  ...['erro', 'err!', 'err:', 'err]', ' err', 'exce', 'trac', 'fata', 'pani', 'fail', 'warn', 'depr', 'crit', 'emer'],
  ...['aler', 'segm', 'kill', 'memo', 'abor', 'core', 'succ', 'pass', 'done', 'info', 'debu', 'noti', 'comp', 'buil'],
  ...[
    'not ',
    ' ok ',
    ' ok\t',
    ' ok*',
    '[ok]',
    '... ',
    'seve',
    'conf',
    'verb',
    'leve',
    'refu',
    'deni',
    'unab',
    'cann',
    'miss',
  ],
  ...['unde', 'inva', 'unkn', 'time', 'wrn]', 'inf]', 'dbg]', 'trc]', 'ftl]', 'rror', 'plet', 'sed ', 'reso', 'read'],
]
const alphanumeric = Array.from('abcdefghijklmnopqrstuvwxyz0123456789')
/** The same for secrets: such a line is examined as text. */
const textGrams = [
  ...['toke', 'ecre', 'assw', 'erif', 'api_', 'api-', 'apik', 'vate', 'cook', 'oriz', 'gnat', 'sig=', 'ode=', 'arer'],
  ...['__se', '__ho', 'eara', 'akia', 'asia', 'untk', 'edac', 'ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'pat_', 'lpat'],
  ...['aiza', 'ya29', 'npm_', 'sk_l', 'sk_t', 'rk_l', 'rk_t', 'sig%', '026s'],
  ...['ss_k', 'ss-k', 'sske', 'h-ke', 'n-id', 'xapp', 'ntke', 'esss'],
  ...['xox', 'eyj', 'sk-', 'hf_'].flatMap((start) => alphanumeric.map((letter) => start + letter)),
]
/** And for metrics. */
const metricGrams = [
  ...[
    'loss',
    'rewa',
    'epoc',
    'step',
    'iter',
    'accu',
    'perp',
    'it/s',
    's/it',
    'eta ',
    'scor',
    'grad',
    'lear',
    ' lr=',
    '"lr"',
  ],
]

/** 8,192 slots: the table stays in the processor's first cache. */
export const HASH_SHIFT = 19
const SIZE = 1 << (32 - HASH_SHIFT)

export interface HintTable {
  readonly multiplier: number
  /** The four bytes that live in a slot; 0 for none. */
  readonly grams: Int32Array
  readonly hints: Uint8Array
}

/** A table without collisions: the multiplier is looked for once, when the module is loaded. */
function buildTable(): HintTable {
  const wanted = new Map<number, number>()
  const add = (words: readonly string[], hint: number): void => {
    for (const word of words) {
      let gram = 0
      for (let i = 0; i < 4; i++) gram = (gram << 8) | word.charCodeAt(i) | 0x20
      wanted.set(gram, (wanted.get(gram) ?? 0) | hint)
    }
  }
  add(levelGrams, HINT_LEVEL)
  add(textGrams, HINT_TEXT)
  add(metricGrams, HINT_METRIC)
  for (let multiplier = 0x9e3779b1; ; multiplier += 2) {
    const grams = new Int32Array(SIZE)
    const hints = new Uint8Array(SIZE)
    const fits = [...wanted].every(([gram, hint]) => {
      const slot = Math.imul(gram, multiplier) >>> HASH_SHIFT
      if (grams[slot] !== 0) return false
      grams[slot] = gram
      hints[slot] = hint
      return true
    })
    if (fits) return { multiplier: multiplier | 0, grams, hints }
  }
}

export const hintTable = buildTable()

/** Ticks, which count as an outcome, are behind this; letters of most languages are not. */
const FIRST_SYMBOL = 0x2000

/** Whether a text has a hint at a level or an outcome in its first `length` characters. */
export function hintsAtLevel(text: string, length: number): boolean {
  const { multiplier, grams, hints } = hintTable
  let window = 0x20202020
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code >= FIRST_SYMBOL) return true
    window = (window << 8) | (code & 0xff) | 0x20
    const slot = Math.imul(window, multiplier) >>> HASH_SHIFT
    if (grams[slot] === window && ((hints[slot] ?? 0) & HINT_LEVEL) !== 0) return true
  }
  return false
}

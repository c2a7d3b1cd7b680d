/**
 * Which of sixteen bytes may end a hint (lineHints.ts), found by a few vector instructions: the grams lie in buckets, and for
 * each place in a gram two tables tell by four bits of a byte which buckets have such a byte there. What passes is looked at.
 */
import { hintTable } from '../lineHints'

/** Two vectors of eight buckets. */
export const SETS = 2
const BUCKETS = SETS * 8
/** Bytes of a gram. */
export const PLACES = 4
/** Tables a set: for each place that of the low bits and that of the high. */
export const TABLES_PER_SET = 2 * PLACES
const SPACE = 0x20

/** How often a character stands in logs, in thousandths of all; others are rare. Only speed depends on it. */
const often: Readonly<Record<string, number>> = {
  ...{ ' ': 120, e: 70, t: 52, a: 50, i: 45, o: 45, r: 45, n: 45, s: 45, l: 30, d: 28, c: 27, m: 20, u: 20, p: 22 },
  ...{ '0': 30, '1': 25, '2': 22, '3': 15, '4': 13, '5': 13, '6': 12, '7': 12, '8': 12, '9': 12, '.': 25, '-': 18 },
  ...{ ':': 20, '/': 12, '"': 20, ',': 10, '=': 10, _: 10, f: 14, g: 14, h: 15, b: 12, v: 8, w: 8, k: 7, y: 9, x: 5 },
}

/** The four bits by which a byte is looked up in the second table: those that the first does not see, bit 5 (case) left out. */
function highIndex(byte: number): number {
  return ((byte >>> 2) & 7) | ((byte >>> 3) & 8)
}

/** Grams that lie together: for each place the indexes of their bytes, 16 bits of the first table and 16 of the second. */
interface Bucket {
  low: number[]
  high: number[]
  /** How likely other text passes. */
  price: number
}

const characters = Array.from({ length: 64 }, (_, i) => {
  const byte = (i & 0x1f) | SPACE | ((i & 0x20) << 1)
  return { low: 1 << (byte & 15), high: 1 << highIndex(byte), share: (often[String.fromCharCode(byte)] ?? 1) / 1000 }
})

/** How likely text passes that has these bytes in the buckets' tables. */
function priceOf(low: readonly number[], high: readonly number[]): number {
  let price = 1
  for (let place = 0; place < PLACES; place++) {
    const lowBits = low[place] ?? 0
    const highBits = high[place] ?? 0
    let share = 0
    for (const one of characters) if ((lowBits & one.low) !== 0 && (highBits & one.high) !== 0) share += one.share
    price *= share
  }
  return price
}

/** Grams with the same beginning, together. */
function groupsOfGrams(): Bucket[] {
  const groups = new Map<number, Bucket>()
  for (const gram of hintTable.grams) {
    if (gram === 0) continue
    const group = groups.get(gram >>> 8) ?? { low: [0, 0, 0, 0], high: [0, 0, 0, 0], price: 0 }
    groups.set(gram >>> 8, group)
    for (let place = 0; place < PLACES; place++) {
      const byte = (gram >>> (24 - 8 * place)) & 0xff
      group.low[place] = (group.low[place] ?? 0) | (1 << (byte & 15))
      group.high[place] = (group.high[place] ?? 0) | (1 << highIndex(byte))
    }
  }
  for (const group of groups.values()) group.price = priceOf(group.low, group.high)
  return [...groups.values()].sort((a, b) => b.price - a.price)
}

/** Puts each gram where it makes false hits the least likelier, the likeliest first. */
function fillBuckets(): readonly Bucket[] {
  const buckets = Array.from({ length: BUCKETS }, (): Bucket => ({ low: [0, 0, 0, 0], high: [0, 0, 0, 0], price: 0 }))
  for (const group of groupsOfGrams()) {
    let best = 0
    let bestBucket: Bucket | undefined
    let least = Number.POSITIVE_INFINITY
    for (const [index, bucket] of buckets.entries()) {
      const low = bucket.low.map((bits, place) => bits | (group.low[place] ?? 0))
      const high = bucket.high.map((bits, place) => bits | (group.high[place] ?? 0))
      const price = priceOf(low, high)
      if (price - bucket.price >= least) continue
      best = index
      bestBucket = { low, high, price }
      least = price - bucket.price
    }
    if (bestBucket !== undefined) buckets[best] = bestBucket
  }
  return buckets
}

export interface HintFilter {
  /** For each set, for each place, the table of the low bits and that of the high ones: sixteen bytes each. */
  readonly tables: Uint8Array
  /** For each set the three vectors that are left by a block of spaces: a line is looked at as though spaces stood before. */
  readonly afterSpaces: Uint8Array
}

export function buildHintFilter(): HintFilter {
  const tables = new Uint8Array(SETS * TABLES_PER_SET * 16)
  for (const [index, bucket] of fillBuckets().entries()) {
    const first = (index >>> 3) * TABLES_PER_SET
    const bit = 1 << (index & 7)
    for (let place = 0; place < PLACES; place++) {
      const at = (first + place * 2) * 16
      for (let i = 0; i < 16; i++) {
        if (((bucket.low[place] ?? 0) & (1 << i)) !== 0) tables[at + i] = (tables[at + i] ?? 0) | bit
        if (((bucket.high[place] ?? 0) & (1 << i)) !== 0) tables[at + 16 + i] = (tables[at + 16 + i] ?? 0) | bit
      }
    }
  }
  const afterSpaces = new Uint8Array(SETS * (PLACES - 1) * 16)
  for (let set = 0; set < SETS; set++) {
    let passed = 0xff
    for (let place = 0; place < PLACES - 1; place++) {
      const table = (set * TABLES_PER_SET + place * 2) * 16
      passed &= (tables[table + (SPACE & 15)] ?? 0) & (tables[table + 16 + highIndex(SPACE)] ?? 0)
      const from = (set * (PLACES - 1) + place) * 16
      afterSpaces.fill(passed, from, from + 16)
    }
  }
  return { tables, afterSpaces }
}

/**
 * An ascending set of row numbers, compactly: a list or a map of bits for each 65,536 of them, whichever is smaller. At most 2
 * bytes a number and 8 kB a page: 10 million rows take 1.3 MB at most.
 */
const PAGE = 65_536
/** From here on a map of bits is smaller than a list. */
const MAP_FROM = PAGE / 16

interface Page {
  /** Numbers in the pages before. */
  readonly before: number
  readonly number: number
  count: number
  list: Uint16Array | undefined
  map: Uint32Array | undefined
}

export class LineSet {
  private readonly pages: Page[] = []
  private size = 0
  private last = -1

  get count(): number {
    return this.size
  }

  /** @param line greater than all before */
  add(line: number): void {
    if (line <= this.last) throw new RangeError('the numbers of a line set must ascend')
    this.last = line
    const number = Math.floor(line / PAGE)
    let page = this.pages.at(-1)
    if (page?.number !== number) {
      page = { before: this.size, number, count: 0, list: new Uint16Array(16), map: undefined }
      this.pages.push(page)
    }
    put(page, line % PAGE)
    this.size++
  }

  /** The number at a place, from 0; NaN when there is none. */
  at(index: number): number {
    const page = this.pages[this.findPage(({ before }) => before <= index)]
    if (page === undefined || index >= this.size || index < 0) return Number.NaN
    const { list, map } = page
    const nth = index - page.before
    return page.number * PAGE + (map === undefined ? (list?.[nth] ?? 0) : nthBit(map, nth))
  }

  /** How many numbers are less than `line`. */
  countBefore(line: number): number {
    const number = Math.floor(line / PAGE)
    const page = this.pages[this.findPage((one) => one.number <= number)]
    if (page === undefined) return 0
    if (page.number < number) return page.before + page.count
    return page.before + lessIn(page, line % PAGE)
  }

  clear(): void {
    this.pages.length = 0
    this.size = 0
    this.last = -1
  }

  /** The last page for which it holds, or -1. */
  private findPage(holds: (page: Page) => boolean): number {
    let low = 0
    let high = this.pages.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const page = this.pages[middle]
      if (page !== undefined && holds(page)) low = middle + 1
      else high = middle
    }
    return low - 1
  }
}

function put(page: Page, value: number): void {
  if (page.map !== undefined) setBit(page.map, value)
  else if (page.list !== undefined) {
    if (page.count === MAP_FROM) {
      page.map = new Uint32Array(PAGE / 32)
      for (const held of page.list) setBit(page.map, held)
      page.list = undefined
      setBit(page.map, value)
    } else {
      if (page.count === page.list.length) {
        const more = new Uint16Array(page.count * 2)
        more.set(page.list)
        page.list = more
      }
      page.list[page.count] = value
    }
  }
  page.count++
}

function setBit(map: Uint32Array, value: number): void {
  map[value >>> 5] = (map[value >>> 5] ?? 0) | (1 << (value & 31))
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555)
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333)
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24
}

function nthBit(map: Uint32Array, nth: number): number {
  let left = nth
  for (const [word, bits] of map.entries()) {
    const count = bitCount(bits)
    if (left >= count) {
      left -= count
      continue
    }
    let rest = bits
    for (; left > 0; left--) rest &= rest - 1
    return word * 32 + 31 - Math.clz32(rest & -rest)
  }
  return 0
}

function lessIn({ list, map, count }: Page, value: number): number {
  if (map !== undefined) {
    let sum = 0
    for (let word = 0; word < value >>> 5; word++) sum += bitCount(map[word] ?? 0)
    return sum + bitCount((map[value >>> 5] ?? 0) & ((1 << (value & 31)) - 1))
  }
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((list?.[middle] ?? 0) < value) low = middle + 1
    else high = middle
  }
  return low
}

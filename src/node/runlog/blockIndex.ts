/**
 * The block index of a run log (DESIGN.md section 4): for each 64 kB of log the offset, first position, first time and
 * counts by key (`phase`, or `phase:level`). Counts of a filter are prefix sums, a row is one block parsed. It is a cache:
 * the file `<capture_id>.idx` holds one JSON line a block and can be thrown away at any time.
 */

export const BLOCK_BYTES = 64 * 1024

export interface Block {
  /** Where its first line begins in the log. */
  readonly offset: number
  /** Where its last line ends (exclusive). */
  readonly end: number
  /** Event lines before it. */
  readonly position: number
  readonly time: number
  readonly counts: Readonly<Record<string, number>>
}

/** Gathers lines to blocks. The same for the writer and for whoever rebuilds an index. */
export class BlockBuilder {
  private start: number
  private first: number
  private time = Number.NaN
  private counts: Record<string, number> = Object.create(null) as Record<string, number>

  /** @param offset where the next line begins @param position event lines before it */
  constructor(
    private offset: number,
    private position: number,
  ) {
    this.start = offset
    this.first = position
  }

  /** Adds a line of `bytes` bytes (its newline included); returns the block that it filled, if it did. */
  add(bytes: number, key: string, timeMs: number): Block | undefined {
    if (this.position === this.first || Number.isNaN(this.time)) this.time = timeMs
    this.offset += bytes
    this.position++
    this.counts[key] = (this.counts[key] ?? 0) + 1
    return this.offset - this.start >= BLOCK_BYTES ? this.take() : undefined
  }

  /** Adds a stretch of lines at once. */
  addMany(bytes: number, count: number, counts: Readonly<Record<string, number>>, timeMs: number): Block | undefined {
    if (this.position === this.first) this.time = timeMs
    this.offset += bytes
    this.position += count
    for (const key in counts) this.counts[key] = (this.counts[key] ?? 0) + (counts[key] ?? 0)
    return this.offset - this.start >= BLOCK_BYTES ? this.take() : undefined
  }

  /** The lines that fill no block yet. */
  rest(): Block {
    return { offset: this.start, end: this.offset, position: this.first, time: this.time, counts: { ...this.counts } }
  }

  private take(): Block {
    const block = this.rest()
    this.start = this.offset
    this.first = this.position
    this.counts = Object.create(null) as Record<string, number>
    return block
  }
}

/** Where a block lies, without its counts. */
export interface BlockPlace {
  readonly offset: number
  readonly end: number
  readonly position: number
  /** Of its first line that has one. */
  readonly time: number
}

/**
 * Blocks as plain numbers, to go from one thread to another: of each its end, its lines, its time, so many keys, and of each key
 * its number in `keys` and how often it is there.
 */
export interface PackedBlocks {
  /** Where the first of them begins, and the event lines before it. */
  readonly offset: number
  readonly position: number
  readonly numbers: Float64Array<ArrayBuffer>
  readonly keys: readonly string[]
}

/** All whole blocks of a log, for binary search and prefix sums. Memory: about 60 bytes a block of 64 kB. */
export class BlockIndex {
  /** Of each block where it begins, and of the last one where it ends. */
  private readonly borders = new Column(Float64Array)
  private readonly positions = new Column(Float64Array)
  private readonly times = new Column(Float64Array)
  /** Where the keys of each block begin among `keyIds` and `keyCounts`. */
  private readonly keyStarts = new Column(Float64Array)
  private readonly keyIds = new Column(Uint16Array)
  private readonly keyCounts = new Column(Uint32Array)
  private readonly keys: string[] = []
  private readonly ids = new Map<string, number>()
  /** Of each key by its number. */
  private readonly totals: number[] = []

  get length(): number {
    return this.times.length
  }

  /** Where the first line after the last block begins; undefined when there is no block. */
  get end(): number | undefined {
    return this.length === 0 ? undefined : this.borders.at(this.length)
  }

  /** Event lines in all blocks. */
  get count(): number {
    return this.length === 0 ? 0 : this.positions.at(this.length)
  }

  /** Adds a block that begins where the last one ends. */
  push({ offset, end, position, time, counts }: Block): void {
    let lines = 0
    for (const key in counts) lines += counts[key] ?? 0
    this.add(offset, end, position, lines, time)
    for (const key in counts) this.addKey(this.idOf(key), counts[key] ?? 0)
  }

  /** Adds what another thread has packed. */
  pushPacked({ offset, position, numbers, keys }: PackedBlocks): void {
    const ids = keys.map((key) => this.idOf(key))
    let [start, first] = [offset, position]
    for (let at = 0; at < numbers.length;) {
      const [end = 0, lines = 0, time = 0, kinds = 0] = numbers.subarray(at, at + 4)
      at += 4
      this.add(start, end, first, lines, time)
      for (const last = at + 2 * kinds; at < last; at += 2)
        this.addKey(ids[numbers[at] ?? 0] ?? 0, numbers[at + 1] ?? 0)
      start = end
      first += lines
    }
  }

  /** Adds a block of so many lines; `addKey` must follow for each of its keys. */
  add(offset: number, end: number, position: number, lines: number, time: number): void {
    const { borders, positions, times, keyStarts } = this
    if (borders.length === 0) {
      borders.push(offset)
      positions.push(position)
    }
    borders.push(end)
    positions.push(position + lines)
    // Where no line has a time, that of the block before keeps the order.
    times.push(Number.isNaN(time) ? (times.length === 0 ? Number.NEGATIVE_INFINITY : times.at(times.length - 1)) : time)
    keyStarts.push(this.keyIds.length)
  }

  /** Says how often a key is there in the block that was added last. @param id from `idOf` */
  addKey(id: number, count: number): void {
    this.keyIds.push(id)
    this.keyCounts.push(count)
    this.totals[id] = (this.totals[id] ?? 0) + count
  }

  /** The number of a key in this index. */
  idOf(key: string): number {
    let id = this.ids.get(key)
    if (id === undefined) {
      id = this.keys.length
      this.keys.push(key)
      this.totals.push(0)
      this.ids.set(key, id)
    }
    return id
  }

  at(index: number): BlockPlace | undefined {
    if (index < 0 || index >= this.length) return undefined
    const { borders, positions, times } = this
    return {
      offset: borders.at(index),
      end: borders.at(index + 1),
      position: positions.at(index),
      time: times.at(index),
    }
  }

  /** When a block begins. */
  timeOf(index: number): number {
    return this.times.at(index)
  }

  /** Calls back with each key of a block and how often it is there. */
  eachKey(index: number, visit: (key: string, count: number) => void): void {
    const end = index + 1 < this.length ? this.keyStarts.at(index + 1) : this.keyIds.length
    for (let i = this.keyStarts.at(index); i < end; i++) visit(this.keys[this.keyIds.at(i)] ?? '', this.keyCounts.at(i))
  }

  countsByKey(): Map<string, number> {
    const counts = new Map<string, number>()
    for (const [id, key] of this.keys.entries()) if ((this.totals[id] ?? 0) > 0) counts.set(key, this.totals[id] ?? 0)
    return counts
  }

  /** Counts by key of all blocks before one. */
  countsBefore(block: number): Map<string, number> {
    const counts = new Float64Array(this.keys.length)
    const [ids, numbers] = [this.keyIds.values, this.keyCounts.values]
    const end = block < this.length ? this.keyStarts.at(block) : ids.length
    for (let i = 0; i < end; i++) counts[ids[i] ?? 0] = (counts[ids[i] ?? 0] ?? 0) + (numbers[i] ?? 0)
    return new Map(this.keys.map((key, id) => [key, counts[id] ?? 0]))
  }

  /** The block that holds a position, or -1 when it lies behind the last block. */
  findPosition(position: number): number {
    if (position >= this.count) return -1
    return lastAtMost(this.length, (i) => this.positions.at(i), position)
  }

  /** The first block that begins at or after a time; `length` when there is none. */
  firstFrom(time: number): number {
    let low = 0
    let high = this.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.times.at(middle) < time) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Adds to `sums`, for each block that it does not know yet, the wanted lines up to the block's end. */
  sumUp(wanted: (key: string) => boolean, sums: Column<Float64Array<ArrayBuffer>>): void {
    const isWanted = this.keys.map((key) => wanted(key))
    const [starts, ids, counts] = [this.keyStarts.values, this.keyIds.values, this.keyCounts.values]
    let sum = sums.length === 0 ? 0 : sums.at(sums.length - 1)
    for (let block = sums.length; block < this.length; block++) {
      const end = starts[block + 1] ?? ids.length
      for (let i = starts[block] ?? 0; i < end; i++) if (isWanted[ids[i] ?? 0] === true) sum += counts[i] ?? 0
      sums.push(sum)
    }
  }
}

type Numbers = Float64Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Uint16Array<ArrayBuffer>

/** Numbers in as few bytes as they need, to which more are added. */
export class Column<T extends Numbers> {
  private numbers: T
  private count = 0

  constructor(private readonly kind: new (length: number) => T) {
    this.numbers = new kind(64)
  }

  get length(): number {
    return this.count
  }

  push(value: number): void {
    if (this.count === this.numbers.length) {
      const more = new this.kind(this.count + (this.count >> 1))
      more.set(this.numbers)
      this.numbers = more
    }
    this.numbers[this.count++] = value
  }

  /** Those that are there; valid until the next one is added. */
  get values(): T {
    return this.numbers.subarray(0, this.count) as T
  }

  /** A copy from there on. */
  slice(from: number): T {
    return this.numbers.slice(from, this.count) as T
  }

  /** NaN where there is none. */
  at(index: number): number {
    return index < this.count ? (this.numbers[index] ?? Number.NaN) : Number.NaN
  }
}

/** The greatest index whose value is at most `target`, or -1; values ascend. */
export function lastAtMost(length: number, value: (index: number) => number, target: number): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (value(middle) <= target) low = middle + 1
    else high = middle
  }
  return low - 1
}

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
    if (this.position === this.first) this.time = timeMs
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

export function blockLine(block: Block): string {
  const { offset, end, position, time, counts } = block
  return `${JSON.stringify({ offset, end, seq: position, time, counts })}\n`
}

/** The block of one line of the index file, or undefined when the line is damaged. */
export function parseBlockLine(line: string): Block | undefined {
  try {
    const value = JSON.parse(line) as {
      offset: number
      end: number
      seq: number
      time: number | null
      counts: Record<string, number>
    }
    const whole =
      Number.isSafeInteger(value.offset) && Number.isSafeInteger(value.end) && Number.isSafeInteger(value.seq)
    if (!whole || typeof value.counts !== 'object') return undefined
    return {
      offset: value.offset,
      end: value.end,
      position: value.seq,
      time: value.time ?? Number.NaN,
      counts: value.counts,
    }
  } catch {
    // An index is a cache: what can't be read is built again.
    return undefined
  }
}

/** All whole blocks of a log, for binary search and prefix sums. Memory: about 100 bytes a block of 64 kB. */
export class BlockIndex {
  private readonly blocks: Block[] = []
  private readonly totals = new Map<string, number>()

  get length(): number {
    return this.blocks.length
  }

  /** Where the first line after the last block begins; undefined when there is no block. */
  get end(): number | undefined {
    return this.blocks.at(-1)?.end
  }

  /** Event lines in all blocks. */
  get count(): number {
    const last = this.blocks.at(-1)
    return last === undefined ? 0 : last.position + sum(last.counts)
  }

  push(block: Block): void {
    this.blocks.push(block)
    for (const [key, value] of Object.entries(block.counts)) this.totals.set(key, (this.totals.get(key) ?? 0) + value)
  }

  at(index: number): Block | undefined {
    return this.blocks[index]
  }

  countsByKey(): ReadonlyMap<string, number> {
    return this.totals
  }

  /** The block that holds a position, or -1 when it lies behind the last block. */
  findPosition(position: number): number {
    if (position >= this.count) return -1
    return lastAtMost(this.blocks.length, (i) => this.blocks[i]?.position ?? 0, position)
  }

  /** The last block that begins at or before a time. */
  findTime(time: number): number {
    return lastAtMost(this.blocks.length, (i) => this.blocks[i]?.time ?? Number.NaN, time)
  }

  /** For each block the wanted lines before it, and at the end all of them. */
  prefixSums(wanted: (key: string) => boolean, known?: Float64Array): Float64Array {
    const sums = new Float64Array(this.blocks.length + 1)
    let from = 0
    if (known !== undefined && known.length <= sums.length) {
      sums.set(known)
      from = known.length - 1
    }
    for (let i = from; i < this.blocks.length; i++) {
      let n = 0
      const counts = this.blocks[i]?.counts ?? {}
      for (const key in counts) if (wanted(key)) n += counts[key] ?? 0
      sums[i + 1] = (sums[i] ?? 0) + n
    }
    return sums
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

function sum(counts: Readonly<Record<string, number>>): number {
  let total = 0
  for (const key in counts) total += counts[key] ?? 0
  return total
}

/** Counts of lines, or entries, by level over time. Without a range the buckets become wider as the times ask for it. */

const LEVELS = 7
/** 229 kB. */
const MAX_BUCKETS = 4096
const NARROWEST_MS = 1

/** Lines by level (levelNumbers of lines/parsedLine.ts) in buckets of equal width. */
export interface Buckets {
  /** Milliseconds since the epoch: where the first begins. */
  readonly start: number
  readonly width: number
  /** Seven counts a bucket: no level, trace … fatal. */
  readonly counts: Float64Array
  /** The same over all lines, with and without a time. */
  readonly totals: Float64Array
}

export class LevelHistogram {
  /** Over all lines, with and without a time. */
  readonly totals = new Float64Array(LEVELS)
  private counts: Float64Array
  private readonly end: number
  private start: number
  private width: number
  private readonly isFixed: boolean

  /** @param range `[from, to)` in equal parts; what lies outside is counted in `totals` alone */
  constructor(range?: { readonly from: number; readonly to: number; readonly buckets: number }) {
    this.isFixed = range !== undefined
    const buckets = range === undefined ? MAX_BUCKETS : Math.max(1, Math.min(MAX_BUCKETS, Math.floor(range.buckets)))
    this.counts = new Float64Array(buckets * LEVELS)
    this.start = range?.from ?? Number.NaN
    this.end = range?.to ?? Number.POSITIVE_INFINITY
    this.width = range === undefined ? NARROWEST_MS : Math.max((range.to - range.from) / buckets, Number.MIN_VALUE)
  }

  /** @param time milliseconds since the epoch, or NaN @param level 0 none, 1 trace … 6 fatal */
  add(time: number, level: number, count = 1): void {
    this.totals[level] = (this.totals[level] ?? 0) + count
    this.put(time, level, count)
  }

  /** Adds what another has counted, each bucket as though all of it were at its beginning. */
  addAll({ start, width, counts, totals }: Buckets): void {
    for (const [level, count] of totals.entries()) this.totals[level] = (this.totals[level] ?? 0) + count
    for (const [at, count] of counts.entries()) {
      if (count > 0) this.put(start + Math.floor(at / LEVELS) * width, at % LEVELS, count)
    }
  }

  private put(time: number, level: number, count: number): void {
    // Its bucket, divided, may be rounded to the last one.
    if (Number.isNaN(time) || time >= this.end) return
    let bucket = Math.floor((time - this.start) / this.width)
    if (!(bucket >= 0 && bucket * LEVELS < this.counts.length)) {
      if (this.isFixed) return
      this.widen(time)
      bucket = Math.floor((time - this.start) / this.width)
    }
    const at = bucket * LEVELS + level
    this.counts[at] = (this.counts[at] ?? 0) + count
  }

  /** The buckets that are used, or all of a range. */
  buckets(): Buckets {
    const totals = this.totals.slice()
    if (this.isFixed) return { start: this.start, width: this.width, counts: this.counts.slice(), totals }
    const [first, last] = this.used()
    const start = Number.isNaN(this.start) ? 0 : this.start + first * this.width
    return { start, width: this.width, counts: this.counts.slice(first * LEVELS, last * LEVELS), totals }
  }

  /** The first bucket with a count and the one behind the last. */
  private used(): [number, number] {
    const isUsed = (count: number): boolean => count > 0
    const first = this.counts.findIndex(isUsed)
    return first < 0 ? [0, 0] : [Math.floor(first / LEVELS), Math.floor(this.counts.findLastIndex(isUsed) / LEVELS) + 1]
  }

  /** Makes room for a time: neighbours become one until all fits. */
  private widen(time: number): void {
    if (Number.isNaN(this.start)) {
      this.start = Math.floor(time / this.width) * this.width
      return
    }
    const [first, last] = this.used()
    const from = Math.min(time, this.start + first * this.width)
    const to = Math.max(time, this.start + (last - 1) * this.width)
    let width = this.width
    while (Math.floor(to / width) - Math.floor(from / width) >= MAX_BUCKETS) width *= 2
    // Times mostly ascend: room is left behind them.
    if (width === this.width && to === time) width *= 2
    const start = Math.floor(from / width) * width
    const counts = new Float64Array(this.counts.length)
    for (let bucket = first; bucket < last; bucket++) {
      const target = Math.floor((this.start + bucket * this.width - start) / width) * LEVELS
      for (let level = 0; level < LEVELS; level++)
        counts[target + level] = (counts[target + level] ?? 0) + (this.counts[bucket * LEVELS + level] ?? 0)
    }
    Object.assign(this, { start, width, counts })
  }
}

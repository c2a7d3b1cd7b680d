/** The course of one metric, in bounded memory. */
import type { MetricSummary } from '../../shared/protocol/summary'

/** Each bucket keeps its least and its greatest value: at most 2,000 points. */
const MAX_BUCKETS = 1000

interface Point {
  readonly step: number | undefined
  /** Seconds since the run's start. */
  readonly time: number
  readonly value: number
}

/** Never changed in place: snapshots share it. */
interface Bucket {
  readonly least: Point
  readonly greatest: Point
  /** Whether the least came first. */
  readonly isRising: boolean
  readonly count: number
}

/** What a series knows; can be cloned. */
export interface SeriesSnapshot extends Scalars {
  readonly name: string
  readonly buckets: readonly Bucket[]
}

interface Scalars {
  readonly width: number
  readonly count: number
  readonly last: number
  readonly min: number
  readonly max: number
  readonly lastStep: number
  readonly lastTime: number
  readonly hasSteps: boolean
  readonly unit: string | undefined
}

export class Series {
  private buckets: Bucket[] = []
  /** Values that go into one bucket. */
  private width = 1
  private count = 0
  private last = 0
  private min = Infinity
  private max = -Infinity
  private lastStep = -Infinity
  private lastTime = 0
  private hasSteps = true
  private unit: string | undefined
  private made: MetricSummary | undefined
  /** The last snapshot, as long as nothing came since. */
  private taken: SeriesSnapshot | undefined

  constructor(private readonly name: string) {}

  /** One that goes on where another was. */
  static restored({ name, buckets, ...scalars }: SeriesSnapshot): Series {
    const series = new Series(name)
    Object.assign(series, scalars)
    series.buckets = [...buckets]
    return series
  }

  snapshot(): SeriesSnapshot {
    const { name, width, count, last, min, max, lastStep, lastTime, hasSteps, unit } = this
    const scalars: Scalars = { width, count, last, min, max, lastStep, lastTime, hasSteps, unit }
    this.taken ??= { name, buckets: [...this.buckets], ...scalars }
    return this.taken
  }

  /**
   * @param step undefined where the value came without one. Steps that go back (a batch number that starts again with each
   *   epoch) are no axis: then the points are told over time.
   * @param time seconds since the run's start
   */
  add(value: number, step: number | undefined, time: number, unit: string | undefined): void {
    this.made = undefined
    this.taken = undefined
    this.count++
    this.last = value
    this.min = Math.min(this.min, value)
    this.max = Math.max(this.max, value)
    if (unit !== undefined) this.unit = unit
    if (step === undefined || step < this.lastStep) this.hasSteps = false
    else this.lastStep = step
    this.lastTime = Math.max(this.lastTime, time)
    const point = { step, time: this.lastTime, value }
    const open = this.buckets.at(-1)
    const added = { least: point, greatest: point, isRising: true, count: 1 }
    if (open !== undefined && open.count < this.width) {
      this.buckets[this.buckets.length - 1] = joined(open, added)
      return
    }
    if (this.buckets.length === MAX_BUCKETS) this.halve()
    this.buckets.push(added)
  }

  summary(): MetricSummary {
    this.made ??= {
      name: this.name,
      ...(this.unit === undefined ? {} : { unit: this.unit }),
      count: this.count,
      last: this.last,
      min: this.min,
      max: this.max,
      x: this.hasSteps ? 'step' : 'time',
      points: this.buckets.flatMap((bucket) => this.pointsOf(bucket)),
    }
    return this.made
  }

  private pointsOf({ least, greatest, isRising }: Bucket): [number, number][] {
    const points = least === greatest ? [least] : isRising ? [least, greatest] : [greatest, least]
    return points.map(({ step, time, value }) => [this.hasSteps ? (step ?? 0) : time, value])
  }

  private halve(): void {
    const halved: Bucket[] = []
    for (const [i, bucket] of this.buckets.entries()) {
      const before = halved.at(-1)
      if (i % 2 === 1 && before !== undefined) halved[halved.length - 1] = joined(before, bucket)
      else halved.push(bucket)
    }
    this.buckets = halved
    this.width *= 2
  }
}

/** A bucket and a later one as one. */
function joined(bucket: Bucket, later: Bucket): Bucket {
  const isLeast = later.least.value < bucket.least.value
  const isGreatest = later.greatest.value > bucket.greatest.value
  return {
    least: isLeast ? later.least : bucket.least,
    greatest: isGreatest ? later.greatest : bucket.greatest,
    isRising: isLeast === isGreatest ? (isLeast ? later.isRising : bucket.isRising) : isGreatest,
    count: bucket.count + later.count,
  }
}

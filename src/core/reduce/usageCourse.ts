/** How fast a run uses tokens and what it cost by and by, from its `usage` events, in bounded memory. */
import type { AnyEvent } from '../../shared/events/schema'
import type { MetricSummary, UsageCourseSummary } from '../../shared/protocol/summary'
import { amountOf, countOf } from './values'

/** Stretches of equal width from the first event on; where there are too many, two become one. */
const MAX_BUCKETS = 600
const FIRST_WIDTH_S = 1
/**
 * What a rate is taken over, in seconds: the longest window of which at least eight fit the run, so that a short run has a
 * course and a long one no needles.
 */
const WINDOWS_S = [60, 300, 900, 3600] as const
const WINDOWS_IN_A_RUN = 8
const HOUR_S = 3600

/** What was used in one stretch. Never changed in place: snapshots share it. */
interface Bucket {
  readonly input: number
  readonly output: number
  readonly cost: number
}

interface Scalars {
  /** Of the first event; milliseconds since the epoch. */
  readonly start: number | undefined
  /** Of what the buckets reach; seconds since `start`. */
  readonly last: number
  readonly width: number
  readonly uses: number
  readonly priced: number
  /** Of the uses that have a price. */
  readonly recorded: number
}

export interface UsageCourseSnapshot {
  readonly scalars: Scalars
  /** Seconds since `start` up to which it is told. */
  readonly reached: number
  readonly buckets: readonly Bucket[]
}

const nothing: Bucket = { input: 0, output: 0, cost: 0 }

export class UsageCourse {
  private buckets: Bucket[]
  private scalars: Scalars
  private reached: number
  private made: UsageCourseSummary | undefined
  /** The buckets of the last snapshot, as long as nothing was used since. */
  private taken: readonly Bucket[] | undefined

  /** @param snapshot of another one, to go on from */
  constructor(snapshot?: UsageCourseSnapshot) {
    this.buckets = [...(snapshot?.buckets ?? [])]
    this.scalars = snapshot?.scalars ?? {
      ...{ start: undefined, last: 0, width: FIRST_WIDTH_S, uses: 0, priced: 0, recorded: 0 },
    }
    this.reached = snapshot?.reached ?? 0
  }

  snapshot(): UsageCourseSnapshot {
    this.taken ??= [...this.buckets]
    return { scalars: this.scalars, reached: this.reached, buckets: this.taken }
  }

  /**
   * An event came, whatever it is: the run begins with the first, and a rate falls while others come without a use.
   * @param time milliseconds since the epoch
   */
  reach(time: number): void {
    if (!Number.isFinite(time)) return
    const { start } = this.scalars
    if (start === undefined) this.scalars = { ...this.scalars, start: time }
    else if (time - start > this.reached * 1000) {
      this.reached = (time - start) / 1000
      this.made = undefined
    }
  }

  /** @param data of a `usage` event @param time milliseconds since the epoch; what has none came with the use before it */
  add(data: AnyEvent['data'], time: number): void {
    this.made = undefined
    this.taken = undefined
    const before = this.scalars
    const at = Number.isFinite(time) ? (time - (before.start ?? time)) / 1000 : before.last
    const last = Math.max(before.last, at)
    const cost = amountOf(data['cost_usd'])
    const width = this.extend(last)
    const place = Math.floor(last / width)
    const bucket = this.buckets[place] ?? nothing
    this.buckets[place] = {
      input: bucket.input + countOf(data['input_tokens']),
      output: bucket.output + countOf(data['output_tokens']),
      cost: bucket.cost + (cost ?? 0),
    }
    this.scalars = {
      ...before,
      last,
      width,
      uses: before.uses + 1,
      priced: before.priced + Number(cost !== undefined),
      recorded: before.recorded + Number(cost !== undefined && data['cost_basis'] === 'recorded'),
    }
  }

  /** Undefined before the second use: one is no course. */
  summary(): UsageCourseSummary | undefined {
    if (this.scalars.uses < 2) return undefined
    this.made ??= this.make()
    return this.made
  }

  /** Makes room up to a moment. @returns the width of a bucket then */
  private extend(last: number): number {
    let { width } = this.scalars
    while (last >= width * MAX_BUCKETS) {
      this.halve()
      width *= 2
    }
    while (this.buckets.length <= Math.floor(last / width)) this.buckets.push(nothing)
    return width
  }

  private make(): UsageCourseSummary {
    const last = Math.max(this.scalars.last, this.reached)
    const width = this.extend(last)
    if (width !== this.scalars.width || this.taken?.length !== this.buckets.length) this.taken = undefined
    this.scalars = { ...this.scalars, last, width }
    const { uses, priced, recorded } = this.scalars
    const window = WINDOWS_S.findLast((seconds) => seconds * WINDOWS_IN_A_RUN <= last) ?? WINDOWS_S[0]
    let spent = 0
    const costs = this.buckets.map(({ cost }) => (spent += cost))
    return {
      window_s: Math.max(window, this.scalars.width),
      tokens: [
        this.course('input tokens an hour', uses, this.rates('input', window)),
        this.course('output tokens an hour', uses, this.rates('output', window)),
      ],
      ...(priced === 0
        ? {}
        : {
            cost: {
              ...{ ...this.course('cost so far', priced, costs), unit: 'USD' },
              basis: recorded === priced ? 'recorded' : recorded === 0 ? 'estimated' : 'partly estimated',
              unpriced: uses - priced,
            },
          }),
    }
  }

  /** Tokens an hour at the end of each bucket, over the window before it; one that began within a bucket takes its share. */
  private rates(what: 'input' | 'output', window: number): number[] {
    const { buckets } = this
    const size = Math.max(1, window / this.scalars.width)
    const whole = Math.floor(size)
    let sum = 0
    return buckets.map((bucket, i) => {
      sum += bucket[what] - (buckets[i - whole]?.[what] ?? 0)
      const share = (buckets[i - whole]?.[what] ?? 0) * (size - whole)
      return ((sum + share) / (size * this.scalars.width)) * HOUR_S
    })
  }

  private course(name: string, count: number, values: readonly number[]): MetricSummary {
    const { width, last } = this.scalars
    return {
      name,
      count,
      last: values.at(-1) ?? 0,
      min: values.reduce((a, b) => Math.min(a, b), Infinity),
      max: values.reduce((a, b) => Math.max(a, b), -Infinity),
      x: 'time',
      points: values.map((value, i) => [Math.min((i + 1) * width, last), value]),
    }
  }

  private halve(): void {
    const { buckets } = this
    this.buckets = Array.from({ length: Math.ceil(buckets.length / 2) }, (_, i) => {
      const [a, b] = [buckets[2 * i] ?? nothing, buckets[2 * i + 1] ?? nothing]
      return { input: a.input + b.input, output: a.output + b.output, cost: a.cost + b.cost }
    })
  }
}

/** Where times stand on a timeline, and what stands at a place of it. */
import type { LevelSeries, RequestBar, TimelineInfo, TimelineTick } from '../../src/shared/protocol/timeline'

/** The stretch that a timeline shows, in milliseconds since the epoch; `to` is after `from`. */
export interface Axis {
  readonly from: number
  readonly to: number
}

/** Milliseconds that the axis of a live run has at least. */
const LEAST_LIVE = 10_000
/** An axis that grows goes to the next of these times a power of ten: what is drawn stands still in between. */
const STEPS = [1, 1.25, 1.6, 2, 2.5, 3.2, 4, 5, 6.4, 8, 10]

/** A run that is over fills its axis; one that lives leaves room for what comes. */
export function axisOf({ start, end }: Pick<TimelineInfo, 'start' | 'end'>, live: boolean): Axis {
  const span = Math.max(1, end - start)
  if (!live) return { from: start, to: start + span }
  const least = Math.max(LEAST_LIVE, span)
  const power = 10 ** Math.floor(Math.log10(least))
  const room = (STEPS.find((step) => step * power >= least) ?? 10) * power
  return { from: start, to: start + room }
}

/** A part of an axis has so many milliseconds at least. */
const LEAST_ZOOMED = 20

/**
 * A part of the whole, moved to lie within it.
 * @returns undefined where it is all of it
 */
export function partOf(whole: Axis, { from, to }: Axis): Axis | undefined {
  const span = Math.max(LEAST_ZOOMED, to - from)
  if (span >= whole.to - whole.from) return undefined
  const start = Math.min(Math.max(whole.from, (from + to - span) / 2), whole.to - span)
  return { from: start, to: start + span }
}

/** The same stretch so many times as long, with a time where it was. */
export function stretched({ from, to }: Axis, factor: number, around: number): Axis {
  return { from: around - (around - from) * factor, to: around + (to - around) * factor }
}

/** Pixels from the left. */
export function xOf(time: number, axis: Axis, width: number): number {
  return ((time - axis.from) / (axis.to - axis.from)) * width
}

/** Milliseconds since the epoch, within the axis. */
export function timeOf(x: number, axis: Axis, width: number): number {
  const part = width <= 0 ? 0 : Math.min(1, Math.max(0, x / width))
  return axis.from + part * (axis.to - axis.from)
}

/** Events of each level between two times, as far as buckets tell: those that touch the stretch count whole. */
export function countsBetween(series: LevelSeries, from: number, to: number): ReadonlyMap<string, number> {
  const first = Math.max(0, Math.floor((from - series.from) / series.step))
  const last = Math.max(first, Math.ceil((to - series.from) / series.step) - 1)
  const counts = new Map<string, number>()
  for (const [level, buckets] of Object.entries(series.counts)) {
    let count = 0
    for (let i = first; i <= last; i++) count += buckets[i] ?? 0
    if (count > 0) counts.set(level, count)
  }
  return counts
}

/** The tick that is nearest to a place; undefined when none is within `reach` milliseconds. */
export function tickNear(ticks: readonly TimelineTick[], time: number, reach: number): TimelineTick | undefined {
  let nearest: TimelineTick | undefined
  for (const tick of ticks) {
    const distance = Math.abs(tick.time - time)
    if (distance <= reach && (nearest === undefined || distance < Math.abs(nearest.time - time))) nearest = tick
  }
  return nearest
}

export interface Lane {
  readonly request: RequestBar
  /** From 0, the topmost. */
  readonly lane: number
}

/**
 * Puts bars below each other where they would overlap; where there are more at once than lanes, the lane that is free first is
 * used twice.
 * @param least milliseconds that a bar takes at least, so that it can be seen
 */
export function lanesOf(requests: readonly RequestBar[], end: number, lanes: number, least: number): readonly Lane[] {
  const free = Array.from({ length: Math.max(1, lanes) }, () => -Infinity)
  return requests
    .toSorted((a, b) => a.from - b.from)
    .map((request) => {
      const open = free.findIndex((until) => until <= request.from)
      const lane = open >= 0 ? open : free.indexOf(Math.min(...free))
      free[lane] = Math.max(request.from + least, request.to ?? end)
      return { request, lane }
    })
}

/** Curves of metrics, made ready to be drawn: smoothed, and several over one axis. */

/** Ascending by x. */
export type Points = readonly (readonly [x: number, value: number])[]

/** How much of the average so far stays with each value. */
export const SMOOTHINGS = [
  { name: 'none', keep: 0 },
  { name: 'some', keep: 0.6 },
  { name: 'much', keep: 0.92 },
] as const
export type Smoothing = (typeof SMOOTHINGS)[number]['name']

/** A running average that forgets by and by; the first values are not drawn towards zero. */
export function smoothed(points: Points, smoothing: Smoothing): Points {
  const keep = SMOOTHINGS.find(({ name }) => name === smoothing)?.keep ?? 0
  if (keep === 0) return points
  let [sum, weight] = [0, 0]
  return points.map(([x, value]) => {
    if (!Number.isFinite(value)) return [x, value]
    sum = sum * keep + value * (1 - keep)
    weight = weight * keep + (1 - keep)
    return [x, sum / weight]
  })
}

/** Several curves with one list of x, null where one has no value: the form that the chart's library reads. */
export function aligned(curves: readonly Points[]): [number[], ...(number | null)[][]] {
  const [only] = curves
  if (curves.length === 1 && only !== undefined) return [only.map(([x]) => x), only.map(([, value]) => value)]
  const xs = [...new Set(curves.flatMap((points) => points.map(([x]) => x)))].sort((a, b) => a - b)
  const rows = curves.map((points) => {
    const values = new Map(points)
    return xs.map((x) => values.get(x) ?? null)
  })
  return [xs, ...rows]
}

/** The value of a curve at a place, or the last one before it. */
export function valueAt(points: Points, x: number): number | undefined {
  return points.findLast(([at]) => at <= x)?.[1]
}

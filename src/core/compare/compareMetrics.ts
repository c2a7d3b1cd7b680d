/** The courses of two launches' metrics, for one chart each. */
import type { ComparedCourse, ComparedMetric } from '../../shared/protocol/compare'
import type { MetricSummary } from '../../shared/protocol/summary'

const MAX_POINTS = 800

/** Those that both have first, in the order of the left one. */
export function compareMetrics(left: readonly MetricSummary[], right: readonly MetricSummary[]): ComparedMetric[] {
  const others = new Map(right.map((metric) => [metric.name, metric]))
  const names = [...new Set([...left, ...right].map(({ name }) => name))]
  const lefts = new Map(left.map((metric) => [metric.name, metric]))
  return names
    .map((name) => pair(name, lefts.get(name), others.get(name)))
    .sort((a, b) => Number(isAlone(a)) - Number(isAlone(b)))
}

function pair(name: string, left: MetricSummary | undefined, right: MetricSummary | undefined): ComparedMetric {
  const unit = left?.unit ?? right?.unit
  const x = left === undefined || right === undefined || left.x === right.x ? (left?.x ?? right?.x) : undefined
  const courses = { left: left && course(left), right: right && course(right) }
  return {
    name,
    same: JSON.stringify(courses.left) === JSON.stringify(courses.right),
    ...(unit === undefined ? {} : { unit }),
    ...(x === undefined ? {} : { x }),
    ...(courses.left === undefined ? {} : { left: courses.left }),
    ...(courses.right === undefined ? {} : { right: courses.right }),
  }
}

function isAlone({ left, right }: ComparedMetric): boolean {
  return left === undefined || right === undefined
}

function course({ count, last, min, max, points }: MetricSummary): ComparedCourse {
  return { count, last, min, max, points: thinned(points) }
}

/** Of each stretch its least and its greatest value, so that no peak is lost. */
function thinned(points: MetricSummary['points']): ComparedCourse['points'] {
  if (points.length <= MAX_POINTS) return points
  const width = Math.ceil((points.length * 2) / MAX_POINTS)
  const kept: (readonly [number, number])[] = []
  for (let at = 0; at < points.length; at += width) {
    const stretch = points.slice(at, at + width)
    let [least, greatest] = [0, 0]
    for (const [i, [, value]] of stretch.entries()) {
      if (value < (stretch[least]?.[1] ?? Infinity)) least = i
      if (value > (stretch[greatest]?.[1] ?? -Infinity)) greatest = i
    }
    for (const i of new Set([Math.min(least, greatest), Math.max(least, greatest)])) {
      const point = stretch[i]
      if (point !== undefined) kept.push(point)
    }
  }
  return kept
}

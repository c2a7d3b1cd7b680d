/** Counts by level over time, as the timeline draws them. */
import type { Level } from '../../shared/events/schema'
import type { LevelSeries } from '../../shared/protocol/timeline'
import { levelNames, levelNumbers } from '../lines/parsedLine'
import type { Buckets } from '../query/levelHistogram'

/** The number of a level (levelNumbers); 0 for none and for what is no level. */
export function levelNumber(level: string | undefined): number {
  return level !== undefined && Object.hasOwn(levelNumbers, level) ? levelNumbers[level as Level] : 0
}

/** @param complete whether all events were counted */
export function levelSeriesOf({ start, width, counts }: Buckets, complete: boolean): LevelSeries {
  const levels = levelNames.length
  const buckets = counts.length / levels
  const series: Record<string, readonly number[]> = {}
  for (const [level, name] of levelNames.entries()) {
    const ofLevel = Array.from({ length: buckets }, (_, bucket) => counts[bucket * levels + level] ?? 0)
    if (ofLevel.some((count) => count > 0)) series[name ?? 'none'] = ofLevel
  }
  return { from: start, step: width, counts: series, complete }
}

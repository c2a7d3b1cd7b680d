/** Counts of events by key (`phase` or `phase:level`), as a panel is told them. */
export interface KeyCounts {
  readonly phaseCounts: Readonly<Record<string, number>>
  readonly levelCounts: Readonly<Record<string, number>>
}

/** @param counts how often each key is there; a key may come more than once */
export function byPhaseAndLevel(counts: Iterable<readonly [key: string, count: number]>): KeyCounts {
  // Phases are what a log calls them, `__proto__` too.
  const phases = new Map<string, number>()
  const levels = new Map<string, number>()
  for (const [key, count] of counts) {
    if (count === 0) continue
    const [phase = '', level] = key.split(':')
    phases.set(phase, (phases.get(phase) ?? 0) + count)
    if (level !== undefined) levels.set(level, (levels.get(level) ?? 0) + count)
  }
  return { phaseCounts: Object.fromEntries(phases), levelCounts: Object.fromEntries(levels) }
}

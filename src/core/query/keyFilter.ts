import type { Query } from '../../shared/protocol/rows'

/** Whether a key (`phase` or `phase:level`) is wanted by the index part of a query. */
export function keyFilter(query: Query): ((key: string) => boolean) | undefined {
  const { phases, withoutPhases = [], levels, withoutLevels = [] } = query
  if (phases === undefined && withoutPhases.length === 0 && levels === undefined && withoutLevels.length === 0)
    return undefined
  const only = phases && new Set(phases)
  const without = new Set(withoutPhases)
  const wanted = levels && new Set<string>(levels)
  const unwanted = new Set<string>(withoutLevels)
  return (key) => {
    const colon = key.indexOf(':')
    const phase = colon < 0 ? key : key.slice(0, colon)
    if (only !== undefined && !only.has(phase)) return false
    if (without.has(phase)) return false
    if (colon < 0) return wanted === undefined
    const level = key.slice(colon + 1)
    return wanted?.has(level) !== false && !unwanted.has(level)
  }
}

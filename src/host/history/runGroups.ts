/** The groups of the Runs view: pinned runs, active ones, then the days, or one group where days say nothing. */
import { startedAt, type ListedRun } from '../../node/runlog/history'
import { sortNames, sorted, type RunSort } from './runFilter'

export interface RunGroup {
  /** The same for the same group, whatever it is called today. */
  readonly id: string
  readonly label: string
  readonly runs: readonly ListedRun[]
  /** Far back: opened when it is looked for. */
  readonly isCollapsed: boolean
}

/** Days from this one on are collapsed. */
const FAR_DAYS = 7
/** Of any age so many are open: an old history would be a list of closed days. */
const OPEN_GROUPS = 3

/**
 * @param runs newest first
 * @param language of the editor; default: the system's
 */
export function groupRuns(runs: readonly ListedRun[], sort: RunSort, now: Date, language?: string): RunGroup[] {
  const pinned = runs.filter(({ notes }) => notes?.pinned === true)
  const others = runs.filter(({ notes }) => notes?.pinned !== true)
  const active = others.filter(({ state }) => state === 'running')
  const past = sorted(
    others.filter(({ state }) => state !== 'running'),
    sort,
  )
  const ofDays = sort === 'newest' || sort === 'oldest'
  return [
    { id: 'pinned', label: 'Pinned', runs: sorted(pinned, sort), isCollapsed: false },
    { id: 'active', label: 'Active', runs: sorted(active, sort), isCollapsed: false },
    ...(ofDays
      ? days(past, now, language)
      : [{ id: `all ${sort}`, label: sortNames[sort], runs: past, isCollapsed: false }]),
  ].filter((group) => group.runs.length > 0)
}

function days(runs: readonly ListedRun[], now: Date, language: string | undefined): RunGroup[] {
  const groups = new Map<number, ListedRun[]>()
  let [from, until] = [Number.NaN, Number.NaN]
  for (const run of runs) {
    const started = startedAt(run)
    const time = started.getTime()
    // Neighbours are mostly of the same day, and what day that is takes long to find out.
    if (!(time >= from && time < until)) {
      from = started.setHours(0, 0, 0, 0)
      until = started.setHours(24, 0, 0, 0)
    }
    const group = groups.get(from)
    if (group === undefined) groups.set(from, [run])
    else group.push(run)
  }
  const today = new Date(now).setHours(0, 0, 0, 0)
  const far = new Date(now.getFullYear(), now.getMonth(), now.getDate() - FAR_DAYS).getTime()
  return [...groups].map(([day, group], index) => ({
    id: `day ${String(day)}`,
    label: dayName(new Date(day), today, language),
    runs: group,
    isCollapsed: day <= far && index >= OPEN_GROUPS,
  }))
}

function dayName(day: Date, today: number, language: string | undefined): string {
  const now = new Date(today)
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (day.getTime() === today) return 'Today'
  if (day.getTime() === yesterday.getTime()) return 'Yesterday'
  const isThisYear = day.getFullYear() === now.getFullYear()
  const year: Intl.DateTimeFormatOptions = isThisYear ? {} : { year: 'numeric' }
  return day.toLocaleDateString(language, { weekday: 'short', month: 'short', day: 'numeric', ...year })
}

/** Why the list shows fewer events than there are. */
import { formatCount, plural } from '../../src/shared/lib/format'

export interface Narrowing {
  /** Words of the kinds that the run has and the list hides. */
  readonly kinds: readonly string[]
  /** The only levels that are shown; none when every level is. */
  readonly levels: readonly string[]
  readonly searched: boolean
  /** Only a stretch of time is shown. */
  readonly inRange?: boolean
  /** Events that were cleared from the view; they count neither as shown nor in the total. */
  readonly cleared?: number
}

/** “41 of 202 events are shown: 3 kinds are hidden (answer, network, body).” */
export function shownNote(shown: number, total: number, narrowing: Narrowing): string {
  const { cleared = 0 } = narrowing
  const before =
    cleared === 0 ? '' : ` ${plural(cleared, 'earlier event')} ${cleared === 1 ? 'was' : 'were'} cleared from the view.`
  return `${factOf(shown, total, narrowing)}${before}`
}

function factOf(shown: number, total: number, { kinds, levels, searched, inRange }: Narrowing): string {
  if (shown >= total) return total === 0 ? 'No event came yet.' : `All ${plural(total, 'event')} are shown.`
  const reasons = [
    ...(kinds.length === 0
      ? []
      : [`${plural(kinds.length, 'kind')} ${kinds.length === 1 ? 'is' : 'are'} hidden (${kinds.join(', ')})`]),
    ...(levels.length === 0 ? [] : [`only the level ${levels.join(' or ')}`]),
    ...(searched ? ['only what the search finds'] : []),
    ...(inRange === true ? ['only a stretch of time'] : []),
  ]
  const fact = `${formatCount(shown)} of ${plural(total, 'event')} are shown`
  return reasons.length === 0 ? `${fact}.` : `${fact}: ${reasons.join('; ')}.`
}

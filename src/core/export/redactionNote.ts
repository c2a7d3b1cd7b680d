/** What somebody should know before they hand an export on. */
import { formatCount, plural } from '../../shared/lib/format'

/** Formats that are made to be given to others. */
const shared: ReadonlySet<string> = new Set(['html', 'har', 'markdown', 'csv'])

export function isForSharing(format: string): boolean {
  return shared.has(format)
}

/**
 * @param redacted replacements by rule, of the run's metadata; undefined while the run is open
 * @returns sentences for a person, one a line
 */
export function redactionNote(redacted: Readonly<Record<string, number>> | undefined): string {
  const content = 'Everything else is in it as it was recorded: prompts, answers, addresses, output.'
  if (redacted === undefined) return `The run is not closed, so what was redacted is not counted yet.\n${content}`
  const rules = Object.entries(redacted).filter(([, count]) => count > 0)
  if (rules.length === 0) return `Nothing was redacted: no rule found a secret.\n${content}`
  const total = rules.reduce((sum, [, count]) => sum + count, 0)
  const named = rules.sort(([, a], [, b]) => b - a).map(([rule, count]) => `${rule} (${formatCount(count)})`)
  return `${plural(total, 'secret was', 'secrets were')} redacted when the run was recorded: ${named.join(', ')}.\n${content}`
}

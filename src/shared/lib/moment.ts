/** Moments as people type them, in the query line and in Go To. */

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const DAY_MS = 86_400_000

/**
 * `10m` (so long before `now`), a time of day (`14:05`, `14:05:30.25`: the last one that has been), or a date with or without
 * a time. Without a zone it is local time.
 * @param now milliseconds since the epoch
 * @returns milliseconds since the epoch, or undefined when it is no moment
 */
export function parseMoment(text: string, now: number): number | undefined {
  const ago = parseSpan(text)
  if (ago !== undefined) return now - ago
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/.exec(text)
  if (clock !== null) {
    const [hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part: string | undefined) => Number(part ?? 0))
    if (hours > 23 || minutes > 59 || seconds >= 60) return undefined
    const today = new Date(now).setHours(hours, minutes, Math.floor(seconds), Math.round((seconds % 1) * 1000))
    return today > now ? today - DAY_MS : today
  }
  if (!/^\d{4}-\d{2}-\d{2}(?:[T ]|$)/.test(text)) return undefined
  const time = Date.parse(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text)
  return Number.isNaN(time) ? undefined : time
}

/** `90s`, `1.5h`: milliseconds. */
function parseSpan(text: string): number | undefined {
  const span = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  return span === null ? undefined : Number(span[1]) * (UNITS[span[2] ?? ''] ?? 0)
}

/** Where to go in a list of lines. */
export type Destination = { readonly line: number } | { readonly time: number }

/**
 * What is typed into Go To: a line's number (`120`, `1,200`), a moment, or a span from where one is (`+10m`, `-90s`).
 * @param here the time of the row one is at, milliseconds since the epoch @param last the time of the last row
 * @returns undefined when it is none of these
 */
export function parseDestination(text: string, here: number, last: number): Destination | undefined {
  const typed = text.trim()
  if (/^\d{1,3}(?:,\d{3})+$|^\d+$/.test(typed)) {
    const line = Number(typed.replaceAll(',', ''))
    return line > 0 && Number.isSafeInteger(line) ? { line } : undefined
  }
  const [sign = ''] = /^[+-]/.exec(typed) ?? []
  if (sign !== '') {
    const span = parseSpan(typed.slice(1))
    return span === undefined ? undefined : { time: sign === '+' ? here + span : here - span }
  }
  const time = parseMoment(typed, last)
  return time === undefined ? undefined : { time }
}

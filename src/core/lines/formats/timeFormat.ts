/** Times as a custom format writes them, with the letters of strptime. */
import { dayTime, isDay } from './civil'
import type { StampReader } from './stamps'

const patterns: Readonly<Record<string, string>> = {
  Y: String.raw`(?<Y>\d{4})`,
  y: String.raw`(?<y>\d\d)`,
  m: String.raw`(?<m>\d\d?)`,
  d: String.raw`(?<d>[ \d]?\d)`,
  e: String.raw`(?<d>[ \d]?\d)`,
  b: '(?<b>[A-Za-z]{3})[a-z]{0,6}',
  B: '(?<b>[A-Za-z]{3})[a-z]{0,6}',
  a: '[A-Za-z]{2,9}',
  A: '[A-Za-z]{2,9}',
  H: String.raw`(?<H>[ \d]?\d)`,
  I: String.raw`(?<H>[ \d]?\d)`,
  M: String.raw`(?<M>\d\d)`,
  S: String.raw`(?<S>\d\d)`,
  f: String.raw`(?<f>\d{1,9})`,
  L: String.raw`(?<f>\d{1,9})`,
  p: '(?<p>[AaPp])[Mm]',
  z: String.raw`(?<z>Z|[+-]\d\d:?\d\d)`,
  s: String.raw`(?<s>\d{1,12})`,
  '%': '%',
}
const months = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ')

/** A reader of such times (ms since the epoch, NaN for none), or what is wrong with the format. */
export function compileTimeFormat(format: string): ((text: string, stamps: StampReader) => number) | string {
  let source = ''
  const seen = new Set<string>()
  for (let at = 0; at < format.length; at++) {
    const character = format.charAt(at)
    if (character !== '%') {
      source += character.replace(/[.*+?^${}()|[\]\\/]/, String.raw`\$&`)
      continue
    }
    const letter = format.charAt(++at)
    const pattern = patterns[letter]
    if (pattern === undefined)
      return `%${letter} at character ${String(at)} is not known; these are: ${Object.keys(patterns)
        .map((one) => `%${one}`)
        .join(' ')}`
    const group = /\(\?<(\w)>/.exec(pattern)?.[1]
    if (group !== undefined && seen.has(group)) return `%${letter} at character ${String(at)} is there twice`
    if (group !== undefined) seen.add(group)
    source += pattern
  }
  if (!seen.has('s') && !seen.has('H')) return 'it has neither a time of day (%H:%M:%S) nor an epoch (%s)'
  const expression = new RegExp(`^${source}$`)
  return (text, stamps) => {
    const groups = expression.exec(text)?.groups
    return groups === undefined ? Number.NaN : timeOf(groups, stamps)
  }
}

function timeOf(groups: Readonly<Record<string, string | undefined>>, stamps: StampReader): number {
  const number = (name: string, fallback: number): number => Number(groups[name] ?? fallback)
  const fraction = Number(`0.${groups['f'] ?? '0'}`) * 1000
  if (groups['s'] !== undefined) return number('s', 0) * 1000 + fraction
  const half = groups['p']?.toLowerCase()
  const hour = half === undefined ? number('H', 0) : (number('H', 0) % 12) + (half === 'p' ? 12 : 0)
  const minute = number('M', 0)
  const second = number('S', 0)
  if (hour > 23 || minute > 59 || second > 60) return Number.NaN
  const clock = ((hour * 60 + minute) * 60 + second) * 1000 + fraction
  const month = groups['b'] === undefined ? number('m', 0) : months.indexOf(groups['b'].toLowerCase()) + 1
  const day = number('d', 0)
  if (month === 0 && day === 0) return stamps.lastAt(clock)
  const year =
    groups['Y'] === undefined ? (groups['y'] === undefined ? undefined : 2000 + number('y', 0)) : number('Y', 0)
  if (year !== undefined && !isDay(year, month, day)) return Number.NaN
  const date = year === undefined ? stamps.dayOf(month, day) : dayTime(year, month, day)
  return stamps.placedAt(date, clock, offsetOf(groups['z']))
}

/** Of `+02:00`, in ms; undefined where the time names no zone. */
function offsetOf(zone: string | undefined): number | undefined {
  if (zone === undefined) return undefined
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000
}

import type { LineFormat } from './formats/lineFormat'
import { ObjectReader, isFlavour } from './formats/objectLine'
import { readPattern } from './formats/patternLine'
import { StampReader } from './formats/stamps'
import { builtInFormats, isVague } from './formats/table'
import { unwrap } from './formats/wrappedLine'

/** A line of a format that says much counts for so many of one that just begins with a time. */
const WEIGHT = 3
/** At least this part of the lines that are not indented must have the format. */
const MIN_SHARE = 0.25

/**
 * The format that most of the lines have, undefined for plain text. A container's format names that of the lines inside.
 *
 * @param lines the first lines of a text, without escape codes
 * @param custom formats that win over built-in ones
 */
export function detectFormat(lines: readonly string[], custom: readonly LineFormat[] = []): LineFormat | undefined {
  const candidates = lines.filter((line) => line.trim() !== '' && !/^\s+(?:at |File )/.test(line))
  const least = Math.max(1, candidates.filter((line) => !/^\s/.test(line)).length * MIN_SHARE)
  let best: LineFormat | undefined
  let bestScore = 0
  for (const format of [...custom, ...builtInFormats]) {
    const matches = countOf(format, candidates)
    if (matches < least) continue
    const score = matches * (custom.includes(format) ? WEIGHT * WEIGHT : isVague(format) ? 1 : WEIGHT)
    if (score > bestScore) {
      best = format
      bestScore = score
    }
  }
  if (best?.kind !== 'wrapped') return best
  const { wrapper } = best
  const inside = lines.flatMap((line) => unwrap(wrapper, line, anyTime)?.text ?? [])
  const inner = detectFormat(inside, custom)
  return inner === undefined || inner.kind === 'wrapped'
    ? best
    : { ...best, name: `${best.name}: ${inner.name}`, inner }
}

/** Detection asks whether there is a time, not which. */
const anyTime = new StampReader({ now: 0, offsetMinutes: 0 })
const objects = new ObjectReader(anyTime)

function countOf(format: LineFormat, lines: readonly string[]): number {
  let count = 0
  for (const line of lines) if (isOf(format, line)) count++
  return count
}

function isOf(format: LineFormat, line: string): boolean {
  switch (format.kind) {
    case 'pattern':
      return readPattern(format, line, anyTime) !== undefined
    case 'json':
      return objects.readJson(line, true) !== undefined && isFlavour(format, line)
    case 'logfmt':
      return objects.readLogfmt(line) !== undefined
    case 'wrapped':
      return unwrap(format.wrapper, line, anyTime) !== undefined
  }
}

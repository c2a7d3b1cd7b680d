/** The lines of two runs, aligned by their patterns. */
import type { ComparedLines, ComparedPattern, PatternLines } from '../../shared/protocol/compare'
import type { PatternCount } from './linePattern'

/** The patterns of one run's lines. */
export interface GatheredLines {
  readonly patterns: readonly Readonly<PatternCount>[]
  readonly lines: number
  readonly leftOut: number
}

const MAX_TOLD = 200
const worst = ['fatal', 'error', 'warn', 'info', 'debug', 'trace']

export function compareLines(left: GatheredLines, right: GatheredLines): ComparedLines {
  const others = new Map(right.patterns.map((entry) => [entry.pattern, entry]))
  const onlyLeft: ComparedPattern[] = []
  const changed: ComparedPattern[] = []
  let same = 0
  for (const entry of left.patterns) {
    const other = others.get(entry.pattern)
    others.delete(entry.pattern)
    if (other === undefined) onlyLeft.push(told(entry, undefined))
    else if (other.count === entry.count) same++
    else changed.push(told(entry, other))
  }
  const onlyRight = [...others.values()].map((entry) => told(undefined, entry))
  return {
    only_left: first(onlyLeft),
    only_left_count: onlyLeft.length,
    only_right: first(onlyRight),
    only_right_count: onlyRight.length,
    changed: first(changed),
    changed_count: changed.length,
    same_count: same,
    lines: { left: left.lines, right: right.lines },
    ...(left.leftOut + right.leftOut === 0 ? {} : { left_out: { left: left.leftOut, right: right.leftOut } }),
  }
}

function told(left: Readonly<PatternCount> | undefined, right: Readonly<PatternCount> | undefined): ComparedPattern {
  const level = left?.level ?? right?.level
  return {
    pattern: left?.pattern ?? right?.pattern ?? '',
    ...(level === undefined ? {} : { level }),
    ...(left === undefined ? {} : { left: linesOf(left) }),
    ...(right === undefined ? {} : { right: linesOf(right) }),
  }
}

function linesOf({ count, seq, sample }: PatternCount): PatternLines {
  return { count, seq, sample }
}

function first(patterns: ComparedPattern[]): ComparedPattern[] {
  return patterns.sort((a, b) => rank(a) - rank(b) || most(b) - most(a) || order(a) - order(b)).slice(0, MAX_TOLD)
}

/** Lines without a level stand where those of `info` do. */
function rank({ level }: ComparedPattern): number {
  const at = worst.indexOf(level ?? 'info')
  return at < 0 ? worst.length : at
}

/** Of what both have, by how many lines they differ. */
function most({ left, right }: ComparedPattern): number {
  return left !== undefined && right !== undefined
    ? Math.abs(left.count - right.count)
    : (left?.count ?? right?.count ?? 0)
}

function order({ left, right }: ComparedPattern): number {
  return left?.seq ?? right?.seq ?? 0
}

/**
 * How a text is looked for in megabytes at once: by some bytes that every line with it has, else by a regular expression over
 * many lines. Both may find too much, never too little: what they find is tested line by line (textExpression).
 */
import type { TextQuery } from '../../shared/protocol/rows'
import { textExpression } from './textMatcher'

export interface TextPlan {
  /** Bytes (ASCII) that every line has that matches; lower case where case does not count. */
  readonly literal?: string
  readonly ignoresCase: boolean
  /** A line matches if and only if it has the literal. */
  readonly isLiteral: boolean
  /** Finds at least one place in each line that matches, in a text of many lines; has the flags `g` and `m`. */
  readonly many?: RegExp
  /** What `many` finds within a line is a match of that line. */
  readonly isManyExact: boolean
}

export function planText(query: TextQuery): TextPlan {
  const ignoresCase = query.caseSensitive !== true
  const isRegex = query.regex === true
  const found = longestLiteral(isRegex ? requiredRuns(query.pattern) : [query.pattern], ignoresCase)
  const literal = ignoresCase ? found.toLowerCase() : found
  const many = isRegex ? manyLines(query) : undefined
  return {
    ...(literal === '' ? {} : { literal }),
    ignoresCase,
    isLiteral: !isRegex && query.wholeWord !== true && literal.length === query.pattern.length,
    ...(many === undefined ? {} : { many }),
    isManyExact: many !== undefined && !/[\^$]|\(\?(?:=|<=)/.test(query.pattern),
  }
}

/**
 * The longest run of ASCII among texts. Without case, K and S are left out: other letters than k and s are theirs too (the Kelvin
 * sign, the long s).
 */
function longestLiteral(texts: readonly string[], ignoresCase: boolean): string {
  const ranges = ignoresCase ? /[ -JL-RT-jl-rt-~]+|\t+/g : /[ -~]+|\t+/g
  let longest = ''
  for (const text of texts) {
    for (const [run] of text.matchAll(ranges)) if (run.length > longest.length) longest = run
  }
  return longest
}

/** Texts that stand in every match of an expression, as far as its outermost sequence tells. */
function requiredRuns(source: string): string[] {
  const runs: string[] = []
  let run = ''
  const end = (): void => {
    runs.push(run)
    run = ''
  }
  for (let at = 0; at < source.length;) {
    const { length, text, isChoice } = readAtom(source, at)
    if (isChoice === true) return []
    const behind = at + length
    const quantifier = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(source.slice(behind, behind + 24))
    at = behind + (quantifier?.[0].length ?? 0)
    if (text === undefined) end()
    else if (quantifier === null) run += text
    else {
      if (quantifier[0].startsWith('+') || Number(quantifier[1] ?? 0) > 0) run += text
      end()
    }
  }
  end()
  return runs
}

interface Atom {
  readonly length: number
  /** The character it stands for; undefined where that is more than one, or none. */
  readonly text?: string
  /** A `|`: nothing outside of a group is needed. */
  readonly isChoice?: true
}

function readAtom(source: string, at: number): Atom {
  const first = source[at] ?? ''
  if (first === '|') return { length: 1, isChoice: true }
  if (first === '(') return { length: groupEnd(source, at) - at }
  if (first === '[') return { length: classEnd(source, at) - at }
  if ('.^$'.includes(first)) return { length: 1 }
  if (first !== '\\') return { length: 1, text: first }
  const second = source[at + 1] ?? ''
  if (!/[A-Za-z0-9]/.test(second)) return { length: 2, text: second }
  if (second === 't') return { length: 2, text: '\t' }
  const long = /^\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[A-Za-z]|k<[^>]*>|\d+)/.exec(
    source.slice(at, at + 100),
  )
  return { length: long?.[0].length ?? 2 }
}

function classEnd(source: string, at: number): number {
  let end = at + 1
  while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1
  return end + 1
}

function groupEnd(source: string, at: number): number {
  let depth = 0
  let end = at
  while (end < source.length) {
    if (source[end] === '[') {
      end = classEnd(source, end)
      continue
    }
    if (source[end] === '\\') {
      end += 2
      continue
    }
    if (source[end] === '(') depth++
    else if (source[end] === ')' && --depth === 0) return end + 1
    end++
  }
  return end
}

/**
 * What may find less among many lines than in one (lookarounds that forbid, flags of a part), and what may run to the end of them
 * all again and again.
 */
const ONE_LINE_ONLY = /\(\?(?:<?!|[a-z]*-?[a-z]*:(?<!\(\?:))|\[[^\]]*\\[SDWP]|\\[DWP](?:\{[^}]*\})?[*+{]/

/** The expression over many lines; undefined where it would not mean the same. */
function manyLines(query: TextQuery): RegExp | undefined {
  if (ONE_LINE_ONLY.test(query.pattern.replace(/\\\\/g, ''))) return undefined
  // A line has no newline: what a class takes besides must not be one either, so that a match stays in its line.
  const pattern = query.pattern.replace(/\\[\s\S]|\[\^/g, (part) => (part === '[^' ? '[^\\n' : part))
  try {
    const { source, flags } = textExpression({ ...query, pattern })
    return new RegExp(source, `${flags}gm`)
  } catch {
    return undefined
  }
}

/**
 * The query line: what a person types to narrow a feed, in the manner of Android Studio's Logcat.
 *
 *   level:warn+ source:api phase:log_line "health check" -"GET /ping" /timeout \d+ms/ since:10m until:14:05
 *
 * Words that stand side by side are one text, as they are in most search boxes; everything must hold; a minus excludes.
 * A key that is not known is text (`http://…`, `user:42`).
 */
import type { Level } from '../events/schema'
import type { TextQuery } from '../protocol/rows'
import { expressionProblem } from './expressionProblem'
import { parseMoment } from './moment'

/** What a line asks for; absent parts ask for nothing. */
export interface QueryTerms {
  readonly levels?: readonly Level[]
  /** What has no level stays. */
  readonly withoutLevels?: readonly Level[]
  readonly phases?: readonly string[]
  readonly withoutPhases?: readonly string[]
  /** Parts of names of sources (`stdout`, a file), without case. */
  readonly sources?: readonly string[]
  readonly withoutSources?: readonly string[]
  /** Milliseconds since the epoch; `from` inclusive, `to` exclusive. */
  readonly time?: { readonly from?: number; readonly to?: number }
  readonly include?: readonly TextQuery[]
  readonly exclude?: readonly TextQuery[]
}

export interface QueryProblem {
  /** Without a full stop: "there is no level “wran”". */
  readonly reason: string
  /** 1-based number of the character where it goes wrong. */
  readonly at: number
}

export interface QueryLineOptions {
  /** For `since:10m` and for a time of day: milliseconds since the epoch. */
  readonly now: number
  /** Of each text in the line. */
  readonly caseSensitive: boolean
  readonly wholeWord: boolean
}

const LEVELS: readonly Level[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']
const ALIASES: Readonly<Record<string, Level>> = {
  verbose: 'trace',
  warning: 'warn',
  err: 'error',
  critical: 'fatal',
  v: 'trace',
  d: 'debug',
  i: 'info',
  w: 'warn',
  e: 'error',
  f: 'fatal',
}

/** One term as it stands in the line. */
interface Term {
  readonly minus: boolean
  /** `text` for a bare word, `quoted` for a phrase, `expression` for /…/, else the key. */
  readonly kind: 'text' | 'quoted' | 'expression' | Key
  readonly value: string
  /** 0-based offsets of the value and of what follows the term. */
  readonly at: number
  readonly end: number
}

const KEYS = ['level', 'phase', 'source', 'since', 'until'] as const
type Key = (typeof KEYS)[number]

class BadTerm extends Error {
  constructor(
    reason: string,
    readonly at: number,
  ) {
    super(reason)
  }
}

/** Reads a line. The text of an unfinished term (`level:`, an open quote) is a problem that says where it is. */
export function parseQueryLine(line: string, options: QueryLineOptions): QueryTerms | { problem: QueryProblem } {
  try {
    return collect(joined(termsOf(line), line), options)
  } catch (error) {
    if (error instanceof BadTerm) return { problem: { reason: error.message, at: error.at + 1 } }
    throw error
  }
}

function* termsOf(line: string): Generator<Term> {
  let at = 0
  for (;;) {
    while (/\s/.test(line.charAt(at))) at++
    if (at >= line.length) return
    const term = termAt(line, at)
    yield term
    at = term.end
  }
}

function termAt(line: string, start: number): Term {
  const minus = line.charAt(start) === '-' && /\S/.test(line.charAt(start + 1))
  const at = minus ? start + 1 : start
  const first = line.charAt(at)
  if (first === '"') return { minus, kind: 'quoted', ...quotedAt(line, at) }
  if (first === '/') {
    const expression = expressionAt(line, at)
    if (expression !== undefined) return { minus, kind: 'expression', ...expression }
  }
  const key = KEYS.find((word) => line.slice(at, at + word.length + 1).toLowerCase() === `${word}:`)
  if (key === undefined) return { minus, kind: 'text', ...wordAt(line, at) }
  const valueAt = at + key.length + 1
  const value = line.charAt(valueAt) === '"' ? quotedAt(line, valueAt) : wordAt(line, valueAt)
  if (value.value === '') throw new BadTerm(`${key}: wants a value right behind it`, valueAt)
  return { minus, kind: key, ...value }
}

function wordAt(line: string, at: number): Pick<Term, 'value' | 'at' | 'end'> {
  let end = at
  while (end < line.length && !/\s/.test(line.charAt(end))) end++
  return { value: line.slice(at, end), at, end }
}

/** A phrase in quotes; `\"` and `\\` stand for themselves. */
function quotedAt(line: string, at: number): Pick<Term, 'value' | 'at' | 'end'> {
  let value = ''
  for (let i = at + 1; i < line.length; i++) {
    const sign = line.charAt(i)
    if (sign === '"') return { value, at: at + 1, end: i + 1 }
    if (sign === '\\' && /["\\]/.test(line.charAt(i + 1))) i++
    value += line.charAt(i)
  }
  throw new BadTerm('the quote is not closed', at)
}

/** `/…/`, up to a slash with nothing but space or the end behind it; a path (`/var/log`) has none and is text. */
function expressionAt(line: string, at: number): Pick<Term, 'value' | 'at' | 'end'> | undefined {
  for (let i = at + 1; i < line.length; i++) {
    if (line.charAt(i) === '\\') i++
    else if (line.charAt(i) === '/' && i > at + 1 && /^(?:\s|$)/.test(line.slice(i + 1, i + 2)))
      return { value: line.slice(at + 1, i), at: at + 1, end: i + 1 }
  }
  return undefined
}

/** Bare words side by side are one text, with the spaces between them as they were typed. */
function joined(terms: Iterable<Term>, line: string): Term[] {
  const result: Term[] = []
  for (const term of terms) {
    const last = result.at(-1)
    if (term.kind === 'text' && !term.minus && last?.kind === 'text' && !last.minus)
      result[result.length - 1] = { ...last, value: line.slice(last.at, term.end), end: term.end }
    else result.push(term)
  }
  return result
}

function collect(terms: readonly Term[], options: QueryLineOptions): QueryTerms {
  const levels = new Set<Level>()
  const withoutLevels = new Set<Level>()
  const lists: Record<'phases' | 'withoutPhases' | 'sources' | 'withoutSources', string[]> = {
    phases: [],
    withoutPhases: [],
    sources: [],
    withoutSources: [],
  }
  const texts: { include: TextQuery[]; exclude: TextQuery[] } = { include: [], exclude: [] }
  let from: number | undefined
  let to: number | undefined
  for (const term of terms) {
    switch (term.kind) {
      case 'level':
        for (const level of levelsOf(term)) (term.minus ? withoutLevels : levels).add(level)
        break
      case 'phase':
        lists[term.minus ? 'withoutPhases' : 'phases'].push(...listOf(term))
        break
      case 'source':
        lists[term.minus ? 'withoutSources' : 'sources'].push(...listOf(term))
        break
      case 'since':
      case 'until': {
        if (term.minus) throw new BadTerm(`${term.kind}: takes no minus`, term.at)
        const time = momentOf(term, options.now)
        if (term.kind === 'since') from = Math.max(from ?? time, time)
        else to = Math.min(to ?? time, time)
        break
      }
      default:
        if (term.value !== '') texts[term.minus ? 'exclude' : 'include'].push(textOf(term, options))
    }
  }
  const wanted = LEVELS.filter((level) => levels.has(level) && !withoutLevels.has(level))
  return {
    ...(levels.size > 0 ? { levels: wanted } : {}),
    ...(withoutLevels.size > 0 ? { withoutLevels: LEVELS.filter((level) => withoutLevels.has(level)) } : {}),
    ...Object.fromEntries(Object.entries({ ...lists, ...texts }).filter(([, list]) => list.length > 0)),
    ...(from === undefined && to === undefined
      ? {}
      : { time: { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) } }),
  }
}

function listOf({ value, at }: Term): string[] {
  const list = value.split(',').filter((item) => item !== '')
  if (list.length === 0) throw new BadTerm('a name is missing', at)
  return list
}

/** `warn`, `warn,error`, `warn+` (that and worse). */
function levelsOf(term: Term): readonly Level[] {
  return listOf(term).flatMap((item) => {
    const word = item.replace(/\+$/, '').toLowerCase()
    const level = LEVELS.find((known) => known === word) ?? (Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined)
    if (level === undefined)
      throw new BadTerm(`there is no level “${item}”; the levels are ${LEVELS.join(', ')}`, term.at)
    return item.endsWith('+') ? LEVELS.slice(LEVELS.indexOf(level)) : [level]
  })
}

function momentOf({ value, at }: Term, now: number): number {
  const time = parseMoment(value, now)
  if (time === undefined) throw new BadTerm(`“${value}” is no time; write 10m, 14:05 or 2026-11-20T03:30`, at)
  return time
}

function textOf({ kind, value, at }: Term, { caseSensitive, wholeWord }: QueryLineOptions): TextQuery {
  if (kind !== 'expression') return { pattern: value, caseSensitive, wholeWord }
  const problem = expressionProblem(value, caseSensitive ? 'u' : 'iu')
  if (problem !== undefined) throw new BadTerm(problem.reason, at + problem.at - 1)
  return { pattern: value, caseSensitive, wholeWord, regex: true }
}

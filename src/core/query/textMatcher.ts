/** Whether an event holds a text: any string value of its data counts, keys don't. */
import type { Query, TextQuery } from '../../shared/protocol/rows'

/**
 * The regular expression of a text query.
 * @throws SyntaxError of the engine for a bad expression
 */
export function textExpression(query: TextQuery): RegExp {
  const source = query.regex === true ? query.pattern : query.pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const whole = query.wholeWord === true ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source
  return new RegExp(whole, query.caseSensitive === true ? 'u' : 'iu')
}

/** The texts of a query: what a row must have, each of them, and what it must not have, none of them. */
export function textParts({ text, include = [], exclude = [] }: Query): {
  readonly wanted: readonly TextQuery[]
  readonly unwanted: readonly TextQuery[]
} {
  return { wanted: text === undefined ? include : [text, ...include], unwanted: exclude }
}

/** Whether a row's text is what a query's texts want; undefined when it wants any. */
export function createLineMatcher(query: Query): ((text: string) => boolean) | undefined {
  return allOf(query, (part) => {
    const expression = textExpression(part)
    return (text) => expression.test(text)
  })
}

/** The same for event lines as they are in the log, and for where they came from; undefined when the query wants any. */
export function createEventMatcher(query: Query): ((line: string) => boolean) | undefined {
  const texts = allOf(query, createTextMatcher)
  if (query.sources === undefined && query.withoutSources === undefined) return texts
  return (line) => isFrom(query, sourcesOf(line)) && texts?.(line) !== false
}

/** Whether what has these names (a path, a stream) comes from where a query wants it to come from. */
export function isFrom({ sources, withoutSources }: Query, names: readonly string[]): boolean {
  const folded = names.map((name) => name.toLowerCase())
  const has = (part: string): boolean => folded.some((name) => name.includes(part.toLowerCase()))
  return sources?.some(has) !== false && withoutSources?.some(has) !== true
}

function allOf(
  query: Query,
  create: (part: TextQuery) => (text: string) => boolean,
): ((text: string) => boolean) | undefined {
  const { wanted, unwanted } = textParts(query)
  if (wanted.length + unwanted.length === 0) return undefined
  const [needed, forbidden] = [wanted.map(create), unwanted.map(create)]
  return (text) => needed.every((holds) => holds(text)) && !forbidden.some((holds) => holds(text))
}

/** Whether a time, in milliseconds since the epoch, lies in a query's range; what has none does not. */
export function isInTime({ time }: Query, ms: number): boolean {
  if (time === undefined) return true
  return ms >= (time.from ?? Number.NEGATIVE_INFINITY) && ms < (time.to ?? Number.POSITIVE_INFINITY)
}

/** The path and the stream that an event line names, as far as it does. */
function sourcesOf(line: string): readonly string[] {
  const event = parsed(line)
  const data = typeof event === 'object' && event !== null && 'data' in event ? event.data : undefined
  if (typeof data !== 'object' || data === null) return []
  return ['source' in data ? data.source : undefined, 'stream' in data ? data.stream : undefined].filter(
    (name) => typeof name === 'string',
  )
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line.startsWith(',') ? line.slice(1) : line)
  } catch {
    return undefined
  }
}

/**
 * Takes event lines as they are in the log.
 * A literal is looked for in the raw line first, so that most lines are never parsed.
 */
function createTextMatcher(query: TextQuery): (line: string) => boolean {
  const expression = textExpression(query)
  const literal = query.regex === true ? undefined : JSON.stringify(query.pattern).slice(1, -1)
  const folded = literal?.toLowerCase()
  return (line) => {
    if (literal !== undefined && query.caseSensitive === true && !line.includes(literal)) return false
    if (folded !== undefined && query.caseSensitive !== true && !line.toLowerCase().includes(folded)) return false
    const event = parsed(line)
    // A damaged line is shown as it is, so it is searched as it is.
    if (event === undefined) return expression.test(line)
    const data = typeof event === 'object' && event !== null && 'data' in event ? event.data : undefined
    return holds(data, expression, 0)
  }
}

const MAX_DEPTH = 64

function holds(value: unknown, expression: RegExp, depth: number): boolean {
  if (typeof value === 'string') return expression.test(value)
  if (typeof value === 'number') return expression.test(String(value))
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return false
  return Object.values(value).some((item) => holds(item, expression, depth + 1))
}

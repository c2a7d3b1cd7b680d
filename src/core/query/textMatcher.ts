/** Whether an event holds a text: any string value of its data counts, keys don't. */
import type { TextQuery } from '../../shared/protocol/rows'

/**
 * The regular expression of a text query.
 * @throws SyntaxError of the engine for a bad expression
 */
export function textExpression(query: TextQuery): RegExp {
  const source = query.regex === true ? query.pattern : query.pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const whole = query.wholeWord === true ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source
  return new RegExp(whole, query.caseSensitive === true ? 'u' : 'iu')
}

/**
 * Takes event lines as they are in the log.
 * A literal is looked for in the raw line first, so that most lines are never parsed.
 */
export function createTextMatcher(query: TextQuery): (line: string) => boolean {
  const expression = textExpression(query)
  const literal = query.regex === true ? undefined : JSON.stringify(query.pattern).slice(1, -1)
  const folded = literal?.toLowerCase()
  return (line) => {
    if (literal !== undefined && query.caseSensitive === true && !line.includes(literal)) return false
    if (folded !== undefined && query.caseSensitive !== true && !line.toLowerCase().includes(folded)) return false
    let event: unknown
    try {
      event = JSON.parse(line.startsWith(',') ? line.slice(1) : line)
    } catch {
      // A damaged line is shown as it is, so it is searched as it is.
      return expression.test(line)
    }
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

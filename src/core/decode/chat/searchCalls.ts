/** The queries in the body of a web call: JSON, `search("…")` and lines of `type|query|days|domain`. */
import { isObject, listField, numberField, parseJson, stringField, stringsField, type Json } from '../json'

/** A query as a message has it; `query` is not checked yet. */
export interface Query {
  readonly query: unknown
  readonly recency_days?: number | undefined
  readonly domains?: string[] | undefined
  /** The field of the wire that carried it; `call` for the body of a call. */
  readonly route: string
}

/** The names of tools whose calls search the web. */
export const SEARCH_TOOLS: ReadonlySet<string> = new Set(['web', 'web.run', 'browser', 'web.search'])

const JSON_KEYS = ['search_query', 'image_query', 'product_query']
const LINE_TYPES = /^(?:fast|slow|search|news|image|product|video|business|academic)$/

/** @param isWhole false while the body grows: its last line may be half. */
export function queriesOfCall(body: string, isWhole: boolean): Query[] {
  const text = body.trim()
  if (text.startsWith('{')) {
    const value = isWhole ? parseJson(text) : undefined
    return isObject(value) ? JSON_KEYS.flatMap((key) => jsonQueries(value, key)) : []
  }
  const written = isWhole ? /^search\(\s*(".*?[^\\]")\s*(?:,.*)?\)$/s.exec(text)?.[1] : undefined
  if (written !== undefined) return [{ query: parseJson(written), route: 'call' }]
  const whole = isWhole ? body : body.slice(0, body.lastIndexOf('\n') + 1)
  return whole.split('\n').flatMap(lineQuery)
}

function jsonQueries(value: Json, key: string): Query[] {
  return listField(value, key).map((entry) => {
    const domains = stringsField(entry, 'domains')
    return {
      query: stringField(entry, 'q'),
      route: 'call',
      recency_days: numberField(entry, 'recency'),
      domains: domains.length === 0 ? undefined : domains,
    }
  })
}

function lineQuery(line: string): Query[] {
  const [type = '', query = '', days = '', domain = ''] = line.split('|').map((part) => part.trim())
  if (!LINE_TYPES.test(type) || query === '') return []
  const recency_days = days !== '' && Number.isFinite(Number(days)) ? Number(days) : undefined
  return [{ query, route: 'call', recency_days, domains: domain === '' ? undefined : domain.split(/[ ,]+/) }]
}

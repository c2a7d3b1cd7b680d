/** Search queries and results out of a message's metadata and the bodies of its web calls (all routes of the facts). */
import type { EventDraft } from '../../../shared/events/schema'
import { defined, domainOf, field, isObject, listField, numberField, parseJson, stringField, type Json } from '../json'

interface Query {
  readonly query: string
  readonly recency_days?: number | undefined
  readonly domains?: string[] | undefined
  readonly route: string
}

export class Searches {
  private queryCount = 0
  private resultCount = 0
  private batches = 0
  private readonly batchOf = new Map<string, number>()
  private readonly queries = new Set<string>()
  private readonly results = new Set<string>()

  constructor(private readonly emit: (draft: EventDraft) => void) {}

  /** A message that calls the web, with its body as far as it is known. */
  call(messageId: string, body: string): void {
    const batch = this.batch(messageId)
    for (const query of queriesOfCall(body)) this.query(query, batch, messageId)
  }

  /** The metadata of any message; what was seen before is not told again. */
  metadata(messageId: string, metadata: Json): void {
    const modelQueries = listField(field(metadata, 'search_model_queries'), 'queries').map((query) => ({
      query,
      route: 'search_model_queries',
    }))
    const searchQueries = listField(metadata, 'search_queries').map((entry) => ({
      query: field(entry, 'q'),
      route: 'search_queries',
    }))
    const groups = listField(metadata, 'search_result_groups')
    if (modelQueries.length + searchQueries.length + groups.length === 0) return
    const batch = this.batch(messageId, stringField(metadata, 'parent_id'))
    for (const { query, route } of [...modelQueries, ...searchQueries]) {
      if (typeof query === 'string') this.query({ query, route }, batch, messageId)
    }
    for (const group of groups) for (const entry of listField(group, 'entries')) this.result(entry, batch)
  }

  private batch(messageId: string, parentId?: string): number {
    const known = this.batchOf.get(messageId) ?? (parentId === undefined ? undefined : this.batchOf.get(parentId))
    const batch = known ?? (parentId === undefined || this.batches === 0 ? this.batches++ : this.batches - 1)
    this.batchOf.set(messageId, batch)
    return batch
  }

  private query({ query, route, recency_days, domains }: Query, batch: number, message_id: string): void {
    const key = `${String(batch)} ${query}`
    if (query === '' || this.queries.has(key)) return
    this.queries.add(key)
    const data = { query, index: this.queryCount++, batch, message_id, route }
    this.emit({ phase: 'search_query', data: { ...data, ...defined({ recency_days, domains }) } })
  }

  private result(entry: unknown, batch: number): void {
    const url = stringField(entry, 'url')
    if (url === undefined || url === '') return
    const ref = field(entry, 'ref_id')
    const ref_id = refName(ref)
    const key = `${url} ${ref_id ?? ''}`
    if (this.results.has(key)) return
    this.results.add(key)
    const domain = domainOf(url)
    this.emit({
      phase: 'search_result',
      data: {
        url,
        rank: ++this.resultCount,
        domain,
        batch,
        ...defined({
          title: stringField(entry, 'title'),
          snippet: plainText(stringField(entry, 'snippet')),
          published_at: dateOf(field(entry, 'pub_date')),
          ref_id,
          ref_index: numberField(ref, 'ref_index'),
          attribution: stringField(entry, 'attribution'),
        }),
      },
    })
  }
}

/** `turn0search3`, the name that markers in the text use. */
export function refName(ref: unknown): string | undefined {
  const turn = numberField(ref, 'turn_index')
  const index = numberField(ref, 'ref_index')
  const type = stringField(ref, 'ref_type')
  return turn === undefined || index === undefined || type === undefined
    ? undefined
    : `turn${String(turn)}${type}${String(index)}`
}

/** Snippets may hold HTML; only its text is kept. */
export function plainText(html: string | undefined): string | undefined {
  if (html === undefined || html === '') return undefined
  return html.replace(/<\/?[a-z][^<>]{0,1000}>/gi, '')
}

/** Epoch seconds (also as a float or in a string) or a written date, as ISO 8601; anything else is left out. */
export function dateOf(value: unknown): string | undefined {
  const seconds =
    typeof value === 'number'
      ? value
      : typeof value === 'string' && /^\d{9,11}(?:\.\d+)?$/.test(value)
        ? Number(value)
        : undefined
  const time = seconds === undefined ? (typeof value === 'string' ? Date.parse(value) : Number.NaN) : seconds * 1000
  return Number.isFinite(time) && Math.abs(time) < 8e15 ? new Date(time).toISOString() : undefined
}

function queriesOfCall(body: string): Query[] {
  const text = body.trim()
  const quoted = /^search\(\s*(".*")\s*\)$/s.exec(text)?.[1]
  const written = quoted === undefined ? undefined : parseJson(quoted)
  if (typeof written === 'string') return [{ query: written, route: 'call' }]
  const value = text.startsWith('{') ? parseJson(text) : undefined
  if (isObject(value)) return ['search_query', 'image_query', 'product_query'].flatMap((key) => jsonQueries(value, key))
  return text.startsWith('{') ? [] : text.split('\n').flatMap(pipeQuery)
}

function jsonQueries(value: Json, key: string): Query[] {
  return listField(value, key).flatMap((entry) => {
    const query = stringField(entry, 'q')
    if (query === undefined) return []
    const domains = listField(entry, 'domains').filter((domain) => typeof domain === 'string')
    return [
      {
        query,
        route: 'call',
        recency_days: numberField(entry, 'recency'),
        domains: domains.length === 0 ? undefined : domains,
      },
    ]
  })
}

/** `type|query|days|domain` */
function pipeQuery(line: string): Query[] {
  const [type = '', query = '', days = '', domain = ''] = line.split('|').map((part) => part.trim())
  if (!/^(?:fast|slow|news|image|product|video|business|academic|search)$/.test(type) || query === '') return []
  const recency_days = days !== '' && Number.isFinite(Number(days)) ? Number(days) : undefined
  return [{ query, route: 'call', recency_days, domains: domain === '' ? undefined : [domain] }]
}

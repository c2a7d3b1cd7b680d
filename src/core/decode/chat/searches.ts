/**
 * Search queries and results out of a message's metadata and the bodies of its web calls: all the routes that were seen
 * (facts on wire formats, 1.8). A query that comes by several routes is one query of its batch.
 */
import type { EventDraft } from '../../../shared/events/schema'
import type { RunCounters } from '../counters'
import type { Change } from '../deltaV1'
import { defined, domainOf, field, isObject, listField, numberField, stringField, textField, type Json } from '../json'
import { queriesOfCall, type Query } from './searchCalls'

/** Where a message stands: its id, the message that it answers, and its turn's number in the run. */
export interface MessagePlace {
  readonly id: string
  readonly parentId: string | undefined
  readonly turn: number
}

const QUERY_FIELDS = ['search_model_queries', 'search_queries']
const RESULT_FIELD = 'search_result_groups'

/** What a run searched and found. */
export class Searches {
  private readonly batchOf = new Map<string, number>()
  private last: { readonly batch: number; readonly turn: number } | undefined
  private readonly queries = new Set<string>()
  private readonly results = new Set<string>()

  constructor(
    private readonly emit: (draft: EventDraft) => void,
    private readonly counters: RunCounters,
  ) {}

  /** A message that calls the web, with its body as far as it is known. */
  call(place: MessagePlace, body: string, isWhole: boolean): void {
    const batch = this.remember(place, this.batchOf.get(place.id) ?? this.counters.nextBatch())
    for (const query of queriesOfCall(body, isWhole)) this.query(query, batch, place.id)
  }

  /** The whole metadata of a message; what was seen before is not told again. */
  metadata(place: MessagePlace, metadata: Json): void {
    const modelQueries = listField(field(metadata, 'search_model_queries'), 'queries')
    const searchQueries = listField(metadata, 'search_queries')
    const groups = listField(metadata, RESULT_FIELD)
    if (modelQueries.length + searchQueries.length + groups.length === 0) return
    const batch = this.batch(place)
    for (const query of modelQueries) this.query({ query, route: 'search_model_queries' }, batch, place.id)
    for (const entry of searchQueries) {
      this.query({ query: field(entry, 'q') ?? entry, route: 'search_queries' }, batch, place.id)
    }
    for (const group of groups) this.group(group, batch, place.turn)
  }

  /**
   * One change inside a message's metadata; its path is relative to the metadata. Results that are appended are looked at
   * alone: a message may have thousands.
   */
  changed(place: MessagePlace, metadata: Json, { path, op, value }: Change): void {
    const [name, group, part] = path
    if (typeof name !== 'string') this.metadata(place, metadata)
    else if (QUERY_FIELDS.includes(name)) this.metadata(place, { [name]: metadata[name] })
    else if (name === RESULT_FIELD && op === 'append' && path.length === 1) {
      for (const item of asList(value)) this.group(item, this.batch(place), place.turn)
    } else if (name === RESULT_FIELD && op === 'append' && path.length === 3 && part === 'entries') {
      for (const item of asList(value)) this.result(item, this.batch(place), place.turn)
    } else if (name === RESULT_FIELD && path.length === 2 && (op === 'add' || op === 'replace')) {
      // The value, not what stands at that index: `add` past the end of the list puts it at the end.
      this.group(value, this.batch(place), place.turn)
    } else if (name === RESULT_FIELD && typeof group === 'number') {
      this.group(listField(metadata, RESULT_FIELD)[group], this.batch(place), place.turn)
    } else if (name === RESULT_FIELD) this.metadata(place, metadata)
  }

  /** Results name the call that they answer, directly or over other results; where they don't, the last call is meant. */
  private batch(place: MessagePlace): number {
    const { id, parentId, turn } = place
    const known = this.batchOf.get(id) ?? (parentId === undefined ? undefined : this.batchOf.get(parentId))
    const last = this.last?.turn === turn ? this.last.batch : undefined
    return this.remember(place, known ?? last ?? this.counters.nextBatch())
  }

  private remember({ id, turn }: MessagePlace, batch: number): number {
    this.batchOf.set(id, batch)
    this.last = { batch, turn }
    return batch
  }

  private query({ query, route, recency_days, domains }: Query, batch: number, message_id: string): void {
    if (typeof query !== 'string' || query === '') return
    const key = `${String(batch)} ${query}`
    if (this.queries.has(key)) return
    this.queries.add(key)
    const data = { query, index: this.counters.nextQuery(), batch, message_id, route }
    this.emit({ phase: 'search_query', data: { ...data, ...defined({ recency_days, domains }) } })
  }

  private group(group: unknown, batch: number, turn: number): void {
    for (const entry of listField(group, 'entries')) this.result(entry, batch, turn)
  }

  private result(entry: unknown, batch: number, turn: number): void {
    const url = textField(entry, 'url')
    if (url === undefined) return
    const ref = field(entry, 'ref_id')
    const ref_id = refName(ref)
    const key = `${String(turn)} ${url} ${ref_id ?? ''}`
    if (this.results.has(key)) return
    this.results.add(key)
    const optional = {
      title: textField(entry, 'title'),
      snippet: plainText(textField(entry, 'snippet')),
      published_at: dateOf(field(entry, 'pub_date')),
      ref_id,
      ref_index: numberField(ref, 'ref_index'),
      attribution: textField(entry, 'attribution'),
    }
    const data = { url, rank: this.counters.nextRank(), domain: domainOf(url), batch }
    this.emit({ phase: 'search_result', data: { ...data, ...defined(optional) } })
  }
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [value]
}

/** `turn0search3`, the name that markers in the text use. */
export function refName(ref: unknown): string | undefined {
  if (!isObject(ref)) return undefined
  const turn = numberField(ref, 'turn_index')
  const index = numberField(ref, 'ref_index')
  const type = stringField(ref, 'ref_type')
  if (turn === undefined || index === undefined || type === undefined) return undefined
  return `turn${String(turn)}${type}${String(index)}`
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  '#39': "'",
}

/** Snippets may hold HTML; only its text is kept, with white space as it is. */
export function plainText(html: string | undefined): string | undefined {
  if (html === undefined) return undefined
  const text = html.replace(/<\/?[a-z][^<>]{0,1000}>/gi, '')
  return text.replace(/&(amp|lt|gt|quot|apos|nbsp|#39);/g, (whole, name: string) => ENTITIES[name] ?? whole)
}

/** Epoch seconds (also as a float or in a string) or a written date, as ISO 8601; anything else is left out. */
export function dateOf(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim() : undefined
  const isNumber = text !== undefined && /^\d{9,11}(?:\.\d+)?$/.test(text)
  const seconds = typeof value === 'number' ? value : isNumber ? Number(text) : undefined
  // A date without a year or a day is a guess of the engine's, so only ISO 8601 and the like of RFC 2822 are read.
  const isDate =
    text !== undefined &&
    /^\d{4}-\d{2}-\d{2}|\b\d{1,2} [A-Z][a-z]{2,8} \d{4}\b|\b[A-Z][a-z]{2,8} \d{1,2}, \d{4}\b/.test(text)
  const time = seconds !== undefined ? seconds * 1000 : isDate ? Date.parse(zoned(text)) : Number.NaN
  return Number.isFinite(time) && time > 0 && time < 8e15 ? new Date(time).toISOString() : undefined
}

/** Without a zone of its own a written time is taken as UTC: the same wherever it is decoded. */
function zoned(text: string): string {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) || /(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})$/i.test(text)) return text
  return /^\d{4}-\d{2}-\d{2}T/.test(text) ? `${text}Z` : `${text} UTC`
}

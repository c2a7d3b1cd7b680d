/**
 * Search queries and sources as a table (RFC 4180, UTF-8). A cell that a spreadsheet would take for a formula gets an
 * apostrophe before it, since titles and snippets were written by strangers.
 */
import { jsonText } from '../jsonText'
import { createCaptureReducer, sourceKey } from '../reduce/capture'
import type { AnyEvent, RunHead } from '../../shared/events/schema'

const columns = [
  'type',
  'seq',
  'timestamp',
  'rank',
  'query_or_title',
  'url',
  'domain',
  'published_at',
  'cited',
  'snippet',
] as const
type Line = Readonly<Partial<Record<(typeof columns)[number], unknown>>>

/** Holds the rows until the end, since a later citation marks an earlier source. */
export async function* toCsv(_head: RunHead, events: AsyncIterable<AnyEvent>): AsyncGenerator<string> {
  const reducer = createCaptureReducer()
  const lines: Line[] = []
  for await (const event of events) {
    const { seq, timestamp, phase, data } = event
    if (phase === 'search_query') lines.push({ type: 'query', seq, timestamp, query_or_title: data['query'] })
    if (phase === 'search_result') {
      const { rank, title, url, domain, published_at, snippet } = data
      lines.push({ type: 'source', seq, timestamp, rank, query_or_title: title, url, domain, published_at, snippet })
    }
    if (phase === 'citation' || phase === 'search_result') reducer.add(event)
  }
  const cited = new Map(reducer.summary().sources.map((source) => [sourceKey(source.url), source.cited]))
  yield `${columns.join(',')}\r\n`
  for (const line of lines) {
    const whole =
      line.type === 'source' && typeof line.url === 'string'
        ? { ...line, cited: cited.get(sourceKey(line.url)) ?? false }
        : line
    yield `${columns.map((column) => cell(whole[column])).join(',')}\r\n`
  }
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return ''
  const text = typeof value === 'string' ? value : jsonText(value)
  const safe = typeof value === 'string' && /^[\s\uFF1D\uFF0B\uFF0D\uFF20=+\-@]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Queries and sources of two captures, and tasks of two sessions, as sets. */
import type { ComparedItem, ComparedSet } from '../../shared/protocol/compare'
import type { CaptureSummary, SessionSummary } from '../../shared/protocol/summary'
import { sourceKey } from '../reduce/capture'

interface Entry {
  readonly key: string
  readonly text: string
  readonly seq: number
  readonly detail?: string
  readonly url?: string
  readonly cited?: true
}

/** Queries are the same whatever their case and spaces. */
export function compareQueries(left: CaptureSummary, right: CaptureSummary): ComparedSet {
  return compareSets(queriesOf(left), queriesOf(right), { left: 0, right: 0 })
}

/** Sources are the same under whatever spelling of their address: see `sourceKey`. */
export function compareSources(left: CaptureSummary, right: CaptureSummary): ComparedSet {
  const hidden = ({ sourceCount, sources }: CaptureSummary): number => Math.max(0, sourceCount - sources.length)
  return compareSets(sourcesOf(left), sourcesOf(right), { left: hidden(left), right: hidden(right) })
}

/** Tasks are the same where they stand the same. */
export function compareTasks(left: SessionSummary, right: SessionSummary): ComparedSet {
  const hidden = ({ task_count, tasks }: SessionSummary): number => Math.max(0, task_count - tasks.length)
  return compareSets(tasksOf(left), tasksOf(right), { left: hidden(left), right: hidden(right) })
}

function tasksOf({ tasks }: SessionSummary): Entry[] {
  return tasks.map(({ title, state, seq }) => ({
    key: `${state}\n${title}`,
    text: title,
    detail: state.replaceAll('_', ' '),
    seq,
  }))
}

function queriesOf({ queries }: CaptureSummary): Entry[] {
  return queries.map(({ query, seq }) => ({
    key: query.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim(),
    text: query,
    seq,
  }))
}

function sourcesOf({ sources }: CaptureSummary): Entry[] {
  return sources.map(({ url, title, domain, seq, cited }) => ({
    key: sourceKey(url),
    text: title ?? url,
    detail: domain,
    url,
    seq,
    ...(cited ? { cited } : {}),
  }))
}

/** What came several times in a run counts once, where it came first. */
function compareSets(
  left: readonly Entry[],
  right: readonly Entry[],
  leftOut: { readonly left: number; readonly right: number },
): ComparedSet {
  const [lefts, rights] = [byKey(left), byKey(right)]
  const only_left: ComparedItem[] = []
  const both: ComparedItem[] = []
  for (const [key, entry] of lefts) {
    const other = rights.get(key)
    if (other === undefined) only_left.push({ ...shown(entry), left: place(entry) })
    else both.push({ ...shown(entry), left: place(entry), right: place(other) })
  }
  const only_right = [...rights]
    .filter(([key]) => !lefts.has(key))
    .map(([, entry]) => ({ ...shown(entry), right: place(entry) }))
  return { only_left, both, only_right, ...(leftOut.left + leftOut.right === 0 ? {} : { left_out: leftOut }) }
}

function byKey(entries: readonly Entry[]): Map<string, Entry> {
  const found = new Map<string, Entry>()
  for (const entry of entries) if (!found.has(entry.key)) found.set(entry.key, entry)
  return found
}

function shown({ text, detail, url }: Entry): Pick<ComparedItem, 'text' | 'detail' | 'url'> {
  return { text, ...(detail === undefined ? {} : { detail }), ...(url === undefined ? {} : { url }) }
}

function place({ seq, cited }: Entry): { seq: number; cited?: true } {
  return { seq, ...(cited === undefined ? {} : { cited }) }
}

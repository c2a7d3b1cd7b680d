/** A run that is computed, not stored: event `i` is always the same, so a million of them cost nothing. */
import type { Level } from '../../src/shared/events/schema'
import type { Query, Row, TextQuery } from '../../src/shared/protocol/rows'

export const START = Date.UTC(2026, 10, 20, 3, 30, 5, 231)
export const STEP_MS = 37
/** A pause of the run: this event and those after it come so much later. */
const pause = { before: Infinity, ms: 0 }

export function setPause(before: number, ms: number): void {
  Object.assign(pause, { before, ms })
}

export function timeAt(seq: number): number {
  return START + seq * STEP_MS + (seq >= pause.before ? pause.ms : 0)
}

/** The first event at or after a time. */
export function seqAt(time: number): number {
  const early = Math.ceil((time - START) / STEP_MS)
  return early < pause.before ? early : Math.max(pause.before, Math.ceil((time - START - pause.ms) / STEP_MS))
}

const cycle: readonly { phase: string; level?: Level; text: string }[] = [
  { phase: 'browser_status', text: 'page loaded, https://chat.example/c/42' },
  { phase: 'search_query', text: 'tallest wooden tower in Europe' },
  { phase: 'search_result', text: '#3, List of tallest wooden buildings, https://en.example.org/wiki/Wooden' },
  { phase: 'assistant_delta', text: 'The tallest wooden tower ' },
  { phase: 'network', text: 'POST 200 finished, 18 kB, 1.2 s, https://chat.example/backend/conversation' },
  { phase: 'citation', text: 'Gliwice Radio Tower, https://tower.example.net/' },
  { phase: 'tool_use', text: 'web.run started' },
  { phase: 'assistant_delta', text: 'stands in Gliwice.' },
  { phase: 'error', level: 'error', text: 'HTTP 429 Too many requests' },
  { phase: 'usage', text: 'gpt-x, 1200 in, 340 out' },
  { phase: 'dropped', level: 'warn', text: '3 dropped, the browser closed the socket' },
  { phase: 'network_body', text: '@8192 data: {"v":" wooden"}' },
]

export interface FakeEvent {
  readonly phase: string
  readonly level?: Level
  readonly outcome?: 'success' | 'failure'
  readonly stream?: string
  readonly prompt?: string
  readonly continued?: true
  readonly unterminated?: true
  /** Of several files: the number of the file. */
  readonly source?: number
  readonly text: string
  readonly message?: string
  readonly logger?: string
  readonly data: Readonly<Record<string, unknown>>
  readonly raw?: unknown
}

/** Events that a test puts in the place of the computed ones, by seq. */
export type Overrides = Pick<ReadonlyMap<number, FakeEvent>, 'get'>

export function eventAt(seq: number, overrides: Overrides): FakeEvent {
  const own = overrides.get(seq)
  if (own !== undefined) return own
  const kind = kindAt(seq)
  const text = `${kind.text} (${String(seq)})`
  return {
    phase: kind.phase,
    ...(kind.level === undefined ? {} : { level: kind.level }),
    text,
    data: { text, index: seq, url: `https://example.com/${String(seq)}`, nested: { list: [1, 2, 3], ok: true } },
    ...(seq % 3 === 0 ? { raw: { v: seq, o: 'append' } } : {}),
  }
}

export function rowAt(seq: number, overrides: Overrides): Row {
  const event = eventAt(seq, overrides)
  return {
    position: seq,
    seq,
    time: timeAt(seq),
    phase: event.phase,
    ...(event.level === undefined ? {} : { level: event.level }),
    ...(event.outcome === undefined ? {} : { outcome: event.outcome }),
    ...(event.stream === undefined ? {} : { stream: event.stream }),
    ...(event.prompt === undefined ? {} : { prompt: event.prompt }),
    ...(event.continued === undefined ? {} : { continued: event.continued }),
    ...(event.unterminated === undefined ? {} : { unterminated: event.unterminated }),
    ...(event.source === undefined ? {} : { source: event.source }),
    text: event.text,
    ...(event.message === undefined ? {} : { message: event.message }),
    ...(event.logger === undefined ? {} : { logger: event.logger }),
  }
}

/** Whether event `seq` is in a view. */
export function matches(seq: number, query: Query, overrides: Overrides): boolean {
  const { phase, level, text, data } = eventAt(seq, overrides)
  if (query.phases !== undefined && !query.phases.includes(phase)) return false
  if (query.withoutPhases?.includes(phase) === true) return false
  if (level !== undefined && query.withoutLevels?.includes(level) === true) return false
  if (query.levels !== undefined && (level === undefined || !query.levels.includes(level))) return false
  const source = typeof data['source'] === 'string' ? data['source'] : ''
  if (query.sources?.some((part) => source.includes(part)) === false) return false
  if (query.withoutSources?.some((part) => source.includes(part)) === true) return false
  const time = timeAt(seq)
  if (time < (query.time?.from ?? -Infinity) || time >= (query.time?.to ?? Infinity)) return false
  const wanted = [...(query.text === undefined ? [] : [query.text]), ...(query.include ?? [])]
  return wanted.every((part) => holds(part, text)) && !(query.exclude ?? []).some((part) => holds(part, text))
}

function holds({ pattern, caseSensitive, wholeWord, regex }: TextQuery, text: string): boolean {
  const source = regex === true ? pattern : pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  const expression = new RegExp(
    wholeWord === true ? `\\b(?:${source})\\b` : source,
    caseSensitive === true ? 'u' : 'iu',
  )
  return expression.test(text)
}

/** How many events of each phase, and entries of each level, the first `size` have. */
export function countsOf(
  size: number,
  overrides: Overrides,
): { phaseCounts: Record<string, number>; levelCounts: Record<string, number> } {
  const phaseCounts: Record<string, number> = {}
  const levelCounts: Record<string, number> = {}
  for (let seq = 0; seq < size; seq++) {
    const { phase, level, continued } = overrides.get(seq) ?? { ...kindAt(seq), continued: undefined }
    phaseCounts[phase] = (phaseCounts[phase] ?? 0) + 1
    if (level !== undefined && continued === undefined) levelCounts[level] = (levelCounts[level] ?? 0) + 1
  }
  return { phaseCounts, levelCounts }
}

export function kindAt(seq: number): { phase: string; level?: Level; text: string } {
  const kind = cycle[seq % cycle.length]
  if (kind === undefined) throw new Error('the cycle is empty')
  return kind
}

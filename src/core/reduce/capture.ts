/** The summary of a capture, from its events in order. Bounded: what goes past a bound is still counted. */
import type { AnyEvent } from '../../shared/events/schema'
import type { CaptureSummary, SearchQuerySummary, SourceSummary } from '../../shared/protocol/summary'
import { prefixOf, restored, type Prefix } from './prefix'

/** The phases that a summary is made of; a reader need not parse others. */
export const relevantPhases: ReadonlySet<string> = new Set([
  'browser_status',
  'search_query',
  'search_result',
  'citation',
  'assistant_delta',
  'tool_use',
  'usage',
  'error',
])

/** The words that tell where the browser and the turn are; others (`model`, `title`, `reasoning`, …) are told beside them. */
const browserStates: ReadonlySet<string> = new Set([
  'browser_started',
  'headless_fallback',
  'page_loaded',
  'authentication_required',
  'authenticated',
  'logged_out',
  'search_toggle',
  'prompt_submitted',
  'response_started',
  'response_complete',
  'human_needed',
  'stream_handoff',
  'stream_resumed',
  'stop_requested',
  'browser_closed',
])

const MAX_SOURCES = 1000
const MAX_QUERIES = 500
const MAX_OTHERS = 200

interface Answer {
  /** Only ever added to; a rewrite begins a new list. */
  pieces: string[]
  length: number
  /** Grows when what was there is void. */
  rewrites: number
}

type ToolSummary = CaptureSummary['tools'][number]
type ErrorSummary = CaptureSummary['errors'][number]

/** What a reducer knows, sharing with it and with others what does not change any more. */
interface Snapshot {
  readonly queries: Prefix<SearchQuerySummary>
  readonly sources: readonly (readonly [key: string, source: SourceSummary])[]
  readonly sourceKeys: Prefix<string>
  readonly citedKeys: Prefix<string>
  readonly tools: readonly (readonly [key: string, tool: ToolSummary])[]
  readonly errors: Prefix<ErrorSummary>
  readonly answers: readonly {
    readonly id: string
    readonly pieces: Prefix<string>
    readonly length: number
    readonly rewrites: number
  }[]
  readonly browser: CaptureSummary['browser']
  readonly model: string | undefined
  readonly input: number
  readonly output: number
  readonly hasUsage: boolean
}

export interface CaptureReducer {
  add(event: AnyEvent): void
  summary(): CaptureSummary
  /** The whole answer of a message so far; empty for a message that is not known. */
  answer(messageId: string): string
  /** For ledgers: the answers by message. */
  readonly answers: ReadonlyMap<string, Readonly<Answer>>
  /** What it knows now, to go on from; can be cloned. */
  snapshot(): unknown
}

/** @param snapshot of another one, to go on from */
export function createCaptureReducer(snapshot?: unknown): CaptureReducer {
  const reducer = new Reducer()
  if (snapshot !== undefined) reducer.restore(snapshot as Snapshot)
  return reducer
}

/** Keys in the order in which they came, each once. */
class KeyList {
  private list: string[] = []
  private known = new Set<string>()

  get size(): number {
    return this.list.length
  }

  add(key: string): void {
    if (this.known.has(key)) return
    this.known.add(key)
    this.list.push(key)
  }

  snapshot(): Prefix<string> {
    return prefixOf(this.list)
  }

  restore(keys: Prefix<string>): void {
    this.list = restored(keys)
    this.known = new Set(this.list)
  }
}

class Reducer implements CaptureReducer {
  readonly answers = new Map<string, Answer>()
  private queries: SearchQuerySummary[] = []
  private sources = new Map<string, SourceSummary>()
  private readonly sourceKeys = new KeyList()
  private readonly citedKeys = new KeyList()
  private tools = new Map<string, ToolSummary>()
  private errors: ErrorSummary[] = []
  private browser: CaptureSummary['browser']
  private model: string | undefined
  private input = 0
  private output = 0
  private hasUsage = false

  add(event: AnyEvent): void {
    const { seq, phase, data } = event
    const text = (key: string): string => (typeof data[key] === 'string' ? data[key] : '')
    switch (phase) {
      case 'browser_status':
        this.addStatus(data)
        break
      case 'search_query':
        if (this.queries.length < MAX_QUERIES) {
          this.queries.push({
            seq,
            query: text('query'),
            ...(typeof data['batch'] === 'number' ? { batch: data['batch'] } : {}),
          })
        }
        break
      case 'search_result':
        this.addSource(seq, data, false)
        break
      case 'citation':
        this.addSource(seq, data, true)
        break
      case 'assistant_delta':
        this.addDelta(text('message_id'), text('text'), data['rewrite'] === true)
        break
      case 'tool_use':
        this.addTool(seq, data)
        break
      case 'usage':
        this.hasUsage = true
        this.input += typeof data['input_tokens'] === 'number' ? data['input_tokens'] : 0
        this.output += typeof data['output_tokens'] === 'number' ? data['output_tokens'] : 0
        break
      case 'error':
        if (this.errors.length < MAX_OTHERS)
          this.errors.push({ seq, message: text('message'), fatal: data['fatal'] === true })
    }
  }

  summary(): CaptureSummary {
    const sources = [...this.sources.values()].sort(
      (a, b) => (a.rank ?? Infinity) - (b.rank ?? Infinity) || a.seq - b.seq,
    )
    return {
      kind: 'capture',
      ...(this.browser === undefined ? {} : { browser: this.browser }),
      ...(this.model === undefined ? {} : { model: this.model }),
      queries: [...this.queries],
      sources,
      sourceCount: this.sourceKeys.size,
      citedCount: this.citedKeys.size,
      answers: [...this.answers].map(([message_id, { length }]) => ({ message_id, length })),
      tools: [...this.tools.values()],
      errors: [...this.errors],
      ...(this.hasUsage ? { usage: { input_tokens: this.input, output_tokens: this.output } } : {}),
    }
  }

  snapshot(): Snapshot {
    const { browser, model, input, output, hasUsage } = this
    return {
      queries: prefixOf(this.queries),
      sources: [...this.sources],
      sourceKeys: this.sourceKeys.snapshot(),
      citedKeys: this.citedKeys.snapshot(),
      tools: [...this.tools],
      errors: prefixOf(this.errors),
      answers: [...this.answers].map(([id, { pieces, length, rewrites }]) => ({
        id,
        pieces: prefixOf(pieces),
        length,
        rewrites,
      })),
      browser,
      model,
      input,
      output,
      hasUsage,
    }
  }

  restore(snapshot: Snapshot): void {
    const { browser, model, input, output, hasUsage } = snapshot
    this.queries = restored(snapshot.queries)
    this.sources = new Map(snapshot.sources)
    this.sourceKeys.restore(snapshot.sourceKeys)
    this.citedKeys.restore(snapshot.citedKeys)
    this.tools = new Map(snapshot.tools)
    this.errors = restored(snapshot.errors)
    for (const { id, pieces, length, rewrites } of snapshot.answers)
      this.answers.set(id, { pieces: restored(pieces), length, rewrites })
    Object.assign(this, { browser, model, input, output, hasUsage })
  }

  answer(messageId: string): string {
    return this.answers.get(messageId)?.pieces.join('') ?? ''
  }

  private addStatus(data: AnyEvent['data']): void {
    const { status, detail, url, model } = data
    if (typeof model === 'string') this.model = model
    if (typeof status !== 'string' || !browserStates.has(status)) return
    this.browser = {
      status,
      ...(typeof detail === 'string' ? { detail } : {}),
      ...(typeof url === 'string' ? { url } : {}),
    }
  }

  private addSource(seq: number, data: AnyEvent['data'], cited: boolean): void {
    const { url, rank, title, snippet, domain, kind } = data
    if (typeof url !== 'string' || url === '') return
    // Pictures are shown in an answer; nobody read them as a source.
    if (cited && typeof kind === 'string' && /image|video/.test(kind)) return
    const key = sourceKey(url)
    this.sourceKeys.add(key)
    if (cited) this.citedKeys.add(key)
    const known = this.sources.get(key)
    if (known === undefined) {
      if (this.sources.size >= MAX_SOURCES) return
      this.sources.set(key, {
        seq,
        url,
        domain: typeof domain === 'string' ? domain : domainOf(url),
        cited,
        ...(typeof title === 'string' ? { title } : {}),
        ...(typeof snippet === 'string' ? { snippet } : {}),
        ...(typeof rank === 'number' ? { rank } : {}),
      })
      return
    }
    // Snapshots share it: it is never changed in place.
    this.sources.set(key, {
      ...known,
      cited: known.cited || cited,
      ...(known.rank === undefined && typeof rank === 'number' ? { rank } : {}),
      ...(known.title === undefined && typeof title === 'string' ? { title } : {}),
      ...(known.snippet === undefined && typeof snippet === 'string' ? { snippet } : {}),
    })
  }

  private addDelta(messageId: string, text: string, rewrite: boolean): void {
    let answer = this.answers.get(messageId)
    if (answer === undefined) {
      if (this.answers.size >= MAX_OTHERS) return
      answer = { pieces: [], length: 0, rewrites: 0 }
      this.answers.set(messageId, answer)
    }
    if (rewrite) {
      answer.pieces = [text]
      answer.length = text.length
      answer.rewrites++
    } else {
      answer.pieces.push(text)
      answer.length += text.length
    }
  }

  private addTool(seq: number, data: AnyEvent['data']): void {
    const { name, state, call_id } = data
    if (typeof name !== 'string' || typeof state !== 'string') return
    const key = typeof call_id === 'string' ? call_id : `${name} ${String(seq)}`
    if (!this.tools.has(key) && this.tools.size >= MAX_OTHERS) return
    this.tools.set(key, { name, state, ...(typeof call_id === 'string' ? { call_id } : {}) })
  }
}

/** Parameters that tell where a reader came from and not what is read. */
const TRACKING =
  /^(?:utm_\w*|fbclid|gclid|gclsrc|gbraid|wbraid|dclid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|_hsenc|_hsmi|mkt_tok|srsltid|ref_src)(?:=|$)/i

/** The same page under different spellings: without protocol, `www.`, tracking parameters, fragment and a slash at the end. */
export function sourceKey(url: string): string {
  const [, host = '', path = '', query = ''] = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?/i.exec(url) ?? []
  if (host === '') return url
  const kept = query.split('&').filter((part) => part !== '' && !TRACKING.test(part))
  return `${host.toLowerCase().replace(/^www\./, '')}${path.replace(/\/+$/, '')}${kept.length === 0 ? '' : `?${kept.join('&')}`}`
}

function domainOf(url: string): string {
  return (
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#:]*)/i
      .exec(url)?.[1]
      ?.toLowerCase()
      .replace(/^www\./, '') ?? ''
  )
}

/** What a reader of answers has, and so what it must be told next. */
export function createAnswerLedger(reducer: CaptureReducer): {
  changes(): { message_id: string; from: number; text: string }[]
} {
  const sent = new Map<string, { length: number; pieces: number; rewrites: number }>()
  return {
    changes: () => {
      const changes: { message_id: string; from: number; text: string }[] = []
      for (const [message_id, { pieces, length, rewrites }] of reducer.answers) {
        const before = sent.get(message_id)
        const goesOn = before?.rewrites === rewrites && pieces.length >= before.pieces
        if (goesOn && before.length === length) continue
        const from = goesOn ? before.length : 0
        changes.push({ message_id, from, text: pieces.slice(goesOn ? before.pieces : 0).join('') })
        sent.set(message_id, { length, pieces: pieces.length, rewrites })
      }
      return changes
    },
  }
}

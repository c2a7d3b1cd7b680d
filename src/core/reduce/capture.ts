/** The summary of a capture, from its events in order. Bounded: what goes past a bound is still counted. */
import type { AnyEvent } from '../../shared/events/schema'
import type { CaptureSummary, SearchQuerySummary, SourceSummary } from '../../shared/protocol/summary'

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
  pieces: string[]
  length: number
  /** Grows when what was there is void. */
  rewrites: number
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

export interface CaptureReducer {
  add(event: AnyEvent): void
  summary(): CaptureSummary
  /** The whole answer of a message so far; empty for a message that is not known. */
  answer(messageId: string): string
  /** For ledgers: the answers by message. */
  readonly answers: ReadonlyMap<string, Readonly<Answer>>
}

export function createCaptureReducer(): CaptureReducer {
  return new Reducer()
}

class Reducer implements CaptureReducer {
  readonly answers = new Map<string, Answer>()
  private readonly queries: SearchQuerySummary[] = []
  private readonly sources = new Map<string, Mutable<SourceSummary>>()
  private readonly sourceKeys = new Set<string>()
  private readonly citedKeys = new Set<string>()
  private readonly tools = new Map<string, { name: string; state: string; call_id?: string }>()
  private readonly errors: { seq: number; message: string; fatal: boolean }[] = []
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
      sources: sources.map((source) => ({ ...source })),
      sourceCount: this.sourceKeys.size,
      citedCount: this.citedKeys.size,
      answers: [...this.answers].map(([message_id, { length }]) => ({ message_id, length })),
      tools: [...this.tools.values()].map((tool) => ({ ...tool })),
      errors: [...this.errors],
      ...(this.hasUsage ? { usage: { input_tokens: this.input, output_tokens: this.output } } : {}),
    }
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
    known.cited ||= cited
    if (known.rank === undefined && typeof rank === 'number') known.rank = rank
    if (known.title === undefined && typeof title === 'string') known.title = title
    if (known.snippet === undefined && typeof snippet === 'string') known.snippet = snippet
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

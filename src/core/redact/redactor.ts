/** Takes secrets out of events before they reach the disk, and counts by rule what it took. */
import type { EventData, EventDraft } from '../../shared/events/schema'
import {
  headerRule,
  openEnd,
  secretKey,
  sessionEmail,
  sessionMark,
  suspicious,
  textRules,
  tokenKey,
  tokenValue,
  type TextRule,
} from './rules'

export interface Redactor {
  /** Replacements so far, by rule. */
  readonly counts: Readonly<Record<string, number>>
  /**
   * The events to write for one draft: usually one, the same object where nothing was found. A stream's body comes in
   * pieces, and the end of a piece in which a secret may have begun waits for the next one, at most 4 kB.
   */
  redact(draft: EventDraft): readonly EventDraft[]
  /** What waits, at the end of the run. */
  flush(): EventDraft[]
  redactHead<T extends object>(head: T): T
  redactText(text: string): string
}

export function createRedactor(): Redactor {
  return new DraftRedactor()
}

interface HeldPiece {
  readonly text: string
  readonly offset: number
  readonly draft: Extract<EventDraft, { phase: 'network_body' }>
}

const MAX_DEPTH = 100
/** Streams whose pieces wait at the same time; the oldest goes first. */
const MAX_HELD = 200

declare function atob(text: string): string
declare function btoa(text: string): string

class DraftRedactor implements Redactor {
  readonly counts: Record<string, number> = {}
  private readonly held = new Map<string, HeldPiece>()

  redact(draft: EventDraft): readonly EventDraft[] {
    if (draft.phase === 'network_body') return this.redactBody(draft)
    const data = this.value(draft.data, 0) as EventDraft['data']
    const clean = data === draft.data ? draft : ({ ...draft, data } as EventDraft)
    if (draft.phase === 'network' && (draft.data.state === 'finished' || draft.data.state === 'failed')) {
      const rest = this.release(draft.data.request_id)
      if (rest !== undefined) return [rest, clean]
    }
    return [clean]
  }

  flush(): EventDraft[] {
    return [...this.held.keys()].flatMap((key) => this.release(key) ?? [])
  }

  redactHead<T extends object>(head: T): T {
    return this.value(head, 0) as T
  }

  redactText(text: string): string {
    if (!suspicious.test(text)) return text
    let clean = text
    for (const rule of textRules) clean = this.apply(rule, clean)
    return sessionMark.test(clean) ? this.apply(sessionEmail, clean) : clean
  }

  private apply({ name, expression, keep }: TextRule, text: string): string {
    return text.replace(expression, (match: string, before: unknown) => {
      const kept = keep === '$1' && typeof before === 'string' ? before : ''
      // What a rule before this one replaced is no secret any more.
      if (match.slice(kept.length).startsWith('[redacted:')) return match
      this.count(name)
      return `${kept}[redacted:${name}]`
    })
  }

  private redactBody(draft: Extract<EventDraft, { phase: 'network_body' }>): readonly EventDraft[] {
    const { data } = draft
    if (data.text === undefined) {
      const base64 = data.base64 === undefined ? undefined : this.redactBase64(data.base64)
      return base64 === data.base64 ? [draft] : [{ ...draft, data: { ...data, base64 } }]
    }
    const key = streamKey(data)
    const before = this.held.get(key)
    const text = (before?.text ?? '') + data.text
    const offset = before?.offset ?? data.offset
    const end = openEnd.exec(text.slice(-4200))?.[0].length ?? 0
    const cut = text.length - end
    this.held.delete(key)
    if (end > 0) this.hold(key, { text: text.slice(cut), offset: offset + utf8Length(text.slice(0, cut)), draft })
    const oldest = this.held.size > MAX_HELD ? this.held.keys().next().value : undefined
    const evicted = oldest === undefined ? undefined : this.release(oldest)
    const now = cut > 0 ? [this.piece(draft, text.slice(0, cut), offset)] : []
    return evicted === undefined ? now : [evicted, ...now]
  }

  private hold(key: string, piece: HeldPiece): void {
    this.held.set(key, piece)
  }

  private release(key: string): EventDraft | undefined {
    const piece = this.held.get(key)
    this.held.delete(key)
    return piece && this.piece(piece.draft, piece.text, piece.offset)
  }

  private piece(draft: Extract<EventDraft, { phase: 'network_body' }>, text: string, offset: number): EventDraft {
    return { ...draft, data: { ...draft.data, offset, text: this.redactText(text) } }
  }

  private redactBase64(base64: string): string {
    const bytes = atob(base64)
    const clean = this.redactText(bytes)
    return clean === bytes ? base64 : btoa(clean)
  }

  /** The value with its secrets replaced; the same object where there were none. */
  private value(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return this.redactText(value)
    if (typeof value !== 'object' || value === null) return value
    // What lies deeper than anybody nests on purpose is not looked through, so it is not kept either.
    if (depth > MAX_DEPTH) return '[redacted:too_deep]'
    if (Array.isArray(value)) return this.list(value, depth)
    let changed: Record<string, unknown> | undefined
    for (const [key, item] of Object.entries(value)) {
      const clean = this.field(key, item, depth)
      if (clean === item) continue
      changed ??= { ...(value as Record<string, unknown>) }
      Object.defineProperty(changed, key, { value: clean, enumerable: true, configurable: true, writable: true })
    }
    return changed ?? value
  }

  private list(items: readonly unknown[], depth: number): readonly unknown[] {
    const clean = items.map((item) => this.value(item, depth + 1))
    return clean.some((item, i) => item !== items[i]) ? clean : items
  }

  private field(key: string, item: unknown, depth: number): unknown {
    if (key === 'request_headers' || key === 'response_headers') return this.headers(item)
    if (typeof item === 'string' && item !== '') {
      if (secretKey.test(key)) return this.replaced('secret_field', item)
      if (tokenKey.test(key) && tokenValue.test(item)) return this.replaced('secret_field', item)
    }
    return this.value(item, depth + 1)
  }

  private headers(item: unknown): unknown {
    if (typeof item !== 'object' || item === null) return item
    const before: [string, unknown][] = Object.entries(item)
    const clean = before.map(([name, value]) => {
      const rule = headerRule(name)
      return [name, rule === undefined ? this.value(value, 0) : this.replaced(rule, value)] as const
    })
    return clean.some(([, value], i) => value !== before[i]?.[1]) ? Object.fromEntries(clean) : item
  }

  private replaced(rule: string, value: unknown): unknown {
    if (typeof value === 'string' && value.startsWith('[redacted:')) return value
    this.count(rule)
    return `[redacted:${rule}]`
  }

  private count(rule: string): void {
    this.counts[rule] = (this.counts[rule] ?? 0) + 1
  }
}

/** Frames of one socket go both ways and are whole, so that each way is a stream of its own. */
function streamKey(data: EventData<'network_body'>): string {
  return data.direction !== undefined ? `${data.request_id} ${data.direction}` : data.request_id
}

function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x80) length += code < 0x800 ? 1 : code >= 0xd800 && code <= 0xdfff ? 1 : 2
  }
  return length
}

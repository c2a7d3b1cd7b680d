/** Takes secrets out of events before they reach the disk, and counts by rule what it took. */
import type { EventDraft } from '../../shared/events/schema'
import { stripAnsi } from '../../shared/lib/ansi'
import { isPlaceholder } from './innocent'
import { headerRule, isSecretField, isSecretItem } from './names'
import { openEndOfAnswer, openEndOfBody, openEndOfLine } from './openEnd'
import type { TextRule } from './pattern'
import {
  argumentRule,
  formStart,
  keyLine,
  privateKeyBegin,
  privateKeyEnd,
  secretFlag,
  sessionAddress,
  sessionEmail,
  sessionMark,
  suspicious,
  textRules,
} from './rules'

export interface Redactor {
  /** Replacements so far, by rule. */
  readonly counts: Readonly<Record<string, number>>
  /**
   * The events to write for one draft: usually one, the same object where nothing was found. A stream's body and an answer
   * come in pieces, and the end of a piece in which a secret may have begun waits for the next one, at most 16 kB.
   */
  redact(draft: EventDraft): readonly EventDraft[]
  /** What waits, at the end of the run. From now on nothing waits any more, so the result may go through `redact` again. */
  flush(): EventDraft[]
  /** A head or metadata; in `args` and `command` also what follows `--token` and its like. */
  redactHead<T extends object>(head: T): T
  redactText(text: string): string
  /** One line of output; a private key that goes over many lines is taken whole. */
  redactLine(text: string): string
  /** The next line may belong to a private key. */
  readonly isInsideKey: boolean
}

export function createRedactor(): Redactor {
  return new DraftRedactor()
}

type BodyDraft = Extract<EventDraft, { phase: 'network_body' }>
type DeltaDraft = Extract<EventDraft, { phase: 'assistant_delta' }>
type LineDraft = Extract<EventDraft, { phase: 'log_line' }>
type UpdateDraft = Extract<EventDraft, { phase: 'line_update' }>

/** The end of a piece. The bytes of `base64` are held decoded, one a character. */
interface WaitingBody {
  readonly content: string
  readonly form: 'text' | 'base64'
  readonly offset: number
  readonly draft: BodyDraft
}
interface WaitingDelta {
  readonly text: string
  readonly draft: DeltaDraft
}

const MAX_DEPTH = 100
/** A key of 16,384 bits has about 200 lines. */
const MAX_KEY_LINES = 400
/** Streams whose pieces wait at the same time, and requests that are remembered; the oldest goes first. */
const MAX_STREAMS = 200

declare function atob(text: string): string
declare function btoa(text: string): string

class DraftRedactor implements Redactor {
  readonly counts: Record<string, number> = {}
  /** By request and by message. */
  private readonly bodies = new Map<string, WaitingBody>()
  private readonly deltas = new Map<string, WaitingDelta>()
  /** Requests whose body tells who is logged in. */
  private readonly sessions = new Set<string>()
  private flushed = false
  /** Lines that may still belong to the private key that has begun. */
  private keyLines = 0
  /** The source of the last line; lines of one source mostly come together. */
  private cleanSource: string | undefined

  redact(draft: EventDraft): readonly EventDraft[] {
    if (draft.phase === 'network_body') return this.redactBody(draft)
    if (draft.phase === 'assistant_delta') return this.redactDelta(draft)
    const data = this.dataOf(draft)
    const clean = data === draft.data ? draft : ({ ...draft, data } as EventDraft)
    if (draft.phase !== 'network') {
      // What the answer said comes before what happened next. Requests go on beside it.
      const before = this.releaseDeltas()
      return before.length === 0 ? [clean] : [...before, clean]
    }
    const { request_id, url, state } = draft.data
    if (sessionAddress.test(url)) remember(this.sessions, request_id)
    if (state !== 'finished' && state !== 'failed') return [clean]
    const rest = this.releaseBody(request_id)
    return rest === undefined ? [clean] : [rest, clean]
  }

  flush(): EventDraft[] {
    this.flushed = true
    return [...[...this.bodies.keys()].flatMap((id) => this.releaseBody(id) ?? []), ...this.releaseDeltas()]
  }

  redactHead<T extends object>(head: T): T {
    const clean = this.value(head, 0) as T
    // The title of a launch is its command line, where nobody gave it another.
    if (!('title' in clean) || typeof clean.title !== 'string') return clean
    return { ...clean, title: this.apply(argumentRule, clean.title) }
  }

  redactText(text: string): string {
    return this.text(text, false)
  }

  get isInsideKey(): boolean {
    return this.keyLines > 0
  }

  redactLine(text: string): string {
    if (!text.includes('\u001b')) return this.line(text)
    // Colours may stand within a secret, or between it and its name: a line that holds one loses them.
    const plain = stripAnsi(text)
    const clean = this.line(plain)
    return clean === plain ? text : clean
  }

  private dataOf({ phase, data }: EventDraft): EventDraft['data'] {
    if (phase === 'log_line') return this.lineData(data)
    return this.value(phase === 'line_update' ? this.openLine(data) : data, 0) as EventDraft['data']
  }

  /** The line that is still being written: its end may be the beginning of a secret. */
  private openLine(data: UpdateDraft['data']): UpdateDraft['data'] {
    const plain = stripAnsi(data.text)
    const end = openEndOfLine(plain)
    const { keyLines } = this
    const text = this.redactLine(end < plain.length ? plain.slice(0, end) : data.text)
    // It comes again when it is finished.
    this.keyLines = keyLines
    return text === data.text ? data : { ...data, text }
  }

  /** What a line says besides is of a fixed set of words, or a number. */
  private lineData(data: LineDraft['data']): LineDraft['data'] {
    const text = this.redactLine(data.text)
    const { source, logger, fields, raw } = data
    const isKnown = source === undefined || source === this.cleanSource
    const cleanSource = isKnown ? source : this.text(source, false)
    if (cleanSource === source) this.cleanSource = source
    const cleanLogger = logger === undefined ? undefined : this.text(logger, false)
    const cleanFields = fields === undefined ? undefined : (this.value(fields, 1) as typeof fields)
    // Where the text holds a secret, what stands beside it holds it too, maybe in another form.
    const cleanRaw = raw === undefined ? undefined : text === data.text ? this.value(raw, 1) : '[redacted]'
    const isSame =
      text === data.text &&
      cleanSource === source &&
      cleanLogger === logger &&
      cleanFields === fields &&
      cleanRaw === raw
    if (isSame) return data
    return {
      ...data,
      text,
      ...(cleanSource === undefined ? {} : { source: cleanSource }),
      ...(cleanLogger === undefined ? {} : { logger: cleanLogger }),
      ...(cleanFields === undefined ? {} : { fields: cleanFields }),
      ...(raw === undefined ? {} : { raw: cleanRaw }),
    }
  }

  private line(text: string): string {
    if (this.keyLines > 0) {
      const ends = privateKeyEnd.test(text)
      const goesOn = !ends && keyLine.test(text)
      this.keyLines = goesOn ? this.keyLines - 1 : 0
      if (ends || goesOn) return '[redacted:private_key]'
    }
    if (!suspicious.test(text)) return text
    const clean = this.text(text, false)
    const start = clean.search(privateKeyBegin)
    if (start < 0) return clean
    this.keyLines = MAX_KEY_LINES
    return `${clean.slice(0, start)}${String(this.replaced('private_key', ''))}`
  }

  private text(text: string, isSession: boolean): string {
    if (!isSession && !suspicious.test(text)) return text
    let clean = text
    for (const rule of textRules) clean = this.apply(rule, clean)
    return isSession || sessionMark.test(clean) ? this.apply(sessionEmail, clean) : clean
  }

  private apply({ name, expression, keep, leaves }: TextRule, text: string): string {
    return text.replace(expression, (match: string, before: unknown) => {
      const kept = keep === '$1' && typeof before === 'string' ? before : ''
      // What a rule before this one replaced is no secret any more.
      if (match.startsWith('[redacted:', kept.length)) return match
      if (leaves?.(match.slice(kept.length), kept) === true) return match
      this.count(name)
      return `${kept}[redacted:${name}]`
    })
  }

  private redactBody(draft: BodyDraft): readonly EventDraft[] {
    const { data } = draft
    const form = data.text !== undefined ? 'text' : 'base64'
    const { base64, ...others } = data
    const bytes = base64 === undefined ? undefined : bytesOf(base64)
    // What a file calls base64 and is none is kept as it stands.
    if (data.text === undefined && base64 !== undefined && bytes === undefined)
      return this.redactBody({ ...draft, data: { ...others, text: base64 } })
    const given = data.text ?? bytes
    if (given === undefined) return [draft]
    // A frame is a whole message: nothing goes on in the next one.
    if (data.direction !== undefined) return [this.piece({ content: given, form, offset: data.offset, draft })]
    const id = data.request_id
    const other = this.bodies.get(id)?.form === form ? undefined : this.releaseBody(id)
    const before = this.bodies.get(id)
    this.bodies.delete(id)
    const content = (before?.content ?? '') + given
    const offset = before?.offset ?? data.offset
    const cut = this.flushed ? content.length : openEndOfBody(content)
    const result: EventDraft[] = other === undefined ? [] : [other]
    if (cut > 0) result.push(this.piece({ content: content.slice(0, cut), form, offset, draft }))
    if (cut === content.length) return result
    const length = form === 'base64' ? cut : utf8Length(content.slice(0, cut))
    this.bodies.set(id, { content: content.slice(cut), form, offset: offset + length, draft })
    const oldest = this.bodies.size > MAX_STREAMS ? this.bodies.keys().next().value : undefined
    const evicted = oldest === undefined ? undefined : this.releaseBody(oldest)
    return evicted === undefined ? result : [evicted, ...result]
  }

  private releaseBody(id: string): EventDraft | undefined {
    const waiting = this.bodies.get(id)
    this.bodies.delete(id)
    return waiting && this.piece(waiting)
  }

  private piece({ content, form, offset, draft }: WaitingBody): BodyDraft {
    const { data } = draft
    const isStart = offset === 0 || data.direction !== undefined
    const begun = isStart ? this.apply(formStart, content) : content
    const clean = this.text(begun, this.sessions.has(data.request_id))
    if (form === 'text') return clean === data.text ? draft : { ...draft, data: { ...data, offset, text: clean } }
    const base64 = btoa(clean)
    return base64 === data.base64 ? draft : { ...draft, data: { ...data, offset, base64 } }
  }

  private redactDelta(draft: DeltaDraft): readonly EventDraft[] {
    const { data } = draft
    const id = data.message_id
    const before = this.deltas.get(id)
    this.deltas.delete(id)
    if (data.rewrite === true && before !== undefined) return [this.delta(before), ...this.redactDelta(draft)]
    const text = (before?.text ?? '') + data.text
    const cut = this.flushed ? text.length : openEndOfAnswer(text)
    // A rewrite goes out even when all of its text waits, since it voids what was before.
    const isTold = cut > 0 || text === '' || data.rewrite === true
    const result: EventDraft[] = isTold ? [this.delta({ text: text.slice(0, cut), draft })] : []
    if (cut === text.length) return result
    const { rewrite: _, ...rest } = data
    this.deltas.set(id, { text: text.slice(cut), draft: { ...draft, data: rest } })
    if (this.deltas.size <= MAX_STREAMS) return result
    const oldest = this.deltas.entries().next().value
    if (oldest === undefined) return result
    this.deltas.delete(oldest[0])
    return [this.delta(oldest[1]), ...result]
  }

  private delta({ text, draft }: WaitingDelta): EventDraft {
    const data = this.value(text === draft.data.text ? draft.data : { ...draft.data, text }, 0) as DeltaDraft['data']
    return data === draft.data ? draft : { ...draft, data }
  }

  private releaseDeltas(): EventDraft[] {
    if (this.deltas.size === 0) return []
    const waiting = [...this.deltas.values()].map((delta) => this.delta(delta))
    this.deltas.clear()
    return waiting
  }

  /** The value with its secrets replaced; the same object where there were none. */
  private value(value: unknown, depth: number, isSession = false): unknown {
    if (typeof value === 'string') return this.text(value, false)
    if (typeof value !== 'object' || value === null) return value
    // What lies deeper than anybody nests on purpose is not looked through, so it is not kept either.
    if (depth > MAX_DEPTH) return this.replaced('too_deep', value)
    if (Array.isArray(value)) return this.list(value, depth, isSession)
    const tellsLogin = isSession || Object.hasOwn(value, 'accessToken')
    let changed: Record<string, unknown> | undefined
    for (const [key, item] of Object.entries(value)) {
      const clean = this.field(key, item, depth, tellsLogin)
      if (clean === item) continue
      changed ??= { ...(value as Record<string, unknown>) }
      Object.defineProperty(changed, key, { value: clean, enumerable: true, configurable: true, writable: true })
    }
    return changed ?? value
  }

  /** `key` is the name that the list has, and so each of its texts. */
  private list(items: readonly unknown[], depth: number, isSession: boolean, key = ''): readonly unknown[] {
    const clean = items.map((item) =>
      typeof item === 'string' && isSecretItem(key, item)
        ? this.replaced('secret_field', item)
        : this.value(item, depth + 1, isSession),
    )
    return clean.some((item, i) => item !== items[i]) ? clean : items
  }

  private field(key: string, item: unknown, depth: number, isSession: boolean): unknown {
    if (key.length < 40 && /(?:^|[a-z_-])headers$/i.test(key)) return this.headers(item, depth + 1)
    if ((typeof item === 'number' || typeof item === 'string') && isSecretField(key, item)) {
      return this.replaced('secret_field', item)
    }
    if (typeof item === 'string' && item !== '') {
      if (isSession && key.toLowerCase() === 'email') return this.replaced('email', item)
      if (key === 'command') return this.apply(argumentRule, this.text(item, false))
    }
    if (Array.isArray(item)) {
      if (key === 'args') return this.args(item, depth + 1)
      return this.list(item, depth + 1, isSession, key)
    }
    return this.value(item, depth + 1, isSession)
  }

  private args(items: readonly unknown[], depth: number): readonly unknown[] {
    const clean = items.map((item, i) => {
      if (typeof item !== 'string') return this.value(item, depth)
      const before: unknown = items[i - 1]
      if (typeof before === 'string' && secretFlag.test(before) && !item.startsWith('-') && !isPlaceholder(item)) {
        return this.replaced('argument', item)
      }
      return this.apply(argumentRule, this.text(item, false))
    })
    return clean.some((item, i) => item !== items[i]) ? clean : items
  }

  private headers(item: unknown, depth: number): unknown {
    if (typeof item !== 'object' || item === null || Array.isArray(item)) return this.value(item, depth)
    const before: [string, unknown][] = Object.entries(item)
    const clean = before.map(([name, value]) => {
      const rule = headerRule(name)
      return [name, rule === undefined ? this.value(value, depth) : this.replaced(rule, value)] as const
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

function remember(set: Set<string>, id: string): void {
  set.add(id)
  const oldest = set.size > MAX_STREAMS ? set.values().next().value : undefined
  if (oldest !== undefined) set.delete(oldest)
}

/** Bytes of a text in UTF-8; the halves of a pair count as two bytes each. */
function utf8Length(text: string): number {
  let length = text.length
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code >= 0x80) length += code < 0x800 ? 1 : code >= 0xd800 && code <= 0xdfff ? 1 : 2
  }
  return length
}

/** One byte a character, or undefined. */
function bytesOf(base64: string): string | undefined {
  try {
    return atob(base64)
  } catch {
    // It is no base64.
    return undefined
  }
}

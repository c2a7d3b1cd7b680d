/**
 * The stamps of a log's lines straight from the bytes in a kernel's memory: what `stampOf` (runlog/format.ts) tells, for
 * millions of lines a second. Lines as our writer makes them are recognised by what they share with the ones before; every
 * other line is given to `stampOf`.
 */
import { TEXT_START, type Needle, type TextKernel } from '../../core/lines/wasm/textKernel'
import { LIST_TEXT_BYTES } from '../../core/lines/wasm/textCode'
import { LINE_ENDING, LINE_TEXT, stampOf } from '../runlog/eventLine'

/** A key of the index, `phase` or `phase:level`, in its parts. */
export interface LineKey {
  /** Its number among the keys of this scan, from 0, in the order in which they came. */
  readonly id: number
  readonly key: string
  readonly phase: string
  readonly level: string | undefined
}

/** @param from where the line begins in the kernel's text @param to its newline @param time NaN for a damaged line */
export type LineVisitor = (from: number, to: number, key: LineKey, time: number) => void

const [ZERO, NINE, QUOTE, BACKSLASH, BRACE, COMMA, LETTER_Z, LETTER_L, LETTER_S] = [
  0x30, 0x39, 0x22, 0x5c, 0x7d, 0x2c, 0x5a, 0x6c, 0x73,
]
const quote: Needle = { bytes: Uint8Array.of(QUOTE), ignoresCase: false, first: 0, second: 0 }
const SECOND_BYTES = 20
const STAMP_BYTES = 24
const HEAD = /^,\{"capture_id":"[^"\\]{1,60}","seq":/
const LINE_DATA = `"data":{${LINE_TEXT}`
/** Kept of phases and of endings. */
const MAX_KNOWN = 64
const MAX_ENDING_BYTES = 1024

/** Bytes that are compared four at a time. */
class Literal {
  readonly length: number
  private readonly words: Int32Array
  private readonly last: number
  private readonly lastWord: number

  /** @param bytes at least 4 */
  constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.length = bytes.length
    this.words = Int32Array.from({ length: bytes.length >> 2 }, (_, i) => view.getInt32(i * 4, true))
    this.last = bytes.length - 4
    this.lastWord = view.getInt32(this.last, true)
  }

  isAt(view: DataView, at: number): boolean {
    const { words } = this
    if (at + this.length > view.byteLength) return false
    if (view.getInt32(at + this.last, true) !== this.lastWord) return false
    for (let i = 0; i < words.length; i++) if (view.getInt32(at + i * 4, true) !== words[i]) return false
    return true
  }
}

interface KnownPhase {
  /** From the phase's first letter to the brace that opens its data. */
  readonly literal: Literal
  readonly key: LineKey
  readonly isLine: boolean
}

/** What stands behind the text of a line, up to its level or to where one would stand. */
interface KnownEnding {
  readonly literal: Literal
  readonly key: LineKey
  readonly hasLevel: boolean
}

const literalOf = (text: string): Literal => new Literal(Buffer.from(text, 'latin1'))
const beforeTime = literalOf(',"timestamp":"')
const beforePhase = literalOf('","phase":"')
const beforeText = literalOf(LINE_TEXT)

export class StampScan {
  /** All that came so far, by their ids. */
  readonly keys: LineKey[] = []
  private readonly byKey = new Map<string, LineKey>()
  private readonly buffer: Buffer
  private readonly view: DataView
  private head: Literal | undefined
  private readonly phases: KnownPhase[] = []
  private readonly endings: KnownEnding[] = []
  private lastPhase: KnownPhase | undefined
  private lastEnding: KnownEnding | undefined
  /** The stamp of the second that came last, and its time. */
  private second: Literal | undefined
  private secondMs = 0
  private time = Number.NaN

  constructor(private readonly kernel: TextKernel) {
    const { text } = kernel
    this.buffer = Buffer.from(text.buffer, text.byteOffset, text.length)
    this.view = new DataView(text.buffer, text.byteOffset, text.length)
  }

  /** Visits each line of the kernel's text `[0, length)`, all of them whole. */
  lines(length: number, visit: LineVisitor): void {
    let from = 0
    for (let at = 0; at < length; at += LIST_TEXT_BYTES) {
      // The list is overwritten by the next one, not by what is looked for meanwhile.
      const newlines = this.kernel.list(at, Math.min(at + LIST_TEXT_BYTES, length))
      for (let i = 0; i < newlines.length; i++) {
        const to = (newlines[i] ?? 0) - TEXT_START
        const key = this.stamp(from, to)
        visit(from, to, key, this.time)
        from = to + 1
      }
    }
  }

  /** The key of a line that is not in the kernel's text, and its time. */
  slow(bytes: Buffer, from: number, to: number): { readonly key: LineKey; readonly time: number } {
    const { key, timeMs } = stampOf(bytes, from, to)
    return { key: this.keyOf(key), time: timeMs }
  }

  private stamp(from: number, to: number): LineKey {
    return this.quickStamp(from, to) ?? this.learn(from, to)
  }

  private quickStamp(from: number, to: number): LineKey | undefined {
    const { buffer, view, head } = this
    if (head?.isAt(view, from) !== true || buffer[to - 1] !== BRACE) return undefined
    let at = from + head.length
    const digits = at
    for (let byte = buffer[at] ?? 0; byte >= ZERO && byte <= NINE; byte = buffer[at] ?? 0) at++
    if (at === digits || at - digits > 16 || !beforeTime.isAt(view, at)) return undefined
    at += beforeTime.length
    if (!this.quickTime(at) || !beforePhase.isAt(view, at + STAMP_BYTES)) return undefined
    at += STAMP_BYTES + beforePhase.length
    const phase = this.phaseAt(at)
    if (phase === undefined) return undefined
    at += phase.literal.length
    // A damaged line may go on in the next one.
    if (at >= to) return undefined
    return phase.isLine ? this.lineKey(at, to) : phase.key
  }

  private quickTime(at: number): boolean {
    const { buffer, second } = this
    if (second?.isAt(this.view, at) !== true || buffer[at + STAMP_BYTES - 1] !== LETTER_Z) return false
    let ms = 0
    for (let i = at + SECOND_BYTES; i < at + STAMP_BYTES - 1; i++) {
      const byte = buffer[i] ?? 0
      if (byte < ZERO || byte > NINE) return false
      ms = ms * 10 + byte - ZERO
    }
    this.time = this.secondMs + ms
    return true
  }

  private phaseAt(at: number): KnownPhase | undefined {
    const { view, lastPhase, phases } = this
    if (lastPhase?.literal.isAt(view, at) === true) return lastPhase
    for (const phase of phases) {
      if (!phase.literal.isAt(view, at)) continue
      this.lastPhase = phase
      return phase
    }
    return undefined
  }

  /** The key of a line of output whose data begins at `at`. */
  private lineKey(at: number, to: number): LineKey | undefined {
    if (!beforeText.isAt(this.view, at)) return undefined
    const end = this.textEnd(at + beforeText.length, to)
    const { view, lastEnding, endings } = this
    if (lastEnding !== undefined && this.isEnding(lastEnding, view, end)) return lastEnding.key
    for (const ending of endings) {
      if (!this.isEnding(ending, view, end)) continue
      this.lastEnding = ending
      return ending.key
    }
    return undefined
  }

  private isEnding({ literal, hasLevel }: KnownEnding, view: DataView, end: number): boolean {
    if (!literal.isAt(view, end)) return false
    if (hasLevel) return true
    const next = end + literal.length
    if (this.buffer[next] !== COMMA) return true
    // A source or a level may follow.
    const letter = this.buffer[next + 2]
    return letter !== LETTER_L && letter !== LETTER_S
  }

  /** Where the quote stands that ends the text which begins at `from`. */
  private textEnd(from: number, to: number): number {
    const { buffer, kernel } = this
    let at = kernel.find(quote, from, to)
    while (at < to && buffer[at - 1] === BACKSLASH) {
      let before = at - 1
      while (before >= from && buffer[before] === BACKSLASH) before--
      if ((at - 1 - before) % 2 === 0) break
      at = kernel.find(quote, at + 1, to)
    }
    return at
  }

  /** The long way, which remembers what the next lines may share with this one. */
  private learn(from: number, to: number): LineKey {
    const { key, time } = this.slow(this.buffer, from, to)
    this.time = time
    if (Number.isNaN(time)) return key
    const start = this.buffer.toString('latin1', from, Math.min(to, from + 256))
    const head = HEAD.exec(start)?.[0]
    if (head === undefined) return key
    this.head = literalOf(head)
    const stamp = /^\d{1,16},"timestamp":"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.)\d{3}Z","phase":"/.exec(
      start.slice(head.length),
    )
    if (stamp === null) return key
    this.second = literalOf(stamp[1] ?? '')
    this.secondMs = Math.floor(time / 1000) * 1000
    this.learnPhase(key, start.slice(head.length + stamp[0].length))
    if (key.phase === 'log_line') this.learnEnding(from, to)
    return key
  }

  private learnPhase(key: LineKey, start: string): void {
    const text = `${key.phase}","data":{`
    const isKnown = this.phases.some((one) => one.key.phase === key.phase)
    // The level of an error lies in its data, wherever it stands.
    if (isKnown || key.phase === 'error' || this.phases.length >= MAX_KNOWN || !start.startsWith(text)) return
    this.phases.push({ literal: literalOf(text), key, isLine: key.phase === 'log_line' })
  }

  private learnEnding(from: number, to: number): void {
    const { buffer } = this
    const data = buffer.indexOf(LINE_DATA, from, 'latin1')
    if (data < 0 || data > from + 256 || this.endings.length >= MAX_KNOWN) return
    const end = this.textEnd(data + LINE_DATA.length, to)
    const found = LINE_ENDING.exec(buffer.toString('latin1', end, Math.min(to, end + MAX_ENDING_BYTES)))
    if (found === null) return
    const [text, level] = found
    const key = this.keyOf(level === undefined ? 'log_line' : `log_line:${level}`)
    const literal = literalOf(text)
    if (
      this.endings.some(
        (one) => one.key === key && one.literal.length === literal.length && one.literal.isAt(this.view, end),
      )
    )
      return
    this.endings.push({ literal, key, hasLevel: level !== undefined })
  }

  private keyOf(key: string): LineKey {
    let known = this.byKey.get(key)
    if (known === undefined) {
      const colon = key.indexOf(':')
      known = {
        id: this.keys.length,
        key,
        phase: colon < 0 ? key : key.slice(0, colon),
        level: colon < 0 ? undefined : key.slice(colon + 1),
      }
      this.byKey.set(key, known)
      this.keys.push(known)
    }
    return known
  }
}

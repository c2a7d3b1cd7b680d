/**
 * From bytes of output to `log_line` events as bytes of the log. One pass over each line copies it, escapes it for JSON,
 * checks its UTF-8 and looks for hints; most lines never become a string. What needs more (escape codes, carriage returns,
 * a secret, a metric, bad UTF-8, a long line) is decoded and examined as text.
 */
import type { EventDraft, Level } from '../../shared/events/schema'
import { stripAnsi } from '../../shared/lib/ansi'
import type { EventBuffer } from '../eventBatch'
import { classifyLine } from './classify'
import { cleanLine } from './cleanLine'
import { FAST_LINE_BYTES, type FastLineJob } from './fastLine'
import { CARRIAGE_RETURN, NEWLINE, lastState } from './lineBytes'
import { HINT_LEVEL, HINT_METRIC, HINT_TEXT } from './lineHints'
import { LineTemplate } from './lineTemplate'
import { MetricGate } from './metricGate'
import { scriptLines } from './scriptLines'
import { lineKernel } from './wasm/lineKernel'

export interface LineOrigin {
  readonly stream: 'stdout' | 'stderr' | 'stdin' | 'file' | 'remote'
  /** The file of a followed line. */
  readonly source?: string
}

export interface LineRedactor {
  /** True while lines must be examined as text whatever they hold (a private key goes over many lines). */
  readonly isInsideKey: boolean
  redactLine(text: string): string
}

/** What the encoders of one run share. */
export interface LineContext {
  readonly captureId: string
  readonly buffer: EventBuffer
  readonly redactor: LineRedactor
  readonly clock: { monotonic(): number; after(ms: number, action: () => void): () => void }
  /** The number of the run's next event. */
  readonly seq: { next: number }
  now(): { ms: number; iso: string }
  /** Redacts it, too. */
  emit(draft: EventDraft): void
  /** Bytes were put into the buffer; it may be taken away now. */
  didWrite(): void
  /** Where lines are counted while the log can't be written. */
  lost(): { count: number; bytes: number } | undefined
}

/** A line is kept whole up to this many bytes, then cut (DESIGN.md section 4). */
const MAX_LINE_BYTES = 64 * 1024 * 1024
/** A partial line is shown when nothing has completed it for so long, and again at most this often. */
const FIRST_UPDATE_MS = 50
const UPDATE_INTERVAL_MS = 100
const MAX_UPDATE_CHARS = 4000

const levels: readonly (Level | undefined)[] = [undefined, 'trace', 'debug', 'info', 'warn', 'error', 'fatal']
const encode = new TextEncoder()

export class LineEncoder {
  private readonly decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  private readonly ends = new Map<string, Uint8Array>()
  private readonly job: FastLineJob
  private readonly kernel = lineKernel()
  /** The bytes of a line that has not ended. */
  private partial: Uint8Array = new Uint8Array(8192)
  private partialLength = 0
  private cutBytes = 0
  private cancelUpdate: (() => void) | undefined
  private lastUpdateAt = Number.NEGATIVE_INFINITY
  private shown = ''
  private readonly metrics: MetricGate

  constructor(
    private readonly origin: LineOrigin,
    private readonly context: LineContext,
  ) {
    this.job = {
      buffer: context.buffer,
      seq: context.seq,
      template: new LineTemplate(context.captureId),
      plainEnd: this.endOf(undefined, undefined),
      now: () => context.now(),
      needsText: (hint) => this.needsText(hint),
      endFor: (hint, source, begin, end) => this.endFor(hint, source, begin, end),
    }
    this.metrics = new MetricGate((draft) => {
      context.emit(draft)
    })
  }

  /** Takes a piece of the stream, cut anywhere. */
  feed(chunk: Uint8Array): void {
    if (this.context.lost() !== undefined) {
      this.lose(chunk)
      return
    }
    let from = 0
    if (this.partialLength > 0) {
      const newline = chunk.indexOf(NEWLINE)
      if (newline < 0) {
        this.keep(chunk, 0, chunk.length)
        this.updateLater()
        return
      }
      this.keep(chunk, 0, newline + 1)
      const { partialLength } = this
      this.partialLength = 0
      this.lines(this.partial, 0, partialLength)
      from = newline + 1
    }
    from = this.lines(chunk, from, chunk.length)
    if (from < chunk.length) {
      this.keep(chunk, from, chunk.length)
      this.updateLater()
    }
    this.context.didWrite()
  }

  /** The stream is over; what has no newline is a line too. */
  end(): void {
    this.cancelUpdate?.()
    this.cancelUpdate = undefined
    const { partialLength } = this
    this.partialLength = 0
    if (partialLength > 0 && this.context.lost() === undefined) {
      this.textLine(this.partial.subarray(0, partialLength), true)
    }
    this.metrics.flush()
    this.context.didWrite()
  }

  private lose(chunk: Uint8Array): void {
    const lost = this.context.lost()
    if (lost === undefined) return
    lost.bytes += chunk.length + this.partialLength
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) lost.count++
    // The line that goes on behind the gap lacks its beginning, and says so.
    const last = chunk.lastIndexOf(NEWLINE)
    this.cutBytes = last < 0 ? this.cutBytes + this.partialLength + chunk.length : chunk.length - last - 1
    this.partialLength = 0
  }

  /** Adds to the line that has not ended. */
  private keep(chunk: Uint8Array, from: number, to: number): void {
    const room = MAX_LINE_BYTES - this.partialLength
    const length = to - from
    // The newline stays, so that the line is found whole.
    const fits = length <= room ? length : Math.max(0, room - 1)
    this.cutBytes += length - fits
    const wanted = this.partialLength + fits + 1
    if (wanted > this.partial.length) {
      const larger = new Uint8Array(Math.min(MAX_LINE_BYTES + 1, Math.max(wanted, this.partial.length * 2)))
      larger.set(this.partial.subarray(0, this.partialLength))
      this.partial = larger
    }
    this.partial.set(chunk.subarray(from, from + fits), this.partialLength)
    this.partialLength += fits
    if (fits < length && chunk[to - 1] === NEWLINE) {
      this.partial[this.partialLength++] = NEWLINE
      this.cutBytes--
    }
  }

  /** Encodes the whole lines of `source[from, to)`; returns where the one that has not ended begins. */
  private lines(source: Uint8Array, from: number, to: number): number {
    let at = from
    this.kernel?.forget()
    while (at < to) {
      const next = this.fastLines(source, at, to)
      if (next < 0) {
        // The line at -next - 1 is not for the fast way.
        const begin = -next - 1
        const newline = source.indexOf(NEWLINE, begin)
        if (newline < 0 || newline >= to) return begin
        // The end of a line may be both characters.
        const end = newline > begin && source[newline - 1] === CARRIAGE_RETURN ? newline - 1 : newline
        this.textLine(source.subarray(begin, end), false)
        at = newline + 1
        this.context.didWrite()
      } else if (next === at) return at
      else {
        at = next
        this.context.didWrite()
      }
    }
    return at
  }

  /**
   * Encodes lines until the buffer is full. Returns where it stopped: behind the last whole line, or `-1 - begin` for a line
   * that must be examined as text.
   */
  private fastLines(source: Uint8Array, from: number, to: number): number {
    // A line whose beginning was lost says so, which only the slow way does.
    if (this.context.redactor.isInsideKey || this.context.seq.next === 0 || this.cutBytes > 0) return -1 - from
    const { kernel, job } = this
    const result = kernel === undefined ? scriptLines(job, source, from, to) : kernel.lines(job, source, from, to)
    this.shown = ''
    return result
  }

  /** Whether a line with these hints must be examined as text. */
  private needsText(hint: number): boolean {
    if ((hint & HINT_TEXT) !== 0) return true
    return (hint & HINT_METRIC) !== 0 && this.metrics.wantsMore(this.context.clock.monotonic())
  }

  private endFor(hint: number, source: Uint8Array, begin: number, end: number): ReturnType<FastLineJob['endFor']> {
    if ((hint & HINT_LEVEL) === 0) return undefined
    const text = this.decoder.decode(source.subarray(begin, Math.min(end, begin + 1000)))
    const { level, outcome } = classifyLine(text.includes('\u001b') ? stripAnsi(text) : text)
    if (level === undefined && outcome === undefined) return undefined
    return { key: level === undefined ? 'log_line' : keys[level], end: this.endOf(level, outcome) }
  }

  /** One line as text; `bytes` are without the newline. */
  private textLine(bytes: Uint8Array, isUnterminated: boolean): void {
    const { buffer, seq, redactor } = this.context
    const { cutBytes } = this
    this.cutBytes = 0
    const decoded = this.decoder.decode(bytes)
    const shown = needsCleaning.test(decoded) ? cleanLine(decoded) : decoded
    const plain = shown.includes('\u001b') ? stripAnsi(shown) : shown
    const { level, outcome } = classifyLine(plain)
    const text = redactor.redactLine(shown)
    const { ms, iso } = this.context.now()
    const data: Extract<EventDraft, { phase: 'log_line' }>['data'] = {
      text,
      stream: this.origin.stream,
      ...(this.origin.source === undefined ? {} : { source: this.origin.source }),
      ...(level === undefined ? {} : { level }),
      ...(outcome === undefined ? {} : { outcome }),
      ...(isUnterminated ? { unterminated: true } : {}),
      ...(cutBytes > 0 ? { cut_bytes: cutBytes } : {}),
    }
    const number = seq.next++
    const comma = number === 0 ? '' : ','
    buffer.text(
      `${comma}{"capture_id":"${this.context.captureId}","seq":${String(number)},"timestamp":"${iso}","phase":"log_line","data":${JSON.stringify(data)}}\n`,
    )
    buffer.ended(level === undefined ? 'log_line' : keys[level], ms)
    this.shown = ''
    if (plain.length < FAST_LINE_BYTES) this.metrics.look(plain, this.context.clock.monotonic())
  }

  private updateLater(): void {
    if (this.cancelUpdate !== undefined) return
    const wait = Math.max(FIRST_UPDATE_MS, this.lastUpdateAt + UPDATE_INTERVAL_MS - this.context.clock.monotonic())
    this.cancelUpdate = this.context.clock.after(wait, () => {
      this.cancelUpdate = undefined
      this.update()
    })
  }

  /** Shows the line that is being written: a prompt, a progress bar. */
  private update(): void {
    if (this.partialLength === 0 || this.context.lost() !== undefined) return
    const bytes = this.partial.subarray(lastState(this.partial, this.partialLength), this.partialLength)
    const shown = cleanLine(this.decoder.decode(bytes)).slice(0, MAX_UPDATE_CHARS)
    if (shown === this.shown || shown === '') return
    this.shown = shown
    this.lastUpdateAt = this.context.clock.monotonic()
    this.context.emit({ phase: 'line_update', data: { stream: this.origin.stream, text: shown } })
    this.metrics.look(stripAnsi(shown), this.lastUpdateAt)
    this.context.didWrite()
  }

  /** The rest of an event behind its text. */
  private endOf(level: Level | undefined, outcome: 'success' | 'failure' | undefined): Uint8Array {
    const key = `${level ?? ''} ${outcome ?? ''}`
    let end = this.ends.get(key)
    if (end === undefined) {
      const { stream, source } = this.origin
      const fields = {
        stream,
        ...(source === undefined ? {} : { source }),
        ...(level === undefined ? {} : { level }),
        ...(outcome === undefined ? {} : { outcome }),
      }
      end = encode.encode(`",${JSON.stringify(fields).slice(1)}}\n`)
      this.ends.set(key, end)
    }
    return end
  }
}

const keys = Object.fromEntries(
  levels.flatMap((level) => (level === undefined ? [] : [[level, `log_line:${level}`]])),
) as Readonly<Record<Level, string>>

// eslint-disable-next-line no-control-regex -- those are what is looked for
const needsCleaning = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/

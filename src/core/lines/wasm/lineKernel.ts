/** The line kernel (kernelCode.ts) at work: its memory, its template, its answers. */
import { FAST_LINE_BYTES, STRETCH_BYTES, type FastLineJob } from '../fastLine'
import { hintTable } from '../lineHints'
import { scriptLines } from '../scriptLines'
import { buildHintFilter } from './hintFilter'
import { kernelBytes } from './kernelCode'
import {
  AFTER_SPACES,
  END,
  GRAMS,
  HINTS,
  INPUT,
  INPUT_BYTES,
  OUTPUT,
  PAGES,
  STOPPED,
  TABLES,
  TEMPLATE,
  TEXT_AROUND_BYTES,
  TOLD_NUMBERS,
} from './layout'
import { instantiate } from './webAssembly'

type Run = (
  at: number,
  to: number,
  out: number,
  limit: number,
  room: number,
  longest: number,
  templateLength: number,
  lastDigit: number,
  endLength: number,
) => number

const NEWLINE = 10
/** What stands around a line's text may be so long; the end of a line with a level is a little longer. */
const MAX_AROUND_BYTES = TEXT_AROUND_BYTES - 256

export class LineKernel {
  private readonly bytes: Uint8Array
  private readonly told: Int32Array
  /** What of a source lies in the memory. */
  private loadedFrom = 0
  private loadedTo = 0
  /** Whose template lies in the memory, of which time, and with which number. */
  private job: FastLineJob | undefined
  private timeMs = 0
  private held = -1
  /** So many lines until the number has one digit more. */
  private room = 0
  private templateLength = 0
  private lastDigit = 0

  private constructor(
    memory: ArrayBuffer,
    private readonly run: Run,
  ) {
    this.bytes = new Uint8Array(memory)
    this.told = new Int32Array(memory, 0, TOLD_NUMBERS)
    const { tables, afterSpaces } = buildHintFilter()
    this.bytes.set(tables, TABLES)
    this.bytes.set(afterSpaces, AFTER_SPACES)
    this.bytes.set(hintTable.hints, HINTS)
    new Int32Array(memory, GRAMS, hintTable.grams.length).set(hintTable.grams)
  }

  /**
   * A kernel with a memory of its own. Throws where there is no WebAssembly with vectors.
   * @param relaxed whether to ask for the newer, relaxed vector instructions: somewhat faster
   */
  static create(relaxed: boolean): LineKernel {
    const { buffer, exports } = instantiate(kernelBytes(relaxed), PAGES)
    return new LineKernel(buffer, exports['lines'] as Run)
  }

  /** The bytes of sources have changed since. */
  forget(): void {
    this.loadedTo = 0
  }

  /** As `scriptLines`. `forget` must have been called since the source's bytes changed. */
  lines(job: FastLineJob, source: Uint8Array, from: number, to: number): number {
    const { buffer, seq, plainEnd } = job
    const { bytes, told } = this
    if (Math.max(job.template.longest, plainEnd.length) > MAX_AROUND_BYTES) return scriptLines(job, source, from, to)
    const { ms, iso } = job.now()
    this.load(source, from, to)
    const shift = INPUT - this.loadedFrom
    let at = from + shift
    let out = OUTPUT
    let plain = 0
    let result: number | undefined
    while (result === undefined) {
      if (this.held !== seq.next || this.job !== job || this.timeMs !== ms) this.take(job, ms, iso)
      const { room } = this
      const reason = this.run(
        at,
        this.loadedTo + shift,
        out,
        OUTPUT + STRETCH_BYTES,
        room,
        FAST_LINE_BYTES,
        this.templateLength,
        this.lastDigit,
        plainEnd.length,
      )
      const [stoppedAt = 0, written = 0, newline = 0, textEnd = 0, hint = 0, lines = 0, left = 0] = told
      plain += lines
      seq.next += lines
      this.held = left === 0 ? -1 : this.held + room - left
      this.room = left
      out = written
      at = stoppedAt
      if (reason === STOPPED.done) {
        // It may have stopped for want of a number with more digits alone.
        if (left > 0 || lines === 0) result = at - shift
      } else if (reason === STOPPED.needsText || job.needsText(hint)) result = -1 - (at - shift)
      else {
        const found = job.endFor(hint, source, at - shift, newline - shift)
        if (found === undefined) plain++
        else buffer.count(found.key, 1, ms)
        const end = found?.end ?? plainEnd
        bytes.set(end, textEnd)
        out = textEnd + end.length
        at = newline + 1
        seq.next++
      }
    }
    const length = out - OUTPUT
    if (length > 0) {
      buffer.reserve(length)
      buffer.bytes.set(bytes.subarray(OUTPUT, out), buffer.at)
      buffer.at += length
    }
    if (plain > 0) buffer.count('log_line', plain, ms)
    buffer.closeFull()
    return result
  }

  /** Sees to it that `source` from `from` on lies in the memory: all, or more than a line may have. */
  private load(source: Uint8Array, from: number, to: number): void {
    if (from >= this.loadedFrom && (this.loadedTo === to || this.loadedTo - from > FAST_LINE_BYTES)) return
    this.loadedFrom = from
    this.loadedTo = Math.min(to, from + INPUT_BYTES)
    this.bytes.set(source.subarray(from, this.loadedTo), INPUT)
    this.bytes[INPUT + this.loadedTo - from] = NEWLINE
  }

  private take(job: FastLineJob, ms: number, iso: string): void {
    const { template, plainEnd, seq } = job
    template.set(seq.next, ms, iso)
    this.bytes.set(template.bytes, TEMPLATE)
    this.bytes.set(plainEnd, END)
    this.job = job
    this.timeMs = ms
    this.held = seq.next
    this.templateLength = template.bytes.length
    this.lastDigit = TEMPLATE + template.last
    this.room = 10 ** (template.last - template.first + 1) - seq.next
  }
}

/** The fastest kernel that there can be here, or undefined. */
export function createKernel(): LineKernel | undefined {
  for (const relaxed of [true, false]) {
    try {
      return LineKernel.create(relaxed)
    } catch {
      // The next one asks for less.
    }
  }
  return undefined
}

let shared: { readonly kernel: LineKernel | undefined } | undefined

/** The kernel that all encoders use, one after the other; made at its first use. */
export function lineKernel(): LineKernel | undefined {
  shared ??= { kernel: createKernel() }
  return shared.kernel
}

/** A run log that is wholly in memory, as bytes: where its lines begin, and of each its time and its key. */
import { levelOf } from '../../shared/events/levels'
import type { AnyEvent } from '../../shared/events/schema'
import { parseEventLine } from '../eventLine'
import { Slices } from '../slices'

const NEWLINE = 0x0a
const COMMA = 0x2c
const CLOSING = 0x5d
/** Events between two looks at the clock. */
const STRIDE = 64

export class MemoryLog {
  private readonly decoder = new TextDecoder()
  /** The name of each number in `keyIds`. */
  readonly keyNames: string[] = []
  private readonly ids = new Map<string, number>()

  private constructor(
    private readonly bytes: Uint8Array,
    /** Where each event line begins, and at the end where the last one ends. */
    private readonly starts: Uint32Array,
    /** Milliseconds since the epoch; NaN for a damaged line. */
    readonly times: Float64Array,
    readonly keyIds: Uint32Array,
  ) {}

  /**
   * Reads it once, from the first event to the last, in slices.
   * @param bytes a whole log, or one that is still open
   * @param onEvent is given each event; undefined for a line that can't be read
   */
  static async read(
    bytes: Uint8Array,
    onEvent: (event: AnyEvent | undefined, position: number, bytes: number) => void,
  ): Promise<MemoryLog> {
    const first = bytes.indexOf(NEWLINE) + 1
    const slices = new Slices()
    const found: number[] = []
    let at = first
    for (let end = bytes.indexOf(NEWLINE, at); end >= 0; end = bytes.indexOf(NEWLINE, at)) {
      if (bytes[at] === CLOSING) break
      found.push(at)
      at = end + 1
      if (found.length % (STRIDE * 64) === 0 && slices.isOver) await slices.rest()
    }
    const count = found.length
    const starts = new Uint32Array(count + 1)
    starts.set(found)
    starts[count] = at
    const log = new MemoryLog(bytes, starts, new Float64Array(count), new Uint32Array(count))
    for (let position = 0; position < count; position++) {
      const event = log.event(position)
      log.note(position, event)
      onEvent(event, position, (starts[position + 1] ?? 0) - (starts[position] ?? 0))
      if (position % STRIDE === 0 && slices.isOver) await slices.rest()
    }
    return log
  }

  /** Event lines. */
  get size(): number {
    return this.times.length
  }

  /** Bytes up to the end of the last event line. */
  get end(): number {
    return this.starts[this.size] ?? 0
  }

  /** The phase of a line with its level, if it has one: `phase` or `phase:level`. */
  keyOf(position: number): string {
    return this.keyNames[this.keyIds[position] ?? 0] ?? ''
  }

  /** How often each key is there before a position. */
  countsBefore(position: number): [key: string, count: number][] {
    const counts = new Float64Array(this.keyNames.length)
    for (let at = 0; at < position; at++) {
      const id = this.keyIds[at] ?? 0
      counts[id] = (counts[id] ?? 0) + 1
    }
    return this.keyNames.map((key, id) => [key, counts[id] ?? 0])
  }

  lengthOf(position: number): number {
    return (this.starts[position + 1] ?? 0) - (this.starts[position] ?? 0) - 1
  }

  /** The line without its comma and its end. @throws RangeError when there is no such position */
  line(position: number): string {
    const start = this.starts[position]
    const end = this.starts[position + 1]
    if (start === undefined || end === undefined)
      throw new RangeError(`This run has no event at position ${String(position)}.`)
    return this.decoder.decode(this.bytes.subarray(this.bytes[start] === COMMA ? start + 1 : start, end - 1))
  }

  /** Undefined where the line is damaged. @throws RangeError when there is no such position */
  event(position: number): AnyEvent | undefined {
    return parseEventLine(this.line(position))
  }

  private note(position: number, event: AnyEvent | undefined): void {
    const level = event === undefined ? undefined : levelOf(event.phase, event.data)
    const phase = event?.phase ?? 'damaged'
    const key = level === undefined ? phase : `${phase}:${level}`
    let id = this.ids.get(key)
    if (id === undefined) {
      id = this.keyNames.push(key) - 1
      this.ids.set(key, id)
    }
    this.keyIds[position] = id
    this.times[position] = event === undefined ? Number.NaN : Date.parse(event.timestamp)
  }
}

/**
 * The index file of a run log: one JSON line a block. A run of ten million events has tens of thousands of them, which stand between a
 * click and its first rows: lines as our writer makes them are read from their bytes, any others as JSON.
 */
import type { Block, BlockIndex } from './blockIndex'

const [NEWLINE, QUOTE, COMMA, COLON, CLOSE, ZERO, NINE] = [0x0a, 0x22, 0x2c, 0x3a, 0x7d, 0x30, 0x39]

export function blockLine(block: Block): string {
  const { offset, end, position, time, counts } = block
  return `${JSON.stringify({ offset, end, seq: position, time, counts })}\n`
}

/** The block of one line of the index file, or undefined when the line is damaged. */
export function parseBlockLine(line: string): Block | undefined {
  try {
    const { offset, end, seq, time, counts } = JSON.parse(line) as Partial<Record<string, unknown>>
    if (!isCount(offset) || !isCount(end) || !isCount(seq) || typeof counts !== 'object' || counts === null)
      return undefined
    if (!Object.values(counts).every(isCount) || (time !== null && typeof time !== 'number')) return undefined
    return {
      offset,
      end,
      position: seq,
      time: time ?? Number.NaN,
      counts: counts as Block['counts'],
    }
  } catch {
    // An index is a cache: what can't be read is built again.
    return undefined
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
/** As far as `Date` reaches, either way; milliseconds. */
const MAX_TIME = 8.64e15
/** Keys that are looked for one by one; a log that has more is read as JSON, which looks them up. */
const MAX_NAMES = 256

const bytesOf = (text: string): Uint8Array => Buffer.from(text, 'latin1')
const OFFSET = bytesOf('{"offset":')
const END = bytesOf(',"end":')
const SEQ = bytesOf(',"seq":')
const TIME = bytesOf(',"time":')
const COUNTS = bytesOf(',"counts":{')

/** Reads the blocks of an index file one after the other, without making anything of them but numbers. */
export class IndexReader {
  /** Of the block that was read last, as in `Block`; NaN for a damaged line. */
  offset = Number.NaN
  end = Number.NaN
  position = Number.NaN
  /** Where the next line begins in the bytes. */
  at = 0
  private time = Number.NaN
  private lines = 0
  /** Of its keys their numbers in `names`, each followed by how often it is there. */
  private readonly counts: number[] = []
  /** Another way of writing it, read as JSON. */
  private other: Block | undefined
  private readonly names: Uint8Array[] = []
  private readonly ids: number[] = []
  private cursor = 0

  /** @param index that the blocks are for */
  constructor(
    private readonly bytes: Buffer,
    private readonly index: BlockIndex,
  ) {}

  /** @returns false when there is no whole line any more */
  next(): boolean {
    const { bytes, at } = this
    this.cursor = at
    this.other = undefined
    if (this.readLine()) {
      this.at = this.cursor
      if (!this.isPlausible()) this.offset = Number.NaN
      return true
    }
    const stop = bytes.indexOf(NEWLINE, at)
    if (stop < 0) return false
    this.at = stop + 1
    this.other = parseBlockLine(bytes.toString('utf8', at, stop))
    this.offset = this.other?.offset ?? Number.NaN
    this.end = this.other?.end ?? Number.NaN
    this.position = this.other?.position ?? Number.NaN
    this.time = this.other?.time ?? Number.NaN
    this.lines = Object.values(this.other?.counts ?? {}).reduce((sum, count) => sum + count, 0)
    if (!this.isPlausible()) this.offset = Number.NaN
    return true
  }

  /** Whether a log can be so: a block goes on, and each of its lines has a byte at least. */
  private isPlausible(): boolean {
    const { offset, end, lines, time } = this
    return end > offset && lines <= end - offset && !(Math.abs(time) > MAX_TIME)
  }

  /** Adds the block that was read to its index. */
  take(): void {
    const { index, other, counts, ids } = this
    if (other !== undefined) {
      index.push(other)
      return
    }
    index.add(this.offset, this.end, this.position, this.lines, this.time)
    for (let i = 0; i < counts.length; i += 2) index.addKey(ids[counts[i] ?? 0] ?? 0, counts[i + 1] ?? 0)
  }

  /** Reads a line at the cursor. @returns false when it is not written as `blockLine` does */
  private readLine(): boolean {
    if (!this.pass(OFFSET)) return false
    this.offset = this.number()
    if (!this.pass(END)) return false
    this.end = this.number()
    if (!this.pass(SEQ)) return false
    this.position = this.number()
    if (!this.pass(TIME)) return false
    this.time = this.number()
    if (!this.pass(COUNTS)) return false
    return !Number.isNaN(this.offset + this.end + this.position + this.time) && this.readCounts()
  }

  private readCounts(): boolean {
    const { bytes, counts } = this
    counts.length = 0
    this.lines = 0
    while (bytes[this.cursor] !== CLOSE) {
      if (counts.length > 0 && bytes[this.cursor++] !== COMMA) return false
      const name = this.name()
      const count = name < 0 || bytes[this.cursor++] !== COLON ? Number.NaN : this.number()
      if (Number.isNaN(count)) return false
      counts.push(name, count)
      this.lines += count
    }
    const { cursor } = this
    this.cursor += 3
    return bytes[cursor + 1] === CLOSE && bytes[cursor + 2] === NEWLINE
  }

  private pass(text: Uint8Array): boolean {
    const isThere = this.isAt(text, this.cursor)
    this.cursor += text.length
    return isThere
  }

  private isAt(text: Uint8Array, at: number): boolean {
    const { bytes } = this
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text[i]) return false
    return true
  }

  /** Digits at the cursor; NaN when there are none. */
  private number(): number {
    const { bytes } = this
    const from = this.cursor
    let value = 0
    for (let code = bytes[this.cursor] ?? 0; code >= ZERO && code <= NINE; code = bytes[++this.cursor] ?? 0)
      value = value * 10 + (code - ZERO)
    return this.cursor === from ? Number.NaN : value
  }

  /** The number of the key in quotes at the cursor; -1 when none is there. */
  private name(): number {
    const { bytes, names } = this
    if (bytes[this.cursor] !== QUOTE) return -1
    const from = this.cursor + 1
    for (let i = 0; i < names.length; i++) {
      const name = names[i]
      if (name === undefined || bytes[from + name.length] !== QUOTE || !this.isAt(name, from)) continue
      this.cursor = from + name.length + 1
      return i
    }
    if (names.length >= MAX_NAMES) return -1
    const end = bytes.indexOf(QUOTE, from)
    // What is escaped is read as JSON.
    if (end < 0 || bytes.subarray(from, end).includes(0x5c)) return -1
    names.push(bytes.subarray(from, end))
    this.ids.push(this.index.idOf(bytes.toString('utf8', from, end)))
    this.cursor = end + 1
    return names.length - 1
  }
}

/**
 * The text of one answer as it grows, and the Markdown blocks in it. A long answer gets thousands of pieces, so only what
 * may still change is read again: the last block, and what comes after it.
 */
import type { Block } from './markdownBlocks'
import { MarkdownReader, type Definitions, type ReadBlock } from './markdown'

/** A block at the top of an answer. */
export interface AnswerBlock {
  readonly block: Block
  /** Where it begins; it keeps that for as long as it is there. */
  readonly start: number
  /** As it was written, blank lines after it included. */
  readonly source: string
  /** The level of the last heading up to here, below the panel's own (1 and 2); no level is left out. */
  readonly level: number
}

/** Characters that are read at once. */
const WINDOW = 32_768
/** A block that is longer is shown as it is, and so is what comes after it. */
const MAX_BLOCK = 262_144
/** The panel's own headings. */
const PANEL_LEVEL = 2

export class AnswerText {
  private whole = ''
  private readonly reader = new MarkdownReader()
  /** Blocks that nothing that comes can change, except the definitions of their links. */
  private settled: AnswerBlock[] = []
  private open: readonly AnswerBlock[] = []
  private settledEnd = 0
  private readEnd = 0
  private window: number
  private isTooLong = false
  private settledDefinitions: Definitions = {}
  private definitions: Definitions = {}

  /** @param size characters that are read at once */
  constructor(private readonly size = WINDOW) {
    this.window = size
  }

  get text(): string {
    return this.whole
  }

  /** What is read of the text so far. A new array each time; a block that did not change is the same one. */
  get blocks(): readonly AnswerBlock[] {
    return [...this.settled, ...this.open]
  }

  /**
   * Takes a piece: `text` stands at `from`, and what was at `from` and after it is void.
   * @returns false when text before `from` is missing; nothing is changed then
   */
  apply(from: number, text: string): boolean {
    if (from > this.whole.length) return false
    if (from === this.whole.length) {
      this.whole += text
      return true
    }
    this.whole = this.whole.slice(0, from) + text
    this.forgetFrom(from)
    return true
  }

  /** Takes the whole text, of before or after the one that is there: what both begin with is kept. */
  set(text: string): void {
    if (text.startsWith(this.whole)) this.apply(this.whole.length, text.slice(this.whole.length))
    else if (this.whole.startsWith(text)) this.apply(text.length, '')
    else this.apply(0, text)
  }

  /**
   * Reads on, a bounded part of the text.
   * @returns whether there is more to read
   */
  read(): boolean {
    if (this.readEnd === this.whole.length) return false
    const end = this.partEnd()
    const source = this.whole.slice(this.settledEnd, end)
    this.readEnd = end
    const isAll = end === this.whole.length
    if (this.isTooLong) this.takePlain(source, isAll)
    else this.takeMarkdown(source, isAll)
    return this.readEnd < this.whole.length
  }

  private takeMarkdown(source: string, isAll: boolean): void {
    const { blocks, definitions } = this.reader.read(source, this.settledDefinitions)
    this.takeDefinitions(definitions)
    const count = settledCount(blocks, source)
    if (count === 0) {
      if (isAll) this.open = this.placed(blocks, source)
      else this.window *= 2
      if (source.length > MAX_BLOCK) this.startPlain()
      return
    }
    const all = this.placed(blocks, source)
    this.settled.push(...all.slice(0, count))
    this.open = all.slice(count)
    const settledEnd = this.open[0]?.start ?? this.readEnd
    if (Object.keys(definitions).length > Object.keys(this.settledDefinitions).length) {
      const settled = this.whole.slice(this.settledEnd, settledEnd)
      this.settledDefinitions = this.reader.read(settled, this.settledDefinitions).definitions
    }
    this.settledEnd = settledEnd
    this.window = this.size
  }

  private startPlain(): void {
    this.isTooLong = true
    this.window = this.size
    this.readEnd = this.settledEnd
    this.open = []
  }

  private takePlain(source: string, isAll: boolean): void {
    const [last] = this.placed([{ block: { kind: 'plain', text: source }, length: source.length }], source)
    if (last === undefined) return
    if (isAll && source.length < this.size / 2) {
      this.open = [last]
      return
    }
    this.settled.push(last)
    this.open = []
    this.settledEnd = this.readEnd
  }

  /** A part ends with a line where it can. */
  private partEnd(): number {
    const end = this.settledEnd + this.window
    if (end >= this.whole.length) return this.whole.length
    const lineEnd = this.whole.lastIndexOf('\n', end - 1) + 1
    return lineEnd > this.settledEnd ? lineEnd : end
  }

  private placed(blocks: readonly ReadBlock[], source: string): readonly AnswerBlock[] {
    let level = this.settled.at(-1)?.level ?? PANEL_LEVEL
    let at = 0
    return blocks.map(({ block, length }) => {
      if (block.kind === 'heading') level = Math.min(6, level + 1, block.depth + PANEL_LEVEL)
      const start = this.settledEnd + at
      at += length
      return { block, start, source: source.slice(at - length, at), level }
    })
  }

  /** Definitions may come long after the links that they are for. */
  private takeDefinitions(definitions: Definitions): void {
    const changed = new Set(
      Object.keys({ ...this.definitions, ...definitions })
        .filter((label) => this.definitions[label]?.href !== definitions[label]?.href)
        .map(comparable),
    )
    if (changed.size === 0) return
    this.definitions = definitions
    this.settled = this.settled.map((one) => {
      if (one.block.kind === 'plain' || !labelsIn(one.source).some((label) => changed.has(label))) return one
      const { blocks } = this.reader.read(one.source, definitions)
      return { ...one, block: blocks[0]?.block ?? one.block }
    })
  }

  private forgetFrom(from: number): void {
    // The block before the last was read with the beginning of the last one in sight.
    let keep = 0
    if (Object.keys(this.definitions).length === 0 && !this.isTooLong)
      while ((this.settled[keep + 2]?.start ?? Infinity) <= from) keep++
    this.settled = this.settled.slice(0, keep)
    this.open = []
    const last = this.settled.at(-1)
    this.settledEnd = last === undefined ? 0 : last.start + last.source.length
    this.readEnd = this.settledEnd
    this.window = this.size
    this.isTooLong = false
    this.settledDefinitions = {}
    this.definitions = {}
  }
}

/**
 * How many blocks can't change any more: those before a blank line and a block whose first line is whole. Where no blank
 * line stands between two blocks, what comes may still make them one.
 */
function settledCount(blocks: readonly ReadBlock[], source: string): number {
  let start = source.length - (blocks.at(-1)?.length ?? 0)
  let count = Math.max(0, blocks.length - 1)
  let isBegun = source.includes('\n', start)
  while (count > 0 && !(isBegun && /\n\s*\n$/.test(source.slice(Math.max(0, start - 200), start)))) {
    count--
    isBegun = true
    start -= blocks[count]?.length ?? 0
  }
  return count
}

function labelsIn(source: string): readonly string[] {
  return [...source.matchAll(/\[((?:\\.|[^[\]\\]){1,999})\]/g)].map(([, label = '']) => comparable(label))
}

function comparable(label: string): string {
  return label.toLowerCase().replace(/\s+/g, ' ').trim()
}

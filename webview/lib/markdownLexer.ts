/**
 * The lexer of `marked` with bounds, since what it reads was written by strangers: nesting, work and the size of what is
 * read as one line's markup are limited, and what is beyond stays text. Raw HTML is text.
 */
import { Lexer, Tokenizer, type Token, type Tokens, type TokensList } from 'marked'

/** Blocks in blocks, and marks in marks. */
const MAX_DEPTH = 24
/** Runs of the lexer for one text: one for each item of a list. */
const MAX_RUNS = 10_000
/** What all runs read together: nested blocks that go on without their marks are read again and again. */
const MAX_READ = { least: 50_000, times: 5 }
/** Characters of one paragraph or cell; some texts cost the square of their length. */
const MAX_INLINE = 8_000
/** Characters in it that may begin or end a mark. */
const MAX_MARKS = 500
const MAX_CELLS = 20_000

class TooMuchWork extends Error {}

class TextTokenizer extends Tokenizer {
  override html(): undefined {
    return undefined
  }

  /** A line break is the only tag that is not shown as it was written. */
  override tag(src: string): Tokens.Tag | undefined {
    const raw = /^<br\s{0,9}\/?>/i.exec(src)?.[0]
    return raw === undefined
      ? undefined
      : { type: 'html', raw, text: raw, inLink: false, inRawBlock: false, block: false }
  }

  /** Each row gets as many cells as the head has: few characters would become millions of cells. */
  override table(src: string): Tokens.Table | undefined {
    const table = this.rules.block.table.exec(src)?.[0]
    if (table === undefined) return undefined
    const columns = count(table.slice(0, table.indexOf('\n')), '|') + 1
    return columns * count(table, '\n') > MAX_CELLS ? undefined : super.table(src)
  }
}

export class BoundedLexer extends Lexer {
  private depth = 0
  private runs = 0
  private left = 0

  constructor() {
    super({ gfm: true, tokenizer: new TextTokenizer() })
  }

  /** Begins a new text of so many characters: the work that was done so far counts no more. */
  restart(length: number): void {
    this.depth = 0
    this.runs = 0
    this.left = MAX_READ.least + length * MAX_READ.times
    this.inlineQueue = []
    this.state.top = true
  }

  /** @throws Error where the text costs too much */
  override blockTokens(src: string, tokens?: Token[], continues?: boolean): Token[]
  override blockTokens(src: string, tokens?: TokensList, continues?: boolean): TokensList
  override blockTokens(src: string, tokens: Token[] = [], continues = false): Token[] {
    if (this.depth >= MAX_DEPTH) {
      tokens.push({ type: 'paragraph', raw: src, text: src, tokens: this.inline(src) })
      return tokens
    }
    return this.deeper(src, () => super.blockTokens(src, tokens, continues))
  }

  /** @throws Error where the text costs too much */
  override inlineTokens(src: string, tokens: Token[] = []): Token[] {
    if (this.depth >= MAX_DEPTH || src.length > MAX_INLINE || countMarks(src) > MAX_MARKS) {
      tokens.push({ type: 'escape', raw: src, text: src })
      return tokens
    }
    return this.deeper(src, () => super.inlineTokens(src, tokens))
  }

  private deeper<T>(src: string, run: () => T): T {
    this.left -= src.length
    if (++this.runs > MAX_RUNS || this.left < 0) throw new TooMuchWork('This Markdown costs too much to read.')
    this.depth++
    try {
      return run()
    } finally {
      this.depth--
    }
  }
}

function count(text: string, character: string): number {
  let found = 0
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) found++
  return found
}

function countMarks(text: string): number {
  return text.match(/[*_~`[<]/g)?.length ?? 0
}

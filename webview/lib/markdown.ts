/** Reads Markdown into blocks. What can't be read, or costs too much, stays text; nothing is thrown. */
import type { MarkedToken, Token, Tokens } from 'marked'
import { plainCharacters } from './characterReferences'
import type { Block, Inline, ListItem, TableCell } from './markdownBlocks'
import { BoundedLexer } from './markdownLexer'

const MAX_URL = 20_000
/** Lines of one part of a code block. */
const CODE_LINES = 100

/** Where links by label lead. */
export type Definitions = Readonly<Record<string, { readonly href?: string; readonly title?: string | null }>>

/** A block at the top, and how many characters of the source are of it, blank lines after it included. */
export interface ReadBlock {
  readonly block: Block
  readonly length: number
}

/** Reads one text again and again as it grows: what was there at the last time keeps its identity. */
export class MarkdownReader {
  private readonly inlines = new Kept<readonly Inline[]>()
  private readonly items = new Kept<ListItem>()
  private readonly rows = new Kept<readonly TableCell[]>()
  /** Those that what is kept was made with. */
  private definitions: Definitions = {}
  private lexer = new BoundedLexer()

  /**
   * @param definitions those of before
   * @returns the blocks, which cover the whole source, and all definitions
   */
  read(
    source: string,
    definitions: Definitions,
  ): { readonly blocks: readonly ReadBlock[]; readonly definitions: Definitions } {
    this.lexer = new BoundedLexer()
    Object.assign(this.lexer.tokens.links, definitions)
    try {
      const blocks = this.blocksOf(source)
      if (blocks.reduce((all, { length }) => all + length, 0) === source.length)
        return { blocks, definitions: { ...this.lexer.tokens.links } }
    } catch {
      // Markdown that the lexer refuses is still text.
    }
    return {
      blocks: source === '' ? [] : [{ block: { kind: 'plain', text: source }, length: source.length }],
      definitions,
    }
  }

  private blocksOf(source: string): readonly ReadBlock[] {
    for (const kept of [this.inlines, this.items, this.rows]) kept.age()
    const found: { block: Block; length: number }[] = []
    let lead = 0
    // Of the same length, so that what is found can be found in the source. The `\n` of a `\r` may not have come yet.
    const text = source.includes('\r') ? source.replaceAll('\r\n', ' \n').replaceAll('\r', ' ') : source
    this.lexer.restart(text.length)
    const tokens = this.lexer.blockTokens(text, [])
    const definitions = { ...this.lexer.tokens.links }
    if (!areSame(definitions, this.definitions)) {
      this.definitions = definitions
      for (const kept of [this.inlines, this.items, this.rows]) kept.clear()
    }
    for (const token of tokens) {
      const last = found.at(-1)
      if (token.type === 'space') {
        if (last === undefined) lead += token.raw.length
        else last.length += token.raw.length
        continue
      }
      found.push({ block: this.block(token), length: token.raw.length + lead })
      lead = 0
    }
    if (lead > 0) found.push({ block: { kind: 'definition' }, length: lead })
    return found
  }

  private blocks(tokens: readonly Token[]): readonly Block[] {
    return tokens.filter(({ type }) => type !== 'space' && type !== 'checkbox').map((token) => this.block(token))
  }

  private block(general: Token): Block {
    const token = general as MarkedToken
    switch (token.type) {
      case 'heading':
        return { kind: 'heading', depth: token.depth, inlines: this.line(token.text) }
      case 'paragraph':
      case 'text':
        return { kind: 'paragraph', inlines: this.line(token.text) }
      case 'code':
        return { kind: 'code', parts: codeParts(token.text) }
      case 'blockquote':
        return { kind: 'quote', blocks: this.blocks(token.tokens) }
      case 'list':
        return {
          kind: 'list',
          ...(token.start === '' ? {} : { start: token.start }),
          items: token.items.map((item) => this.item(item)),
        }
      case 'table':
        return {
          kind: 'table',
          head: this.row(token.header),
          rows: token.rows.map((row) => this.row(row)),
        }
      case 'hr':
        return { kind: 'rule' }
      case 'def':
        return { kind: 'definition' }
      default:
        return { kind: 'plain', text: token.raw }
    }
  }

  private item(item: Tokens.ListItem): ListItem {
    return this.items.get(`${String(item.loose)} ${item.raw}`, () => {
      const blocks = item.task ? item.tokens.map(withoutBox) : item.tokens
      return { blocks: this.blocks(blocks), ...(item.task ? { checked: item.checked === true } : {}) }
    })
  }

  private row(cells: readonly Tokens.TableCell[]): readonly TableCell[] {
    const key = cells.map(({ text, align }) => `${align ?? ''} ${text}`).join('\n')
    return this.rows.get(key, () =>
      cells.map(({ text, align }) => ({
        inlines: this.line(text),
        ...(align === 'center' || align === 'right' ? { align } : {}),
      })),
    )
  }

  private line(text: string): readonly Inline[] {
    return this.inlines.get(text, () => {
      try {
        this.lexer.restart(text.length)
        return inlinesOf(this.lexer.inlineTokens(text))
      } catch {
        return [{ kind: 'text', text }]
      }
    })
  }
}

function inlinesOf(tokens: readonly Token[]): readonly Inline[] {
  const found: Inline[] = []
  for (const token of tokens) {
    for (const inline of inlineOf(token as MarkedToken)) {
      const last = found.at(-1)
      if (inline.kind === 'text' && last?.kind === 'text')
        found[found.length - 1] = { kind: 'text', text: last.text + inline.text }
      else found.push(inline)
    }
  }
  return found
}

function inlineOf(token: MarkedToken): readonly Inline[] {
  switch (token.type) {
    case 'text':
      return [{ kind: 'text', text: plainCharacters(token.text) }]
    case 'escape':
      return [{ kind: 'text', text: token.text }]
    case 'codespan':
      return [{ kind: 'code', text: token.text }]
    case 'br':
    case 'html':
      return [{ kind: 'break' }]
    case 'strong':
      return [{ kind: 'strong', inlines: inlinesOf(token.tokens) }]
    case 'em':
      return [{ kind: 'emphasis', inlines: inlinesOf(token.tokens) }]
    case 'del':
      return [{ kind: 'deleted', inlines: inlinesOf(token.tokens) }]
    case 'link': {
      const inlines: readonly Inline[] =
        token.autolink === true ? [{ kind: 'text', text: token.text }] : inlinesOf(token.tokens)
      const url = webUrl(token.href, token.autolink === true)
      return url === undefined ? inlines : [{ kind: 'link', url, inlines }]
    }
    case 'image': {
      const url = webUrl(token.href, false)
      return [{ kind: 'image', alt: plainCharacters(token.text) || 'Image', ...(url === undefined ? {} : { url }) }]
    }
    default:
      return [{ kind: 'text', text: token.raw }]
  }
}

/** The address as the browser would open it; undefined for what is none of the web. */
function webUrl(href: string, isLiteral: boolean): string | undefined {
  const text = isLiteral ? href : plainCharacters(href)
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return undefined
  const { href: url } = new URL(text)
  return url.length > MAX_URL ? undefined : url
}

function codeParts(text: string): readonly string[] {
  const parts: string[] = []
  let begin = 0
  let lines = 0
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (++lines < CODE_LINES) continue
    parts.push(text.slice(begin, at + 1))
    begin = at + 1
    lines = 0
  }
  if (begin < text.length || parts.length === 0) parts.push(text.slice(begin))
  return parts
}

/** The box of a task that stands in its text. */
function withoutBox(token: Token, index: number): Token {
  return index === 0 && (token.type === 'paragraph' || token.type === 'text')
    ? { ...token, text: (token as Tokens.Text).text.replace(/^\[[ xX]\]\s+/, '') }
    : token
}

function areSame(a: Definitions, b: Definitions): boolean {
  const labels = Object.keys(a)
  return labels.length === Object.keys(b).length && labels.every((label) => a[label]?.href === b[label]?.href)
}

/** What was made of texts at this reading and the one before. */
class Kept<T> {
  private now = new Map<string, T>()
  private before = this.now

  get(key: string, make: () => T): T {
    const kept = this.now.get(key) ?? this.before.get(key) ?? make()
    this.now.set(key, kept)
    return kept
  }

  age(): void {
    this.before = this.now
    this.now = new Map()
  }

  clear(): void {
    this.now = new Map()
    this.before = this.now
  }
}

/**
 * A line of output as it is drawn: pieces in the colours that the command chose, with the places and addresses that it
 * names. Computed for the rows that are seen, and kept while they are.
 */
import { ansiSpans, stripAnsi, type AnsiSpan } from '../../src/shared/lib/ansi'
import { linksIn } from '../../src/shared/lib/fileReferences'

export type OutputLink =
  | { readonly kind: 'file'; readonly path: string; readonly line?: number; readonly column?: number }
  | { readonly kind: 'web'; readonly url: string }

export interface Piece {
  readonly text: string
  /** Class names of the style sheet, separated by spaces. */
  readonly look: string
  /** CSS colours; undefined for the row's own. */
  readonly ink?: string | undefined
  readonly background?: string | undefined
  /** Index in `links`. */
  readonly link?: number | undefined
}

export interface OutputText {
  /** The text without codes. */
  readonly plain: string
  readonly pieces: readonly Piece[]
  readonly links: readonly OutputLink[]
}

/** A row shows no more than this many characters, however wide the screen is. */
const ROW_CHARACTERS = 1000
/** As many as a row has (core/rows.ts): what is searched for may be behind the others. */
const WHOLE_ROW_CHARACTERS = 4001
const MAX_KEPT = 512
/** The least recently used first. */
const kept = new Map<string, OutputText>()

/** Whether a row is text that a command wrote, with codes in it. */
export function isOutput(row: { readonly phase: string }): boolean {
  return row.phase === 'log_line' || row.phase === 'line_update'
}

/** The pieces of a row's text, cut where no screen shows more. @param isWhole not cut */
export function rowText(text: string, isWhole = false): OutputText {
  const isLong = isWhole && text.length > ROW_CHARACTERS
  const key = isLong ? `\0${text}` : text
  const known = kept.get(key)
  if (known !== undefined) {
    kept.delete(key)
    kept.set(key, known)
    return known
  }
  const fresh = outputText(text, isLong ? WHOLE_ROW_CHARACTERS : ROW_CHARACTERS)
  kept.set(key, fresh)
  if (kept.size > MAX_KEPT) {
    const [oldest] = kept.keys()
    if (oldest !== undefined) kept.delete(oldest)
  }
  return fresh
}

/** The text as it is copied: without codes, whole. */
export function plainText(text: string): string {
  return stripAnsi(text)
}

/** @param limit characters that become pieces; `plain` and `links` are of the same part */
export function outputText(text: string, limit: number): OutputText {
  const spans = clip(ansiSpans(text), limit)
  const plain = spans.map((span) => span.text).join('')
  const links: OutputLink[] = []
  const pieces: Piece[] = []
  const found = linksIn(plain).filter((link) => link.kind === 'file' || URL.canParse(link.url))
  let next = 0
  /** The index in `links` of the found link at `next`, once one of its pieces was made. */
  let named: number | undefined
  let at = 0
  for (const span of spans) {
    const style = styleOf(span)
    const target = span.href === undefined ? undefined : linkOf(span.href)
    if (target !== undefined) {
      const before = pieces.at(-1)?.link
      // Neighbours of one link, in several colours, stay one link.
      const same = before !== undefined && JSON.stringify(links[before]) === JSON.stringify(target)
      pieces.push({ text: span.text, ...style, link: same ? before : links.push(target) - 1 })
      at += span.text.length
      continue
    }
    const end = at + span.text.length
    while (at < end) {
      let link = found[next]
      while (link !== undefined && link.end <= at) {
        link = found[++next]
        named = undefined
      }
      if (link === undefined || link.start >= end) {
        pieces.push({ text: plain.slice(at, end), ...style })
        at = end
      } else if (link.start > at) {
        pieces.push({ text: plain.slice(at, link.start), ...style })
        at = link.start
      } else {
        const until = Math.min(end, link.end)
        named ??=
          links.push(
            link.kind === 'web'
              ? { kind: 'web', url: link.url }
              : {
                  kind: 'file',
                  path: link.path,
                  ...(link.line === undefined ? {} : { line: link.line }),
                  ...(link.column === undefined ? {} : { column: link.column }),
                },
          ) - 1
        pieces.push({ text: plain.slice(at, until), ...style, link: named })
        at = until
      }
    }
  }
  return { plain, pieces, links }
}

/** "src/train.py:12:3", or the address. */
export function linkText(link: OutputLink): string {
  if (link.kind === 'web') return link.url
  return [link.path, link.line, link.column].filter((part) => part !== undefined).join(':')
}

function clip(spans: readonly AnsiSpan[], limit: number): AnsiSpan[] {
  const clipped: AnsiSpan[] = []
  let room = limit
  for (const span of spans) {
    if (room <= 0) break
    clipped.push(span.text.length <= room ? span : { ...span, text: span.text.slice(0, room) })
    room -= span.text.length
  }
  return clipped
}

/** Where an OSC 8 link leads; undefined for what is never opened. */
function linkOf(href: string): OutputLink | undefined {
  if (/^https?:\/\//i.test(href)) return URL.canParse(href) ? { kind: 'web', url: href } : undefined
  if (!/^file:\/\//i.test(href) || !URL.canParse(href)) return undefined
  try {
    const url = new URL(href)
    const path = decodeURIComponent(url.pathname).replace(/^\/([a-z]:)/i, '$1')
    // Compilers and ls write the place as a fragment: #12, #L12.
    const line = Number(/^#L?(\d{1,9})/.exec(url.hash)?.[1] ?? '0')
    return path === '' || path === '/' ? undefined : { kind: 'file', path, ...(line > 0 ? { line } : {}) }
  } catch {
    return undefined
  }
}

function styleOf(span: AnsiSpan): { look: string; ink?: string; background?: string } {
  const look = [
    ...(span.bold === true ? ['bold'] : []),
    ...(span.dim === true ? ['dim'] : []),
    ...(span.italic === true ? ['italic'] : []),
    ...(span.underline === true ? ['underline'] : []),
    ...(span.strike === true ? ['strike'] : []),
    ...(span.href === undefined ? [] : ['named-link']),
  ]
  const fg = span.fg === undefined ? undefined : cssColor(span.fg)
  const bg = span.bg === undefined ? undefined : cssColor(span.bg)
  const ink = span.inverse === true ? (bg ?? 'var(--ansi-paper)') : fg
  const background = span.inverse === true ? (fg ?? 'var(--ansi-ink)') : bg
  // Alone on the theme's paper a colour may be as light or dark as the paper: the style sheet moves it away from there.
  // Black, white and grey on a paper of their own are there to be read, and a theme's need not be.
  if (background !== undefined) look.push(span.inverse !== true && isNeutral(span.fg) ? 'on-own-neutral' : 'on-own')
  else if (ink !== undefined) look.push('on-paper')
  return {
    look: look.join(' '),
    ...(ink === undefined ? {} : { ink }),
    ...(background === undefined ? {} : { background }),
  }
}

function isNeutral(color: AnsiSpan['fg']): boolean {
  return color === undefined || (color.kind === 'named' && [0, 7, 8, 15].includes(color.index))
}

function cssColor(color: NonNullable<AnsiSpan['fg']>): string {
  return color.kind === 'named' ? `var(--ansi-${String(color.index)})` : rgb(color.value)
}

/** @param value 0xRRGGBB */
function rgb(value: number): string {
  return `#${(value & 0xff_ffff).toString(16).padStart(6, '0')}`
}

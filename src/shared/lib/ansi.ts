/**
 * Escape codes of terminals, as ECMA-48 and xterm's "Control Sequences" describe them: found, taken out, and the ones that
 * colour a text (SGR) or link it (OSC 8) read into spans. Linear in the length of the text, whatever the text holds.
 */

/** One escape code. `back`, `forward` and `column` move the cursor within the line, `erase` clears a part of the line (EL). */
export interface Escape {
  readonly kind: 'sgr' | 'link' | 'back' | 'forward' | 'column' | 'erase' | 'other'
  /** The index after it. */
  readonly end: number
  /** Of `link` what stands between `ESC ] 8 ;` and the terminator, of `other` nothing, of the others the parameters. */
  readonly body: string
}

const ESC = 0x1b
const BEL = 0x07
const CSI_C1 = 0x9b
const SGR = 0x6d
/** By the final byte: D, C, G and ` (both: the column), K. */
const lineKinds = new Map<number, 'back' | 'forward' | 'column' | 'erase'>([
  [0x44, 'back'],
  [0x43, 'forward'],
  [0x47, 'column'],
  [0x60, 'column'],
  [0x4b, 'erase'],
])

// eslint-disable-next-line no-control-regex -- escape codes are what is looked for
const START = /[\x1b\x80-\x9f]/
// eslint-disable-next-line no-control-regex -- see above
const STARTS = /[\x1b\x80-\x9f]/g
// What ends an operating system command: BEL, ST, or (as in xterm) whatever starts another code, CAN and SUB.
// eslint-disable-next-line no-control-regex -- see above
const STRING_END = /[\x07\x18\x1a\x1b\x9c]/g

/** Whether a text may hold escape codes; one fast look. */
function hasAnsi(text: string): boolean {
  return START.test(text)
}

/**
 * Reads the escape code at an index that holds ESC or a C1 control. An unfinished one reaches to the end of the text.
 * A C1 control counts as the start of a sequence only as CSI with parameters: in output of programs it is mostly a character
 * that was decoded wrongly, and a lone 0x9d must not swallow the rest of a line.
 */
export function readEscape(text: string, at: number): Escape {
  const first = text.charCodeAt(at)
  if (first !== ESC) {
    const next = text.charCodeAt(at + 1)
    return first === CSI_C1 && next >= 0x30 && next <= 0x3f ? readCsi(text, at + 1) : other(at + 1)
  }
  const second = text.charCodeAt(at + 1)
  switch (second) {
    case 0x5b: // [
      return readCsi(text, at + 2)
    case 0x5d: // ]
      return readOsc(text, at + 2)
    case 0x50: // P: DCS
    case 0x58: // X: SOS
    case 0x5e: // ^: PM
    case 0x5f: // _: APC
      return readString(text, at + 2)
    default: {
      let end = at + 1
      while (isBetween(text.charCodeAt(end), 0x20, 0x2f)) end++
      return other(isBetween(text.charCodeAt(end), 0x30, 0x7e) ? end + 1 : end)
    }
  }
}

function other(end: number): Escape {
  return { kind: 'other', end, body: '' }
}

function isBetween(code: number, from: number, to: number): boolean {
  return code >= from && code <= to
}

function readCsi(text: string, from: number): Escape {
  let end = from
  while (isBetween(text.charCodeAt(end), 0x30, 0x3f)) end++
  const parameters = end
  while (isBetween(text.charCodeAt(end), 0x20, 0x2f)) end++
  const final = text.charCodeAt(end)
  if (!isBetween(final, 0x40, 0x7e)) return other(end)
  if (parameters < end) return other(end + 1)
  const body = text.slice(from, end)
  if (final === SGR) return /^[\d;:]*$/.test(body) ? { kind: 'sgr', end: end + 1, body } : other(end + 1)
  const kind = lineKinds.get(final)
  return kind === undefined || !/^\d*$/.test(body) ? other(end + 1) : { kind, end: end + 1, body }
}

function readOsc(text: string, from: number): Escape {
  STRING_END.lastIndex = from
  const stop = STRING_END.exec(text)?.index
  if (stop === undefined) return other(text.length)
  const ending = text.charCodeAt(stop)
  const isST = ending === ESC && text.charCodeAt(stop + 1) === 0x5c
  if (ending === ESC && !isST) return other(stop)
  const end = stop + (isST ? 2 : 1)
  const isTerminated = isST || ending === BEL || ending === 0x9c
  if (isTerminated && text.startsWith('8;', from)) return { kind: 'link', end, body: text.slice(from + 2, stop) }
  return other(end)
}

function readString(text: string, from: number): Escape {
  const end = text.indexOf('\x1b\\', from)
  return other(end < 0 ? text.length : end + 2)
}

/** The text without any escape code. */
export function stripAnsi(text: string): string {
  if (!hasAnsi(text)) return text
  let plain = ''
  for (const piece of pieces(text)) if (typeof piece === 'string') plain += piece
  return plain
}

/** Text and escape codes in turn. */
function* pieces(text: string): Generator<string | Escape> {
  let from = 0
  while (from < text.length) {
    STARTS.lastIndex = from
    const at = STARTS.exec(text)?.index ?? text.length
    if (at > from) yield text.slice(from, at)
    if (at === text.length) return
    const escape = readEscape(text, at)
    yield escape
    from = escape.end
  }
}

/** A colour: one of the terminal's 16 (0–7 normal, 8–15 bright), which a theme defines, or a fixed one. */
export type AnsiColor =
  { readonly kind: 'named'; readonly index: number } | { readonly kind: 'rgb'; /** 0xRRGGBB */ readonly value: number }

export interface AnsiSpan {
  readonly text: string
  readonly fg?: AnsiColor
  readonly bg?: AnsiColor
  readonly bold?: true
  readonly dim?: true
  readonly italic?: true
  readonly underline?: true
  readonly inverse?: true
  readonly strike?: true
  /** http, https, mailto or file; other links are drawn as text. */
  readonly href?: string
}

type Style = Omit<AnsiSpan, 'text'>

/** The text in spans of one look. Concealed and blinking text is shown as any other: nothing may hide in a log. */
export function ansiSpans(text: string): AnsiSpan[] {
  if (!hasAnsi(text)) return text === '' ? [] : [{ text }]
  const spans: AnsiSpan[] = []
  let style: Style = {}
  let href: string | undefined
  let run = ''
  const flush = (): void => {
    if (run !== '') spans.push({ text: run, ...style, ...(href === undefined ? {} : { href }) })
    run = ''
  }
  for (const piece of pieces(text)) {
    if (typeof piece === 'string') run += piece
    else if (piece.kind === 'sgr') {
      const next = restyled(style, piece.body)
      if (isSame(style, next)) continue
      flush()
      style = next
    } else if (piece.kind === 'link') {
      const next = safeHref(piece.body.slice(piece.body.indexOf(';') + 1))
      if (next === href) continue
      flush()
      href = next
    }
  }
  flush()
  return spans
}

const MAX_HREF = 8000

function safeHref(uri: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- none may be in an address
  return uri.length <= MAX_HREF && /^(?:(?:https?|file):\/\/|mailto:)[^\s\x00-\x1f\x7f-\x9f]+$/i.test(uri)
    ? uri
    : undefined
}

function isSame(a: Style, b: Style): boolean {
  return (
    a.bold === b.bold &&
    a.dim === b.dim &&
    a.italic === b.italic &&
    a.underline === b.underline &&
    a.inverse === b.inverse &&
    a.strike === b.strike &&
    isSameColor(a.fg, b.fg) &&
    isSameColor(a.bg, b.bg)
  )
}

function isSameColor(a: AnsiColor | undefined, b: AnsiColor | undefined): boolean {
  if (a === undefined || b === undefined) return a === b
  return a.kind === 'named' ? b.kind === 'named' && a.index === b.index : b.kind === 'rgb' && a.value === b.value
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }
type Flag = 'bold' | 'dim' | 'italic' | 'underline' | 'inverse' | 'strike'

const switchedOn = new Map<number, Flag>([
  [1, 'bold'],
  [2, 'dim'],
  [3, 'italic'],
  [4, 'underline'],
  [7, 'inverse'],
  [9, 'strike'],
  [21, 'underline'],
])
const switchedOff = new Map<number, readonly (Flag | 'fg' | 'bg')[]>([
  [22, ['bold', 'dim']],
  [23, ['italic']],
  [24, ['underline']],
  [27, ['inverse']],
  [29, ['strike']],
  [39, ['fg']],
  [49, ['bg']],
])

function restyled(before: Style, body: string): Style {
  let style: Mutable<Style> = { ...before }
  // A part is a number, or with `:` a number and its arguments.
  const parts = body.split(';')
  for (let i = 0; i < parts.length; i++) {
    const [code = 0, ...rest] = (parts[i] ?? '').split(':').map(Number)
    const off = switchedOff.get(code)
    const on = switchedOn.get(code)
    if (code === 0) style = {}
    else if (off !== undefined) for (const name of off) Reflect.deleteProperty(style, name)
    else if (on !== undefined) {
      if (code === 4 && rest[0] === 0) delete style.underline
      else style[on] = true
    } else if (code === 38 || code === 48 || code === 58) {
      const takesNext = rest.length === 0
      const args = takesNext ? parts.slice(i + 1, i + 5).map(Number) : rest
      const color = extendedColor(args, !takesNext)
      if (takesNext) i += args[0] === 2 ? 4 : args[0] === 5 ? 2 : 0
      if (color === undefined) continue
      if (code === 38) style.fg = color
      else if (code === 48) style.bg = color
    } else {
      const named = namedColor(code)
      if (named !== undefined) style[named.part] = named.color
    }
  }
  return style
}

function namedColor(code: number): { part: 'fg' | 'bg'; color: AnsiColor } | undefined {
  const isBright = code >= 90
  const offset = code - (isBright ? 90 : 30)
  if (!isBetween(offset, 0, 7) && !isBetween(offset, 10, 17)) return undefined
  return { part: offset < 8 ? 'fg' : 'bg', color: { kind: 'named', index: (offset % 10) + (isBright ? 8 : 0) } }
}

/** `5;n` or `2;r;g;b`; with colons there may be a colour space before the red: `2:space:r:g:b`. */
function extendedColor(args: readonly number[], withColons: boolean): AnsiColor | undefined {
  if (args[0] === 5) return indexedColor(args[1] ?? Number.NaN)
  if (args[0] !== 2) return undefined
  const [red = 0, green = 0, blue = 0] = args.slice(withColons && args.length >= 5 ? 2 : 1)
  return rgb(red, green, blue)
}

function rgb(...channels: readonly number[]): AnsiColor | undefined {
  if (!channels.every((value) => Number.isInteger(value) && isBetween(value, 0, 255))) return undefined
  return { kind: 'rgb', value: channels.reduce((value, channel) => value * 256 + channel, 0) }
}

/** xterm's 256 colours: 16 named ones, a cube of 6×6×6, 24 greys. */
function indexedColor(index: number): AnsiColor | undefined {
  if (!Number.isInteger(index) || !isBetween(index, 0, 255)) return undefined
  if (index < 16) return { kind: 'named', index }
  if (index >= 232) return rgb(...Array<number>(3).fill(8 + (index - 232) * 10))
  const level = (n: number): number => (n === 0 ? 0 : 55 + n * 40)
  const cube = index - 16
  return rgb(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
}

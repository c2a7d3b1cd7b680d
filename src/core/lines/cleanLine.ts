/** What a terminal would show of one physical line of output. */
import { readEscape, type Escape } from '../../shared/lib/ansi'

// eslint-disable-next-line no-control-regex -- those are what is looked for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/
// eslint-disable-next-line no-control-regex -- see above
const CONTROLS = /[\x00-\x08\x0a-\x1f\x7f-\x9f]/g

const CARRIAGE_RETURN = 0x0d
const BACKSPACE = 0x08
const ESC = 0x1b
/** Of a progress bar that never ended its line only so much of the end is looked at. */
const ENOUGH = 256 * 1024
/** The cursor goes no further to the right than this by itself. */
const MAX_COLUMN = 1000
/** A line whose cursor moves over more characters than this is no animation; further moves are dropped. */
const MAX_MOVES = 1_000_000
/** Colours in effect are carried over a carriage return up to this length. */
const MAX_CARRIED = 256

/**
 * The line as a terminal would show it in the end: what a carriage return (or erasing the line) starts over replaces what stood
 * there, and the last state with anything visible in it stays. Backspace and cursor moves within the line write over it; a
 * column is a UTF-16 unit. Colours (SGR) and links (OSC 8, ended by `ESC \`) are kept, everything else that is no text is
 * dropped.
 *
 * @param raw one line, without its newline
 */
export function cleanLine(raw: string): string {
  if (!CONTROL.test(raw)) return raw
  if (raw.length > ENOUGH) {
    const from = raw.indexOf('\r', raw.length - ENOUGH)
    const end = from < 0 ? '' : cleaned(raw.slice(from + 1))
    if (isVisible(end)) return end
  }
  return cleaned(raw)
}

function isVisible(cleanText: string): boolean {
  // eslint-disable-next-line no-control-regex -- what `cleaned` left: colours and links
  return /\S/.test(cleanText.replace(/\x1b(?:\[[\d;:]*m|\]8;[^\x1b]*\x1b\\)/g, ''))
}

function cleaned(raw: string): string {
  let shown: string | undefined
  let state = new State('')
  /** The colours in effect: they go on behind a carriage return. */
  let colours = ''
  let moves = MAX_MOVES
  const move = (columns: number): void => {
    moves -= Math.abs(columns)
    if (moves < 0) return
    if (columns < 0) state.back(-columns)
    else state.forward(columns)
  }
  const startOver = (): void => {
    if (state.isUntouched) return
    if (!state.isBlank) shown = state.text
    state = new State(colours)
  }
  const follow = (escape: Escape): void => {
    const { kind, body } = escape
    if (kind === 'sgr') {
      const code = `\x1b[${body}m`
      state.addCode(code)
      if (/^0*(?:;|$)/.test(body)) colours = /[1-9]/.test(body) ? code : ''
      else if (colours.length < MAX_CARRIED) colours += code
    } else if (kind === 'link') state.addCode(`\x1b]8;${withoutControls(body)}\x1b\\`)
    else if (kind === 'erase') {
      if (/^0*$/.test(body)) state.eraseRest()
      else startOver()
    } else if (kind === 'column') {
      const column = numberOf(body) - 1
      if (column === 0) startOver()
      else move(column - Math.min(state.column, MAX_COLUMN))
    } else if (kind === 'back') move(-numberOf(body))
    else if (kind === 'forward') move(numberOf(body))
  }
  let from = 0
  while (from < raw.length) {
    CONTROLS.lastIndex = from
    const at = CONTROLS.exec(raw)?.index ?? raw.length
    if (at > from) state.write(raw.slice(from, at))
    if (at === raw.length) break
    const code = raw.charCodeAt(at)
    from = at + 1
    if (code === CARRIAGE_RETURN) startOver()
    else if (code === BACKSPACE) move(-1)
    else if (code === ESC || code >= 0x80) {
      const escape = readEscape(raw, at)
      from = escape.end
      follow(escape)
    }
  }
  return state.isBlank ? (shown ?? state.text) : state.text
}

/** The parameter of a cursor code: 1 where there is none. */
function numberOf(body: string): number {
  return Math.min(Math.max(Number(body), 1), MAX_COLUMN)
}

function withoutControls(text: string): string {
  return CONTROL.test(text) ? text.replace(CONTROLS, '') : text
}

/** What stands in the line since its last start. */
class State {
  /** Text and codes before the cursor. */
  private readonly parts: string[]
  /** The places of `parts` that hold text, the others are codes. */
  private readonly texts: number[] = []
  column = 0
  /** The characters behind the cursor, the next one last. */
  private readonly rest: string[] = []
  private hasVisible = false

  constructor(private readonly colours: string) {
    this.parts = colours === '' ? [] : [colours]
  }

  get isUntouched(): boolean {
    return this.parts.length === (this.colours === '' ? 0 : 1)
  }

  write(text: string): void {
    this.append(text)
    let over = text.length
    while (over > 0 && this.rest.length > 0) over -= this.rest.pop()?.length ?? 0
  }

  addCode(code: string): void {
    this.parts.push(code)
  }

  back(count: number): void {
    for (let i = 0; i < count; i++) {
      const place = this.texts.at(-1)
      if (place === undefined) return
      const text = this.parts[place] ?? ''
      const isPair = text.length > 1 && /[\ud800-\udbff][\udc00-\udfff]$/.test(text.slice(-2))
      const length = isPair ? 2 : 1
      this.parts[place] = text.slice(0, -length)
      this.rest.push(text.slice(-length))
      this.column -= length
      if (text.length === length) this.texts.pop()
    }
  }

  /** Goes right, over what stands there or by spaces. */
  forward(count: number): void {
    let passed = ''
    for (let i = 0; i < count && this.column + i < MAX_COLUMN; i++) passed += this.rest.pop() ?? ' '
    if (passed !== '') this.append(passed)
  }

  eraseRest(): void {
    this.rest.length = 0
  }

  get isBlank(): boolean {
    if (!this.hasVisible) return true
    return !this.texts.some((place) => /\S/.test(this.parts[place] ?? '')) && !/\S/.test(this.rest.join(''))
  }

  get text(): string {
    const text = this.parts.join('')
    return this.rest.length === 0 ? text : text + this.rest.toReversed().join('').trimEnd()
  }

  private append(text: string): void {
    this.texts.push(this.parts.length)
    this.parts.push(text)
    this.column += text.length
    this.hasVisible ||= /\S/.test(text)
  }
}

/** Finds out what lines of text say: their format from the first of them, then time, level, logger, fields and message of each. */
import { stripAnsi } from '../../shared/lib/ansi'
import { UserError } from '../../shared/userError'
import { classifyLine, statedOutcome } from './classify'
import { detectFormat } from './detectFormat'
import { Continuation } from './formats/continuation'
import type { LineFormat, WrappedFormat } from './formats/lineFormat'
import { ObjectReader } from './formats/objectLine'
import { readPattern } from './formats/patternLine'
import { StampReader } from './formats/stamps'
import { builtInFormats, formatsFor } from './formats/table'
import { unwrap } from './formats/wrappedLine'
import type { ParsedLine } from './parsedLine'

export interface LineParserOptions {
  /** Custom formats (formats/custom.ts), looked for before the built-in ones. */
  readonly formats?: readonly LineFormat[]
  /** The id of the format; without it, it is detected. */
  readonly format?: string
  /** For stamps without a year or a day, in ms; the clock's time if not given. */
  readonly now?: number
  /** The zone of stamps that name none, in minutes east of UTC; the machine's own if not given. */
  readonly offsetMinutes?: number
}

/** One for each text, fed with its lines in order. */
export interface LineParser {
  /** The format found, undefined while there is none (plain text). May change within the first lines. */
  readonly format: { readonly id: string; readonly name: string } | undefined
  /** @param text one physical line; its end and escape codes are left away */
  parse(text: string): ParsedLine
}

/** @throws UserError if `format` is not known */
export function createLineParser(options: LineParserOptions = {}): LineParser {
  const { formats = [], format: id } = options
  if (id === undefined) return new FormatParser(options, undefined, 'all')
  const format = [...formats, ...builtInFormats].find((one) => one.id === id)
  if (format === undefined) {
    const known = [...new Set([...formats, ...builtInFormats].map((one) => one.id))]
    throw new UserError(
      `There is no log format "${id}". Known are: ${known.join(', ')}.`,
      'unknown_format',
      'bad_input',
    )
  }
  return new FormatParser(options, format, 'inside')
}

/** Formats are looked for in so many lines. */
const MAX_DETECTED = 64
/** Of a line that is only looked at for its format. */
const MAX_KEPT = 4096
/** What stands beside a level is looked for in this part of a line. */
const MAX_BESIDE = 1000

/** What is inside the lines of a container. */
interface Inside {
  readonly parser: FormatParser
  /** The last line was only a piece. */
  readonly partial: { stdout: boolean; stderr: boolean }
}

/** The parser itself, for the scanner too, which hands it the lines that it can't read from their bytes. */
export class FormatParser implements LineParser {
  /** The level of the entry that lines may go on with. */
  above: ParsedLine['level']
  readonly continuation = new Continuation()
  private current: LineFormat | undefined
  private readonly custom: readonly LineFormat[]
  private readonly stamps: StampReader
  private readonly objects: ObjectReader
  /** The first lines, while the format is looked for. */
  private first: string[] | undefined
  private readonly inside: { -readonly [wrapper in WrappedFormat['wrapper']]?: Inside } = {}

  constructor(
    private readonly options: Omit<LineParserOptions, 'format'>,
    format: LineFormat | undefined,
    /** Whether formats are looked for: of the lines, only of what is inside a container's lines, not at all. */
    private readonly detects: 'all' | 'inside' | 'no',
  ) {
    this.current = format
    this.custom = options.formats ?? []
    this.stamps = new StampReader(options)
    this.objects = new ObjectReader(this.stamps)
    this.first = detects === 'all' ? [] : undefined
  }

  get format(): LineFormat | undefined {
    const { current } = this
    if (current?.kind !== 'wrapped' || current.inner !== undefined) return current
    const inner = this.inside[current.wrapper]?.parser.format
    return inner === undefined ? current : { ...current, name: `${current.name}: ${inner.name}`, inner }
  }

  parse(text: string): ParsedLine {
    const line = plainText(text)
    if (this.first !== undefined) this.detect(this.first, line)
    const parsed = this.read(line)
    if (parsed.continued === true) {
      const { level: _own, ...rest } = parsed
      return this.above === undefined ? rest : { ...rest, level: this.above }
    }
    this.above = parsed.level
    return parsed
  }

  private detect(lines: string[], line: string): void {
    lines.push(line.length > MAX_KEPT ? line.slice(0, MAX_KEPT) : line)
    const count = lines.length
    // At each line at first, then ever more rarely.
    if (count > 8 && (count & (count - 1)) !== 0) return
    const found = detectFormat(lines, this.custom)
    if (found?.id !== this.current?.id) this.current = found
    if (count >= MAX_DETECTED) this.first = undefined
  }

  private read(text: string): ParsedLine {
    const { current } = this
    const wraps = current?.kind === 'pattern' && current.isLoose !== true
    if (current !== undefined) {
      const parsed = this.readAs(current, text, true)
      if (parsed !== undefined) return this.entry(parsed, text, current)
      if (current.kind === 'pattern' && current.notes?.test(text) === true) return this.entry({ message: text }, text)
    }
    if (wraps && (text === '' || text.startsWith(' ') || text.startsWith('\t')))
      return { message: text, continued: true }
    if (this.continuation.take(text)) return { message: text, continued: true }
    for (const format of this.custom) {
      const parsed = format === current ? undefined : this.readAs(format, text, false)
      if (parsed !== undefined) return this.entry(parsed, text, format)
    }
    for (const format of formatsFor(text)) {
      const parsed = format === current ? undefined : this.readAs(format, text, false)
      if (parsed !== undefined) return this.entry(parsed, text, format)
    }
    if (wraps) return { message: text, continued: true }
    return { message: text, ...classifyLine(text) }
  }

  /** An entry of its own: its level is by the rules for launches' output if its format states none. */
  private entry(parsed: ParsedLine, text: string, format?: LineFormat): ParsedLine {
    if (parsed.continued === true) return parsed
    this.continuation.reset()
    // What is inside a container's line was looked at by itself.
    if (format?.kind === 'wrapped') return parsed
    if (parsed.level === undefined) return { ...parsed, ...classifyLine(text) }
    if (parsed.outcome !== undefined) return parsed
    const outcome = statedOutcome(text.length > MAX_BESIDE ? text.slice(0, MAX_BESIDE) : text, parsed.level)
    return outcome === undefined ? parsed : { ...parsed, outcome }
  }

  private readAs(format: LineFormat, text: string, isCurrent: boolean): ParsedLine | undefined {
    switch (format.kind) {
      case 'pattern':
        return readPattern(format, text, this.stamps)
      case 'json':
        return this.objects.readJson(text, isCurrent)
      case 'logfmt':
        return this.objects.readLogfmt(text)
      case 'wrapped':
        return this.readWrapped(format, text)
    }
  }

  private readWrapped(format: WrappedFormat, text: string): ParsedLine | undefined {
    const found = unwrap(format.wrapper, text, this.stamps)
    if (found === undefined) return undefined
    const { stream, time, isPartial } = found
    const inside = (this.inside[format.wrapper] ??= {
      parser: new FormatParser(
        this.options,
        format.inner,
        this.detects === 'no' ? 'no' : format.inner === undefined ? 'all' : 'inside',
      ),
      partial: { stdout: false, stderr: false },
    })
    const goesOn = inside.partial[stream]
    inside.partial[stream] = isPartial
    if (goesOn) return { message: found.text, loggedAt: time, fields: { stream }, continued: true }
    const parsed = inside.parser.parse(found.text)
    return { ...parsed, loggedAt: time, fields: { ...parsed.fields, stream } }
  }
}

/** A line without its end, a byte order mark and escape codes. */
export function plainText(text: string): string {
  let line = text.endsWith('\r') ? text.slice(0, -1) : text
  if (line.startsWith('\uFEFF')) line = line.slice(1)
  return line.includes('\u001b') ? stripAnsi(line) : line
}

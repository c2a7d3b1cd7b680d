/** Finds out what lines of text say: their format from the first of them, then time, level, logger, fields and message of each. */
import type { LineFormat } from './formats/lineFormat'
import type { ParsedLine } from './parsedLine'

export interface LineParserOptions {
  /** Custom formats, looked for before the built-in ones. */
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
export function createLineParser(_options: LineParserOptions = {}): LineParser {
  return { format: undefined, parse: (text) => ({ message: text }) }
}
export type { LineFormat }

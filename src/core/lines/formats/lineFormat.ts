/** What a log line's format is made of: data that the full parser, the fast scanner and the table in the docs share. */
import type { Level } from '../../../shared/events/schema'
import type { HeadStep } from './head'

interface FormatBase {
  /** Stable: settings, logs and tests name it. */
  readonly id: string
  /** For people. */
  readonly name: string
}

/** A format whose lines begin with a head that one regular expression takes apart. */
export interface PatternFormat extends FormatBase {
  readonly kind: 'pattern'
  /**
   * Begins with `^`, runs on the first 4,096 characters, linear on any text. Named groups: `time` (any stamp of stamps.ts), `level`,
   * `logger`, `message` (goes to the end of the line); every other group is a field. A line whose level word is not known is not of the format.
   */
  readonly pattern: RegExp
  /** Level words in lower case, besides the common ones (classify.ts); for letters see `letters`. */
  readonly levels?: Readonly<Record<string, Level>>
  /** Level words that are told apart by case: `I`, `*`. */
  readonly letters?: Readonly<Record<string, Level>>
  /** The field that is a number which states the level: a syslog priority, an HTTP status. */
  readonly levelFrom?: 'priority' | 'status'
  /** Level words (lower case) of lines that belong to the entry above: PostgreSQL's STATEMENT. */
  readonly continuing?: readonly string[]
  /** Lines that are neither entries nor go on with one, such as logcat's `--------- beginning of main`. */
  readonly notes?: RegExp
  /** Lines that fit nothing don't belong to the entry above: a format without a head that one could miss. */
  readonly isLoose?: true
  /** How the stamp reads where it is not one of stamps.ts: a custom format's `timeFormat`. */
  readonly readTime?: (text: string) => number
  /** The same head for the fast scanner. Whatever these steps take, `pattern` takes too, with the same level and time. */
  readonly heads?: readonly (readonly HeadStep[])[]
  /** Takes a field apart: `request` into method and path, structured data into its parameters. */
  readonly refine?: (fields: Record<string, unknown>) => void
}

/** One JSON object a line. Level and time are found by the same keys in each flavour (jsonLine.ts); a flavour names itself by its keys. */
export interface JsonFormat extends FormatBase {
  readonly kind: 'json'
  /** All of them are in an object of this flavour; `name=number` asks for a number. */
  readonly keys: readonly string[]
}

/** `key=value` pairs. */
export interface LogfmtFormat extends FormatBase {
  readonly kind: 'logfmt'
}

/** A runtime's line around the line of a program. */
export interface WrappedFormat extends FormatBase {
  readonly kind: 'wrapped'
  readonly wrapper: 'cri' | 'docker'
  /** The format of what is inside, undefined for plain text. */
  readonly inner?: LineFormat
}

export type LineFormat = PatternFormat | JsonFormat | LogfmtFormat | WrappedFormat

/** What a log line's format is made of: data that the full parser, the fast scanner and the table in the docs share. */
import type { Level } from '../../../shared/events/schema'
import type { HeadStep } from './head'
import type { StampReader } from './stamps'

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
   * Begins with `^` and runs on the first 4,096 characters. Named groups: `time` (any stamp of stamps.ts), `level`, `logger`,
   * `message` (goes to the end of the line); every other group is a field. A line whose level word or stamp is not known is
   * not of the format.
   */
  readonly pattern: RegExp
  /** The characters a line may begin with, as a class of a regular expression; any if not given. */
  readonly starts?: string
  /** Level words in lower case, besides the common ones of classify.ts. */
  readonly levels?: Readonly<Record<string, Level>>
  /** Levels of one character, told apart by case; words don't count then. */
  readonly letters?: Readonly<Record<string, Level>>
  /** The group that states the level in its own way: `priority` of syslog, `status` of HTTP, `command` of GitHub Actions. */
  readonly levelFrom?: 'priority' | 'status' | 'command'
  /** Level words (lower case) of lines that belong to the entry above: PostgreSQL's STATEMENT. */
  readonly continuing?: readonly string[]
  /** Lines that are neither entries nor go on with one, such as logcat's `--------- beginning of main`. */
  readonly notes?: RegExp
  /** A line without the head does not belong to the entry above just for that. */
  readonly isLoose?: true
  /** Reads the group `time`, where it is none of the stamps of stamps.ts. */
  readonly readTime?: (text: string, stamps: StampReader) => number
  /** The same head for the fast scanner: what these steps take, `pattern` takes too, with the same level and time. */
  readonly heads?: readonly (readonly HeadStep[])[]
  /** Takes fields apart: a request into method and path, structured data into its parameters. */
  readonly refine?: (fields: Record<string, unknown>) => void
}

/** One JSON object a line. Level and time are found by the same keys in each flavour (jsonLine.ts), which are told apart by their own. */
export interface JsonFormat extends FormatBase {
  readonly kind: 'json'
  /** All of them are in an object of this flavour; behind a colon stands the type its value must have. */
  readonly keys: readonly string[]
}

/** `key=value` pairs. */
export interface LogfmtFormat extends FormatBase {
  readonly kind: 'logfmt'
}

/** A container runtime's line around a program's. */
export interface WrappedFormat extends FormatBase {
  readonly kind: 'wrapped'
  readonly wrapper: 'cri' | 'docker'
  /** The format of what is inside, undefined for plain text. */
  readonly inner?: LineFormat | undefined
}

export type LineFormat = PatternFormat | JsonFormat | LogfmtFormat | WrappedFormat

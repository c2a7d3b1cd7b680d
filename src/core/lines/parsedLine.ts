import type { Level } from '../../shared/events/schema'

/** What a line of text says, read by a LineParser (lineParser.ts). */
export interface ParsedLine {
  /** What a person reads: the line without its prefix (time, level, logger, …), escape codes and line end. The whole line if nothing was understood. */
  readonly message: string
  /** The line's own time: ms since the epoch, UTC, with fractions where the stamp is finer. */
  readonly loggedAt?: number
  /** Of a continued line the level of its entry. */
  readonly level?: Level
  readonly outcome?: 'success' | 'failure'
  readonly logger?: string
  /** Everything else the line names: `thread`, `pid`, `status`, the keys of JSON and logfmt, … */
  readonly fields?: Readonly<Record<string, unknown>>
  /** Belongs to the entry above: a stack trace, wrapped JSON, SQL. */
  readonly continued?: true
}

/** Levels as numbers, for scanners and indexes: 0 none, 1 trace … 6 fatal. */
export const levelNames: readonly (Level | undefined)[] = [
  undefined,
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
]

export const levelNumbers: Readonly<Record<Level, number>> = {
  trace: 1,
  debug: 2,
  info: 3,
  warn: 4,
  error: 5,
  fatal: 6,
}

/** Rows and queries: what a view asks for and what it gets. Plain types: the webview sees them without zod. */
import type { Level } from '../events/schema'

/** One line of the feed: the short form of an event. */
export interface Row {
  readonly position: number
  readonly seq: number
  /** Milliseconds since the epoch, UTC. */
  readonly time: number
  /** The event's phase; `damaged` for a line that can't be read. */
  readonly phase: string
  readonly level?: Level
  /** Of a line of output: how it says that something went. */
  readonly outcome?: 'success' | 'failure'
  /** Of a line of output: `stdout`, `stderr`, `stdin`, `file`, `remote`. */
  readonly stream?: string
  /** Of what was typed: the question that it answers. */
  readonly prompt?: string
  /** One line of text, at most 4 kB. A line of output keeps its colours (SGR) and links (OSC 8); nothing else is hidden in it. */
  readonly text: string
  /** Of a line of a text file that was understood: what it says behind its time, level and logger. */
  readonly message?: string
  readonly logger?: string
  /** Of a line: belongs to the entry above and has its level and time. */
  readonly continued?: true
  /** Of a line: its end is not written yet; it is completed in place. */
  readonly unterminated?: true
  /** Where several files are shown as one: the number of the file, from 0. */
  readonly source?: number
}

/** The entry that a line of a text file, or of a recorded one, belongs to: its first line and those that go on with it. */
export interface EntryLines {
  /** As they are in the file, each at most 16 kB. */
  readonly lines: readonly string[]
  /** Which of them was asked for. */
  readonly at: number
  /** It has more lines than are here. */
  readonly moreAbove?: true
  readonly moreBelow?: true
}

export interface TextQuery {
  readonly pattern: string
  readonly caseSensitive?: boolean | undefined
  readonly wholeWord?: boolean | undefined
  readonly regex?: boolean | undefined
}

/** All parts must hold. An empty query is every event. */
export interface Query {
  /** Only these phases. */
  readonly phases?: readonly string[] | undefined
  /** Not these phases. */
  readonly withoutPhases?: readonly string[] | undefined
  readonly levels?: readonly Level[] | undefined
  /** Not these levels; what has none stays. */
  readonly withoutLevels?: readonly Level[] | undefined
  readonly text?: TextQuery | undefined
  /** Each of these must be there too. */
  readonly include?: readonly TextQuery[] | undefined
  /** None of these may be there. */
  readonly exclude?: readonly TextQuery[] | undefined
  /** Milliseconds since the epoch: at or after `from`, before `to`. */
  readonly time?: { readonly from?: number | undefined; readonly to?: number | undefined } | undefined
  /** Only what came from these: parts of paths, or the name of a stream; without case. */
  readonly sources?: readonly string[] | undefined
  /** Not what came from these. */
  readonly withoutSources?: readonly string[] | undefined
}

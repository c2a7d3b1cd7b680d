/** Two runs side by side: what `src/core/compare` finds and the comparison's page and `tapedeck compare` draw. */
import type { RunKind } from '../events/schema'

export type Side = 'left' | 'right'

/** One of the two. */
export interface ComparedRun {
  readonly capture_id: string
  readonly kind: RunKind
  readonly title: string
  /** As lists of runs tell it: `running`, `completed`, `failed`, `aborted`, `elsewhere`, `stale`. */
  readonly state: string
  readonly started_at: string
  /** Up to its last event where it still goes on. */
  readonly duration_ms: number
  readonly event_count: number
  /** Lines of the log that can't be read; they are in nothing below. */
  readonly damaged: number
}

/** One line of the summaries, in words. */
export interface ComparedFact {
  readonly name: string
  /** Absent where a run does not have it. */
  readonly left?: string
  readonly right?: string
  readonly same: boolean
  /** Of numbers: "+25 %", from left to right. */
  readonly change?: string
}

/** A piece of a diff: what both have, or one of them alone. */
export interface DiffPart {
  readonly side: 'both' | Side
  readonly text: string
}

/** The pieces of `both` and `left` joined are the left text, those of `both` and `right` the right one. */
export interface ComparedText {
  readonly parts: readonly DiffPart[]
  readonly same: boolean
  /** Where texts were too different or too long to be told word by word. */
  readonly coarse?: true
  /** Characters at the end that were not compared. */
  readonly cut?: { readonly left: number; readonly right: number }
}

/** Something that a run has or has not: a query, a source. */
export interface ComparedItem {
  readonly text: string
  readonly detail?: string
  readonly url?: string
  /** The event that tells it first. */
  readonly left?: { readonly seq: number; readonly cited?: true }
  readonly right?: { readonly seq: number; readonly cited?: true }
}

/** Every item is in exactly one of the three lists. */
export interface ComparedSet {
  readonly only_left: readonly ComparedItem[]
  readonly both: readonly ComparedItem[]
  readonly only_right: readonly ComparedItem[]
  /** Items past the bound of a summary: they are in no list. */
  readonly left_out?: { readonly left: number; readonly right: number }
}

export interface ComparedCourse {
  readonly count: number
  readonly last: number
  readonly min: number
  readonly max: number
  /** Ascending by x; at most 800. */
  readonly points: readonly (readonly [x: number, value: number])[]
}

export interface ComparedMetric {
  readonly name: string
  readonly unit?: string
  /** What x of the points is; absent where one has steps and the other has none, so that one chart can't hold both. */
  readonly x?: 'step' | 'time'
  readonly left?: ComparedCourse
  readonly right?: ComparedCourse
  /** Both have it, and all its values are the same, as far as they are told. */
  readonly same: boolean
}

/** Lines of one pattern in one run. */
export interface PatternLines {
  readonly count: number
  /** Of the first of them. */
  readonly seq: number
  /** Its text, without codes; its beginning. */
  readonly sample: string
}

export interface ComparedPattern {
  /** The text with `#` where numbers and ids stand. */
  readonly pattern: string
  readonly level?: string
  readonly left?: PatternLines
  readonly right?: PatternLines
}

/** The worst levels first, then the most lines; each list at most 200, with how many there are in all. */
export interface ComparedLines {
  /** Vanished from left to right. */
  readonly only_left: readonly ComparedPattern[]
  readonly only_left_count: number
  /** New in the right one. */
  readonly only_right: readonly ComparedPattern[]
  readonly only_right_count: number
  /** In both, not equally often. */
  readonly changed: readonly ComparedPattern[]
  readonly changed_count: number
  /** Patterns that both have equally often. */
  readonly same_count: number
  readonly lines: { readonly left: number; readonly right: number }
  /** Lines whose pattern came when 5,000 were known already: they are not compared. */
  readonly left_out?: { readonly left: number; readonly right: number }
}

/** One thing that a run was started with. A list has one part an entry. */
export interface ComparedConfig {
  readonly name: string
  readonly same: boolean
  readonly parts: readonly DiffPart[]
}

/** Sections are absent where neither run can have them. */
export interface Comparison {
  readonly left: ComparedRun
  readonly right: ComparedRun
  /** What can't be compared, and what was cut; sentences. */
  readonly notes: readonly string[]
  readonly facts: readonly ComparedFact[]
  readonly config: readonly ComparedConfig[]
  readonly queries?: ComparedSet
  readonly sources?: ComparedSet
  /** In the order in which they were given: the first with the first. */
  readonly answers?: readonly ComparedText[]
  /** Of two sessions: what was said, message by message, each below the role that said it. */
  readonly conversation?: ComparedText
  /** Of two sessions, with how they stand: a task that stands otherwise is another one. */
  readonly tasks?: ComparedSet
  readonly metrics?: readonly ComparedMetric[]
  readonly lines?: ComparedLines
}

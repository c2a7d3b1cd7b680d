/**
 * What the panel leaves with the editor: intent only, never data or pixels. It comes back after a reload, perhaps to a
 * newer version of the panel, so each field is checked and a bad one is forgotten alone.
 */
import type { Level } from '../../src/shared/events/schema'
import { chatter } from './phases'
import type { Zone } from '../../src/shared/lib/format'
import { timeModes, zones, type TimeMode } from './timeColumn'

export const STATE_VERSION = 1
export const DEFAULT_ASIDE_WIDTH = 360
export const levels: readonly Level[] = ['fatal', 'error', 'warn', 'info', 'debug', 'trace']

export interface SavedText {
  readonly pattern: string
  readonly caseSensitive: boolean
  readonly wholeWord: boolean
  readonly regex: boolean
}

/** Milliseconds since the epoch: at or after `from`, before `to`. */
export interface TimeRange {
  readonly from: number
  readonly to: number
}

/** A replay that was going on. */
export interface SavedReplay {
  /** The moment; milliseconds since the epoch. */
  readonly time: number
  readonly speed: number
  readonly skipsIdle: boolean
}

export interface SavedState {
  readonly version: typeof STATE_VERSION
  /** The run's log: the host finds the run by it when it restores the panel. */
  readonly run?: string | undefined
  /** The followed files, as the host wrote them in the page. */
  readonly files?: string | undefined
  readonly hidden: readonly string[]
  readonly levels: readonly Level[]
  readonly text: SavedText
  /** The list shows only what the search finds. */
  readonly onlyHits: boolean
  /** The event that the list stands at, and its distance from the viewport's top in pixels. */
  readonly anchor?: { readonly seq: number; readonly offset: number } | undefined
  /** Undefined until the person or the first load decided. */
  readonly follow?: boolean | undefined
  /** The seq of the event whose detail is open. */
  readonly detail?: number | undefined
  /** Pixels. */
  readonly asideWidth: number
  readonly tab: 'events' | 'summary'
  /** Undefined until the person chose here: then it is as it was chosen last anywhere. */
  readonly timeMode?: TimeMode | undefined
  /** As `timeMode`. */
  readonly zone?: Zone | undefined
  /** As `timeMode`. */
  readonly messageOnly?: boolean | undefined
  /** As `timeMode`: whether equal neighbours are drawn as one row. */
  readonly folds?: boolean | undefined
  /** Events before this seq are cleared from the view. */
  readonly cleared?: number | undefined
  /** Words that are highlighted. */
  readonly highlights: readonly string[]
  /** The stretch of time that the list is narrowed to; milliseconds since the epoch. */
  readonly range?: TimeRange | undefined
  readonly replay?: SavedReplay | undefined
  /** The result file whose trajectories are shown instead of the list. */
  readonly trajectories?: string | undefined
  /** The answer is shown as it was written. */
  readonly answerSource?: boolean | undefined
}

/** The state of a panel that was never seen before. */
export const freshState: SavedState = {
  version: STATE_VERSION,
  hidden: chatter,
  levels: [],
  text: { pattern: '', caseSensitive: false, wholeWord: false, regex: false },
  onlyHits: true,
  asideWidth: DEFAULT_ASIDE_WIDTH,
  tab: 'events',
  highlights: [],
}

/** Reads what was saved; anything that is not as it should be is as if it were never saved. */
export function readState(saved: unknown): SavedState {
  const fields = recordOf(saved)
  if (fields?.['version'] !== STATE_VERSION) return freshState
  const text = recordOf(fields['text']) ?? {}
  return {
    version: STATE_VERSION,
    run: typeof fields['run'] === 'string' ? fields['run'] : undefined,
    files: typeof fields['files'] === 'string' ? fields['files'] : undefined,
    hidden: stringsOf(fields['hidden']) ?? freshState.hidden,
    levels: levels.filter((level) => stringsOf(fields['levels'])?.includes(level) === true),
    text: {
      pattern: typeof text['pattern'] === 'string' ? text['pattern'].slice(0, 10_000) : '',
      caseSensitive: text['caseSensitive'] === true,
      wholeWord: text['wholeWord'] === true,
      regex: text['regex'] === true,
    },
    onlyHits: fields['onlyHits'] !== false,
    anchor: anchorOf(fields['anchor']),
    follow: typeof fields['follow'] === 'boolean' ? fields['follow'] : undefined,
    detail: seqOf(fields['detail']),
    asideWidth: clampAside(typeof fields['asideWidth'] === 'number' ? fields['asideWidth'] : DEFAULT_ASIDE_WIDTH),
    tab: fields['tab'] === 'summary' ? 'summary' : 'events',
    timeMode: timeModes.find((mode) => mode === fields['timeMode']),
    zone: zones.find((zone) => zone === fields['zone']),
    messageOnly: typeof fields['messageOnly'] === 'boolean' ? fields['messageOnly'] : undefined,
    folds: typeof fields['folds'] === 'boolean' ? fields['folds'] : undefined,
    cleared: seqOf(fields['cleared']),
    highlights: stringsOf(fields['highlights'], 200) ?? [],
    range: rangeOf(fields['range']),
    replay: replayOf(fields['replay']),
    trajectories: pathOf(fields['trajectories']),
    answerSource: fields['answerSource'] === true ? true : undefined,
  }
}

/** A width that leaves room for both sides; pixels. */
export function clampAside(width: number): number {
  return Number.isFinite(width) ? Math.round(Math.min(900, Math.max(220, width))) : DEFAULT_ASIDE_WIDTH
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}

function stringsOf(value: unknown, maxLength = 100): readonly string[] | undefined {
  return Array.isArray(value)
    ? value.filter((entry): entry is string => typeof entry === 'string' && entry.length <= maxLength).slice(0, 200)
    : undefined
}

function anchorOf(value: unknown): SavedState['anchor'] {
  const fields = recordOf(value)
  const seq = seqOf(fields?.['seq'])
  const offset = fields?.['offset']
  return seq === undefined || typeof offset !== 'number' ? undefined : { seq, offset }
}

function isTime(time: unknown): time is number {
  return typeof time === 'number' && Number.isFinite(time)
}

function replayOf(value: unknown): SavedReplay | undefined {
  const { time, speed, skipsIdle } = recordOf(value) ?? {}
  return isTime(time) && isTime(speed) ? { time, speed, skipsIdle: skipsIdle !== false } : undefined
}

function rangeOf(value: unknown): TimeRange | undefined {
  const { from, to } = recordOf(value) ?? {}
  return isTime(from) && isTime(to) && from < to ? { from, to } : undefined
}

function pathOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.length <= 4096 ? value : undefined
}

function seqOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

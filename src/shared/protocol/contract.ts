/**
 * Everything that a panel and the extension host say to each other. The webview imports the types alone; the host checks
 * each request with the schemas, since a webview shows what strangers wrote and so is not trusted.
 */
import { z } from 'zod'
import { levelSchema, type RunKind } from '../events/schema'
import type { Comparison } from './compare'
import type { EntryLines, Row, TextQuery } from './rows'
import type { RunSummary } from './summary'
import type { LevelSeries, ReplayState, RequestBar, TimelineInfo } from './timeline'
import type { Trajectory, TrajectoryEntry } from './trajectory'

const position = z.number().int().nonnegative()
const viewId = z.number().int().nonnegative()

const textQuerySchema = z.object({
  pattern: z.string().min(1).max(10_000),
  caseSensitive: z.boolean().optional(),
  wholeWord: z.boolean().optional(),
  regex: z.boolean().optional(),
})

export const querySchema = z.object({
  phases: z.array(z.string().max(100)).max(200).optional(),
  withoutPhases: z.array(z.string().max(100)).max(200).optional(),
  levels: z.array(levelSchema).optional(),
  withoutLevels: z.array(levelSchema).optional(),
  text: textQuerySchema.optional(),
  include: z.array(textQuerySchema).max(100).optional(),
  exclude: z.array(textQuerySchema).max(100).optional(),
  time: z.object({ from: z.number().optional(), to: z.number().optional() }).optional(),
  sources: z.array(z.string().max(4096)).max(1000).optional(),
  withoutSources: z.array(z.string().max(4096)).max(1000).optional(),
})

export const exportFormatSchema = z.enum(['json', 'ndjson', 'har', 'csv', 'markdown', 'html', 'asciicast', 'text'])
export type ExportFormat = z.infer<typeof exportFormatSchema>

/** A row that the person marked. */
const bookmarkSchema = z.object({
  seq: position,
  /** The beginning of the row's text, without codes. */
  text: z.string().max(500),
  /** Milliseconds since the epoch, where the row has a time. */
  time: z.number().optional(),
  /** Of a marker in a run that is recorded: as the person calls it. */
  name: z.string().max(200).optional(),
})
export type Bookmark = z.infer<typeof bookmarkSchema>
export const bookmarksSchema = z.array(bookmarkSchema).max(1000)

const bookmarkChangeSchema = z.discriminatedUnion('how', [
  z.object({ how: z.literal('add'), bookmark: bookmarkSchema }),
  /** As it is called now; one that somebody else removed meanwhile is there again. */
  z.object({ how: z.literal('rename'), bookmark: bookmarkSchema }),
  z.object({ how: z.literal('remove'), seq: position }),
])
export type BookmarkChange = z.infer<typeof bookmarkChangeSchema>

/** What the person searches for again and again. */
const savedFilterSchema = z.object({
  name: z.string().min(1).max(100),
  /** As it stands in the search box, with its switches. */
  text: z.object({
    pattern: z.string().max(10_000),
    caseSensitive: z.boolean(),
    wholeWord: z.boolean(),
    regex: z.boolean(),
  }),
  levels: z.array(levelSchema).max(10),
})
export type SavedFilter = z.infer<typeof savedFilterSchema>
export const savedFiltersSchema = z.array(savedFilterSchema).max(100)

/** How the column of times is shown. */
const timeModeSchema = z.enum(['clock', 'start', 'previous', 'off'])
export type TimeMode = z.infer<typeof timeModeSchema>

/** How a person likes panels. */
const habitsSchema = z.object({
  timeMode: timeModeSchema.optional(),
  /** The zone of the times that are shown. */
  zone: z.enum(['local', 'utc']).optional(),
  /** The lines of a log file without what stands before their messages. */
  messageOnly: z.boolean().optional(),
  /** Equal neighbours in the list are drawn as one row. */
  folds: z.boolean().optional(),
})
export type Habits = z.infer<typeof habitsSchema>

/** Requests of the webview, by name: the schema of their parameters. */
export const requestSchemas = {
  hello: z.object({ protocol: z.number().int() }),
  'view/open': z.object({ query: querySchema }),
  'view/close': z.object({ view: viewId }),
  'rows/get': z.object({ view: viewId, from: position, to: position }),
  /** The first row at or after an event, a time (milliseconds since the epoch), or a line of a text file (from 1). */
  'position/find': z.object({
    view: viewId,
    at: z.union([
      z.object({ seq: position }),
      z.object({ time: z.number() }),
      z.object({ line: z.number().int().positive() }),
    ]),
  }),
  /** From now on the host sends the last `rows` rows of the view by itself as they come; 0 ends that. */
  'tail/set': z.object({ view: viewId, rows: z.number().int().min(0).max(500) }),
  'detail/get': z.object({ position }),
  /** Events over time by level, from and to in milliseconds since the epoch. */
  'levels/get': z.object({ from: z.number(), to: z.number(), buckets: z.number().int().min(1).max(2000) }),
  /** What the timeline draws besides; from now on `timeline` tells when it changes. */
  'timeline/get': z.object({}),
  /** Network requests as bars that touch a stretch of time, the longest 500 of them. */
  'timeline/requests': z.object({ from: z.number(), to: z.number() }),
  /** The run as it was after the event at `position`. */
  'replay/state': z.object({ position }),
  /** Names the end of a run that lives, in its log. */
  'run/mark': z.object({ name: z.string().min(1).max(200) }),
  'run/stop': z.object({ how: z.enum(['polite', 'force']) }),
  /** To the standard input of a launched command; `end` closes it. */
  'run/input': z.object({ text: z.string().max(1_000_000), end: z.literal(true).optional() }),
  /** Starts the same launch again. */
  'run/again': z.object({}),
  /** Shows the folder of a launch in the system's file manager. */
  'run/openFolder': z.object({}),
  /** Asks which other run this one is compared with, and opens what differs. */
  'run/compare': z.object({}),
  /** What the Runs view does with a run: `rename` and `tag` ask; `reveal` selects it there. */
  'run/manage': z.object({ what: z.enum(['rename', 'tag', 'pin', 'unpin', 'reveal']) }),
  /** Asks for a place and writes the lines of the output there as text. */
  'run/saveText': z.object({}),
  /** Asks for a place and writes the export there. */
  'run/export': z.object({ format: exportFormatSchema.optional() }),
  /** Of followed files: whether what is appended is recorded. */
  'follow/record': z.object({ on: z.boolean() }),
  /** Follows more files in the same panel: those that were dropped on it (`file:` addresses or paths), else the person is asked. */
  'follow/add': z.object({ files: z.array(z.string().min(1).max(10_000)).max(100).optional() }),
  /** Shows a rotated file of before (one that `FollowInfo.older` names) above the followed one. */
  'follow/older': z.object({ path: z.string().min(1).max(4096) }),
  /** Of the person's marks on rows; the host keeps them, with those of other panels. */
  'bookmarks/change': bookmarkChangeSchema,
  /** The filters that are kept for the workspace, by name. */
  'filters/list': z.object({}),
  /** Keeps one, in the place of one of the same name. */
  'filters/save': savedFilterSchema,
  'filters/delete': z.object({ name: savedFilterSchema.shape.name }),
  'run/delete': z.object({}),
  'run/openLog': z.object({}),
  'output/show': z.object({}),
  /** A search is being typed. */
  'search/prepare': z.object({}),
  /** What the person chose here holds for the panels of later runs and files. */
  'panel/remember': habitsSchema,
  'clipboard/write': z.object({ text: z.string().max(50_000_000) }),
  /** Opens a web address after the editor's own confirmation; http and https only. */
  'link/open': z.object({ url: z.string().max(20_000) }),
  /** Opens a file of the workspace or of the run in an editor, a relative path from the run's `cwd`. Line and column from 1. */
  'file/open': z.object({
    path: z.string().min(1).max(4096),
    line: z.number().int().positive().optional(),
    column: z.number().int().positive().optional(),
  }),
  /** The trajectories in a result file of the run (`*.jsonl`): one short entry a line, the best reward first. */
  'trajectories/list': z.object({ path: z.string().min(1).max(4096) }),
  'trajectories/get': z.object({ path: z.string().min(1).max(4096), line: position }),
  /** What differs between the two runs of a comparison; `compare/progress` tells how far that is. `again`: they are read anew. */
  'compare/get': z.object({ swapped: z.boolean(), again: z.boolean().optional() }),
  /** Opens the run that stands on that side where nothing is swapped, at one of its events. */
  'compare/open': z.object({ side: z.enum(['left', 'right']), seq: position.optional() }),
} as const

export type RequestName = keyof typeof requestSchemas
/** What the page of a comparison asks, and no other. */
type CompareRequestName = 'compare/get' | 'compare/open'
/** What the panel of a run or of followed files asks. */
export type PanelRequestName = Exclude<RequestName, CompareRequestName>
export type RequestParams<N extends RequestName> = z.infer<(typeof requestSchemas)[N]>

/** The states of a run as a person sees them; `completed`, `failed` and `aborted` are in the file, the others are ours. */
export type RunState =
  | 'running'
  | 'stopping'
  | 'completed'
  | 'failed'
  | 'aborted'
  /** Open on another machine or container. */
  | 'elsewhere'
  /** Open, and nobody we know writes it. */
  | 'stale'
  /** Of a followed file: what is appended is shown as it comes. */
  | 'following'
  /** Of a followed file: it was never there; it is followed as soon as it is. */
  | 'waiting'
  /** Of a followed file: it was there, and its name leads nowhere now. */
  | 'gone'
  /** Of a followed file: it is packed, and shown as it is. */
  | 'packed'

/** One of the files that a panel follows. */
export interface FollowedFile {
  readonly path: string
  /** Short, and different from those of the others. */
  readonly name: string
  readonly state: 'following' | 'waiting' | 'gone' | 'packed'
  /** Bytes of the file that has the name now, or had it last. */
  readonly size: number
  /** Bytes of all contents whose lines are shown, rotated ones too. */
  readonly bytes: number
  /** Of `bytes`, how many are indexed: less while a large file is read for the first time. */
  readonly indexed: number
  /** What the lines were found to be, for a person; absent for plain text. */
  readonly format?: string
  readonly encoding: string
}

/** What a panel of followed files has besides. */
export interface FollowInfo {
  readonly files: readonly FollowedFile[]
  /** `waiting`: begins with the first line that is appended. `full`: the bound of its size was reached. */
  readonly recording: 'off' | 'waiting' | 'on' | 'full' | 'failed'
  /** Why it failed. */
  readonly recording_problem?: string
  /** Of the recording, once there is one. */
  readonly capture_id?: string
  /** Lines that were there before are still counted by level. */
  readonly counting?: true
  /** Rotated files beside the followed one that are not shown yet, the newest first. */
  readonly older: readonly { readonly path: string; readonly name: string; readonly bytes: number }[]
}

export interface RunInfo {
  readonly capture_id: string
  readonly kind: RunKind
  readonly title: string
  readonly state: RunState
  readonly started_at: string
  readonly finished_at?: string
  readonly duration_ms?: number
  /** Milliseconds that the run has lasted when this was sent; the panel's clock counts on from there. */
  readonly elapsed_ms: number
  /** One sentence: why it failed, or what the person must do now. */
  readonly error?: string
  /** Where the log is, for the tooltip. */
  readonly path: string
  readonly prompt?: string
  readonly url?: string
  readonly model?: string
  readonly redacted?: Readonly<Record<string, number>>
  /** Of a launch. */
  readonly command?: string
  readonly args?: readonly string[]
  readonly cwd?: string
  readonly exit_code?: number
  readonly signal?: string
  /** Its configuration names files that are its results. */
  readonly expects_results?: boolean
  /** The command reads what is sent by `run/input`. */
  readonly accepts_input?: boolean
  /** It stands on top of the Runs view. */
  readonly pinned?: boolean
  /** Of followed files. Then there is no run: `capture_id` is empty and `path` is that of the first file. */
  readonly follow?: FollowInfo
}

export interface GrowthInfo {
  readonly size: number
  readonly phaseCounts: Readonly<Record<string, number>>
  /** Of text files entries: a line that goes on with the one above is none. */
  readonly levelCounts: Readonly<Record<string, number>>
  /** Of the last event; milliseconds since the epoch. */
  readonly lastTime?: number
}

export interface ParsedDetail {
  /** The name of the format, for a person. */
  readonly format: string
  /** The line without what is told apart below. */
  readonly message: string
  /** The line's own time; milliseconds since the epoch. */
  readonly logged_at?: number
  readonly logger?: string
  /** As JSON with two spaces. */
  readonly fields?: string
}

export interface DetailInfo {
  readonly position: number
  readonly bytes: number
  readonly seq?: number
  readonly timestamp?: string
  readonly phase?: string
  /** `data` without `raw`, as JSON with two spaces. */
  readonly fields: string
  /** `raw` as JSON with two spaces. */
  readonly raw?: string
  /** What a line that was recorded as it was printed says, where its format is known. */
  readonly parsed?: ParsedDetail
  /** Of a line whose entry has several. */
  readonly entry?: EntryLines
  /** The line was damaged or too long, and `fields` is its beginning as it is in the file. */
  readonly partial?: true
}

/** What each request is answered with. */
export interface ResponseTypes {
  /** `habits`: as they were chosen last, in whatever panel. */
  hello: {
    run: RunInfo
    growth: GrowthInfo
    restored: boolean
    bookmarks: readonly Bookmark[]
    habits: Habits
  }
  'view/open': { view: number; count: number; complete: boolean }
  'view/close': Record<string, never>
  'rows/get': { rows: readonly Row[]; count: number }
  'position/find': { position: number }
  'tail/set': Record<string, never>
  'detail/get': DetailInfo
  'levels/get': LevelSeries
  'timeline/get': TimelineInfo
  'timeline/requests': { requests: readonly RequestBar[]; left_out: number }
  'replay/state': ReplayState
  'run/mark': Record<string, never>
  'run/stop': Record<string, never>
  'run/input': Record<string, never>
  'run/again': { capture_id?: string }
  'run/openFolder': Record<string, never>
  'run/compare': Record<string, never>
  'run/manage': Record<string, never>
  'run/saveText': { path?: string }
  'run/export': { path?: string }
  'follow/record': Record<string, never>
  'follow/add': Record<string, never>
  'follow/older': Record<string, never>
  /** All that are kept now. */
  'bookmarks/change': { bookmarks: readonly Bookmark[] }
  'filters/list': { filters: readonly SavedFilter[] }
  'filters/save': { filters: readonly SavedFilter[] }
  'filters/delete': { filters: readonly SavedFilter[] }
  'run/delete': Record<string, never>
  'run/openLog': Record<string, never>
  'output/show': Record<string, never>
  'search/prepare': Record<string, never>
  'panel/remember': Record<string, never>
  'clipboard/write': Record<string, never>
  'link/open': Record<string, never>
  'file/open': Record<string, never>
  'trajectories/list': { trajectories: readonly TrajectoryEntry[]; total: number }
  'trajectories/get': Trajectory
  'compare/get': Comparison
  'compare/open': Record<string, never>
}

/** What the host tells by itself. */
export interface Notifications {
  run: RunInfo
  grew: GrowthInfo
  /**
   * `voidFrom`: rows from this one on may be other than they were told: a line that had no end goes on, or has its place now.
   * `problem`: why the search for its rows could not go on.
   */
  'view/changed': { view: number; count: number; complete: boolean; voidFrom?: number; problem?: string }
  /** The last rows of the tailed view: rows `from` … `from + rows.length - 1` of `count`. */
  tail: { view: number; count: number; from: number; rows: readonly Row[] }
  /** Positions are void: a file was truncated, or older lines were put above. The panel asks for its view again. */
  reset: Record<string, never>
  summary: RunSummary
  /** After `timeline/get`, at most once a second. */
  timeline: TimelineInfo
  /** The person asked elsewhere to replay the run. */
  replay: Record<string, never>
  /** A piece of an answer: `text` stands at offset `from`; what was at `from` and after it is void. */
  answer: { message_id: string; from: number; text: string }
  /** The marks were changed in another panel or window; all that are kept now. */
  bookmarks: { bookmarks: readonly Bookmark[] }
  /** Chooses an event and brings it into view; one that is filtered out is shown in full. */
  goTo: { seq: number; found?: TextQuery }
  /** How much of a comparison is done, from 0 to 1. */
  'compare/progress': { done: number }
  /** A sentence for the person, shown in the panel. */
  notice: { level: 'info' | 'warning' | 'error'; text: string }
}
export type NotificationName = keyof Notifications

/** The envelopes on the wire between webview and host. */
export type ToHost =
  | { readonly type: 'request'; readonly id: number; readonly name: string; readonly params: unknown }
  | { readonly type: 'cancel'; readonly id: number }
export type ToWebview =
  | { readonly type: 'result'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly message: string; readonly code: string }
  | { readonly type: 'notification'; readonly name: string; readonly value: unknown }

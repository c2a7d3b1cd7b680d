/** The summaries of runs: what the reducers (src/core/reduce) make and the panel, `tapedeck show` and exports draw. */

export interface SearchQuerySummary {
  readonly seq: number
  readonly query: string
  readonly batch?: number
}

export interface SourceSummary {
  readonly seq: number
  readonly url: string
  readonly domain: string
  readonly title?: string
  readonly snippet?: string
  /** Absent for a source that was cited but never listed as a result. */
  readonly rank?: number
  readonly cited: boolean
}

export interface AnswerSummary {
  readonly message_id: string
  /** Length of the answer so far in UTF-16 units; the text itself travels apart, in pieces. */
  readonly length: number
}

export interface CaptureSummary {
  readonly kind: 'capture'
  /** The last `browser_status`. */
  readonly browser?: { readonly status: string; readonly detail?: string; readonly url?: string }
  readonly model?: string
  readonly queries: readonly SearchQuerySummary[]
  /** In order of rank, then of arrival; at most 1,000. */
  readonly sources: readonly SourceSummary[]
  /** All there are, also those past the bound. */
  readonly sourceCount: number
  readonly citedCount: number
  readonly answers: readonly AnswerSummary[]
  readonly tools: readonly { readonly name: string; readonly state: string; readonly call_id?: string }[]
  readonly errors: readonly { readonly seq: number; readonly message: string; readonly fatal: boolean }[]
  readonly usage?: { readonly input_tokens: number; readonly output_tokens: number }
}

/** How far a command says it is (a progress bar). */
export interface ProgressSummary {
  readonly label?: string
  readonly done: number
  readonly total?: number
  /** 0 to 100. */
  readonly percent?: number
  /** `done` a second. */
  readonly rate?: number
  readonly remaining_s?: number
  /** When it was told, in milliseconds since the epoch. */
  readonly time: number
}

/** The course of one metric, thinned to a bounded number of points. */
export interface MetricSummary {
  readonly name: string
  readonly unit?: string
  readonly count: number
  readonly last: number
  readonly min: number
  readonly max: number
  /** What `x` of the points is: the step that came with the values, or seconds since the run's start. */
  readonly x: 'step' | 'time'
  /** Ascending by x. Per bucket its least and its greatest value, so that no peak is lost. */
  readonly points: readonly (readonly [x: number, value: number])[]
}

export interface ResultSummary {
  readonly seq: number
  /** Relative to the run's `cwd` where it lies below it. */
  readonly path: string
  readonly bytes?: number
  readonly modified_at?: string
  readonly summary?: string
}

export interface LaunchSummary {
  readonly kind: 'launch'
  readonly command?: string
  readonly pid?: number
  /** Absent while the command runs. */
  readonly exit?: { readonly exit_code?: number; readonly signal?: string; readonly time: number }
  readonly stop_requested: boolean
  /** Processes of the run that still lived when it ended. */
  readonly left_behind: readonly number[]
  readonly progress?: ProgressSummary
  /** At most 64, in order of arrival. */
  readonly metrics: readonly MetricSummary[]
  /** What bounds kept out of `metrics`; absent where nothing was. The lines that held it are all recorded. */
  readonly metrics_left_out?: {
    /** Values of names that are listed. */
    readonly values: number
    /** Values of names that are not. */
    readonly other_names: number
    /** Lines that were not looked through for numbers. */
    readonly unread_lines: number
  }
  /** The lines that are being written now, by stream: a prompt, a progress bar. */
  readonly current: Readonly<Record<string, string>>
  readonly results: readonly ResultSummary[]
  readonly errors: readonly { readonly seq: number; readonly message: string; readonly fatal: boolean }[]
  /** Lines that could not be written. */
  readonly dropped: number
}

export interface ErrorSummary {
  readonly seq: number
  readonly message: string
  readonly fatal: boolean
}

/** How many lines came, and how fast. */
export interface LineRates {
  readonly lines: number
  /** Lines by level; those without one are in `lines` alone. */
  readonly levels: Readonly<Record<string, number>>
  /** Milliseconds since the epoch; absent before the first line. */
  readonly first_time?: number
  readonly last_time?: number
  /** Of the minute that ends with the last event. */
  readonly last_minute: { readonly lines: number; readonly levels: Readonly<Record<string, number>> }
}

/** Which parts of a program its lines come from. */
export interface LoggerSummary {
  /** The most frequent first; at most 20. */
  readonly loggers: readonly { readonly name: string; readonly count: number }[]
  /** Past the first 100,000 lines one in sixteen is looked at: the counts are near, not exact. */
  readonly loggers_estimated?: true
  /** Lines of loggers that came when 1,000 were known already; absent where there were none. */
  readonly loggers_left_out?: number
}

export interface FileSummary {
  readonly path: string
  /** The last `file` event of it. */
  readonly state: string
  readonly seq: number
  /** How often it was rotated or replaced. */
  readonly rotations: number
  /** How often its content was cut or written over. */
  readonly rewrites: number
}

/** Of followed files that were recorded. */
export interface FollowRunSummary extends LineRates, LoggerSummary {
  readonly kind: 'follow'
  /** In order of arrival; at most 1,000. */
  readonly files: readonly FileSummary[]
  /** All there are, also those past the bound. */
  readonly file_count: number
  readonly errors: readonly ErrorSummary[]
  /** Lines that could not be written. */
  readonly dropped: number
}

/** Of a remote stream, and of what was sent to us. */
export interface StreamSummary extends LineRates, LoggerSummary {
  readonly kind: 'stream'
  /** The last `connection`; `time` in milliseconds since the epoch. */
  readonly connection?: {
    readonly state: string
    readonly seq: number
    readonly time: number
    readonly attempt?: number
    readonly retry_in_ms?: number
    readonly http_status?: number
  }
  /** How often a connection that was live had to be made again. */
  readonly reconnects: number
  readonly last_error?: ErrorSummary & { readonly time: number }
  readonly errors: readonly ErrorSummary[]
  readonly dropped: number
}

export interface TokenSummary {
  readonly input_tokens: number
  readonly output_tokens: number
  readonly cache_read_tokens: number
  readonly cache_write_tokens: number
  readonly reasoning_tokens: number
  /** Of what has a price; absent where nothing has. */
  readonly cost_usd?: number
  /** Part of `cost_usd` was reckoned from a list of prices and not told by the source. */
  readonly cost_estimated?: true
  /** Uses without a price; they are not in `cost_usd`. */
  readonly unpriced: number
}

/** Of a coding-agent session. */
export interface SessionSummary {
  readonly kind: 'session'
  readonly phase?: {
    readonly phase: string
    readonly seq: number
    readonly time: number
    readonly label?: string
    readonly number?: number
    readonly of?: number
  }
  readonly iteration?: { readonly number: number; readonly state: string; readonly completed: number }
  /** As they stand, in order of arrival; at most 500. */
  readonly tasks: readonly { readonly seq: number; readonly title: string; readonly state: string }[]
  /** All there are, also those past the bound. */
  readonly task_count: number
  readonly context?: { readonly percent: number; readonly tokens?: number; readonly limit?: number }
  readonly usage?: TokenSummary
  /** By model, the most output first; at most 50. */
  readonly models: readonly (TokenSummary & { readonly model: string })[]
  readonly messages: number
  /** The last that has text; its beginning. */
  readonly last_message?: { readonly seq: number; readonly role: string; readonly text: string }
  /** Calls by name, the most frequent first; at most 20. */
  readonly tools: readonly { readonly name: string; readonly calls: number; readonly failed: number }[]
  readonly errors: readonly ErrorSummary[]
  readonly dropped: number
}

/** How fast a run uses tokens, and what it cost by and by; of each kind of run that tells what it used at least twice. */
export interface UsageCourseSummary {
  /** Seconds that the rates are taken over: at each moment of the window that ends with it. */
  readonly window_s: number
  /** Tokens an hour, input and output, over time. */
  readonly tokens: readonly MetricSummary[]
  /** In USD, all that was spent up to each moment; absent where nothing has a price. */
  readonly cost?: MetricSummary & {
    readonly basis: 'recorded' | 'estimated' | 'partly estimated'
    /** Uses of unknown price: they are not in it. */
    readonly unpriced: number
  }
}

export type RunSummary = (CaptureSummary | LaunchSummary | FollowRunSummary | SessionSummary | StreamSummary) & {
  readonly usage_course?: UsageCourseSummary
}

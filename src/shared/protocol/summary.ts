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

export type RunSummary = CaptureSummary | LaunchSummary

/** The summary of a capture: what its reducer (src/core/reduce) makes and the panel, `tapedeck show` and exports draw. */

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

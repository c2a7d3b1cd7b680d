/** What a store and the threads that read its log for it say to each other. */
import type { ReducedState } from '../../core/store/runPass'
import type { RunKind } from '../../shared/events/schema'
import type { RequestBar, TimelineInfo } from '../../shared/protocol/timeline'
import type { Query } from '../../shared/protocol/rows'
import type { RunSummary } from '../../shared/protocol/summary'
import type { PackedBlocks } from '../runlog/blockIndex'

/** One of them passes over the log and answers questions, the other searches it. */
export interface WorkerData {
  readonly path: string
  readonly eventsOffset: number
  readonly kind: RunKind
  readonly role: 'read' | 'search'
}

/** A piece of an answer's text: `text` goes on at `from`, in UTF-16 units. */
export interface AnswerPiece {
  readonly message_id: string
  readonly from: number
  readonly text: string
}

/** Lines of blocks by time and level: neighbours that share both are one. */
export interface CountedBlocks {
  /** Of each block where its entries begin, and at the end how many there are. */
  readonly starts: Uint32Array<ArrayBuffer>
  readonly times: Float64Array<ArrayBuffer>
  /** Levels by their numbers (levelNumbers). */
  readonly levels: Uint8Array<ArrayBuffer>
  readonly counts: Uint32Array<ArrayBuffer>
}

/** What is asked once and answered once. */
export type Question =
  | { readonly kind: 'state'; readonly position: number }
  /** @param stretches of bytes that have requests: where each begins and ends */
  | { readonly kind: 'requests'; readonly stretches: Float64Array; readonly from: number; readonly to: number }
  /** @param blocks where each begins and ends */
  | { readonly kind: 'count'; readonly blocks: Float64Array }

export interface Answers {
  state: ReducedState
  requests: { readonly requests: readonly RequestBar[]; readonly left_out: number }
  count: CountedBlocks
}

/** To the thread that reads. `grew` names the end of the last whole line. */
export type ToReader =
  | { readonly type: 'grew'; readonly bytes: number }
  /** Told now and again and again, until it is cancelled. */
  | { readonly type: 'watch'; readonly id: number; readonly what: 'blocks' | 'summary' | 'timeline' }
  | { readonly type: 'ask'; readonly id: number; readonly question: Question }
  | { readonly type: 'cancel'; readonly id: number }

export type FromReader =
  | { readonly type: 'blocks'; readonly id: number; readonly blocks: PackedBlocks; readonly scanned: number }
  | {
      readonly type: 'summary'
      readonly id: number
      readonly summary: RunSummary
      readonly answers: readonly AnswerPiece[]
    }
  | { readonly type: 'timeline'; readonly id: number; readonly info: TimelineInfo }
  | { readonly type: 'answer'; readonly id: number; readonly value: Answers[Question['kind']] }
  | { readonly type: 'failed'; readonly id: number; readonly message: string; readonly isRange?: true }

/** To the thread that searches. */
export type ToSearcher =
  | { readonly type: 'grew'; readonly bytes: number }
  /** @param stretches where each begins and ends in the log, and the position of its first line; ascending */
  | { readonly type: 'search'; readonly id: number; readonly query: Query; readonly stretches: Float64Array }
  | { readonly type: 'cancel'; readonly id: number }

export type FromSearcher =
  | { readonly type: 'found'; readonly id: number; readonly positions: Float64Array; readonly scanned: number }
  | { readonly type: 'cancelled'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }

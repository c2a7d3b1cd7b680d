/** What a store and the thread that searches its file say to each other. */
import type { Buckets } from '../../core/query/levelHistogram'
import type { Query } from '../../shared/protocol/rows'
import type { TextEncoding } from './textBytes'

/** A stretch of lines to look over. */
export interface ScanSource {
  /** Open until the scan has ended. */
  readonly fd: number
  readonly encoding: TextEncoding
  readonly from: number
  readonly end: number
  /** Newlines before each block of it (lineIndex.ts), as far as they are counted. */
  readonly blocks?: Float64Array
  /** For each 1 where it is ASCII without a carriage return. */
  readonly plainBlocks?: Uint8Array
  /** The id of the lines' format, if one was found. */
  readonly format?: string
}

/** Buckets of time: `[from, to)` in so many equal parts; without a range all times, as finely as they fit. */
export interface TimeRange {
  readonly from: number
  readonly to: number
  readonly buckets: number
}

export type ScanTask =
  { readonly kind: 'search'; readonly query: Query } | { readonly kind: 'histogram'; readonly range?: TimeRange }

export type ToScanThread =
  | { readonly type: 'scan'; readonly id: number; readonly source: ScanSource; readonly task: ScanTask }
  /** The source has grown. */
  | { readonly type: 'extend'; readonly id: number; readonly end: number }
  | { readonly type: 'cancel'; readonly id: number }

export type FromScanThread =
  /** Lines found since, by their numbers in the source. */
  | {
      readonly type: 'found'
      readonly id: number
      readonly lines: Float64Array
      /** The number of a last line without an end that matches too, as far as it is written. */
      readonly unfinished?: number
      readonly scanned: number
    }
  | { readonly type: 'buckets'; readonly id: number; readonly buckets: Buckets; readonly scanned: number }
  | { readonly type: 'cancelled'; readonly id: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }

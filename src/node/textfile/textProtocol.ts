/** What the store in the extension host and the thread that reads text files say to each other. */
import type { CustomFormat } from '../../core/lines/formats/custom'
import type { EventDetail } from '../../core/store/eventStore'
import type { Row } from '../../shared/protocol/rows'
import type { KnownContent } from './knownContents'
import type { PlainEncoding, TextEncoding } from './textBytes'

export type FollowState = 'following' | 'paused' | 'waiting' | 'gone'

export interface TextFileOptions {
  /** What a text without a byte order mark is taken for; UTF-8 if not given. */
  readonly encoding?: PlainEncoding
  /** False: the file is read as it is, whatever happens to it later. */
  readonly follow?: boolean
  /** The id of the lines' format; without it, it is detected. */
  readonly format?: string
  /** The person's own formats of lines, looked for before the known ones; good ones. */
  readonly formats?: readonly CustomFormat[]
  /** The path for people, where the file is an unpacked copy. */
  readonly shownAs?: string
  /** Its contents of before, so that its lines have the numbers that they had. */
  readonly contents?: readonly KnownContent[]
}

/** A stretch of rows that are lines of one content. */
export interface LinesPart {
  readonly kind: 'lines'
  /** The position of its first line. */
  readonly first: number
  readonly count: number
  readonly generation: number
  /** Of this process: other threads read it while the part is there. */
  readonly fd: number
  readonly encoding: TextEncoding
  readonly from: number
  readonly end: number
  /** Newlines before each of its blocks (lineIndex.ts), as far as they are counted. */
  readonly blocks: Float64Array
  /** 1 for each that is ASCII without a carriage return. */
  readonly plainBlocks: Uint8Array
  readonly seqBase: number
}

/** A row that tells what became of the file. */
export interface MarkPart {
  readonly kind: 'mark'
  readonly first: number
  readonly count: 1
  readonly seq: number
  readonly time: number
}

/** How a file stands; sent whenever something changed. */
export interface TextState {
  readonly parts: readonly (LinesPart | MarkPart)[]
  /** Rows; an estimate until the index is complete. */
  readonly count: number
  /** Bytes of text in all parts, and how many of them are indexed. */
  readonly bytes: number
  readonly indexed: number
  readonly isComplete: boolean
  readonly follow: FollowState
  /** Goes up when positions became void: lines are gone, older ones came or left. */
  readonly resets: number
  /** For the options of the next time that the file is opened. */
  readonly contents: readonly KnownContent[]
  /** Goes up when the estimated number of lines became the known one. */
  readonly renumbers: number
  readonly encoding: TextEncoding
  /** What the lines were found to be; undefined for plain text. */
  readonly format?: { readonly id: string; readonly name: string }
  /** Bytes that came in while paused. */
  readonly waitingBytes: number
}

/** Where a row is looked for. `line` counts from 1 in the newest content. */
export type Place = { readonly seq: number } | { readonly time: number } | { readonly line: number }

/** Requests of the host: their parameters and answers. */
export interface TextRequests {
  open: { params: { path: string; options: TextFileOptions }; answer: TextState }
  /** Rows `from` to `to` (exclusive), by positions as the state with so many `renumbers` counts them. */
  rows: { params: { from: number; to: number; renumbers: number }; answer: readonly Row[] }
  /** The same for positions one by one; they ascend, and count from the beginning of the file even where `count` is an estimate. */
  rowsAt: { params: { positions: Float64Array }; answer: readonly Row[] }
  detail: { params: { position: number }; answer: EventDetail }
  positionOf: { params: { at: Place; isExact: boolean }; answer: number }
  /** Contents that were dropped up to this reset are not read any more. */
  release: { params: { resets: number }; answer: undefined }
  /** Puts the lines of an older file before all others. */
  prepend: { params: { path: string; shownAs: string }; answer: undefined }
  pause: { params: { isPaused: boolean }; answer: undefined }
  close: { params: Record<string, never>; answer: undefined }
}
export type TextRequestName = keyof TextRequests

export type ToTextThread = {
  [N in TextRequestName]: {
    readonly file: number
    readonly id: number
    readonly name: N
    readonly params: TextRequests[N]['params']
  }
}[TextRequestName]

export type FromTextThread =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'error'; readonly id: number; readonly message: string; readonly code?: string }
  | { readonly type: 'state'; readonly file: number; readonly state: TextState }
  | { readonly type: 'notice'; readonly file: number; readonly message: string }

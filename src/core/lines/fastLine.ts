/** What the two hot loops (scriptLines.ts and wasm/lineKernel.ts) know of the encoder that they work for. */
import type { EventBuffer } from '../eventBatch'
import type { LineTemplate } from './lineTemplate'

/** Lines of so many bytes and more are examined as text. Whole blocks of sixteen, which the line kernel counts by. */
export const FAST_LINE_BYTES = 4096
/** About as much is encoded at a time as a segment of the block index has. */
export const STRETCH_BYTES = 32 * 1024

export interface FastLineJob {
  readonly buffer: EventBuffer
  /** The number of the run's next event; not 0. */
  readonly seq: { next: number }
  readonly template: LineTemplate
  /** What stands behind the text of a line without a level and an outcome. */
  readonly plainEnd: Uint8Array
  now(): { ms: number; iso: string }
  /** Whether a line with these hints must be examined as text. */
  needsText(hint: number): boolean
  /** How the event of the line `source[begin, end)` with these hints is counted and ends; undefined for a plain one. */
  endFor(hint: number, source: Uint8Array, begin: number, end: number): { key: string; end: Uint8Array } | undefined
}

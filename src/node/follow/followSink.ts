/** What a FileFollower tells. */

import type { HeldFile } from './heldFile'

/**
 * `rotated`: another file has the name now, the one before lives on under another name. `replaced`: another file took the
 * place of the one before. `truncated`, `rewritten`: the same file, shorter or not. `gone`, `back`: the name led nowhere for a
 * while.
 */
export interface FollowedFileEvent {
  readonly state: 'opened' | 'rotated' | 'truncated' | 'rewritten' | 'replaced' | 'gone' | 'back'
  readonly path: string
  /** The generation that begins; of `gone` the one that has lost its name. */
  readonly generation: number
  /** So many bytes at the beginning of the new generation, whole lines, were handed out with `keptOf` and are not again. */
  readonly keptBytes?: number
  readonly keptOf?: number
  /** An unfinished line at the end of `keptOf` is the new generation's now: it comes again. */
  readonly goesOn?: true
  /** Of a text whose beginning is not handed out: what its byte order mark says. */
  readonly encoding?: 'utf-16le' | 'utf-16be'
}

export type FollowState = 'following' | 'paused' | 'waiting' | 'gone'

export interface FollowSink {
  /**
   * Bytes as they come, each once; an unfinished last line too. Within a generation they are in order and without a gap, from
   * `offset` on. While a rotated file is still written to, its bytes come between those of the next generation.
   * @param chunk valid until this returns
   * @returns a promise to have nothing more read until it resolves; it must not reject
   */
  bytes(chunk: Uint8Array, at: { readonly generation: number; readonly offset: number }): Promise<unknown> | undefined
  /**
   * Before the first bytes of a generation; `gone` some time after the last.
   * @param content what begins, at the position where its bytes will begin; open until this returns. None for `gone`
   */
  file(event: FollowedFileEvent, content?: HeldFile): void
  /** No more bytes come of this generation. */
  ended?(generation: number): void
  state?(state: FollowState): void
  /** A sentence for the person: the file can't be watched, can't be read. */
  notice?(message: string): void
  /** What is there can't be read, which `notice` has told. */
  failed?(message: string): void
  /** The file is written to so fast that it is not watched for the time being: whoever watches its folder should not either. */
  busy?(isBusy: boolean): void
}

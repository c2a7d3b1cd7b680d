/** What a text file needs of whoever follows it: how far its contents go, and what becomes of its name. */
import type { FollowState } from './textProtocol'

export interface FollowedEvent {
  readonly state: 'opened' | 'rotated' | 'truncated' | 'rewritten' | 'replaced' | 'gone' | 'back'
  /** The generation that begins; of `gone` the one that has lost its name. */
  readonly generation: number
  /** An unfinished line at the end of the generation before comes again, as this one's. */
  readonly goesOn?: true | undefined
  /** Absent for `gone`. */
  readonly content?: {
    /** By which path it can be opened now. */
    readonly path: string
    /** Device and inode. */
    readonly identity: string
    /** Where its bytes begin: what is before, whole lines, was told with the generation before. */
    readonly start: number
  }
}

export interface FollowedSink {
  /** A generation has bytes up to `end` now. */
  bytes(generation: number, end: number): void
  file(event: FollowedEvent): void
  state(state: FollowState): void
  notice(message: string): void
}

export interface Follower {
  /** Bytes that came in while paused. */
  readonly pendingBytes: number
  start(): Promise<void>
  pause(): void
  resume(): void
  close(): Promise<void>
}

/** @param from so many bytes of the file are known; undefined for a file that is not there */
export type StartFollower = (path: string, from: number | undefined, sink: FollowedSink) => Follower

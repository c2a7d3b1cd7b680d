/** What is followed in one panel: one text file, or several as one. */
import type { EventSource, EventStore } from '../../core/store/eventStore'
import type { TextState } from './textProtocol'

/** So many bytes of the file that has the name now, or had it last, are known; undefined for one that was never there. */
export function sizeNow({ parts }: TextState): number | undefined {
  return parts.findLast((part) => part.kind === 'lines')?.end
}

export interface FollowedText extends EventStore {
  /** Each file and how it stands. */
  readonly files: readonly { readonly path: string; readonly state: TextState }[]
  readonly onDidChangeState: EventSource<unknown>
  /** Sentences for the person. */
  readonly onDidNotice: EventSource<string>
  /** Counts the entries by level from now on, in `growth`; `listener` is told while it does whether all are counted. */
  countLevels(listener: (isComplete: boolean) => void): { dispose(): void }
}

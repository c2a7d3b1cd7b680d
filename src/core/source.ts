/**
 * A source makes event drafts; it neither numbers, stores nor shows them. The five kinds (browser, process, file,
 * session, stream) live in src/node and all look like this to a Run.
 */
import type { EventDraft, RunHead, RunStatus } from '../shared/events/schema'
import type { LineOrigin } from './lines/lineEncoder'

/** How a source ended. It never rejects: a failure is a result too. */
export interface EndInfo {
  readonly status: Exclude<RunStatus, 'running'>
  /** One sentence for the person: what happened, to what, what they can do. Goes to `metadata.error`. */
  readonly error?: string
  /** Fields of the kind that were learned during the run (`model`, `exit_code`, …); merged into the metadata. */
  readonly metadata?: Partial<RunHead>
}

export interface SourceContext {
  /**
   * Hands over one event. Returns a promise while the writer is behind: a source that can wait should await it before
   * it emits more (backpressure); a source that can't may go on, nothing is dropped.
   */
  emit(draft: EventDraft): Promise<void> | undefined
  /** A line for the diagnostics of the developer, never part of the run. */
  log(message: string): void
}

/** What a source of output gets besides. */
export interface OutputContext extends SourceContext {
  /** Takes output as it comes, cut anywhere; its lines become events. A promise means that the log is behind. */
  output(origin: LineOrigin, bytes: Uint8Array): Promise<void> | undefined
  /** The stream is over: a last line without newline counts. */
  endOutput(origin: LineOrigin): void
  /**
   * Makes the log, so that nothing is started that could not be recorded.
   * @throws UserError when it can't be made
   */
  openLog(): void
  /** Registers the process that was launched: who finds the recorder dead looks for it. */
  launched(child: { readonly pid: number; readonly start: string }): void
}

export type StopHow = 'polite' | 'force'

export interface SourceHandle {
  /** Resolves when the source makes no more events. */
  readonly ended: Promise<EndInfo>
  /** Idempotent; `force` after `polite` shortens the wait. Resolves when the request is on its way, not when it ended. */
  stop(how: StopHow): Promise<void>
  /**
   * Writes to the standard input of what runs, where there is one.
   * @param end closes it after the text
   * @throws UserError when it is closed
   */
  write?(text: string, end: boolean): Promise<void>
}

export interface Source {
  readonly kind: RunHead['kind']
  /** How long a polite stop may take before it becomes a forced one, in milliseconds; 5,000 where it is not said. */
  readonly stopTimeoutMs?: number
  /** True: when the log can't be written, what runs goes on all the same and the gap is told later. */
  readonly outlivesLog?: true
  /** True: there is no log before the first event, and none at all when nothing came. */
  readonly opensLogLate?: true
  /**
   * Starts. Resolves when the source is live.
   * @throws UserError when it can't start: what was tried and what the person can do.
   */
  open(context: OutputContext): Promise<SourceHandle>
}

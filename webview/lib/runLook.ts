/** Icons and sentences for a run's kind and state. */
import type { RunKind } from '../../src/shared/events/schema'
import type { RunInfo, RunState } from '../../src/shared/protocol/contract'
import type { RunSummary } from '../../src/shared/protocol/summary'

export const kindIcons: Readonly<Record<RunKind, string>> = {
  capture: 'globe',
  launch: 'terminal',
  follow: 'file',
  session: 'hubot',
  stream: 'radio-tower',
  ingest: 'inbox',
}

export const stateIcons: Readonly<Record<RunState, string>> = {
  running: 'record',
  stopping: 'loading codicon-modifier-spin',
  completed: 'pass-filled',
  failed: 'error',
  aborted: 'circle-slash',
  elsewhere: 'remote',
  stale: 'unverified',
  following: 'eye',
  waiting: 'watch',
  gone: 'eye-closed',
  packed: 'file-zip',
}

/** Of a state that a list of runs tells; logs may be open, or damaged. */
export function stateIcon(state: string): string {
  return new Map<string, string>(Object.entries(stateIcons)).get(state) ?? 'warning'
}

/** What a state means, for the tooltip. */
export const stateMeanings: Readonly<Record<RunState, string>> = {
  running: 'Events are being recorded.',
  stopping: 'The run was asked to stop and is ending.',
  completed: 'The run came to its end.',
  failed: 'The run ended with an error.',
  aborted: 'The run was stopped before its end.',
  elsewhere: 'Another machine or container is recording this run.',
  stale: 'The log is open, but no recorder is known for it.',
  following: 'What is appended is shown as it comes.',
  waiting: 'The file is not there yet; it is followed as soon as it is.',
  gone: 'The file is not there any more; what was read of it stays, and it is followed again when it comes back.',
  packed: 'The file is packed: it does not grow.',
}

export interface Band {
  readonly level: 'info' | 'warning' | 'error'
  readonly text: string
}

/** What the recorder says of an end that was no more than that: the exit in the header tells it with its meaning. */
const ONLY_EXIT = /^The command (?:ended with exit code -?\d+|was ended by SIG\w+)\.$/

/** The sentence that stands over everything else: what the person must do now, or why the run went wrong. */
export function bandOf(run: RunInfo | undefined, summary: RunSummary | undefined): Band | undefined {
  if (run === undefined) return undefined
  if (run.state === 'failed' || run.state === 'aborted')
    return run.error === undefined || (run.kind === 'launch' && ONLY_EXIT.test(run.error))
      ? undefined
      : { level: run.state === 'failed' ? 'error' : 'warning', text: run.error }
  if (run.state === 'elsewhere' || run.state === 'stale')
    return { level: 'info', text: run.error ?? stateMeanings[run.state] }
  if (run.state !== 'running') return undefined
  const status = summary?.kind === 'capture' ? summary.browser?.status : undefined
  if (status === 'authentication_required')
    return { level: 'warning', text: run.error ?? 'Log in in the browser window; the capture goes on by itself.' }
  if (status === 'human_needed')
    return {
      level: 'warning',
      text: run.error ?? 'The page asks for a person. Answer it in the browser window; the capture goes on by itself.',
    }
  return run.error === undefined ? undefined : { level: 'warning', text: run.error }
}

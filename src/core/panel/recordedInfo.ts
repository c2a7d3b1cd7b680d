/** What a run's own record tells a panel. */
import type { RunHead, RunMetadata } from '../../shared/events/schema'
import type { RunInfo } from '../../shared/protocol/contract'

type Recorded = Omit<RunInfo, 'state' | 'elapsed_ms' | 'path' | 'follow' | 'accepts_input'>

export function recordedInfo(head: RunHead, metadata: RunMetadata | undefined): Recorded {
  const known = metadata ?? head
  return {
    capture_id: known.capture_id,
    kind: known.kind,
    title: known.title,
    started_at: known.started_at,
    ...(metadata?.finished_at === undefined ? {} : { finished_at: metadata.finished_at }),
    ...(metadata?.duration_ms === undefined ? {} : { duration_ms: metadata.duration_ms }),
    ...(metadata?.error === undefined ? {} : { error: metadata.error }),
    ...(known.prompt === undefined ? {} : { prompt: known.prompt }),
    ...(known.url === undefined ? {} : { url: known.url }),
    ...(known.model === undefined ? {} : { model: known.model }),
    ...(metadata === undefined ? {} : { redacted: metadata.redacted }),
    ...(known.kind === 'launch' ? launchInfo(head, metadata) : {}),
  }
}

function launchInfo(head: RunHead, metadata: RunMetadata | undefined): Partial<Recorded> {
  const { command, args, cwd } = metadata ?? head
  const exit_code = metadata?.exit_code ?? undefined
  const signal = metadata?.signal ?? undefined
  return {
    ...(command === undefined ? {} : { command }),
    ...(args === undefined ? {} : { args }),
    ...(cwd === undefined ? {} : { cwd }),
    ...(exit_code === undefined ? {} : { exit_code }),
    ...(signal === undefined ? {} : { signal }),
    ...((metadata ?? head)['result_globs'] === undefined ? {} : { expects_results: true }),
  }
}

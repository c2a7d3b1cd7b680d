/** Finished run logs of any age, as the writer leaves them, for tests and benchmarks of long histories. */
import { utimesSync, writeFileSync } from 'node:fs'
import { closingLine, openingLine } from '../../src/node/runlog/format'
import { logPaths, makeLogDirectory } from '../../src/node/runlog/layout'
import type { RunHead, RunMetadata } from '../../src/shared/events/schema'

export interface PastRun {
  readonly startedMs: number
  readonly title: string
  readonly status?: RunMetadata['status']
  readonly durationMs?: number
  /** Lines of its output; `error …` is one of level error. */
  readonly lines?: readonly string[]
  readonly head?: Partial<RunHead>
  readonly metadata?: Partial<RunMetadata>
  /** The six letters of its id. */
  readonly suffix?: string
}

/** @returns its id */
export function writePastRun(directory: string, run: PastRun): string {
  const { startedMs, title, status = 'completed', durationMs = 12_345, lines = ['one', 'two'], suffix } = run
  const started_at = new Date(startedMs).toISOString()
  const letters = suffix ?? Math.random().toString(36).slice(2, 8).padEnd(6, 'x')
  const capture_id = `${started_at.slice(0, 19).replaceAll(':', '-')}Z-${letters}`
  const head: RunHead = {
    capture_id,
    kind: 'launch',
    title,
    started_at,
    pid: 1234,
    machine: 'somewhere',
    tool: { name: 'tapedeck', version: '0.1.0' },
    command: 'python',
    args: ['train.py'],
    cwd: '/home/someone/project',
    ...run.head,
  }
  const events = lines.map((text, seq) => {
    const level = text.startsWith('error ') ? { level: 'error' } : {}
    const data = { text, stream: 'stdout', ...level }
    return JSON.stringify({ capture_id, seq, timestamp: started_at, phase: 'log_line', data })
  })
  const errors = lines.filter((text) => text.startsWith('error ')).length
  const finished = startedMs + durationMs
  const metadata: RunMetadata = {
    ...head,
    status,
    finished_at: new Date(finished).toISOString(),
    duration_ms: durationMs,
    event_count: events.length,
    phase_counts: { log_line: events.length },
    level_counts: errors === 0 ? {} : { error: errors },
    dropped: 0,
    redacted: {},
    ...(head.kind === 'launch' ? { exit_code: status === 'completed' ? 0 : 1 } : {}),
    ...run.metadata,
  }
  makeLogDirectory(directory)
  const paths = logPaths(directory, capture_id)
  writeFileSync(paths.log, `${openingLine(head)}${events.join('\n,')}\n${closingLine(metadata)}`)
  utimesSync(paths.log, finished / 1000, finished / 1000)
  return capture_id
}

/** Summaries of kinds that are no capture and no launch, with hostile names in them. */
import type {
  FollowRunSummary,
  MetricSummary,
  RunSummary,
  SessionSummary,
  StreamSummary,
} from '../../src/shared/protocol/summary'

const START = Date.UTC(2026, 10, 20, 3, 30, 5)
export const HOSTILE = '<img src=x onerror="alert(1)">\u202egnp'

const rates = {
  lines: 1200,
  levels: { info: 1100, error: 100 },
  first_time: START,
  last_time: START + 600_000,
  last_minute: { lines: 60, levels: { info: 55, error: 5 } },
  loggers: [
    { name: 'app.web', count: 900 },
    { name: HOSTILE, count: 300 },
  ],
  errors: [{ seq: 3, message: HOSTILE, fatal: true }],
  dropped: 0,
}
const tokens = {
  input_tokens: 12_400,
  output_tokens: 800,
  cache_read_tokens: 9000,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  cost_usd: 0.12,
  cost_estimated: true as const,
  unpriced: 0,
}
const courseOf = (name: string, value: (i: number) => number, unit?: string): MetricSummary => {
  const points = Array.from({ length: 120 }, (_, i) => [i * 60, value(i)] as const)
  const values = points.map(([, at]) => at)
  return {
    name,
    ...(unit === undefined ? {} : { unit }),
    count: 45,
    last: values.at(-1) ?? 0,
    min: Math.min(...values),
    max: Math.max(...values),
    x: 'time',
    points,
  }
}
export const usageCourse: NonNullable<RunSummary['usage_course']> = {
  window_s: 900,
  tokens: [
    courseOf('input tokens an hour', (i) => 400_000 + 300_000 * Math.sin(i / 9)),
    courseOf('output tokens an hour', (i) => 40_000 + 30_000 * Math.cos(i / 7)),
  ],
  cost: { ...courseOf('cost so far', (i) => i / 80, 'USD'), basis: 'partly estimated', unpriced: 3 },
}
export const session: SessionSummary = {
  kind: 'session',
  phase: { phase: 'build', label: 'Build', number: 2, of: 3, seq: 1, time: START },
  iteration: { number: 4, state: 'started', completed: 3 },
  tasks: [
    { seq: 2, title: 'Read the parser', state: 'completed' },
    { seq: 3, title: 'Fix the parser', state: 'in_progress' },
    { seq: 4, title: HOSTILE, state: 'constructor' },
  ],
  task_count: 5,
  context: { percent: 141.5, tokens: 83_000, limit: 200_000 },
  usage: tokens,
  models: [{ model: 'large', ...tokens }],
  messages: 12,
  last_message: { seq: 9, role: 'assistant', text: HOSTILE },
  tools: [{ name: 'bash', calls: 7, failed: 2 }],
  errors: [],
  dropped: 0,
}
export const stream: StreamSummary = {
  kind: 'stream',
  ...rates,
  connection: { state: 'reconnecting', seq: 8, time: START, attempt: 2, retry_in_ms: 4000, http_status: 503 },
  reconnects: 3,
  last_error: { seq: 7, message: 'HTTP 503', fatal: false, time: START },
}
export const follow: FollowRunSummary = {
  kind: 'follow',
  ...rates,
  loggers_estimated: true,
  loggers_left_out: 70,
  files: [{ path: '/var/log/app.log', state: 'rotated', seq: 4, rotations: 2, rewrites: 1 }],
  file_count: 3,
}

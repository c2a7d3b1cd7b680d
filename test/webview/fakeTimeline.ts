/** The timeline of the computed run. */
import type {
  LevelSeries,
  ReplayState,
  RequestBar,
  TimelineInfo,
  TimelineTick,
} from '../../src/shared/protocol/timeline'
import type { RunSummary } from '../../src/shared/protocol/summary'
import { countsOf, eventAt, kindAt, seqAt, timeAt, type Overrides } from './fakeRun'

const MAX_TICKS = 1000

export function fakeLevels(size: number, overrides: Overrides, from: number, to: number, buckets: number): LevelSeries {
  const step = (to - from) / buckets
  const counts: Record<string, number[]> = {}
  for (let seq = Math.max(0, seqAt(from)); seq < size && timeAt(seq) < to; seq++) {
    const { level = 'none' } = overrides.get(seq) ?? kindAt(seq)
    const list = (counts[level] ??= Array.from({ length: buckets }, () => 0))
    const bucket = Math.min(buckets - 1, Math.floor((timeAt(seq) - from) / step))
    list[bucket] = (list[bucket] ?? 0) + 1
  }
  return { from, step, counts, complete: true }
}

export function fakeTimelineInfo(size: number, overrides: Overrides, live: boolean): TimelineInfo {
  const start = timeAt(0)
  const end = size === 0 ? start : timeAt(size - 1)
  const tick = (seq: number, label: string): TimelineTick => ({ seq, time: timeAt(seq), label })
  const errors: TimelineTick[] = []
  const markers: TimelineTick[] = []
  const turns: TimelineTick[] = []
  const idle: (readonly [number, number])[] = []
  for (let seq = 0; seq < size; seq++) {
    const { level, phase, text } = overrides.get(seq) ?? kindAt(seq)
    if (level === 'error' && errors.length < MAX_TICKS) errors.push(tick(seq, eventAt(seq, overrides).text))
    if (phase === 'marker') markers.push(tick(seq, text))
    if (seq % 120 === 0) turns.push(tick(seq, `Turn ${String(seq / 120 + 1)}`))
    if (seq > 0 && timeAt(seq) - timeAt(seq - 1) > 2000) idle.push([timeAt(seq - 1), timeAt(seq)])
  }
  const half = Math.floor(size / 2)
  const bands =
    size < 10
      ? []
      : [
          { seq: 0, from: start, to: timeAt(half), label: 'Searching' },
          { seq: half, from: timeAt(half), ...(live ? {} : { to: end }), label: 'Answering the prompt' },
        ]
  return { start, end, bands, errors, markers, turns, idle, left_out: 0, complete: true }
}

export function fakeRequests(size: number, from: number, to: number): RequestBar[] {
  const requests: RequestBar[] = []
  for (let seq = 4; seq < size && requests.length < 500; seq += 12) {
    const [begin, end] = [timeAt(seq), timeAt(seq) + 40 + ((seq * 7919) % 1500)]
    if (begin >= to || end < from) continue
    const failed = seq % 60 === 4
    requests.push({
      seq,
      from: begin,
      to: end,
      method: seq % 24 === 4 ? 'POST' : 'GET',
      url: `https://chat.example/backend/${String(seq)}`,
      ...(failed ? { failed: true as const } : { status: 200 }),
    })
  }
  return requests
}

/** A summary that tells at which event it was made. */
export function fakeState(position: number, summary: RunSummary, overrides: Overrides): ReplayState {
  const queries = []
  for (let seq = 1; seq <= position && queries.length < 20; seq += 12)
    queries.push({ seq, query: eventAt(seq, overrides).text })
  return {
    position,
    time: timeAt(position),
    summary: summary.kind === 'capture' ? { ...summary, queries } : summary,
    ...countsOf(position + 1, overrides),
    answers: position < 3 ? [] : [{ message_id: 'm1', text: `The answer up to event ${String(position)}.` }],
  }
}

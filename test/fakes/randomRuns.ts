/** Events of runs that never were: all that the summaries and timelines are made of, in a random order. */
import { levelOf } from '../../src/shared/events/levels'
import type { AnyEvent } from '../../src/shared/events/schema'

/** Numbers below a limit, always the same for a seed. */
export function randomOf(seed: number): (limit: number) => number {
  let state = (seed ^ 0x9e3779b9) >>> 0
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

const makers: readonly ((random: (limit: number) => number) => [phase: string, data: Record<string, unknown>])[] = [
  (r) => ['assistant_delta', { text: `word${String(r(1000))} `, message_id: `m${String(r(3))}` }],
  (r) => [
    'assistant_delta',
    { text: 'again ', message_id: `m${String(r(3))}`, ...(r(20) === 0 ? { rewrite: true } : {}) },
  ],
  (r) => ['search_query', { query: `q${String(r(99))}`, index: r(5) }],
  (r) => [
    'search_result',
    {
      url: `https://site${String(r(300))}.example/?utm_x=${String(r(9))}`,
      rank: r(50),
      domain: 'site.example',
      ...(r(2) === 0 ? { title: `title ${String(r(9))}` } : {}),
    },
  ],
  (r) => ['citation', { url: `https://www.site${String(r(400))}.example/`, index: r(9) }],
  (r) => [
    'browser_status',
    { status: ['prompt_submitted', 'response_complete', 'page_loaded'][r(3)], model: `v${String(r(3))}` },
  ],
  (r) => ['tool_use', { name: 'search', state: ['started', 'completed'][r(2)], call_id: `c${String(r(50))}` }],
  (r) => ['usage', { input_tokens: r(100), output_tokens: r(100), cost_basis: 'recorded' }],
  (r) => ['error', { message: `went wrong ${String(r(10))}`, fatal: r(5) === 0 }],
  (r) => ['metric', { name: `loss${String(r(5))}`, value: r(1000) / 7, ...(r(2) === 0 ? { step: r(10_000) } : {}) }],
  (r) => [
    'metric',
    { name: 'progress', value: r(100), raw: { done: r(100), total: 100, label: `bar ${String(r(2))}` } },
  ],
  (r) => ['line_update', { stream: ['stdout', 'stderr'][r(2)], text: r(3) === 0 ? '' : `at ${String(r(99))}` }],
  (r) => [
    'log_line',
    {
      text: `line ${String(r(1000))}`,
      stream: 'stdout',
      ...(r(4) === 0 ? { level: ['warn', 'error', 'fatal'][r(3)] } : {}),
    },
  ],
  (r) => ['result', { path: `out/${String(r(30))}.json`, bytes: r(9999) }],
  (r) => ['dropped', { count: r(10), why: 'no room' }],
  (r) => ['process', { state: ['started', 'stop_requested', 'exited'][r(3)], pid: r(9999), exit_code: r(3) }],
  (r) => [
    'network',
    {
      request_id: `r${String(r(40))}`,
      method: 'GET',
      url: 'https://a.example/',
      state: ['sent', 'response', 'finished', 'failed'][r(4)],
    },
  ],
  (r) => ['phase_change', { phase: `phase ${String(r(9))}` }],
  (r) => ['iteration', { number: r(99), state: ['started', 'completed'][r(2)] }],
  (r) => ['message', { role: ['user', 'assistant'][r(2)], text: `said ${String(r(99))}` }],
  (r) => ['marker', { name: `mark ${String(r(99))}` }],
]

export function randomEvents(random: (limit: number) => number, count: number): AnyEvent[] {
  let time = Date.UTC(2026, 10, 20)
  return Array.from({ length: count }, (_, seq) => {
    time += random(50) === 0 ? random(6000) : random(30)
    const [phase, data] = makers[random(makers.length)]?.(random) ?? ['marker', { name: 'none' }]
    return { capture_id: '2026-11-20T00-00-00Z-random', seq, timestamp: new Date(time).toISOString(), phase, data }
  })
}

/** How many events there are of each phase and of each level. */
export function countsOf(events: readonly AnyEvent[]): Record<'phaseCounts' | 'levelCounts', Record<string, number>> {
  const counts = { phaseCounts: {} as Record<string, number>, levelCounts: {} as Record<string, number> }
  for (const { phase, data } of events) {
    counts.phaseCounts[phase] = (counts.phaseCounts[phase] ?? 0) + 1
    const level = levelOf(phase, data)
    if (level !== undefined) counts.levelCounts[level] = (counts.levelCounts[level] ?? 0) + 1
  }
  return counts
}

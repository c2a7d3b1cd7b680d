import assert from 'node:assert/strict'
import { newSeed, randomFrom } from '../../../test/fakes/random'
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import { levelOf } from '../../shared/events/levels'
import { createRunReducer } from './byKind'
import { createFollowReducer } from './follow'
import { createSessionReducer } from './session'
import { createStreamReducer } from './stream'

const START = Date.parse('2026-11-20T03:30:05.000Z')
const fresh = ['follow', 'session', 'stream', 'ingest'] as const satisfies readonly RunKind[]

interface Told {
  phase: string
  data: Record<string, unknown>
  ms?: number
}

function eventsOf(told: readonly Told[]): AnyEvent[] {
  return told.map(({ phase, data, ms = 0 }, seq) => ({
    capture_id: 'x',
    seq,
    timestamp: new Date(START + ms).toISOString(),
    phase,
    data,
  }))
}

function filled<R extends { add(event: AnyEvent): void }>(reducer: R, told: readonly Told[]): R {
  for (const event of eventsOf(told)) reducer.add(event)
  return reducer
}

const line = (level: string | undefined, ms: number, logger?: string): Told => ({
  phase: 'log_line',
  data: {
    text: 'x',
    stream: 'file',
    ...(level === undefined ? {} : { level }),
    ...(logger === undefined ? {} : { logger }),
  },
  ms,
})

const [ERROR_LINE] = eventsOf([line('error', 0)]) as [AnyEvent]

describe('the reducer of a run', () => {
  it('is the one of its kind', () => {
    const kinds = ['capture', 'launch', 'follow', 'session', 'stream', 'ingest'] satisfies RunKind[]
    assert.deepEqual(
      kinds.map((kind) => createRunReducer(kind).summary().kind),
      ['capture', 'launch', 'follow', 'session', 'stream', 'stream'],
    )
    assert.ok(createRunReducer('capture').capture !== undefined && createRunReducer('session').capture === undefined)
  })

  it('knows the level of every line that it is given, also of those that it does not look at', () => {
    const reducer = createRunReducer('follow')
    for (let i = 0; i < 120_000; i++) reducer.add({ ...ERROR_LINE, seq: i })
    const summary = reducer.summary()
    assert.ok(summary.kind === 'follow')
    assert.deepEqual([summary.lines, summary.levels], [120_000, { error: 120_000 }])
  })

  it('goes on from a snapshot, which is plain data, as one that saw it all', () => {
    const seed = newSeed()
    const random = randomFrom(seed)
    const told = mixture(400, random)
    const events = eventsOf(told)
    for (const kind of fresh) {
      const whole = createRunReducer(kind)
      for (const event of events) whole.add(event)
      const at = Math.floor(random() * events.length)
      const first = createRunReducer(kind)
      for (const event of events.slice(0, at)) first.add(event)
      const snapshot: unknown = JSON.parse(JSON.stringify(structuredClone(first.snapshot())))
      const before = JSON.stringify(snapshot)
      const second = createRunReducer(kind, snapshot)
      for (const event of events.slice(at)) second.add(event)
      assert.deepEqual(second.summary(), whole.summary(), `seed ${String(seed)}, ${kind}, split at ${String(at)}`)
      // What goes on must not change what was kept.
      for (const event of events.slice(at)) first.add(event)
      assert.equal(JSON.stringify(snapshot), before)
      assert.deepEqual(first.summary(), whole.summary())
    }
  })

  it('keeps a snapshot as it was when it goes on itself', () => {
    for (const make of [createFollowReducer, createSessionReducer, createStreamReducer]) {
      const random = randomFrom(7)
      const reducer = filled<{ add(event: AnyEvent): void; snapshot(): unknown }>(make(), mixture(100, random))
      const snapshot = reducer.snapshot()
      const before = JSON.stringify(snapshot)
      filled(reducer, mixture(100, random))
      assert.equal(JSON.stringify(snapshot), before)
    }
  })

  it('counts lines that it did not look at, one by one or by the block', () => {
    for (const make of [createFollowReducer, createStreamReducer]) {
      const lines = Array.from({ length: 500 }, (_, i) => line(['info', undefined, 'error'][i % 3], i * 1000))
      const looked = filled<ReturnType<typeof createFollowReducer> | ReturnType<typeof createStreamReducer>>(
        make(),
        lines,
      )
      const counted = make()
      for (const { phase, data, ms = 0 } of lines) {
        const level = levelOf(phase, data)
        counted.count(level === undefined ? phase : `${phase}:${level}`, 1, START + ms)
      }
      assert.deepEqual(counted.summary(), looked.summary())
      const block = make()
      block.count('log_line:info', 300, START)
      block.count('network', 7, START + 10_000)
      assert.deepEqual([block.summary().lines, block.summary().levels], [300, { info: 300 }])
    }
  })

  it('looks at few of many lines, and still tells the shares of loggers', () => {
    const reducer = createFollowReducer()
    let looked = 0
    for (const event of manyLines(400_000)) {
      if (reducer.wants(event.phase)) {
        looked++
        reducer.add(event)
      } else reducer.count('log_line:info', 1, START)
    }
    assert.ok(looked < 130_000, `looked at ${String(looked)}`)
    const { lines, loggers, loggers_estimated } = reducer.summary()
    assert.deepEqual([lines, loggers_estimated], [400_000, true])
    assert.deepEqual(
      loggers.map(({ name }) => name),
      ['often', 'seldom'],
    )
    const share = (loggers[0]?.count ?? 0) / (loggers[1]?.count ?? 1)
    assert.ok(share > 2.9 && share < 3.1, `three to one, told as ${String(share)}`)
    // Who hands over every line is told the same.
    const all = createFollowReducer()
    for (const event of manyLines(400_000)) all.add(event)
    assert.deepEqual(all.summary().loggers, loggers)
  })

  it('is bounded, and counts what goes past a bound', () => {
    const many: Told[] = []
    for (let i = 0; i < 3000; i++) {
      many.push(
        { phase: 'file', data: { state: 'opened', path: `/logs/${String(i)}` } },
        { phase: 'task', data: { title: `t${String(i)}`, state: 'pending' } },
        { phase: 'tool_use', data: { name: `tool ${String(i)}`, state: 'started' } },
        { phase: 'usage', data: { model: `m${String(i)}`, input_tokens: 1, output_tokens: 1, cost_basis: 'unknown' } },
        { phase: 'error', data: { message: 'x'.repeat(100_000), fatal: false } },
        { phase: 'message', data: { role: 'r'.repeat(9999), text: 'y'.repeat(100_000) } },
        line('info', i * 1000, `logger ${String(i)}`),
      )
    }
    const follow = filled(createFollowReducer(), many).summary()
    assert.deepEqual([follow.files.length, follow.file_count], [1000, 3000])
    assert.deepEqual([follow.loggers.length, follow.loggers_left_out], [20, 2000])
    const session = filled(createSessionReducer(), many).summary()
    assert.deepEqual([session.tasks.length, session.task_count, session.models.length], [500, 3000, 50])
    assert.deepEqual([session.usage?.input_tokens, session.tools.length, session.messages], [3000, 20, 3000])
    for (const reducer of [createFollowReducer(), createSessionReducer(), createStreamReducer()]) {
      filled(reducer as { add(event: AnyEvent): void }, many)
      assert.ok(JSON.stringify(reducer.summary()).length < 1_100_000)
      assert.ok(JSON.stringify(reducer.snapshot()).length < 1_200_000)
    }
  })

  it('survives damaged data and names of prototypes', () => {
    const phases = [
      'file',
      'connection',
      'phase_change',
      'iteration',
      'task',
      'context',
      'usage',
      'message',
      'log_line',
    ]
    const bad = [null, 7, {}, [], 'x', '__proto__', Number.NaN]
    for (const kind of fresh) {
      const reducer = createRunReducer(kind)
      for (const phase of [...phases, 'tool_use', 'error', 'dropped', 'constructor'])
        for (const value of bad) {
          const names = ['path', 'state', 'title', 'name', 'model', 'percent', 'number', 'level', 'logger', 'phase']
          const data = Object.fromEntries([...names, 'count', 'text', 'message'].map((name) => [name, value]))
          reducer.add({ capture_id: 'x', seq: 0, timestamp: 'no time', phase, data })
        }
      assert.equal(typeof JSON.stringify(reducer.summary()), 'string')
    }
    assert.equal(({} as Record<string, unknown>)['calls'], undefined)
  })
})

describe('the summary of recorded files', () => {
  it('tells lines by level, in all and over the last minute', () => {
    const reducer = filled(createFollowReducer(), [
      line('error', 0),
      line('info', 500),
      line(undefined, 30_000),
      line('warn', 59_000),
      // A minute after the first second: its two lines are too old.
      { phase: 'file', data: { state: 'rotated', path: '/a.log' }, ms: 60_000 },
      line('info', 61_000),
    ])
    const { lines, levels, last_minute, first_time, last_time } = reducer.summary()
    assert.deepEqual([lines, levels], [5, { info: 2, warn: 1, error: 1 }])
    assert.deepEqual(last_minute, { lines: 3, levels: { info: 1, warn: 1 } })
    assert.deepEqual([first_time, last_time], [START, START + 61_000])
    reducer.count('file', 1, START + 3_600_000)
    assert.deepEqual(reducer.summary().last_minute, { lines: 0, levels: {} })
  })

  it('tells files with their rotations, and the loggers', () => {
    const file = (state: string, path: string): Told => ({ phase: 'file', data: { state, path } })
    const { files, file_count, loggers, loggers_estimated, errors, dropped } = filled(createFollowReducer(), [
      file('opened', '/a.log'),
      file('rotated', '/a.log'),
      file('replaced', '/a.log'),
      file('truncated', '/b.log'),
      file('gone', '/b.log'),
      line('info', 0, 'app.db'),
      line('info', 0, 'app.web'),
      line('info', 0, 'app.web'),
      { phase: 'dropped', data: { count: 4, why: 'disk full' } },
      { phase: 'error', data: { message: 'no room', fatal: true } },
    ]).summary()
    assert.deepEqual(files, [
      { path: '/a.log', state: 'replaced', seq: 2, rotations: 2, rewrites: 0 },
      { path: '/b.log', state: 'gone', seq: 4, rotations: 0, rewrites: 1 },
    ])
    assert.deepEqual([file_count, loggers_estimated], [2, undefined])
    assert.deepEqual(loggers, [
      { name: 'app.web', count: 2 },
      { name: 'app.db', count: 1 },
    ])
    assert.deepEqual([errors, dropped], [[{ seq: 9, message: 'no room', fatal: true }], 4])
  })
})

describe('the summary of a stream', () => {
  it('tells how the connection is, and how often it was lost', () => {
    const state = (word: string, more: Record<string, unknown> = {}): Told => ({
      phase: 'connection',
      data: { state: word, ...more },
    })
    const { connection, reconnects, last_error } = filled(createStreamReducer(), [
      state('connecting'),
      state('live'),
      state('reconnecting', { attempt: 1, retry_in_ms: 500 }),
      state('reconnecting', { attempt: 2, retry_in_ms: 1000 }),
      state('live'),
      ...Array.from({ length: 300 }, () => ({ phase: 'error', data: { message: 'old', fatal: false } })),
      { phase: 'error', data: { message: 'HTTP 503', fatal: false }, ms: 5 },
      state('reconnecting', { attempt: 1, retry_in_ms: 500, http_status: 503 }),
    ]).summary()
    assert.deepEqual(connection, {
      state: 'reconnecting',
      seq: 306,
      time: START,
      attempt: 1,
      retry_in_ms: 500,
      http_status: 503,
    })
    assert.equal(reconnects, 2)
    assert.deepEqual(last_error, { seq: 305, message: 'HTTP 503', fatal: false, time: START + 5 })
  })
})

describe('the summary of a session', () => {
  it('tells phase, round, tasks, context, tokens by model and what was said last', () => {
    const usage = (model: string, more: Record<string, unknown>): Told => ({
      phase: 'usage',
      data: { model, input_tokens: 100, output_tokens: 10, cost_basis: 'unknown', ...more },
    })
    const summary = filled(createSessionReducer(), [
      { phase: 'phase_change', data: { phase: 'plan' } },
      { phase: 'phase_change', data: { phase: 'build', label: 'Build', number: 2, of: 3 }, ms: 9 },
      { phase: 'iteration', data: { number: 1, state: 'completed' } },
      { phase: 'iteration', data: { number: 2, state: 'started' } },
      { phase: 'task', data: { title: 'a', state: 'pending' } },
      { phase: 'task', data: { title: 'b', state: 'pending' } },
      { phase: 'task', data: { title: 'a', state: 'completed' } },
      { phase: 'context', data: { percent: 41.5, tokens: 83_000, limit: 200_000 } },
      usage('small', {}),
      usage('large', { output_tokens: 50, cost_usd: 0.25, cost_basis: 'recorded', cache_read_tokens: 60 }),
      usage('large', { output_tokens: 50, cost_usd: 0.5, cost_basis: 'estimated' }),
      { phase: 'message', data: { role: 'assistant', text: 'Done.' } },
      { phase: 'message', data: { role: 'tool', text: ' \n' } },
      { phase: 'tool_use', data: { name: 'bash', state: 'started', call_id: '1' } },
      { phase: 'tool_use', data: { name: 'bash', state: 'failed', call_id: '1' } },
    ]).summary()
    const large = {
      input_tokens: 200,
      output_tokens: 100,
      cache_read_tokens: 60,
      cache_write_tokens: 0,
      reasoning_tokens: 0,
      cost_usd: 0.75,
      cost_estimated: true,
      unpriced: 0,
    }
    assert.deepEqual(summary, {
      kind: 'session',
      phase: { phase: 'build', seq: 1, time: START + 9, label: 'Build', number: 2, of: 3 },
      iteration: { number: 2, state: 'started', completed: 1 },
      tasks: [
        { seq: 6, title: 'a', state: 'completed' },
        { seq: 5, title: 'b', state: 'pending' },
      ],
      task_count: 2,
      context: { percent: 41.5, tokens: 83_000, limit: 200_000 },
      usage: { ...large, input_tokens: 300, output_tokens: 110, unpriced: 1 },
      models: [
        { model: 'large', ...large },
        {
          model: 'small',
          input_tokens: 100,
          output_tokens: 10,
          cache_read_tokens: 0,
          cache_write_tokens: 0,
          reasoning_tokens: 0,
          unpriced: 1,
        },
      ],
      messages: 2,
      last_message: { seq: 11, role: 'assistant', text: 'Done.' },
      tools: [{ name: 'bash', calls: 1, failed: 1 }],
      errors: [],
      dropped: 0,
    })
  })
})

function* manyLines(count: number): Generator<AnyEvent> {
  const timestamp = new Date(START).toISOString()
  for (let seq = 0; seq < count; seq++) {
    const logger = seq % 4 === 3 ? 'seldom' : 'often'
    yield { capture_id: 'x', seq, timestamp, phase: 'log_line', data: { level: 'info', logger } }
  }
}

/** Events of all phases, in an order and at times that the seed says. */
function mixture(count: number, random: () => number): Told[] {
  const one = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T
  let ms = 0
  return Array.from({ length: count }, () => {
    ms += Math.floor(random() * 3000)
    const kinds: Told[] = [
      line(one('info', 'error', undefined, 'odd'), ms, one('a', 'b', undefined)),
      { phase: 'file', data: { state: one('opened', 'rotated', 'gone'), path: one('/a', '/b') }, ms },
      { phase: 'connection', data: { state: one('live', 'reconnecting', 'closed'), attempt: 1 }, ms },
      { phase: 'task', data: { title: one('a', 'b'), state: one('pending', 'completed') }, ms },
      { phase: 'usage', data: { model: one('m', ''), input_tokens: 3, output_tokens: 1, cost_usd: one(1, 2) }, ms },
      { phase: 'message', data: { role: 'user', text: one('hi', '') }, ms },
      { phase: 'tool_use', data: { name: one('x', 'y'), state: one('started', 'failed') }, ms },
      { phase: 'phase_change', data: { phase: one('p', 'q') }, ms },
      { phase: 'iteration', data: { number: 1, state: one('started', 'completed') }, ms },
      { phase: 'context', data: { percent: 3 }, ms },
      { phase: 'error', data: { message: 'm', fatal: false }, ms },
      { phase: 'dropped', data: { count: 1, why: 'w' }, ms },
    ]
    return one(...kinds)
  })
}

import assert from 'node:assert/strict'
import type { AnyEvent } from '../../shared/events/schema'
import { createLaunchReducer, type LaunchReducer } from './launch'

const START = Date.parse('2026-11-20T03:30:05.000Z')

function recorder(): {
  reducer: LaunchReducer
  tell: (phase: string, data: Record<string, unknown>, ms?: number) => void
} {
  const reducer = createLaunchReducer()
  let seq = 0
  return {
    reducer,
    tell: (phase, data, ms = 0) => {
      const event: AnyEvent = {
        capture_id: 'x',
        seq: seq++,
        timestamp: new Date(START + ms).toISOString(),
        phase,
        data,
      }
      reducer.add(event)
    },
  }
}

describe('the summary of a launch', () => {
  it('is empty before the first event', () => {
    assert.deepEqual(createLaunchReducer().summary(), {
      kind: 'launch',
      stop_requested: false,
      left_behind: [],
      metrics: [],
      current: {},
      results: [],
      errors: [],
      dropped: 0,
    })
  })

  it('follows the process from its start to its end', () => {
    const { reducer, tell } = recorder()
    tell('process', { state: 'started', pid: 12, command: 'npm test' })
    tell('process', { state: 'stop_requested', pid: 12, signal: 'SIGINT' }, 1000)
    tell('process', { state: 'signalled', pid: 12, signal: 'SIGKILL' }, 1500)
    assert.equal(reducer.summary().exit, undefined)
    tell('process', { state: 'exited', pid: 12, exit_code: null, signal: 'SIGKILL' }, 2000)
    tell('process', { state: 'left_behind', pids: [13, 'x', 14] }, 3000)
    tell('error', { message: 'no room', fatal: false }, 3000)
    tell('dropped', { count: 3, why: 'disk full' }, 3000)
    tell('dropped', { count: 4, why: 'disk full' }, 3000)
    const { command, pid, exit, stop_requested, left_behind, errors, dropped } = reducer.summary()
    assert.deepEqual(
      { command, pid, exit, stop_requested, left_behind, dropped },
      {
        command: 'npm test',
        pid: 12,
        exit: { signal: 'SIGKILL', time: START + 2000 },
        stop_requested: true,
        left_behind: [13, 14],
        dropped: 7,
      },
    )
    assert.deepEqual(errors, [{ seq: 5, message: 'no room', fatal: false }])
  })

  it('holds the line that is being written until it is one, and wants lines only so long', () => {
    const { reducer, tell } = recorder()
    assert.equal(reducer.wants('log_line'), false)
    tell('line_update', { stream: 'stdout', text: '10%' })
    tell('line_update', { stream: 'stderr', text: 'Name? ' })
    tell('line_update', { stream: 'stdout', text: '20%' })
    assert.deepEqual(reducer.summary().current, { stdout: '20%', stderr: 'Name? ' })
    assert.equal(reducer.wants('log_line'), true)
    tell('log_line', { stream: 'stdout', text: '100%' })
    assert.deepEqual(reducer.summary().current, { stderr: 'Name? ' })
    tell('line_update', { stream: 'stderr', text: '' })
    assert.deepEqual([reducer.summary().current, reducer.wants('log_line')], [{}, false])
  })

  it('knows how far a bar is and what remains', () => {
    const { reducer, tell } = recorder()
    const bar = (raw: Record<string, unknown>, ms: number): void => {
      tell('metric', { name: 'progress', value: 1, unit: '%', raw }, ms)
    }
    bar({ label: 'train', done: 450, total: 1000, percent: 45, rate: 45, remaining_s: 12 }, 1000)
    assert.deepEqual(reducer.summary().progress, {
      label: 'train',
      done: 450,
      total: 1000,
      percent: 45,
      rate: 45,
      remaining_s: 12,
      time: START + 1000,
    })
    bar({ label: 'train', done: 500, total: 1000, percent: 50, rate: 50 }, 2000)
    assert.equal(reducer.summary().progress?.remaining_s, 10)
    assert.deepEqual(reducer.summary().metrics, [])
    // By its own pace, and not before it was watched for a while; another bar starts again.
    bar({ done: 10, total: 100 }, 10_000)
    bar({ done: 20, total: 100 }, 11_000)
    assert.equal(reducer.summary().progress?.remaining_s, undefined)
    bar({ done: 30, total: 100 }, 14_000)
    assert.deepEqual([reducer.summary().progress?.rate, reducer.summary().progress?.remaining_s], [5, 14])
    bar({ done: 5, total: 100 }, 20_000)
    assert.equal(reducer.summary().progress?.rate, undefined)
    bar({ done: 5, percent: 250 }, 20_000)
    assert.equal(reducer.summary().progress?.percent, 100)
    bar({ total: 3 }, 20_000)
    assert.equal(reducer.summary().progress?.done, 5)
    tell('metric', { name: 'progress', value: 3 })
    assert.equal(reducer.summary().metrics[0]?.last, 3)
  })

  it('draws metrics over steps, and over time where steps are missing or go back', () => {
    const { reducer, tell } = recorder()
    tell('process', { state: 'started', pid: 1 })
    for (const [i, step] of [1, 2, 3].entries()) {
      tell('metric', { name: 'loss', value: 3 - i, step, unit: 'x' }, i * 1000)
      tell('metric', { name: 'acc', value: i }, i * 1000)
      tell('metric', { name: 'again', value: i, step: i % 2 }, i * 1000)
    }
    const [loss, acc, again] = reducer.summary().metrics
    assert.deepEqual(loss, {
      name: 'loss',
      unit: 'x',
      count: 3,
      last: 1,
      min: 1,
      max: 3,
      x: 'step',
      points: [
        [1, 3],
        [2, 2],
        [3, 1],
      ],
    })
    const overTime = [
      [0, 0],
      [1, 1],
      [2, 2],
    ]
    assert.deepEqual([acc?.x, acc?.points], ['time', overTime])
    assert.deepEqual([again?.x, again?.points], ['time', overTime])
  })

  it('thins a long course without losing a peak or its order', () => {
    const { reducer, tell } = recorder()
    const N = 100_000
    for (let i = 0; i < N; i++)
      tell('metric', { name: 'm', value: i === 54_321 ? 99 : i === 77_777 ? -99 : Math.sin(i / 50), step: i })
    const [metric] = reducer.summary().metrics
    assert.ok(metric !== undefined)
    const { points } = metric
    assert.ok(points.length <= 2000 && points.length > 500, String(points.length))
    assert.deepEqual([metric.count, metric.min, metric.max], [N, -99, 99])
    assert.ok(points.some(([x, y]) => x === 54_321 && y === 99))
    assert.ok(points.some(([x, y]) => x === 77_777 && y === -99))
    for (const [i, [x]] of points.entries()) assert.ok(x > (points[i - 1]?.[0] ?? -1))
    assert.ok((points.at(-1)?.[0] ?? 0) > N - 500)
    for (const [x, y] of points) if (Math.abs(y) < 99) assert.equal(y, Math.sin(x / 50))
  })

  it('says how many numbers bounds have left out', () => {
    const { reducer, tell } = recorder()
    tell('metric', { name: 'loss', value: 1 })
    assert.equal(reducer.summary().metrics_left_out, undefined)
    tell('metric', { name: 'loss', value: 2, raw: { left_out: 7, unread_lines: 3 } })
    tell('metric', { name: 'loss', value: 3, raw: { left_out: 'x', other_names: 2, unread_lines: -1 } })
    assert.deepEqual(reducer.summary().metrics_left_out, { values: 7, other_names: 2, unread_lines: 3 })
    for (let i = 0; i < 100; i++) tell('metric', { name: `m${String(i)}`, value: i, raw: { left_out: 1 } })
    assert.equal(reducer.summary().metrics.length, 64)
    assert.deepEqual(reducer.summary().metrics_left_out, { values: 70, other_names: 76, unread_lines: 3 })
  })

  it('lists each result once, as it was told last', () => {
    const { reducer, tell } = recorder()
    tell('result', { path: 'a.json', bytes: 1 })
    tell('result', { path: 'b.json' })
    tell('result', { path: 'a.json', bytes: 2, modified_at: '2026-11-20T03:30:05.000Z', summary: 's' })
    assert.deepEqual(reducer.summary().results, [
      { seq: 2, path: 'a.json', bytes: 2, modified_at: '2026-11-20T03:30:05.000Z', summary: 's' },
      { seq: 1, path: 'b.json' },
    ])
  })

  it('stays bounded, whatever comes', () => {
    const { reducer, tell } = recorder()
    for (let i = 0; i < 5000; i++) {
      const id = String(i)
      tell('metric', { name: id.padStart(1000, 'x').slice(-500) + id, value: i })
      tell('result', { path: id })
      tell('error', { message: 'x'.repeat(10_000), fatal: false })
      tell('line_update', { stream: id, text: 'x'.repeat(10_000) })
    }
    tell('process', { state: 'left_behind', pids: Array.from({ length: 100_000 }, (_, i) => i) })
    const summary = reducer.summary()
    assert.ok(summary.metrics.length <= 64 && summary.results.length <= 1000 && summary.errors.length <= 200)
    assert.ok(Object.keys(summary.current).length <= 8 && summary.left_behind.length <= 1000)
    assert.ok(JSON.stringify(summary).length < 2_000_000)
  })

  it('survives any data', () => {
    const values = [undefined, null, 1, Number.NaN, 'x', '__proto__', [], {}, [{}], { done: 'x' }]
    const keys = ['state', 'pid', 'pids', 'stream', 'text', 'name', 'value', 'raw', 'step', 'path', 'count', 'message']
    const { reducer, tell } = recorder()
    for (const phase of [
      'process',
      'line_update',
      'log_line',
      'metric',
      'result',
      'dropped',
      'error',
      'marker',
      '__proto__',
    ]) {
      for (const value of values) tell(phase, Object.fromEntries(keys.map((key) => [key, value])))
      for (const value of values)
        tell(phase, { name: 'progress', value: 1, raw: { done: 1, total: value, rate: value } })
    }
    assert.equal(typeof JSON.stringify(reducer.summary()), 'string')
  })
})

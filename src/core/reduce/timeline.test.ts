import assert from 'node:assert/strict'
import type { AnyEvent } from '../../shared/events/schema'
import { createTimelineReducer, type TimelineReducer } from './timeline'

const START = Date.UTC(2026, 10, 20)

/** Hands events over as a pass does. */
function give(timeline: TimelineReducer, seq: number, ms: number, phase: string, data: Record<string, unknown>): void {
  const time = START + ms
  const level = phase === 'error' ? 'error' : (data['level'] as string | undefined)
  timeline.pass(time)
  if (!timeline.wants(phase, level, time)) return
  const event: AnyEvent = { capture_id: 'x', seq, timestamp: new Date(time).toISOString(), phase, data }
  timeline.add(event)
}

describe('the timeline of a run', () => {
  it('is empty before the first event', () => {
    const info = createTimelineReducer().info(true)
    assert.deepEqual([info.start, info.end, info.left_out, info.idle], [0, 0, 0, []])
  })

  it('tells phases, iterations and answers as bands, and where turns begin', () => {
    const timeline = createTimelineReducer()
    give(timeline, 0, 0, 'phase_change', { phase: 'build' })
    give(timeline, 1, 10, 'iteration', { number: 1, state: 'started' })
    give(timeline, 2, 20, 'iteration', { number: 1, state: 'completed' })
    give(timeline, 3, 30, 'phase_change', { phase: 'test', label: 'All tests' })
    give(timeline, 4, 40, 'browser_status', { status: 'prompt_submitted' })
    give(timeline, 5, 50, 'message', { role: 'user', text: 'what \n now' })
    give(timeline, 6, 60, 'message', { role: 'assistant', text: 'nothing' })
    give(timeline, 7, 70, 'browser_status', { status: 'response_complete' })
    give(timeline, 8, 80, 'marker', { name: 'here' })
    const { bands, turns, markers, start, end } = timeline.info(false)
    assert.deepEqual(
      bands.map(({ label, from, to }) => [label, from - START, to === undefined ? undefined : to - START]),
      [
        ['build', 0, 30],
        ['Iteration 1', 10, 20],
        ['All tests', 30, undefined],
        ['Answer 1', 40, 70],
      ],
    )
    assert.deepEqual(
      turns.map(({ label, seq }) => [seq, label]),
      [
        [0, 'build'],
        [1, 'Iteration 1'],
        [3, 'All tests'],
        [4, 'Prompt 1'],
        [5, 'what now'],
      ],
    )
    assert.deepEqual(markers, [{ seq: 8, time: START + 80, label: 'here' }])
    assert.deepEqual([start, end], [START, START + 80])
  })

  it('thins errors evenly over time and counts what it leaves out', () => {
    const timeline = createTimelineReducer()
    const count = 50_000
    for (let i = 0; i < count; i++)
      give(timeline, i, i * 100, i % 2 === 0 ? 'error' : 'log_line', { message: 'm', text: 't', level: 'fatal' })
    const { errors, left_out } = timeline.info(true)
    assert.ok(errors.length > 500 && errors.length <= 2000, String(errors.length))
    assert.equal(errors.length + left_out, count)
    const gaps = errors.slice(1).map(({ time }, i) => time - (errors[i]?.time ?? 0))
    assert.ok(
      Math.max(...gaps) <= 2.5 * Math.min(...gaps),
      `${String(Math.min(...gaps))} to ${String(Math.max(...gaps))}`,
    )
  })

  it('keeps the longest of many gaps, in their order, over damaged lines', () => {
    const timeline = createTimelineReducer()
    let time = START
    for (let i = 0; i < 25_000; i++) {
      timeline.pass(Number.NaN)
      timeline.pass(time)
      time += i % 5 === 0 ? 9000 + i : i % 2 === 0 ? 3000 : 2000
    }
    const { idle, left_out } = timeline.info(true)
    assert.equal(idle.length, 10_000)
    assert.equal(idle.filter(([from, to]) => to - from >= 9000).length, 5000)
    assert.ok(idle.every(([from, to], i) => to - from > 2000 && from >= (idle[i - 1]?.[1] ?? 0)))
    assert.equal(left_out, 15_000 - 10_000)
  })

  it('survives any data, and keeps no long text', () => {
    const timeline = createTimelineReducer()
    for (const phase of ['phase_change', 'iteration', 'browser_status', 'marker', 'message', 'error', 'log_line'])
      for (const value of [undefined, null, 7, {}, '\u001b[31mred', 'x'.repeat(1_000_000)])
        give(timeline, 0, 0, phase, {
          phase: value,
          label: value,
          name: value,
          text: value,
          message: value,
          role: 'user',
          level: 'error',
          status: value,
        })
    const { errors, markers, turns } = timeline.info(true)
    for (const { label } of [...errors, ...markers, ...turns])
      assert.ok(label.length <= 200 && !label.includes('\u001b'))
  })
})

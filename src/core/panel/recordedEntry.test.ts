import assert from 'node:assert/strict'
import type { AnyEvent } from '../../shared/events/schema'
import { recordedEntry } from './recordedEntry'

interface Line {
  readonly text: string
  readonly source?: string
  readonly continued?: true
}

function eventOf(line: Line | 'other', seq: number): AnyEvent {
  const event = { capture_id: 'x', seq, timestamp: '2026-11-21T12:00:00.000Z' }
  return line === 'other'
    ? { ...event, phase: 'file', data: { state: 'rotated' } }
    : { ...event, phase: 'log_line', data: { stream: 'file', ...line } }
}

/** The entry of an event among these. */
function entry(lines: readonly (Line | 'other')[], position: number) {
  const events = lines.map(eventOf)
  const store = {
    growth: { size: events.length, bytes: 0, phaseCounts: {}, levelCounts: {} },
    detail: (at: number) => {
      const event = events[at]
      return event === undefined
        ? Promise.reject(new RangeError(String(at)))
        : Promise.resolve({ position: at, bytes: 1, event })
    },
  }
  const event = events[position]
  assert.ok(event !== undefined)
  return recordedEntry(store, position, event)
}

const trace = (count: number, text = 'at'): Line[] =>
  Array.from({ length: count }, (_, i) => ({ text: `${text} ${String(i)}`, continued: true }))

describe('the entry of a recorded line', () => {
  it('is its first line and those that go on with it, whichever is asked for', async () => {
    const lines = [{ text: 'before' }, { text: 'failed' }, ...trace(3), { text: 'after' }]
    for (const position of [1, 2, 3, 4])
      assert.deepEqual(await entry(lines, position), { lines: ['failed', 'at 0', 'at 1', 'at 2'], at: position - 1 })
    assert.equal(await entry(lines, 0), undefined)
    assert.equal(await entry(lines, 5), undefined)
  })

  it('has no line of another file that is recorded too, nor an event that is no line', async () => {
    const a = (text: string, continued?: true): Line => ({
      text,
      source: '/a',
      ...(continued === undefined ? {} : { continued }),
    })
    const b = (text: string, continued?: true): Line => ({ ...a(text, continued), source: '/b' })
    const lines = [
      a('a failed'),
      b('b failed'),
      a('a at 0', true),
      'other',
      b('b at 0', true),
      a('a at 1', true),
      b('b well'),
    ] as const
    assert.deepEqual(await entry(lines, 2), { lines: ['a failed', 'a at 0', 'a at 1'], at: 1 })
    assert.deepEqual(await entry(lines, 1), { lines: ['b failed', 'b at 0'], at: 0 })
    assert.equal(await entry(lines, 3), undefined)
  })

  it('is bounded, holds the line that was asked for, and says where there is more', async () => {
    const lines = [{ text: 'failed' }, ...trace(3000)]
    const first = await entry(lines, 0)
    assert.deepEqual([first?.lines.length, first?.at, first?.moreAbove, first?.moreBelow], [1000, 0, undefined, true])
    const middle = await entry(lines, 1500)
    assert.equal(middle?.lines[middle.at], 'at 1499')
    assert.deepEqual([middle.lines.length, middle.moreAbove, middle.moreBelow], [1000, true, true])
    const long = await entry([{ text: 'failed' }, ...trace(100, 'x'.repeat(30_000))], 50)
    assert.ok(long !== undefined && long.lines.join('').length <= 256 * 1024)
    assert.deepEqual([long.moreAbove, long.moreBelow], [true, true])
  })
})

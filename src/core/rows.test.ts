import assert from 'node:assert/strict'
import { eventData, type AnyEvent } from '../shared/events/schema'
import { damagedRow, rowOf } from './rows'

const event = (phase: string, data: Record<string, unknown>): AnyEvent => ({
  capture_id: '2026-11-20T03-30-05Z-abc123',
  seq: 7,
  timestamp: '2026-11-20T03:30:05.231Z',
  phase,
  data,
})

describe('rows', () => {
  it('tell an event in one line', () => {
    const row = rowOf(
      7,
      event('search_result', { url: 'https://a.example/', rank: 2, title: 'A\nB', domain: 'a.example' }),
    )
    assert.deepEqual(row, {
      position: 7,
      seq: 7,
      time: Date.parse('2026-11-20T03:30:05.231Z'),
      phase: 'search_result',
      text: '#2  A⏎B  https://a.example/',
    })
  })

  it('have a level where the event has one', () => {
    assert.equal(rowOf(0, event('error', { message: 'x', fatal: true })).level, 'fatal')
    assert.equal(rowOf(0, event('log_line', { text: 'x', stream: 'stdout', level: 'warn' })).level, 'warn')
  })

  it('survive any data under any phase', () => {
    for (const phase of [...Object.keys(eventData), 'unheard_of', '__proto__', 'constructor']) {
      for (const value of [undefined, null, 1, 'x', [], {}, { text: {} }]) {
        const data = Object.fromEntries(
          ['status', 'text', 'url', 'name', 'message', 'query', 'bytes', 'duration_ms', 'base64'].map((key) => [
            key,
            value,
          ]),
        )
        assert.equal(typeof rowOf(0, event(phase, data)).text, 'string')
      }
    }
  })

  it('show what would hide: control and direction characters', () => {
    assert.equal(
      rowOf(0, event('log_line', { text: 'a\u202eb\u0007c\td\r\ne', stream: 'stdout' })).text,
      'a\\u202eb\\u0007c  d⏎e',
    )
  })

  it('are short, however long the event is', () => {
    for (const phase of Object.keys(eventData)) {
      const long = 'x'.repeat(1_000_000)
      assert.ok(
        rowOf(0, event(phase, { text: long, message: long, url: long, title: long, status: long, input: { long } }))
          .text.length <= 4001,
      )
    }
  })

  it('say so where a line is damaged', () => {
    assert.equal(damagedRow(3, 1500).text, "This line can't be read (1.5 kB).")
  })
})

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

  it('tell what happened to a followed file', () => {
    const text = (data: Record<string, unknown>) => rowOf(0, event('file', data)).text
    assert.equal(text({ state: 'rotated', path: '/var/log/app.log' }), 'app.log was rotated: a new file took its name.')
    assert.equal(
      text({ state: 'truncated', path: 'C:\\logs\\app.log', lines_gone: 6001 }),
      'app.log was truncated. 6,001 lines are gone.',
    )
    assert.equal(text({ state: 'truncated', path: 'a', lines_gone: 1 }), 'a was truncated. 1 line is gone.')
    assert.equal(text({ state: 'constructor', path: 'a' }), 'a constructor')
  })

  it('have a level where the event has one', () => {
    assert.equal(rowOf(0, event('error', { message: 'x', fatal: true })).level, 'fatal')
    assert.equal(rowOf(0, event('log_line', { text: 'x', stream: 'stdout', level: 'warn' })).level, 'warn')
  })

  it('take along the question that what was typed answers', () => {
    const typed = (fields: unknown, stream = 'stdin') =>
      rowOf(0, event('log_line', { text: 'Ada', stream, fields })).prompt
    assert.equal(typed({ prompt: 'Your\u0007 name:' }), 'Your\\u0007 name:')
    assert.equal(typed({ prompt: 'Your name:' }, 'stdout'), undefined)
    for (const fields of [undefined, null, 'x', {}, { prompt: '' }]) assert.equal(typed(fields), undefined)
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

  describe('of output', () => {
    const line = (text: string): string => rowOf(0, event('log_line', { text, stream: 'stdout' })).text

    it('know stream and outcome', () => {
      const row = rowOf(3, event('log_line', { text: 'ok', stream: 'stderr', outcome: 'failure', level: 'error' }))
      assert.deepEqual([row.stream, row.outcome, row.level], ['stderr', 'failure', 'error'])
      assert.equal(rowOf(3, event('line_update', { text: '45%', stream: 'stdout' })).stream, 'stdout')
      const other = rowOf(3, event('log_line', { text: 'x', stream: 3, outcome: 'maybe' }))
      assert.deepEqual([other.stream, other.outcome], [undefined, undefined])
      const marker = rowOf(3, event('marker', { name: 'x', stream: 'stdout', outcome: 'success' }))
      assert.deepEqual([marker.stream, marker.outcome], [undefined, undefined])
    })

    it('keep colours and links as codes', () => {
      assert.equal(line('\x1b[1;31mred\x1b[0m'), '\x1b[1;31mred\x1b[0m')
      assert.equal(
        line('\x1b]8;;https://a.example\x07x\x1b]8;;\x1b\\'),
        '\x1b]8;;https://a.example\x1b\\x\x1b]8;;\x1b\\',
      )
    })

    it('show every other code', () => {
      assert.equal(line('a\x1b[2Jb\x1b]0;t\x07c\rd\x1b'), 'a\\u001b[2Jb\\u001b]0;t\\u0007c⏎d\\u001b')
      assert.equal(line('\x1b]8;;https://a\n.example\x07x'), '\\u001b]8;;https://a⏎.example\\u0007x')
      assert.equal(line('\x1b[31m\u202ex'), '\x1b[31m\\u202ex')
    })

    it('are cut between codes', () => {
      for (let before = 3970; before < 4002; before++) {
        const text = line(`${'x'.repeat(before)}\x1b[38;5;12my\x1b]8;;https://a.example\x1b\\z${'w'.repeat(500)}`)
        // eslint-disable-next-line no-control-regex -- what is kept
        const rest = text.replace(/\x1b\[[\d;]*m|\x1b\]8;[^\x1b]*\x1b\\/g, '')
        assert.ok(/^x+y?z?w*…$/.test(rest), `${String(before)} ${rest.slice(-60)}`)
      }
    })
  })

  it('tell what a launch did', () => {
    const text = (phase: string, data: Record<string, unknown>): string => rowOf(0, event(phase, data)).text
    assert.equal(text('process', { state: 'started', pid: 12, command: 'npm test' }), 'started  pid 12  npm test')
    assert.equal(
      text('process', { state: 'exited', pid: 12, exit_code: 137, signal: null }),
      'exited  pid 12  exit code 137',
    )
    assert.equal(text('process', { state: 'exited', exit_code: null, signal: 'SIGKILL' }), 'exited  SIGKILL')
    assert.equal(text('process', { state: 'left_behind', pids: [3, 4] }), 'left behind  pids 3, 4')
    assert.equal(text('metric', { name: 'loss', value: 0.5, step: 3 }), 'loss  = 0.5  step 3')
    assert.equal(
      text('metric', { name: 'progress', value: 45, unit: '%', raw: { done: 450, total: 1000, label: 'train' } }),
      'progress  = 45  %  450 of 1000  train',
    )
    assert.equal(text('dropped', { count: 3, bytes: 1500, why: 'disk full' }), '3 dropped  1.5 kB  disk full')
    assert.equal(text('result', { path: 'a.json', bytes: 1500 }), 'a.json  1.5 kB')
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

import assert from 'node:assert/strict'
import { createRunReducer } from '../../core/reduce/byKind'
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import { summaryLines } from './summaryLines'

const START = Date.parse('2026-11-20T03:30:05.000Z')

function told(kind: RunKind, events: readonly (readonly [phase: string, data: Record<string, unknown>])[]): string[] {
  const reducer = createRunReducer(kind)
  for (const [seq, [phase, data]] of events.entries()) {
    const event: AnyEvent = {
      capture_id: 'x',
      seq,
      timestamp: new Date(START + seq * 1000).toISOString(),
      phase,
      data,
    }
    reducer.add(event)
  }
  return summaryLines(reducer.summary(), reducer.capture).filter((line) => !line.startsWith('last '))
}

describe('what the command line tells of a run', () => {
  it('that recorded files', () => {
    assert.deepEqual(
      told('follow', [
        ['file', { state: 'opened', path: '/a.log' }],
        ['file', { state: 'rotated', path: '/a.log' }],
        ['log_line', { text: 'x', stream: 'file', level: 'error', logger: 'db' }],
        ['log_line', { text: 'x', stream: 'file' }],
        ['log_line', { text: 'x', stream: 'file' }],
        ['dropped', { count: 1500, why: 'disk full' }],
      ]),
      [
        'lines    3  1.5 lines/s',
        'level    error  1  (1 in the last minute)',
        'logger   db  1 line',
        'file     /a.log  rotated  1 rotation',
        'dropped  1,500',
      ],
    )
  })

  it('of a stream', () => {
    assert.deepEqual(
      told('stream', [
        ['connection', { state: 'live' }],
        ['connection', { state: 'reconnecting', http_status: 503 }],
        ['error', { message: 'HTTP 503', fatal: false }],
      ]),
      ['state    reconnecting (503)', 'lost     1 time', 'lines    0', 'error    HTTP 503'],
    )
  })

  it('of a session', () => {
    const lines = told('session', [
      ['phase_change', { phase: 'build', number: 2, of: 3 }],
      ['iteration', { number: 4, state: 'started' }],
      ['context', { percent: 40 }],
      ['usage', { model: 'm', input_tokens: 1200, output_tokens: 3, cost_usd: 0.5, cost_basis: 'recorded' }],
      ['usage', { input_tokens: 1, output_tokens: 1, cost_basis: 'unknown' }],
      ['task', { title: 'a', state: 'pending' }],
      ['tool_use', { name: 'bash', state: 'started' }],
      ['message', { role: 'assistant', text: 'Done.' }],
    ])
    assert.deepEqual(lines, [
      'phase    build (2 of 3)',
      'round    4 started',
      'context  40 %',
      'model    m  1,200 in, 3 out, $0.50',
      'tokens   1,201 in, 4 out, $0.50 (without 1 use of unknown price)',
      'task     pending      a',
      'tool     bash  1 call',
      'said     assistant: Done.',
    ])
  })
})

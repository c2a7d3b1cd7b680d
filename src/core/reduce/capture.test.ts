import assert from 'node:assert/strict'
import type { AnyEvent } from '../../shared/events/schema'
import { createAnswerLedger, createCaptureReducer, sourceKey } from './capture'

let seq = 0
const event = (phase: string, data: Record<string, unknown>): AnyEvent => ({
  capture_id: 'x',
  seq: seq++,
  timestamp: '2026-11-20T03:30:05.231Z',
  phase,
  data,
})
const delta = (text: string, rewrite = false): AnyEvent =>
  event('assistant_delta', { text, message_id: 'm', ...(rewrite ? { rewrite } : {}) })

describe('the summary of a capture', () => {
  it('knows a cited source under another spelling of its address', () => {
    const reducer = createCaptureReducer()
    reducer.add(
      event('search_result', {
        url: 'https://www.a.example/x/?utm_source=chat',
        rank: 1,
        title: 'A',
        domain: 'a.example',
      }),
    )
    reducer.add(event('search_result', { url: 'https://b.example/', rank: 2, domain: 'b.example' }))
    reducer.add(event('citation', { url: 'https://a.example/x#part', index: 0 }))
    reducer.add(event('citation', { url: 'https://c.example/only-cited', index: 1, title: 'C' }))
    const { sources, sourceCount, citedCount } = reducer.summary()
    assert.deepEqual(
      sources.map(({ domain, rank, cited }) => ({ domain, rank, cited })),
      [
        { domain: 'a.example', rank: 1, cited: true },
        { domain: 'b.example', rank: 2, cited: false },
        { domain: 'c.example', rank: undefined, cited: true },
      ],
    )
    assert.deepEqual({ sourceCount, citedCount }, { sourceCount: 3, citedCount: 2 })
  })

  it('keeps the answer through growth and rewrites', () => {
    const reducer = createCaptureReducer()
    for (const text of ['Hel', 'lo']) reducer.add(delta(text))
    assert.equal(reducer.answer('m'), 'Hello')
    reducer.add(delta('Bye', true))
    reducer.add(delta('!'))
    assert.equal(reducer.answer('m'), 'Bye!')
  })

  it('tells a reader only what it does not have yet', () => {
    const reducer = createCaptureReducer()
    const ledger = createAnswerLedger(reducer)
    let read = ''
    const pull = (): void => {
      for (const { from, text } of ledger.changes()) read = read.slice(0, from) + text
    }
    reducer.add(delta('Hel'))
    pull()
    reducer.add(delta('lo'))
    assert.deepEqual(ledger.changes(), [{ message_id: 'm', from: 3, text: 'lo' }])
    read += 'lo'
    assert.deepEqual(ledger.changes(), [])
    reducer.add(delta('Bye', true))
    pull()
    assert.equal(read, 'Bye')
    // Reading the whole answer joins its pieces; the ledger must not lose its place by that.
    reducer.add(delta(' now'))
    assert.equal(reducer.answer('m'), 'Bye now')
    pull()
    reducer.add(delta('.'))
    pull()
    assert.equal(read, 'Bye now.')
  })

  it('is bounded, and still counts', () => {
    const reducer = createCaptureReducer()
    for (let i = 0; i < 3000; i++) {
      reducer.add(event('search_result', { url: `https://a.example/${String(i)}`, rank: i + 1, domain: 'a.example' }))
      reducer.add(event('search_query', { query: String(i), index: i }))
      reducer.add(event('error', { message: 'x', fatal: false }))
      reducer.add(event('tool_use', { name: 'x', state: 'started', call_id: String(i) }))
    }
    const summary = reducer.summary()
    assert.equal(summary.sources.length, 1000)
    assert.equal(summary.sourceCount, 3000)
    assert.ok(summary.queries.length <= 500 && summary.errors.length <= 200 && summary.tools.length <= 200)
  })

  it('survives damaged data and names of prototypes', () => {
    const reducer = createCaptureReducer()
    for (const phase of [
      'search_result',
      'citation',
      'assistant_delta',
      'tool_use',
      'usage',
      'error',
      'browser_status',
      'search_query',
    ]) {
      reducer.add(event(phase, {}))
      reducer.add(
        event(phase, {
          url: 7,
          text: null,
          message_id: '__proto__',
          name: '__proto__',
          state: 'started',
          call_id: 'constructor',
        }),
      )
    }
    assert.equal(typeof JSON.stringify(reducer.summary()), 'string')
  })

  it('compares addresses without what does not matter', () => {
    assert.equal(
      sourceKey('HTTPS://WWW.News.Example/a/?utm_medium=x&id=1#top'),
      sourceKey('http://news.example/a?id=1'),
    )
    assert.notEqual(sourceKey('https://news.example/a?id=1'), sourceKey('https://news.example/a?id=2'))
  })
})

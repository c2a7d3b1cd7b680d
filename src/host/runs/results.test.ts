import assert from 'node:assert/strict'
import path from 'node:path'
import type { RunMetadata } from '../../shared/events/schema'
import { resultsOf } from './results'

const run = (results: unknown[] | undefined, cwd?: string) => ({
  capture_id: 'id',
  path: path.resolve('/logs/runs/id.json'),
  state: 'completed' as const,
  metadata: {
    kind: 'launch',
    ...(results === undefined ? {} : { results }),
    ...(cwd === undefined ? {} : { cwd }),
  } as RunMetadata,
})

describe('the results of a run', () => {
  it('are files below its cwd, or where they say they are', () => {
    const cwd = path.resolve('/work')
    const elsewhere = path.resolve('/tmp/b.csv')
    assert.deepEqual(
      resultsOf(run([{ path: 'out/a.json' }, { path: './out/../out/a.json', bytes: 7, summary: 's' }, elsewhere], cwd)),
      [
        { capture_id: 'id', name: './out/../out/a.json', file: path.join(cwd, 'out/a.json'), bytes: 7, summary: 's' },
        { capture_id: 'id', name: elsewhere, file: elsewhere },
      ],
    )
  })

  it('leave out what is none', () => {
    assert.deepEqual(resultsOf(run([7, null, {}, { path: '' }, { path: 7 }, '', { path: 'a', bytes: 'many' }])), [])
    assert.deepEqual(resultsOf(run(undefined)), [])
    assert.deepEqual(resultsOf({ capture_id: 'id', path: '/x', state: 'running' }), [])
  })
})

import assert from 'node:assert/strict'
import { countsOf } from './testCounts.mjs'

describe('countsOf', () => {
  it('adds up the reports of several runs of mocha', () => {
    const output = '\n  12 passing (3s)\n  1 pending\n  2 failing\n\n  1) a\n\n  5 passing (40ms)\n'
    assert.deepEqual(countsOf(output, 2), { passed: 17, failed: 2, skipped: 1 })
  })

  it('takes a run that ends badly after its report for a failure', () => {
    assert.deepEqual(countsOf('  3 passing (1s)\n', 1), { passed: 3, failed: 1, skipped: 0 })
    assert.deepEqual(countsOf('  3 passing (1s)\n', null), { passed: 3, failed: 1, skipped: 0 })
  })

  it('takes a run without a test for a failure', () => {
    assert.deepEqual(countsOf('nothing here', 0), { passed: 0, failed: 1, skipped: 0 })
    assert.deepEqual(countsOf('  0 passing (1ms)\n', 0), { passed: 0, failed: 1, skipped: 0 })
  })
})

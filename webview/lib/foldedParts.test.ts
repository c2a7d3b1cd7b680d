import assert from 'node:assert/strict'
import { foldedParts } from './foldedParts'

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `line ${String(i)}\n`).join('')

describe('a diff that is folded', () => {
  it('keeps what differs, and a little of what is around it', () => {
    const parts = [
      { side: 'both' as const, text: lines(10) },
      { side: 'left' as const, text: lines(20) },
      { side: 'both' as const, text: lines(10) },
      { side: 'right' as const, text: 'new' },
      { side: 'both' as const, text: lines(5) },
    ]
    assert.deepEqual(
      foldedParts(parts, new Set()).map(({ part, hidden, text }) => [part, hidden ?? text.split('\n').length - 1]),
      [
        [0, 8],
        [0, 2],
        [1, 20],
        [2, 2],
        [2, 6],
        [2, 2],
        [3, 0],
        [4, 5],
      ].map(([part, count], i) => [part, count, i].slice(0, 2)),
    )
    assert.equal(
      foldedParts(parts, new Set([0, 2]))
        .map(({ text }) => text)
        .join(''),
      parts.map(({ text }) => text).join(''),
    )
  })

  it('folds nothing that is short', () => {
    const parts = [{ side: 'both' as const, text: lines(3) }]
    assert.deepEqual(foldedParts(parts, new Set()), [{ side: 'both', text: lines(3), part: 0 }])
    assert.deepEqual(foldedParts([], new Set()), [])
  })
})

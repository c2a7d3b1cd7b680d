import assert from 'node:assert/strict'
import { thumbOf, topOf } from './scroll'

describe('scroll', () => {
  it('has no thumb when everything fits', () => {
    assert.equal(thumbOf(0, 100, 100), undefined)
    assert.equal(thumbOf(0, 0, 0), undefined)
  })

  it('shows how much is seen, from end to end', () => {
    assert.deepEqual(thumbOf(0, 1000, 500), { start: 0, length: 250 })
    assert.deepEqual(thumbOf(500, 1000, 500), { start: 250, length: 250 })
    assert.deepEqual(thumbOf(9e9, 1000, 500), { start: 250, length: 250 })
  })

  it('stays large enough to be held, and reaches both ends of ten million rows', () => {
    const total = 10_000_000 * 22
    const thumb = thumbOf(total - 500, total, 500)
    assert.deepEqual(thumb, { start: 480, length: 20 })
    assert.equal(topOf(480, 20, total, 500), total - 500)
    assert.equal(topOf(-9, 20, total, 500), 0)
  })

  it('comes back to where it was', () => {
    for (const top of [0, 1, 777, 12_345, 99_500]) {
      const thumb = thumbOf(top, 100_000, 500)
      assert.ok(thumb !== undefined)
      assert.ok(Math.abs(topOf(thumb.start, thumb.length, 100_000, 500) - top) < 0.001)
    }
  })
})

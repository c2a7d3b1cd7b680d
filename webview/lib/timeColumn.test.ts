import assert from 'node:assert/strict'
import { timeText, type TimeMode } from './timeColumn'

describe('the column of times', () => {
  const text = (time: number, mode: TimeMode, start: number, previous?: number) =>
    timeText(time, mode, { start, previous, zone: 'utc' })

  it('counts from the start, never below it', () => {
    assert.equal(text(62_345, 'start', 0), '1:02.345')
    assert.equal(text(3_723_004, 'start', 0), '1:02:03.004')
    assert.equal(text(5, 'start', 10), '0:00.000')
    assert.equal(text(NaN, 'start', 10), '–')
    assert.equal(text(5, 'start', NaN), '–')
    assert.equal(text(Infinity, 'clock', 0), '–')
    assert.equal(text(62_345, 'clock', 0), '00:01:02.345')
  })

  it('counts from the row above', () => {
    assert.equal(text(1037, 'previous', 0, 1000), '+0.037')
    assert.equal(text(1000, 'previous', 0, 1000), '+0.000')
    assert.equal(text(61_000, 'previous', 0, 1000), '+1:00.000')
    assert.equal(text(60_999, 'previous', 0, 1000), '+59.999')
    assert.equal(text(500, 'previous', 0, 2750), '−2.250')
    assert.equal(text(500, 'previous', 0), '')
    assert.equal(text(500, 'previous', 0, NaN), '–')
  })
})

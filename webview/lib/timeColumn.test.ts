import assert from 'node:assert/strict'
import { nextTimeMode, timeText } from './timeColumn'

describe('the column of times', () => {
  it('counts from the start, never below it', () => {
    assert.equal(timeText(62_345, 'start', 0), '1:02.345')
    assert.equal(timeText(3_723_004, 'start', 0), '1:02:03.004')
    assert.equal(timeText(5, 'start', 10), '0:00.000')
    assert.equal(timeText(NaN, 'start', 10), '–')
    assert.equal(timeText(5, 'start', NaN), '–')
    assert.equal(timeText(Infinity, 'clock', 0), '–')
  })

  it('goes round', () => {
    assert.equal(nextTimeMode('clock'), 'start')
    assert.equal(nextTimeMode('start'), 'off')
    assert.equal(nextTimeMode('off'), 'clock')
  })
})

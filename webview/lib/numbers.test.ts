import assert from 'node:assert/strict'
import { formatNumber, formatRate, formatRemaining, timeTicks } from './numbers'

describe('numbers of a command', () => {
  it('have as many digits as count', () => {
    const cases: [number, string][] = [
      [0, '0'],
      [0.87312, '0.8731'],
      [-0.5, '-0.5'],
      [12.5, '12.5'],
      [0.000031, '3.1e-5'],
      [-1e-7, '-1e-7'],
      [1234567, '1,234,567'],
      [-1234567, '-1,234,567'],
      [1234.5678, '1,235'],
      [3e12, '3e+12'],
      [NaN, 'NaN'],
      [-Infinity, '-Infinity'],
    ]
    for (const [value, text] of cases) assert.equal(formatNumber(value), text)
  })

  it('stand along an axis of time, each another', () => {
    assert.deepEqual(timeTicks([0, 0.2, 0.4, 0.6000000000000001]), ['0 s', '0.2 s', '0.4 s', '0.6 s'])
    assert.deepEqual(timeTicks([0, 5, 65]), ['0:00', '0:05', '1:05'])
    assert.deepEqual(timeTicks([3]), ['0:03'])
    assert.deepEqual(timeTicks([]), [])
  })

  it('tell the time left roughly', () => {
    const cases: [number, string][] = [
      [0, 'almost done'],
      [4, 'a few seconds left'],
      [33, 'about 35 s left'],
      [56, 'about 1 min left'],
      [170, 'about 3 min left'],
      [3590, 'about 1 h left'],
      [7530, 'about 2 h 5 min left'],
      [-1, ''],
      [NaN, ''],
    ]
    for (const [seconds, text] of cases) assert.equal(formatRemaining(seconds), text)
  })

  it('tell a rate as steps a second or seconds a step', () => {
    assert.equal(formatRate(12.34), '12.34/s')
    assert.equal(formatRate(0.25), '4.0 s each')
    assert.equal(formatRate(0), '')
  })
})

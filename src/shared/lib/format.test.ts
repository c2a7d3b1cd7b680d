import assert from 'node:assert/strict'
import { formatBytes, formatClock, formatCount, formatDateTime, formatDuration, formatTime, plural } from './format'

describe('format', () => {
  it('says durations in the two largest units', () => {
    const cases: [number, string][] = [
      [0, '0 ms'],
      [340, '340 ms'],
      [999.6, '1.0 s'],
      [4200, '4.2 s'],
      [9960, '10 s'],
      [12_400, '12 s'],
      [59_600, '1 min'],
      [185_000, '3 min 5 s'],
      [3_600_000, '1 h'],
      [7_440_000, '2 h 4 min'],
      [3 * 86_400_000 + 4 * 3_600_000, '3 d 4 h'],
      [-1, '–'],
      [Number.NaN, '–'],
    ]
    for (const [ms, words] of cases) assert.equal(formatDuration(ms), words, String(ms))
  })

  it('counts a clock in whole seconds', () => {
    const cases: [number, string][] = [
      [0, '0:00'],
      [7999, '0:07'],
      [725_000, '12:05'],
      [3_723_000, '1:02:03'],
      [100 * 3_600_000, '100:00:00'],
      [-5, '0:00'],
      [Number.NaN, '0:00'],
    ]
    for (const [ms, words] of cases) assert.equal(formatClock(ms), words, String(ms))
  })

  it('writes times of day and dates', () => {
    const time = Date.UTC(2026, 10, 20, 3, 30, 5, 31)
    assert.equal(formatTime(time, 'utc'), '03:30:05.031')
    assert.equal(formatDateTime(time, 'utc'), '2026-11-20 03:30:05')
    assert.equal(formatTime(Number.NaN), '–')
    assert.equal(formatDateTime(Number.NaN), '–')
    const local = new Date(2026, 0, 2, 3, 4, 5, 6).getTime()
    assert.equal(formatTime(local), '03:04:05.006')
    assert.equal(formatDateTime(local), '2026-01-02 03:04:05')
  })

  it('writes sizes with decimal prefixes and never with four digits', () => {
    const cases: [number, string][] = [
      [0, '0 B'],
      [999, '999 B'],
      [1000, '1 kB'],
      [1549, '1.5 kB'],
      [99_960, '100 kB'],
      [123_456, '123 kB'],
      [999_600, '1 MB'],
      [20_000_000, '20 MB'],
      [1.5e15, '1500 TB'],
    ]
    for (const [bytes, words] of cases) assert.equal(formatBytes(bytes), words, String(bytes))
  })

  it('groups thousands and agrees with its noun', () => {
    assert.deepEqual([0, 999, 1000, 1_234_567].map(formatCount), ['0', '999', '1,000', '1,234,567'])
    assert.equal(plural(1, 'event'), '1 event')
    assert.equal(plural(2000, 'event'), '2,000 events')
    assert.equal(plural(0, 'query', 'queries'), '0 queries')
  })
})

import assert from 'node:assert/strict'
import { parseDestination, parseMoment } from './moment'

const noon = new Date(2026, 10, 21, 12, 0, 0).getTime()

describe('moments', () => {
  it('are so long ago, a time of day, or a date', () => {
    assert.equal(parseMoment('90s', noon), noon - 90_000)
    assert.equal(parseMoment('9:05:07.25', noon), new Date(2026, 10, 21, 9, 5, 7, 250).getTime())
    assert.equal(parseMoment('12:01', noon), new Date(2026, 10, 20, 12, 1).getTime(), 'of the day before')
    assert.equal(parseMoment('2026-11-20 03:30', noon), new Date(2026, 10, 20, 3, 30).getTime())
  })

  it('are none when they are none', () => {
    for (const text of ['', '24:00', '12:60', '10', '10x', 'soon', '2026-13-45', '12:30:61'])
      assert.equal(parseMoment(text, noon), undefined, text)
  })
})

describe('Go To', () => {
  it('takes a line, a moment, or a span from here', () => {
    const here = noon - 3_600_000
    assert.deepEqual(parseDestination(' 1,200 ', here, noon), { line: 1200 })
    assert.deepEqual(parseDestination('7', here, noon), { line: 7 })
    assert.deepEqual(parseDestination('+10m', here, noon), { time: here + 600_000 })
    assert.deepEqual(parseDestination('-90s', here, noon), { time: here - 90_000 })
    assert.deepEqual(parseDestination('11:59', here, noon), { time: noon - 60_000 })
  })

  it('says when it is nowhere', () => {
    for (const text of ['', '0', '-', '+5', '1,20', 'end', '99999999999999999999'])
      assert.equal(parseDestination(text, noon, noon), undefined, text)
  })
})

import assert from 'node:assert/strict'
import { DoubleClick } from './doubleClick'

describe('a double click', () => {
  it('is two on the same thing, soon one after the other', () => {
    let now = 1000
    const clicks = new DoubleClick(() => now)
    const after = (ms: number, on: string): boolean => {
      now += ms
      return clicks.note(on)
    }
    assert.deepEqual(
      [
        after(0, 'a'),
        after(500, 'a'),
        after(100, 'a'),
        after(501, 'a'),
        after(10, 'b'),
        after(10, 'a'),
        after(10, 'a'),
      ],
      [false, true, false, false, false, false, true],
    )
  })
})

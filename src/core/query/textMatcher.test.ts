import assert from 'node:assert/strict'
import { createEventMatcher, createLineMatcher, isInTime } from './textMatcher'

describe('the texts of a query', () => {
  const event = (data: Record<string, unknown>): string => `,${JSON.stringify({ seq: 1, phase: 'log_line', data })}`

  it('must all be there, those excluded must not', () => {
    const query = {
      text: { pattern: 'one' },
      include: [{ pattern: 'TWO' }, { pattern: '^o', regex: true }],
      exclude: [{ pattern: 'three' }],
    }
    const [inLine, inEvent] = [createLineMatcher(query), createEventMatcher(query)]
    for (const [text, isWanted] of [
      ['one two', true],
      ['two one', false],
      ['one', false],
      ['one two Three', false],
    ] as const) {
      assert.equal(inLine?.(text), isWanted, text)
      assert.equal(inEvent?.(event({ text })), isWanted, text)
    }
    assert.equal(createLineMatcher({}), undefined)
    assert.equal(createEventMatcher({}), undefined)
  })

  it('can be of some sources alone', () => {
    const matches = createEventMatcher({ sources: ['/a.log'], text: { pattern: 'x' } })
    assert.ok(matches)
    assert.equal(matches(event({ text: 'x', source: '/a.log' })), true)
    assert.equal(matches(event({ text: 'y', source: '/a.log' })), false)
    assert.equal(matches(event({ text: 'x', source: '/b.log' })), false)
    assert.equal(matches(event({ text: 'x /a.log' })), false)
    assert.equal(matches('damaged x'), false)
  })

  it('have a range of time from its beginning to before its end', () => {
    const time = { from: 10, to: 20 }
    assert.deepEqual(
      [9, 10, 19, 20, Number.NaN].map((ms) => isInTime({ time }, ms)),
      [false, true, true, false, false],
    )
    assert.equal(isInTime({}, Number.NaN), true)
    assert.equal(isInTime({ time: { from: 5 } }, 1e15), true)
  })
})

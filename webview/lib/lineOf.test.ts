import assert from 'node:assert/strict'
import { lineOf } from './lineOf'

describe('the text of a line’s fields', () => {
  it('is there only where the event has one', () => {
    assert.equal(lineOf('{"text":"a\\u001b[1mb","stream":"stdout"}'), 'a\u001b[1mb')
    assert.equal(lineOf('{"text":""}'), '')
    for (const bad of ['{"text":4}', '{}', '[]', 'null', '"text"', '{"text":"cut', ''])
      assert.equal(lineOf(bad), undefined)
  })
})

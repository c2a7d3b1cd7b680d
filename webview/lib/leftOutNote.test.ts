import assert from 'node:assert/strict'
import { leftOutNote } from './leftOutNote'

describe('the note on numbers that are left out', () => {
  it('says how many, and why', () => {
    const none = { values: 0, other_names: 0, unread_lines: 0 }
    assert.equal(
      leftOutNote({ ...none, values: 1250 }),
      '1,250 values are left out: of each name at most 100 a second are drawn. Every line is in the log.',
    )
    assert.equal(
      leftOutNote({ values: 1, other_names: 1, unread_lines: 1 }),
      '1 value is left out: of each name at most 100 a second are drawn. 1 value of more names is left out: only the first names are drawn. 1 line came too fast to be looked through for numbers. Every line is in the log.',
    )
  })
})

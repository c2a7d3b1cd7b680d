import assert from 'node:assert/strict'
import { expressionProblem } from './expressionProblem'

describe('expressionProblem', () => {
  it('finds nothing wrong with a valid expression', () => {
    for (const pattern of ['', 'a+', '(a|b)[c-d]', 'colon: /x/'])
      assert.equal(expressionProblem(pattern, 'iu'), undefined, pattern)
  })

  it('says what is wrong and at which character', () => {
    const cases: [string, number, RegExp][] = [
      ['a(b', 2, /group/i],
      ['ok (x) a)', 9, /unmatched/i],
      ['+a', 1, /nothing to repeat/i],
      ['ab**', 4, /nothing to repeat/i],
      ['ab[cd', 3, /class/i],
      ['x: (', 4, /group/i],
      ['ab\\', 3, /./],
    ]
    for (const [pattern, at, reason] of cases) {
      const problem = expressionProblem(pattern, 'u')
      assert.equal(problem?.at, at, `${pattern}: ${JSON.stringify(problem)}`)
      assert.match(problem.reason, reason, pattern)
    }
  })
})

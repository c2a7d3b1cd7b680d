import assert from 'node:assert/strict'
import { readFormats } from './readFormats'

const good = {
  name: 'plant',
  pattern: '(?<time>\\S+) (?<level>\\w+) (?<message>.*)',
  sample: '2026-11-20T03:30:05Z WARN hot',
}

describe('the formats of the settings', () => {
  it('are those that are good', () => {
    assert.deepEqual(readFormats([good]), { formats: [good], problems: [] })
  })

  it('are named where they are bad, with the key and why, and cost only themselves', () => {
    const { formats, problems } = readFormats([
      { ...good, pattern: '(?<time>(' },
      { name: 'x' },
      7,
      good,
      good,
      { ...good, name: 'slow', pattern: '(?<message>(a+)+)$' },
      { ...good, name: 'other', sample: 'none' },
    ])
    assert.deepEqual(formats, [good])
    assert.equal(problems.length, 6)
    assert.match(problems[0] ?? '', /"plant" has a bad pattern/)
    assert.match(problems[1] ?? '', /^Entry 2 of tapedeck\.follow\.formats, pattern: /)
    assert.match(problems[2] ?? '', /^Entry 3 of tapedeck\.follow\.formats: /)
    assert.match(problems[3] ?? '', /twice/)
    assert.match(problems[4] ?? '', /"slow" has a bad pattern/)
    assert.match(problems[5] ?? '', /does not match its sample/)
  })
})

import assert from 'node:assert/strict'
import { ripgrepPattern } from './ripgrepPattern'

const regex = (pattern: string, caseSensitive = true) => ripgrepPattern({ pattern, regex: true, caseSensitive })

describe('an expression for ripgrep', () => {
  it('takes plain texts as they are', () => {
    assert.deepEqual(ripgrepPattern({ pattern: 'took 1.5 ms' }), {
      pattern: 'took\\x201\\x2e5\\x20ms',
      ignoresCase: true,
      exactness: 'always',
    })
    assert.equal(ripgrepPattern({ pattern: 'maße', caseSensitive: true })?.pattern, 'maße')
    assert.equal(ripgrepPattern({ pattern: 'error', wholeWord: true })?.exactness, 'never')
  })

  it('is sure of what is ASCII in both dialects', () => {
    for (const pattern of ['(GET|POST) /api/v[12]/[a-z]+', '^a{2,3}?b', '\\bx\\b', '\\d+', '[\\w.-]+', '\\[x\\]'])
      assert.equal(regex(pattern)?.exactness, 'always', pattern)
    assert.equal(regex('[a-c]', false)?.exactness, 'plain')
    assert.equal(regex('[GET]', false)?.exactness, 'always')
  })

  it('is not sure of what takes other characters, or the end of a line', () => {
    for (const pattern of ['a.b', '[^x]', '\\s', '\\S', '\\W', 'x$', '\\p{L}', '[é]', '[\\s\\S]'])
      assert.equal(regex(pattern)?.exactness, 'plain', pattern)
    assert.equal(regex('\\w', false)?.exactness, 'plain')
    assert.equal(regex('[sx]', false)?.exactness, 'plain')
  })

  it('leaves to us what has another meaning there, or none', () => {
    const ours = [
      'a(?=b)',
      '(?<!a)b',
      '(?<name>a)',
      '(a)\\1',
      '\\Bx',
      '\\u0041',
      '\\r',
      '\\n',
      '(?i:a)',
      '[]',
      '(',
      'a{2',
      '\n',
    ]
    for (const pattern of [...ours, '\ufffd', '\ud800', 'x'.repeat(3000)])
      assert.equal(regex(pattern), undefined, JSON.stringify(pattern))
    assert.equal(regex('\\bx', false), undefined)
    assert.equal(ripgrepPattern({ pattern: 'maße' }), undefined)
  })
})

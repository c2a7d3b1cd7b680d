import assert from 'node:assert/strict'
import { linksOf } from './links'

describe('linksOf', () => {
  it('finds whole strings that are web addresses, each once', () => {
    const data = {
      url: 'https://example.com/a?b="c"',
      again: 'https://example.com/a?b="c"',
      text: 'see https://example.com/inside',
      script: 'javascript:alert(1)',
      file: 'file:///etc/passwd',
      list: ['http://localhost:3000/x'],
    }
    assert.deepEqual(linksOf(JSON.stringify(data, undefined, 2)), [
      'https://example.com/a?b="c"',
      'http://localhost:3000/x',
    ])
  })

  it('stops at twenty and survives a damaged text', () => {
    const many = Array.from({ length: 50 }, (_, i) => `https://example.com/${String(i)}`)
    assert.equal(linksOf(JSON.stringify(many)).length, 20)
    assert.deepEqual(linksOf('{"url":"https://exa'), [])
    assert.deepEqual(linksOf('{"url":"https://x\\u00"}'), [])
  })
})

import assert from 'node:assert/strict'
import { defined, domainOf, parsedOrText, rawCopy } from './json'
import { dateOf, plainText, refName } from './chat/searches'

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))

describe('looks into strangers’ JSON', () => {
  it('copies what an event keeps raw, unless it is too long or too deep', () => {
    const value = { a: [1, { b: 'x' }] }
    const copy = rawCopy(value, 100)
    value.a.push(2)
    assert.deepEqual(copy, { a: [1, { b: 'x' }] })
    assert.equal(rawCopy({ a: 'x'.repeat(100) }, 100), undefined)
    assert.deepEqual(rawCopy(nested(64), 1000), nested(64))
    assert.equal(rawCopy(nested(65), 1000), undefined)
    assert.equal(rawCopy(nested(200_000), 1e9), undefined)
    assert.equal(rawCopy(undefined, 100), undefined)
  })

  it('reads calls as JSON where they are, and as text otherwise', () => {
    assert.deepEqual(parsedOrText(' {"a":1}'), { a: 1 })
    assert.deepEqual(parsedOrText('[1]'), [1])
    assert.equal(parsedOrText('{"a":'), '{"a":')
    assert.equal(parsedOrText('17'), '17')
    assert.equal(parsedOrText(''), undefined)
    assert.equal(parsedOrText('['.repeat(100) + ']'.repeat(100)), '['.repeat(100) + ']'.repeat(100))
  })

  it('leaves undefined fields out, and keeps null', () => {
    assert.deepEqual(defined({ a: 1, b: undefined, c: null }), { a: 1, c: null })
  })

  it('finds the domain of an address', () => {
    const domains = [
      'https://www.News.example:8080/a',
      'http://user@a.example?x',
      'javascript:alert(1)',
      'www.a.example',
    ].map(domainOf)
    assert.deepEqual(domains, ['news.example', 'a.example', '', ''])
  })

  it('reads dates in the forms that were seen, and nothing else', () => {
    const iso = '2026-09-21T14:13:20.000Z'
    assert.equal(dateOf(1790000000), iso)
    assert.equal(dateOf(1790000000.25), '2026-09-21T14:13:20.250Z')
    assert.equal(dateOf('1790000000'), iso)
    assert.equal(dateOf('2026-09-21T14:13:20Z'), iso)
    assert.equal(dateOf('2026-09-21T16:13:20+02:00'), iso)
    assert.equal(dateOf('2026-09-21 14:13:20'), iso)
    assert.equal(dateOf('2026-09-21'), '2026-09-21T00:00:00.000Z')
    assert.equal(dateOf('September 21, 2026'), '2026-09-21T00:00:00.000Z')
    assert.equal(dateOf('21 Sep 2026'), '2026-09-21T00:00:00.000Z')
    for (const other of [null, '', '3 days ago', 'May 5', 1e20, -1, 0, Number.NaN, {}, true])
      assert.equal(dateOf(other), undefined)
  })

  it('keeps the text of HTML', () => {
    assert.equal(plainText('a <b class="x">bold</b> &amp; <i>b</i> 1 < 2 &lt;p&gt;'), 'a bold & b 1 < 2 <p>')
    assert.equal(plainText('x <y and z'), 'x <y and z')
  })

  it('names a reference as the text does', () => {
    assert.equal(refName({ turn_index: 0, ref_type: 'search', ref_index: 3 }), 'turn0search3')
    assert.equal(refName({ turn_index: 0, ref_type: 'search' }), undefined)
    assert.equal(refName(null), undefined)
  })
})

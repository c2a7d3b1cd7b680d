import assert from 'node:assert/strict'
import type { TextQuery } from '../../src/shared/protocol/rows'
import { createMarker, marksOfParts, type Marker, type Piece } from './marks'

function piecesOf(marker: Marker | undefined, text: string): readonly Piece[] {
  if (marker === undefined) throw new Error('nothing is marked')
  return marker(text)
}

/** The text with what is marked in brackets. */
function marked(query: TextQuery, text: string): string {
  return piecesOf(createMarker([query]), text)
    .map((piece) => (piece.hit ? `[${piece.text}]` : piece.text))
    .join('')
}

describe('the marks of a search in a row', () => {
  it('marks every place, in the case that was asked for', () => {
    assert.equal(marked({ pattern: 'tower' }, 'Tower of towers'), '[Tower] of [tower]s')
    assert.equal(marked({ pattern: 'tower', caseSensitive: true }, 'Tower of towers'), 'Tower of [tower]s')
    assert.equal(marked({ pattern: 'tower', wholeWord: true }, 'Tower of towers'), '[Tower] of towers')
    assert.equal(marked({ pattern: 'nothing' }, 'Tower'), 'Tower')
    assert.equal(marked({ pattern: 'a' }, ''), '')
  })

  it('takes a literal as it is written', () => {
    assert.equal(marked({ pattern: '(a+b)*' }, 'is (a+b)* here'), 'is [(a+b)*] here')
    assert.equal(marked({ pattern: '\\d' }, 'a 1 \\d'), 'a 1 [\\d]')
  })

  it('marks what a regular expression finds', () => {
    assert.equal(marked({ pattern: 'tower|wo+d', regex: true }, 'woood tower'), '[woood] [tower]')
    assert.equal(marked({ pattern: '[+*]\\p{L}\\+', regex: true }, 'a *b+ c'), 'a [*b+] c')
    assert.equal(marked({ pattern: 'x*', regex: true }, 'axxb'), 'a[xx]b')
  })

  it('leaves alone what could take very long, and what is no expression', () => {
    const text = `${'a'.repeat(4000)}b`
    for (const pattern of ['(a+)+$', '(a|aa)*c', '(a*)\\1', 'a*a*a*a*c', '(?:a{1,9}){3,}c', '(?<x>a)\\k<x>', '(a'])
      assert.equal(marked({ pattern, regex: true }, text), text, pattern)
    const started = performance.now()
    assert.equal(marked({ pattern: 'a*a*c', regex: true }, text), text)
    assert.ok(performance.now() - started < 2000)
  })

  it('loses no character, however much is found', () => {
    const text = 'ab'.repeat(5000)
    const pieces = piecesOf(createMarker([{ pattern: 'b' }]), text)
    assert.equal(pieces.map((piece) => piece.text).join(''), text)
    assert.ok(pieces.length <= 202)
  })

  it('are shared among the parts that a text is drawn in', () => {
    const shared = (pattern: string, texts: readonly string[]) =>
      marksOfParts(
        texts.map((text) => ({ text })),
        piecesOf(createMarker([{ pattern }]), texts.join('')),
      ).map((pieces) => pieces.map(({ text, hit }) => (hit ? `[${text}]` : text)).join(''))
    assert.deepEqual(shared('loss', ['lo', 'ss=1 l', 'oss', '']), ['[lo]', '[ss]=1 [l]', '[oss]', ''])
    assert.deepEqual(shared('b', ['', 'abba', 'b']), ['', 'a[b][b]a', '[b]'])
    assert.deepEqual(shared('x', ['', 'abba']), ['', 'abba'])
    assert.deepEqual(shared('x', []), [])
    assert.deepEqual(shared('x', ['']), [''])
  })

  it('lose no character of any part, wherever the parts are cut', () => {
    const text = 'Epoch 3: loss=0.25, val_loss=0.31, lossless'
    const marked = piecesOf(createMarker([{ pattern: 'loss' }]), text)
    for (let a = 0; a <= text.length; a++)
      for (let b = a; b <= text.length; b += 3) {
        const parts = [text.slice(0, a), text.slice(a, b), text.slice(b)]
        const cut = marksOfParts(
          parts.map((part) => ({ text: part })),
          marked,
        )
        assert.deepEqual(
          cut.map((pieces) => pieces.map((piece) => piece.text).join('')),
          parts,
        )
        const hits = cut.flat().filter((piece) => piece.hit)
        assert.equal(hits.map((piece) => piece.text).join(''), 'losslossloss')
      }
  })
})

describe('highlighted words', () => {
  it('are marked each in a colour, under what is searched for', () => {
    const marker = createMarker([{ pattern: 'timeout' }], ['GET', 'a timeout'])
    assert.deepEqual(piecesOf(marker, 'GET /x: a timeout, get'), [
      { text: 'GET', hit: true, tint: 0 },
      { text: ' /x: a ', hit: false },
      { text: 'timeout', hit: true },
      { text: ', ', hit: false },
      { text: 'get', hit: true, tint: 0 },
    ])
    assert.equal(createMarker([]), undefined)
  })
})

import assert from 'node:assert/strict'
import { newSeed, randomFrom } from '../../../test/fakes/random'
import { MarkerFilter, withoutMarkers } from './markers'

const CITE = '\ue200cite\ue202turn0search3\ue202turn0news1\ue201'

describe('MarkerFilter', () => {
  it('removes whole markers and the delimiters of spans', () => {
    assert.equal(withoutMarkers(`a${CITE}b \ue203c\ue204 \ue205d\ue206`).clean, 'ab c d')
    assert.equal(withoutMarkers('\ue200genui\ue202{"a":"\\u005d 👋"}\ue201.').clean, '.')
  })

  it('holds an open marker back until it is whole', () => {
    const filter = new MarkerFilter()
    assert.deepEqual(
      ['It rained \ue200ci', 'te\ue202turn0', 'search3', '\ue201 today'].map((piece) => filter.push(piece)),
      ['It rained ', '', '', ' today'],
    )
  })

  const seed = newSeed()
  it(`gives the same text however it is cut (SEED=${String(seed)})`, () => {
    const random = randomFrom(seed)
    const parts = ['word ', CITE, '👋', '\ue203', '\ue206', '\ue201', '\ue200', '\ue202', '\n', 'x'.repeat(50)]
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: 12 }, () => parts[Math.floor(random() * parts.length)] ?? '').join('')
      const filter = new MarkerFilter()
      let clean = ''
      for (let from = 0; from < text.length;) {
        const to = from + 1 + Math.floor(random() * 9)
        clean += filter.push(text.slice(from, to))
        from = to
      }
      assert.equal(clean, withoutMarkers(text).clean, `seed ${String(seed)}, round ${String(round)}`)
    }
  })

  it('at the end drops the beginning of a marker, and keeps what is none', () => {
    const ended = (text: string): string => {
      const filter = new MarkerFilter()
      return filter.push(text) + filter.end()
    }
    assert.equal(ended('a\ue200cite\ue202turn0sea'), 'a')
    assert.equal(ended('a\ue200'), 'a')
    assert.equal(ended('a\ue200 and so it went on.'), 'a and so it went on.')
  })

  it('takes what never ends for text', () => {
    const filter = new MarkerFilter()
    filter.push('\ue200')
    const lost = 'x'.repeat(300_000)
    assert.equal(filter.push(lost), lost)
    assert.equal(filter.push('on'), 'on')
  })
})

import assert from 'node:assert/strict'
import { newSeed, Random } from '../../../test/fakes/random'
import type { ComparedText, DiffPart } from '../../shared/protocol/compare'
import { diffList, diffText } from './textDiff'

const sideOf = (parts: readonly DiffPart[], side: 'left' | 'right'): string =>
  parts
    .filter((part) => part.side === 'both' || part.side === side)
    .map(({ text }) => text)
    .join('')

/** The law: its parts make both texts again. */
function holds(left: string, right: string, told: ComparedText = diffText(left, right)): ComparedText {
  assert.equal(sideOf(told.parts, 'left') + left.slice(left.length - (told.cut?.left ?? 0)), left)
  assert.equal(sideOf(told.parts, 'right') + right.slice(right.length - (told.cut?.right ?? 0)), right)
  for (const [i, { text, side }] of told.parts.entries()) {
    assert.notEqual(text, '')
    assert.notEqual(side, told.parts[i + 1]?.side)
  }
  assert.equal(told.same, left === right)
  return told
}

describe('the diff of two texts', () => {
  it('is empty, whole, or one part where nothing differs', () => {
    assert.deepEqual(holds('', ''), { parts: [], same: true })
    assert.deepEqual(holds('a\nb', 'a\nb').parts, [{ side: 'both', text: 'a\nb' }])
    assert.deepEqual(holds('', 'a').parts, [{ side: 'right', text: 'a' }])
    assert.deepEqual(holds('a\nb\n', '').parts, [{ side: 'left', text: 'a\nb\n' }])
  })

  it('tells a word within a paragraph', () => {
    const left = 'The tallest wooden tower stands in Gliwice, in Poland.\n\nIt is 111 m high.\n'
    const right = 'The tallest wooden tower stands in Gliwice, in Silesia.\n\nIt is 118 m high.\n'
    assert.deepEqual(holds(left, right).parts, [
      { side: 'both', text: 'The tallest wooden tower stands in Gliwice, in ' },
      { side: 'left', text: 'Poland' },
      { side: 'right', text: 'Silesia' },
      { side: 'both', text: '.\n\nIt is ' },
      { side: 'left', text: '111' },
      { side: 'right', text: '118' },
      { side: 'both', text: ' m high.\n' },
    ])
  })

  it('puts one text in the place of another that has nothing in common with it', () => {
    const told = holds('Eggs, flour and a pinch of salt.', 'Seven rivers meet north of the old town.')
    assert.deepEqual(
      told.parts.map(({ side }) => side),
      ['left', 'right'],
    )
    assert.equal(told.coarse, undefined)
  })

  it('is made of both texts, whatever they are', () => {
    const seed = newSeed()
    const random = new Random(seed)
    const words = [
      'a',
      'tower',
      ' ',
      '  ',
      '\n',
      '\n\n',
      '.',
      'é',
      '👩‍🚒',
      '\ud83d',
      '<b>',
      '\u202e',
      '__proto__',
      '\r\n',
      '',
    ]
    try {
      for (let round = 0; round < 400; round++) {
        const left = Array.from({ length: random.below(40) }, () => random.pick(words))
        const right = left.flatMap((word) => {
          const dice = random.below(10)
          return dice === 0 ? [] : dice === 1 ? [random.pick(words)] : dice === 2 ? [word, random.pick(words)] : [word]
        })
        holds(left.join(''), right.join(''))
        assert.equal(sideOf(diffList(left, right), 'left'), left.join(''))
        assert.equal(sideOf(diffList(left, right), 'right'), right.join(''))
      }
    } catch (error) {
      throw new Error(`TAPEDECK_SEED=${String(seed)}`, { cause: error })
    }
  })

  it('comes to an end with texts that are long, or have nothing in common', () => {
    const long = (word: string): string => `${word} `.repeat(100_000)
    const cut = holds(long('one'), long('two'))
    assert.deepEqual(cut.cut, { left: 200_000, right: 200_000 })
    assert.equal(cut.coarse, true)
    const lines = (word: string): string => Array.from({ length: 5000 }, (_, i) => `${word} ${String(i)}\n`).join('')
    const different = holds(lines('left'), lines('right'))
    assert.equal(different.coarse, true)
    assert.equal(different.parts.length, 2)
    const random = new Random(7)
    const noise = (): string => Array.from({ length: 5000 }, () => random.pick(['a', 'b', 'c', 'd'])).join(' ')
    holds(noise(), noise())
    const other = diffList(
      Array.from({ length: 5000 }, (_, i) => `l${String(i)}`),
      Array.from({ length: 5000 }, (_, i) => `r${String(i)}`),
    )
    assert.equal(other.length, 10_000)
  })

  it('never cuts a character in two', () => {
    const left = `${'x'.repeat(199_999)}👩`
    const told = diffText(left, left)
    assert.equal(told.parts[0]?.text, 'x'.repeat(199_999))
  })
})

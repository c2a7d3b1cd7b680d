import assert from 'node:assert/strict'
import { AnswerText } from './answerText'

describe('AnswerText', () => {
  it('grows by pieces and splits at blank lines', () => {
    const answer = new AnswerText()
    assert.equal(answer.apply(0, 'Hello\nwor'), true)
    assert.equal(answer.apply(9, 'ld.\n'), true)
    assert.equal(answer.apply(13, '\nNext'), true)
    assert.deepEqual(answer.paragraphs, ['Hello\nworld.', 'Next'])
    assert.equal(answer.text, 'Hello\nworld.\n\nNext')
  })

  it('takes a rewrite and refuses a piece after a gap', () => {
    const answer = new AnswerText()
    answer.apply(0, 'One\n\nTwo\n\nThree')
    assert.equal(answer.apply(3, '!'), true)
    assert.deepEqual(answer.paragraphs, ['One!'])
    assert.equal(answer.apply(5, 'x'), false)
    assert.equal(answer.text, 'One!')
  })

  it('splits the same in pieces as in one, wherever the cuts are', () => {
    const seed = Date.now() % 100_000
    let state = seed
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * below)
    }
    for (let round = 0; round < 200; round++) {
      const answer = new AnswerText()
      for (let piece = 0; piece < 30; piece++) {
        const text = Array.from({ length: random(6) }, () => 'ab \n\n'[random(5)] ?? '').join('')
        const from = random(5) === 0 ? random(answer.text.length + 1) : answer.text.length
        answer.apply(from, text)
        const whole = new AnswerText()
        whole.apply(0, answer.text)
        assert.deepEqual(answer.paragraphs, whole.paragraphs, `seed ${String(seed)}: ${JSON.stringify(answer.text)}`)
      }
    }
  })
})

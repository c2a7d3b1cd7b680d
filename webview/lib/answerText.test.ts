import assert from 'node:assert/strict'
import { AnswerText } from './answerText'

/** All that there is to read. */
function readAll(answer: AnswerText): AnswerText {
  while (answer.read());
  return answer
}

function whole(text: string): AnswerText {
  const answer = new AnswerText()
  answer.apply(0, text)
  return readAll(answer)
}

const kinds = (answer: AnswerText) => answer.blocks.map(({ block }) => block.kind)

function randoms(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const parts = [
  ...[
    'a',
    'b ',
    '\n',
    '\n',
    '\n\n',
    '\n\n',
    ' ',
    '  ',
    '    ',
    '\t',
    '\r\n',
    '- ',
    '* ',
    '1. ',
    '2) ',
    '> ',
    '# ',
    '### ',
  ],
  ...[
    '```',
    '```js\n',
    '~~~',
    '---',
    '===',
    '|',
    '|---|',
    '| a | b |\n|---|---|\n',
    '**',
    '*',
    '`',
    '[x]',
    '[x]: https://a.example',
  ],
  ...['[x](https://b.example)', '[ ] ', '"', "'", '(', ')', '<div>', '<br>', '\\', '&amp;', '#', '-', '+', '='],
]

describe('AnswerText', () => {
  it('grows by pieces, and keeps the blocks that are done', () => {
    const answer = new AnswerText()
    assert.equal(answer.apply(0, '# One\n\nw\nor'), true)
    readAll(answer)
    const [first] = answer.blocks
    assert.equal(answer.apply(11, 'ld\n\n- a'), true)
    readAll(answer)
    assert.deepEqual(kinds(answer), ['heading', 'paragraph', 'list'])
    assert.equal(answer.blocks[0], first)
    assert.equal(answer.blocks.map(({ source }) => source).join(''), answer.text)
    assert.equal(answer.read(), false)
  })

  it('takes a rewrite and refuses a piece after a gap', () => {
    const answer = whole('One\n\nTwo\n\nThree')
    assert.equal(answer.apply(3, '!'), true)
    readAll(answer)
    assert.deepEqual(
      answer.blocks.map(({ source }) => source),
      ['One!'],
    )
    assert.equal(answer.apply(5, 'x'), false)
    assert.equal(answer.text, 'One!')
  })

  it('reads the same in pieces as in one, wherever the cuts are', () => {
    const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 100_000)
    const random = randoms(seed)
    for (let round = 0; round < 1500; round++) {
      const answer = new AnswerText()
      for (let piece = 0; piece < 20; piece++) {
        const text = Array.from({ length: random(4) }, () => parts[random(parts.length)] ?? '').join('')
        const from = random(12) === 0 ? random(answer.text.length + 1) : answer.text.length
        answer.apply(from, text)
        if (random(3) > 0) answer.read()
      }
      readAll(answer)
      const message = `TAPEDECK_SEED=${String(seed)} round ${String(round)}: ${JSON.stringify(answer.text)}`
      assert.deepEqual(answer.blocks, whole(answer.text).blocks, message)
    }
  })
})

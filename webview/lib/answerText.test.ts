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

  it('links what is defined later, in blocks that are done', () => {
    const answer = whole('See [a][X y].\n\nSecond.\n\nThird.\n')
    const [first, second] = answer.blocks
    answer.apply(answer.text.length, '\n[x Y]: https://a.example\n\nEnd')
    readAll(answer)
    assert.notEqual(answer.blocks[0], first)
    assert.equal(answer.blocks[1], second)
    assert.match(JSON.stringify(answer.blocks[0]), /"url":"https:\/\/a\.example\/"/)
  })

  it('leaves out no level between headings, and none is the panel’s own', () => {
    const { blocks } = whole('### a\n\n# b\n\n###### c\n\n# d')
    assert.deepEqual(
      blocks.map(({ level }) => level),
      [3, 3, 4, 3],
    )
  })

  it('reads a long text a part at a time, and goes on where it was', () => {
    const text = Array.from({ length: 300 }, (_, i) => `## ${String(i)}\n\n- a\n- b\n\n`).join('')
    const answer = new AnswerText(200)
    answer.apply(0, text)
    assert.equal(answer.read(), true)
    assert.ok(answer.blocks.length > 0 && answer.blocks.length < 30)
    assert.deepEqual(readAll(answer).blocks, whole(text).blocks)
  })

  it('shows a block without an end as it is, growing too', () => {
    const answer = new AnswerText()
    answer.apply(0, 'First\n\n```\n')
    for (let piece = 0; piece < 40; piece++) {
      answer.apply(answer.text.length, 'line of code\n'.repeat(1000))
      readAll(answer)
      assert.equal(answer.blocks.map(({ source }) => source).join(''), answer.text)
    }
    assert.deepEqual([...new Set(kinds(answer))], ['paragraph', 'plain'])
    answer.set('First\n\nSecond')
    assert.deepEqual(kinds(readAll(answer)), ['paragraph', 'paragraph'])
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

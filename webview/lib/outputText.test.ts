import assert from 'node:assert/strict'
import { linkText, outputText, plainText, rowText } from './outputText'

const red = '\u001b[31m'
const off = '\u001b[0m'

describe('a line of output as it is drawn', () => {
  it('is plain text where there are no codes', () => {
    assert.deepEqual(outputText('hello', 100), { plain: 'hello', pieces: [{ text: 'hello', look: '' }], links: [] })
    assert.deepEqual(outputText('', 100), { plain: '', pieces: [], links: [] })
  })

  it('has the colours of the theme by their number, and others as they are', () => {
    const inks = (text: string) =>
      outputText(text, 100).pieces.map(({ look, ink, background }) => [look, ink, background])
    assert.deepEqual(inks(`${red}x`), [['on-paper', 'var(--ansi-1)', undefined]])
    assert.deepEqual(inks('\u001b[1;94mx'), [['bold on-paper', 'var(--ansi-12)', undefined]])
    assert.deepEqual(inks('\u001b[38;2;1;2;255mx'), [['on-paper', '#0102ff', undefined]])
    assert.deepEqual(inks('\u001b[44;33mx'), [['on-own', 'var(--ansi-3)', 'var(--ansi-4)']])
    // Black, white and no colour at all are made readable on what is below them.
    assert.deepEqual(inks('\u001b[41;97mx'), [['on-own-neutral', 'var(--ansi-15)', 'var(--ansi-1)']])
    assert.deepEqual(inks('\u001b[41mx'), [['on-own-neutral', undefined, 'var(--ansi-1)']])
    assert.deepEqual(inks('\u001b[7mx'), [['on-own', 'var(--ansi-paper)', 'var(--ansi-ink)']])
    assert.deepEqual(inks('\u001b[7;31mx'), [['on-own', 'var(--ansi-paper)', 'var(--ansi-1)']])
  })

  it('finds links across colours, as one link', () => {
    const line = outputText(`at src/${red}train.py${off}:12:3 and https://a.example/x`, 100)
    assert.deepEqual(line.links, [
      { kind: 'file', path: 'src/train.py', line: 12, column: 3 },
      { kind: 'web', url: 'https://a.example/x' },
    ])
    assert.deepEqual(
      line.pieces.map(({ text, link }) => [text, link]),
      [
        ['at ', undefined],
        ['src/', 0],
        ['train.py', 0],
        [':12:3', 0],
        [' and ', undefined],
        ['https://a.example/x', 1],
      ],
    )
    assert.equal(line.links[0] === undefined ? '' : linkText(line.links[0]), 'src/train.py:12:3')
  })

  it('takes named links to the web and to files, nothing else', () => {
    const named = (href: string) => outputText(`\u001b]8;;${href}\u001b\\name\u001b]8;;\u001b\\`, 100).links
    assert.deepEqual(named('https://a.example/'), [{ kind: 'web', url: 'https://a.example/' }])
    assert.deepEqual(named('file:///a%20b/c.txt#L9'), [{ kind: 'file', path: '/a b/c.txt', line: 9 }])
    assert.deepEqual(named('file://host/C:/x/y.c'), [{ kind: 'file', path: 'C:/x/y.c' }])
    for (const bad of [
      'javascript:alert(1)',
      'command:run',
      'vscode://x',
      'file:///%ff%zz',
      'http://[',
      'file:///',
      '',
    ])
      assert.deepEqual(named(bad), [], bad)
  })

  it('keeps every character and no code, whatever comes, and cuts where no screen shows more', () => {
    let seed = 7
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
      return seed % below
    }
    const parts = [
      '\u001b[31m',
      '\u001b[0m',
      '\u001b]8;;https://a.example/\u001b\\',
      '\u001b]8;;\u001b\\',
      'src/a.py:3',
      ' ',
      'https://b.example',
      '\u001b[',
      '😀',
      '(',
      ':',
      '\u001b]8;;',
      'x',
    ]
    for (let round = 0; round < 500; round++) {
      const text = Array.from({ length: random(30) }, () => parts[random(parts.length)] ?? '').join('')
      const line = outputText(text, 10_000)
      assert.equal(line.pieces.map((piece) => piece.text).join(''), plainText(text), JSON.stringify(text))
      assert.ok(line.pieces.every((piece) => piece.text !== ''))
      assert.ok(line.pieces.every(({ link }) => link === undefined || line.links[link] !== undefined))
    }
    assert.equal(rowText(`${red}${'y'.repeat(4000)}`).plain.length, 1000)
    assert.equal(rowText('same'), rowText('same'))
  })

  it('stays linear', () => {
    const started = performance.now()
    for (const hostile of [
      '\u001b['.repeat(50_000),
      'http://'.repeat(15_000),
      '/a'.repeat(50_000),
      'a.py:'.repeat(20_000),
    ])
      outputText(hostile, 20_000)
    assert.ok(performance.now() - started < 2000)
  })
})

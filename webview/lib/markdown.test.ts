import assert from 'node:assert/strict'
import { plainCharacters } from './characterReferences'
import { MarkdownReader } from './markdown'
import type { Block, Inline } from './markdownBlocks'

const read = (source: string) => new MarkdownReader().read(source, {}).blocks

function lineOf(source: string): readonly Inline[] {
  const [first] = read(source)
  assert.ok(first?.block.kind === 'paragraph', JSON.stringify(first))
  return first.block.inlines
}

const text = (of: string): Inline => ({ kind: 'text', text: of })
const paragraph = (of: string): Block => ({ kind: 'paragraph', inlines: [text(of)] })

/** How deep blocks or marks stand in each other. */
function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const inner = Object.values(value).reduce<number>((most, one) => Math.max(most, depthOf(one)), 0)
  return 'kind' in value ? inner + 1 : inner
}

describe('Markdown', () => {
  it('is read as the blocks that it means', () => {
    const blocks = read('# A\n\nb\n\n> c\n\n3. d\n   - e\n\n| f |\n|--:|\n| g |\n\n```js\nh\n```\n\n***\n').map(
      (one) => one.block,
    )
    assert.deepEqual(blocks, [
      { kind: 'heading', depth: 1, inlines: [text('A')] },
      paragraph('b'),
      { kind: 'quote', blocks: [paragraph('c')] },
      {
        kind: 'list',
        start: 3,
        items: [{ blocks: [paragraph('d'), { kind: 'list', items: [{ blocks: [paragraph('e')] }] }] }],
      },
      {
        kind: 'table',
        head: [{ inlines: [text('f')], align: 'right' }],
        rows: [[{ inlines: [text('g')], align: 'right' }]],
      },
      { kind: 'code', parts: ['h'] },
      { kind: 'rule' },
    ])
  })

  it('knows tasks, tight and loose', () => {
    for (const gap of ['\n', '\n\n']) {
      const [list] = read(`- [x] done${gap}- [ ] open`)
      assert.deepEqual(list?.block, {
        kind: 'list',
        items: [
          { blocks: [paragraph('done')], checked: true },
          { blocks: [paragraph('open')], checked: false },
        ],
      })
    }
  })

  it('links to the web alone', () => {
    const link = (url: string, of: string): Inline => ({ kind: 'link', url, inlines: [text(of)] })
    assert.deepEqual(lineOf('[a](https://a.example/?x=1&amp;y)'), [link('https://a.example/?x=1&y', 'a')])
    assert.deepEqual(lineOf('<HTTP://a.example>'), [link('http://a.example/', 'HTTP://a.example')])
    assert.deepEqual(lineOf('https://a.example/b.'), [link('https://a.example/b', 'https://a.example/b'), text('.')])
    for (const bad of [
      'javascript:alert(1)',
      'JavaScript&#58;alert(1)',
      'data:text/html,x',
      'file:///etc',
      '//a.example',
      'command:x',
      '#x',
    ])
      assert.deepEqual(lineOf(`[a](${bad})`), [text('a')], bad)
  })

  it('names an image and does not show it', () => {
    assert.deepEqual(lineOf('![a](https://a.example/i.png)![](data:image/png;base64,xx)'), [
      { kind: 'image', alt: 'a', url: 'https://a.example/i.png' },
      { kind: 'image', alt: 'Image' },
    ])
  })

  it('keeps HTML and the marks of citations as text', () => {
    const html = '<div onclick="x">a</div> <!-- b --> \ue200cite\ue202turn0search1\ue201 【1†source】 [1]'
    assert.deepEqual(lineOf(html), [text(html)])
    assert.deepEqual(lineOf('a<br>b<BR/>'), [text('a'), { kind: 'break' }, text('b'), { kind: 'break' }])
  })

  it('covers the whole source, whatever it is', () => {
    for (const source of [
      '',
      '\n',
      ' \n\n',
      'a\r\nb\r\n\r\nc\r',
      '\ta\n\n\tb',
      '- \n\n\n-',
      '[a]: b',
      '\u0000\ud800',
    ]) {
      const length = read(source).reduce((all, one) => all + one.length, 0)
      assert.equal(length, source.length, JSON.stringify(source))
    }
  })

  it('bounds nesting, cells and work', () => {
    const n = 100_000
    const nested = Array.from({ length: 400 }, (_, i) => `${' '.repeat(i * 2)}- a`).join('\n')
    const hostile = [
      ...['>', '> ', '[', '![', '*', '*a_', '**a*b_c~', '- ', '+ a\n', '<', '&', '\\', '~~a', '`a', '[a](', '[a]: x "'],
    ].map((one) => one.repeat(n / one.length))
    for (const source of [...hostile, nested, `${'> '.repeat(200)}\n`.repeat(500)]) {
      const blocks = read(source)
      assert.ok(depthOf(blocks) < 60, `${source.slice(0, 20)}: ${String(depthOf(blocks))}`)
      assert.equal(
        blocks.reduce((all, one) => all + one.length, 0),
        source.length,
      )
    }
    const wide = read(`|${'a|'.repeat(1000)}\n|${'-|'.repeat(1000)}\n${'|\n'.repeat(1000)}`)
    assert.ok(!wide.some(({ block }) => block.kind === 'table'))
  })
})

describe('character references', () => {
  it('are read once, and only those that are some', () => {
    assert.equal(
      plainCharacters('&lt;b&gt; &amp;lt; &#8212;&#x1F600; &nope; &constructor; &'),
      '<b> &lt; —😀 &nope; &constructor; &',
    )
    assert.equal(plainCharacters('&#0;&#xD800;&#x110000;'), '\ufffd\ufffd\ufffd')
  })
})

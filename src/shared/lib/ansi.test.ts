import assert from 'node:assert/strict'
import { ansiSpans, stripAnsi } from './ansi'

const red = { kind: 'named', index: 1 } as const

describe('escape codes', () => {
  it('are taken out', () => {
    assert.equal(stripAnsi('plain'), 'plain')
    assert.equal(stripAnsi('\x1b[1;31mred\x1b[0m \x1b]8;;https://a.example\x1b\\link\x1b]8;;\x07!'), 'red link!')
    assert.equal(stripAnsi('\x1b]0;title\x07a\x1b[2Kb\x1b7c\x1bPq#0\x1b\\d\x1b(Be'), 'abcde')
    assert.equal(stripAnsi('cut \x1b[38;2'), 'cut ')
    assert.equal(stripAnsi('a\x1b]0;no end'), 'a')
    assert.equal(stripAnsi('\x1b]0;\x1b[31mred'), 'red')
  })

  it('become spans', () => {
    assert.deepEqual(ansiSpans(''), [])
    assert.deepEqual(ansiSpans('x'), [{ text: 'x' }])
    assert.deepEqual(ansiSpans('a\x1b[31mb\x1b[1mc\x1b[22md\x1b[me'), [
      { text: 'a' },
      { text: 'b', fg: red },
      { text: 'c', fg: red, bold: true },
      { text: 'd', fg: red },
      { text: 'e' },
    ])
  })

  it('set and end each look', () => {
    const looks = [
      [1, 22, 'bold'],
      [2, 22, 'dim'],
      [3, 23, 'italic'],
      [4, 24, 'underline'],
      [21, 24, 'underline'],
      [7, 27, 'inverse'],
      [9, 29, 'strike'],
    ] as const
    for (const [on, off, name] of looks) {
      assert.deepEqual(ansiSpans(`\x1b[${String(on)}ma\x1b[${String(off)}mb`), [
        { text: 'a', [name]: true },
        { text: 'b' },
      ])
    }
    assert.deepEqual(ansiSpans('\x1b[4:3ma\x1b[4:0mb'), [{ text: 'a', underline: true }, { text: 'b' }])
  })

  it('name the 16 colours', () => {
    for (let i = 0; i < 8; i++) {
      const span = (code: number): unknown => ansiSpans(`\x1b[${String(code)}mx`)[0]
      assert.deepEqual(span(30 + i), { text: 'x', fg: { kind: 'named', index: i } })
      assert.deepEqual(span(40 + i), { text: 'x', bg: { kind: 'named', index: i } })
      assert.deepEqual(span(90 + i), { text: 'x', fg: { kind: 'named', index: i + 8 } })
      assert.deepEqual(span(100 + i), { text: 'x', bg: { kind: 'named', index: i + 8 } })
    }
    assert.deepEqual(ansiSpans('\x1b[31;41ma\x1b[39mb\x1b[49mc'), [
      { text: 'a', fg: red, bg: red },
      { text: 'b', bg: red },
      { text: 'c' },
    ])
    assert.deepEqual(ansiSpans('\x1b[38mx'), [{ text: 'x' }])
    for (const code of [0, 5, 8, 10, 29, 50, 89, 98, 99, 108, 999])
      assert.deepEqual(ansiSpans(`\x1b[${String(code)}mx`), [{ text: 'x' }])
  })

  it('name 256 and all colours, with semicolons and with colons', () => {
    const fg = (codes: string): unknown => ansiSpans(`\x1b[${codes}mx`)[0]?.fg
    assert.deepEqual(fg('38;5;9'), { kind: 'named', index: 9 })
    assert.deepEqual(fg('38;5;16'), { kind: 'rgb', value: 0 })
    assert.deepEqual(fg('38;5;231'), { kind: 'rgb', value: 0xffffff })
    assert.deepEqual(fg('38;5;110'), { kind: 'rgb', value: 0x87afd7 })
    assert.deepEqual(fg('38;5;232'), { kind: 'rgb', value: 0x080808 })
    assert.deepEqual(fg('38:5:255'), { kind: 'rgb', value: 0xeeeeee })
    for (const codes of ['38;2;255;128;1', '38:2:255:128:1', '38:2::255:128:1'])
      assert.deepEqual(fg(codes), { kind: 'rgb', value: 0xff8001 })
    for (const codes of ['38;5;256', '38;2;256;0;0', '38;9;1', '38;5'])
      assert.ok(JSON.stringify(fg(codes) ?? {}).length < 30)
    assert.deepEqual(ansiSpans('\x1b[38;5;9;1mx'), [{ text: 'x', fg: { kind: 'named', index: 9 }, bold: true }])
    assert.deepEqual(ansiSpans('\x1b[58;5;1;31mx'), [{ text: 'x', fg: red }])
    assert.deepEqual(ansiSpans('\x1b[48;2;0;0;255mx'), [{ text: 'x', bg: { kind: 'rgb', value: 255 } }])
  })

  it('link to addresses that are safe to offer', () => {
    const link = (uri: string): string | undefined => ansiSpans(`\x1b]8;id=1;${uri}\x1b\\x\x1b]8;;\x1b\\`)[0]?.href
    for (const uri of ['https://a.example/;x?y', 'http://a.example', 'mailto:a@b.example', 'file:///tmp/a'])
      assert.equal(link(uri), uri)
    for (const uri of [
      'javascript:alert(1)',
      'command:x',
      'vscode://x',
      'data:text/html,x',
      'https://a b',
      '',
      `https://${'x'.repeat(9000)}`,
    ])
      assert.equal(link(uri), undefined)
    assert.deepEqual(ansiSpans('\x1b]8;;https://a.example\x07a\x1b[31mb\x1b]8;;\x07c'), [
      { text: 'a', href: 'https://a.example' },
      { text: 'b', fg: red, href: 'https://a.example' },
      { text: 'c', fg: red },
    ])
  })

  it('never cost or add text, whatever comes', () => {
    const pieces = [
      '\x1b',
      '[',
      ']',
      '8;;',
      'https://a',
      '31',
      'm',
      '38',
      ':',
      ';',
      '\x07',
      '\x9b',
      '\x9d',
      'x',
      '\\',
      'P',
      '\x1b[0m',
    ]
    let seed = 3
    const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
    for (let i = 0; i < 20_000; i++) {
      let text = ''
      for (let j = 0; j < 12; j++) text += pieces[Math.floor(next() * pieces.length)] ?? ''
      const spans = ansiSpans(text)
      assert.equal(spans.map((span) => span.text).join(''), stripAnsi(text), JSON.stringify(text))
      // eslint-disable-next-line no-control-regex -- what is asserted
      assert.ok(!/[\x1b\x80-\x9f]/.test(stripAnsi(text)), JSON.stringify(text))
      assert.ok(spans.every((span) => span.text !== ''))
    }
  })

  it('are read in time in proportion to the text', () => {
    for (const piece of [
      '\x1b[',
      '\x1b]',
      '\x1b]8;;',
      '\x1bP',
      '\x1bPx',
      '\x1b[31m',
      '1;',
      '\x1b[31mx\x1b[32m',
      '\x9b1',
      '\x1b[1;',
    ]) {
      const text = `\x1b[${piece.repeat(Math.ceil(500_000 / piece.length))}`
      // Of the processor: other work on the machine is no slowness of ours.
      const before = process.cpuUsage()
      ansiSpans(text)
      stripAnsi(text)
      assert.ok(process.cpuUsage(before).user < 2_000_000, JSON.stringify(piece))
    }
  })
})

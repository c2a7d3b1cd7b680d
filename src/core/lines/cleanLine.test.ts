import assert from 'node:assert/strict'
import { stripAnsi } from '../../shared/lib/ansi'
import { cleanLine } from './cleanLine'

const shows = (raw: string, expected: string): void => {
  assert.equal(cleanLine(raw), expected, JSON.stringify(raw))
}

describe('a line as a terminal would show it', () => {
  it('is the same where nothing moves', () => {
    shows('plain\ttext — ✓ 日本', 'plain\ttext — ✓ 日本')
  })

  it('has the last state of a progress bar', () => {
    shows(' 10%\r 50%\r100%', '100%')
    shows('50%\r', '50%')
    shows('50%\r     \rdone\r', 'done')
    shows('50%\r        \r', '50%')
    shows('\r\r\r', '')
    shows('50%\x1b[2K\x1b[1Gdone', 'done')
    shows('50%\r\x1b[Kdone', 'done')
    shows('50%\x1b[G\x1b[K', '50%')
    shows('text\r\n'.replace('\n', ''), 'text')
  })

  it('follows backspaces and the cursor', () => {
    shows('|\b/\b-\b\\', '\\')
    shows('pass\b\b\b\bfail', 'fail')
    shows('abc\b \b', 'ab')
    shows('abc\b', 'abc')
    shows('N\bNA\bAM\bME\bE', 'NAME')
    shows('\b\b\bx', 'x')
    shows('a😀\bb', 'ab')
    shows('working 10%\x1b[3D20%', 'working 20%')
    shows('abcdef\x1b[4D\x1b[Kx', 'abx')
    shows('abcdef\x1b[4D\x1b[1CX', 'abcXef')
    shows('ok\x1b[6G[x]', 'ok   [x]')
    shows('abcdef\x1b[3GX', 'abXdef')
  })

  it('keeps colours and links, and nothing else', () => {
    shows('\x1b[1;31merror\x1b[0m', '\x1b[1;31merror\x1b[0m')
    shows('\x1b]8;;https://a.example\x07text\x1b]8;;\x07', '\x1b]8;;https://a.example\x1b\\text\x1b]8;;\x1b\\')
    shows('\x1b]0;title\x07a\x1b[?25lb\x1b[2Jc\x1b[3;4Hd\x1b7e\x1b(Bf\x00g\x07h\x7fi\x0bj\x0ck', 'abcdefghijk')
    shows('\x1bP1$r0m\x1b\\x\x1b_app\x1b\\y\x1b^p\x1b\\z', 'xyz')
    shows('a\x9b31mb\x85c\x9dd', 'a\x1b[31mbcd')
    shows('a\x1b[>4;2mb\x1b[?1mc', 'abc')
  })

  it('carries a colour that is in effect over a carriage return', () => {
    shows('\x1b[32m10%\r20%\x1b[0m', '\x1b[32m20%\x1b[0m')
    shows('\x1b[32m10%\x1b[0m\r20%', '20%')
    shows('\x1b[1m\x1b[0;33m1\r2', '\x1b[0;33m2')
  })

  it('drops codes that a chunk cut', () => {
    for (const cut of [
      '\x1b',
      '\x1b[',
      '\x1b[3',
      '\x1b[38;2;1',
      '\x1b]',
      '\x1b]8;;https://a',
      '\x1b]0;t\x1b',
      '\x1bP1',
      '\x1b(',
    ])
      shows(`text${cut}`, 'text')
  })

  it('holds no control but those of colours and links, whatever comes', () => {
    const pieces = [
      '\x1b',
      '[',
      ']',
      '8;;',
      '31',
      'm',
      'K',
      'G',
      'D',
      'C',
      ';',
      '5',
      '\r',
      '\b',
      '\x07',
      '\x9b',
      'x',
      ' ',
      '😀',
      '\x9c',
      'P',
    ]
    let seed = 7
    const next = (): number => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648
    for (let i = 0; i < 20_000; i++) {
      let raw = ''
      for (let j = 0; j < 14; j++) raw += pieces[Math.floor(next() * pieces.length)] ?? ''
      const clean = cleanLine(raw)
      // eslint-disable-next-line no-control-regex -- what is asserted
      const rest = clean.replace(/\x1b\[[\d;:]*m|\x1b\]8;[^\x1b\x07]*\x1b\\/g, '')
      // eslint-disable-next-line no-control-regex -- what is asserted
      assert.ok(!/[\x00-\x08\x0a-\x1f\x7f-\x9f]/.test(rest), JSON.stringify([raw, clean]))
      assert.equal(cleanLine(clean), clean, JSON.stringify([raw, clean]))
      assert.equal(stripAnsi(clean), rest)
    }
  })

  it('takes time in proportion to the text', () => {
    const hostile = [
      '\r',
      'a\r',
      '\b',
      'ab\b',
      '\x1b[',
      '\x1b]',
      '\x1b]8;;',
      '\x1bP',
      '\x1b[31m',
      '\x1b[999D\x1b[999C',
      '\x1b[31m\r',
      'a\x1b[31m\b',
    ]
    for (const piece of hostile) {
      const raw = piece.repeat(Math.ceil(1_000_000 / piece.length))
      const start = performance.now()
      cleanLine(raw)
      assert.ok(performance.now() - start < 2000, JSON.stringify(piece))
    }
  })

  it('looks at the end alone of an endless progress bar', () => {
    shows(`${'50%\r'.repeat(1_000_000)}100%`, '100%')
    shows(`long ${'\r '.repeat(1_000_000)}`, 'long ')
  })
})

import assert from 'node:assert/strict'
import { Random } from '../../../test/fakes/random'
import { LineDecoder, type DecodedLine, type LineDecoderOptions } from './lineDecoder'

const SEED = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

/** The lines of pieces, with copies of their bytes. */
function linesOf(pieces: readonly Uint8Array[], options: LineDecoderOptions = {}, isBeginning = true): DecodedLine[] {
  const lines: DecodedLine[] = []
  const decoder = new LineDecoder(options, isBeginning, (line) => {
    lines.push(line.raw === undefined ? line : { ...line, raw: Uint8Array.from(line.raw) })
  })
  for (const piece of pieces) decoder.feed(piece)
  decoder.end()
  assert.equal(decoder.pendingBytes, 0)
  return lines
}

function cutAnywhere(bytes: Buffer, random: Random): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length;) {
    const to = Math.min(bytes.length, at + 1 + random.below(7))
    // A copy, as a buffer that is used again would be.
    pieces.push(Uint8Array.from(bytes.subarray(at, to)))
    at = to
  }
  return pieces
}

describe('lines of a text file', () => {
  it(`are the same wherever the bytes are cut (TAPEDECK_SEED=${String(SEED)})`, () => {
    const random = new Random(SEED)
    const words = ['a', 'ä', '世', '🙂', '\ufeff', 'Ċ', '\u0a0a', '\u000d', ' ', '\0', '', 'word']
    for (let round = 0; round < 300; round++) {
      const lines = Array.from({ length: 1 + random.below(6) }, () =>
        Array.from({ length: random.below(6) }, () => random.pick(words))
          .join('')
          .replace(/\r+$/, ''),
      )
      // At the very beginning it would be a mark.
      lines[0] = `x${lines[0] ?? ''}`
      const text = lines.map((line) => `${line}${random.pick(['\n', '\r\n'])}`).join('')
      for (const [encoding, mark] of [
        ['utf-8', ''],
        ['utf-8', '\ufeff'],
        ['utf-16le', '\ufeff'],
        ['utf-16be', '\ufeff'],
      ] as const) {
        const bytes = Buffer.from(mark + text, encoding === 'utf-8' ? 'utf8' : 'utf16le')
        if (encoding === 'utf-16be') bytes.swap16()
        const found = linesOf(cutAnywhere(bytes, random))
        assert.deepEqual(
          found.map((line) => line.text),
          lines,
          `${encoding} ${JSON.stringify(text)}`,
        )
        assert.ok(found.every(({ raw }) => raw === undefined))
      }
    }
  })

  it('keep the bytes that are no text', () => {
    const bytes = Buffer.from([0x61, 0xff, 0x0a, 0x62, 0x0a, 0xc3, 0x0a])
    for (const pieces of [[bytes], [...bytes].map((byte) => Uint8Array.of(byte))]) {
      assert.deepEqual(linesOf(pieces), [
        { text: 'a\ufffd', raw: Uint8Array.of(0x61, 0xff) },
        { text: 'b' },
        { text: '\ufffd', raw: Uint8Array.of(0xc3) },
      ])
    }
  })

  it('are Latin-1 where that was asked for', () => {
    assert.deepEqual(linesOf([Buffer.from([0xe4, 0x80, 0x0d, 0x0a])], { encoding: 'latin1' }), [{ text: 'ä€' }])
  })

  it('end with one that has no newline', () => {
    assert.deepEqual(linesOf([Buffer.from('a\nb')]), [{ text: 'a' }, { text: 'b', unterminated: true }])
    assert.deepEqual(linesOf([Buffer.from('x')]), [{ text: 'x', unterminated: true }])
    assert.deepEqual(linesOf([Buffer.of(0xff, 0xfe, 0x41, 0x00)]), [{ text: 'A', unterminated: true }])
  })

  it('are cut where they are too long, and say by how much', () => {
    const text = 'abcdefghij\nkl\n'
    for (let size = 1; size < text.length; size++) {
      const pieces: Buffer[] = []
      for (let at = 0; at < text.length; at += size) pieces.push(Buffer.from(text.slice(at, at + size)))
      const [first, second] = linesOf(pieces, { maxLineBytes: 4 })
      // A line that is whole in one piece needs no memory and is not cut.
      if (size < 11) assert.deepEqual(first, { text: 'abcd', cutBytes: 6 })
      assert.deepEqual(second, { text: 'kl' })
    }
  })

  it('take time in proportion to their length', () => {
    const piece = Buffer.alloc(64 * 1024, 'x')
    let decoded = 0
    const decoder = new LineDecoder({}, true, ({ text }) => (decoded += text.length))
    for (let i = 0; i < 800; i++) decoder.feed(piece)
    assert.equal(decoder.pendingText(10), 'x'.repeat(10))
    decoder.feed(Buffer.from('\n'))
    assert.equal(decoded, 800 * piece.length)
  })
})

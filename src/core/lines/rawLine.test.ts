import assert from 'node:assert/strict'
import { rawBytes, rawText } from './rawLine'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Math.floor(Math.random() * 1_000_000))

/** The bytes that were written out. */
function read(bytes: string): Buffer {
  const parts = bytes.match(/\\x[0-9a-f]{2}|\\\\|[^\\]+/g) ?? []
  assert.equal(parts.join(''), bytes)
  return Buffer.concat(
    parts.map((part) =>
      part.startsWith('\\x') ? Buffer.of(parseInt(part.slice(2), 16)) : Buffer.from(part === '\\\\' ? '\\' : part),
    ),
  )
}

describe('the raw of a line', () => {
  it('is readable, and says control characters, what is no text, and backslashes', () => {
    assert.deepEqual(rawBytes(Buffer.of(0x61, 0xff, 0x00, 0x5c, 0x78, 0x09)), { bytes: 'a\\xff\\x00\\\\x\t' })
    assert.deepEqual(rawText('é\u0000\u009b\\'), { bytes: 'é\\x00\\xc2\\x9b\\\\' })
  })

  it(`gives every byte back (TAPEDECK_SEED=${String(seed)})`, () => {
    let state = seed
    const next = (below: number): number => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
      return (state >>> 8) % below
    }
    for (let i = 0; i < 300; i++) {
      const bytes = Buffer.from(Array.from({ length: next(40) }, () => (next(3) === 0 ? 0x5c : next(256))))
      assert.deepEqual(read(rawBytes(bytes).bytes), bytes)
      const text = bytes.toString('utf8')
      assert.deepEqual(read(rawText(text).bytes), Buffer.from(text))
    }
  })

  it('is bounded and says how much it leaves out', () => {
    const { bytes, left_out: leftOut } = rawBytes(Buffer.alloc(100_000, 0x61))
    assert.equal(bytes.length, 65_536)
    assert.equal(leftOut, 34_464)
    assert.equal(rawText('a'.repeat(65_537)).left_out, 1)
    assert.equal(rawText('a'.repeat(65_536)).left_out, undefined)
  })
})

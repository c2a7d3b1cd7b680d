import assert from 'node:assert/strict'
import { Random } from '../../../../test/fakes/random'
import { TEXT_START, TextKernel } from './textKernel'

describe('the text kernel', () => {
  const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)
  const random = new Random(seed)
  const kernel = new TextKernel(256 * 1024)
  const { text } = kernel

  /** Text with as many newlines as `share` of 100, and letters of both cases. */
  function fill(share: number): void {
    for (let i = 0; i < text.length; i++)
      text[i] = random.below(100) < share ? 10 : random.pick([0, 0x41, 0x61, 0x6b, 0x5b, 0x7b, 0xff, 0x8a, 0x0b])
  }

  function range(most: number): [number, number] {
    const from = random.below(text.length - most)
    return [from, from + random.below(most + 1)]
  }

  it(`counts and lists newlines as a loop does (seed ${String(seed)})`, () => {
    for (const share of [0, 1, 30, 100]) {
      fill(share)
      for (let i = 0; i < 200; i++) {
        const [from, to] = range(i % 2 === 0 ? 200 : 60_000)
        const expected: number[] = []
        for (let at = from; at < to; at++) if (text[at] === 10) expected.push(at)
        assert.equal(kernel.count(from, to), expected.length)
        assert.deepEqual(
          Array.from(kernel.list(from, to), (at) => at - TEXT_START),
          expected,
        )
      }
    }
    assert.equal(kernel.count(0, text.length), text.length)
  })

  it(`counts the newlines of UTF-16 alone (seed ${String(seed)})`, () => {
    for (const order of ['little', 'big'] as const) {
      for (let i = 0; i < 5; i++) {
        for (let at = 0; at < text.length; at++) text[at] = random.below(3) === 0 ? 10 : 0
        for (let j = 0; j < 50; j++) {
          const [from, length] = [random.below(1000), 2 * random.below(j < 25 ? 100 : 60_000)]
          let expected = 0
          for (let at = from; at < from + length; at += 2) {
            const [low, high] = order === 'little' ? [text[at], text[at + 1]] : [text[at + 1], text[at]]
            if (low === 10 && high === 0) expected++
          }
          assert.equal(kernel.count16(from, from + length, order), expected)
        }
      }
    }
  })

  it(`finds a text in either case or in one (seed ${String(seed)})`, () => {
    const letters = 'aAbB[{k\u0001'
    for (let at = 0; at < text.length; at++) text[at] = letters.charCodeAt(random.below(letters.length))
    for (let i = 0; i < 1000; i++) {
      const ignoresCase = random.below(2) === 0
      const word = Array.from({ length: 1 + random.below(7) }, () => random.pick(Array.from(letters))).join('')
      const bytes = Buffer.from(ignoresCase ? word.toLowerCase() : word)
      const [one, other] = [random.below(bytes.length), random.below(bytes.length)]
      const needle = { bytes, ignoresCase, first: Math.min(one, other), second: Math.max(one, other) }
      const [from, to] = range(5000)
      const isAt = (at: number): boolean => {
        const there = Buffer.from(text.subarray(at, at + bytes.length)).toString('latin1')
        return (ignoresCase ? there.toLowerCase() : there) === bytes.toString('latin1')
      }
      let expected = from
      while (expected < to && !isAt(expected)) expected++
      let found = kernel.find(needle, from, to)
      while (found < to && !kernel.isNeedleAt(needle, found)) found = kernel.find(needle, found + 1, to)
      assert.equal(found, Math.max(from, expected), word)
    }
  })
})

import assert from 'node:assert/strict'
import { Random } from '../../../test/fakes/random'
import { entryLines, type EntryLine } from './entryLines'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

/** A text of entries with so many lines each; the first line of an entry has a time. */
function textOf(entries: readonly number[], bytes: (line: number) => number = () => 10) {
  const lines = entries.flatMap((count) =>
    Array.from({ length: count }, (_, i): EntryLine['parsed'] => (i === 0 ? { loggedAt: 1 } : { continued: true })),
  )
  const parse = (first: number, last: number): EntryLine[] =>
    lines
      .slice(first, last)
      .map((parsed, i) => ({ text: String(first + i), line: { bytes: bytes(first + i) }, parsed }))
  const entry = (line: number) => entryLines(parse, line, lines[line]?.continued === true)
  return { entry, count: lines.length }
}

function numbers(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, i) => String(from + i))
}

describe('the entry of a line', () => {
  it(`is its first line and those that go on with it, whichever is asked for (seed ${String(seed)})`, () => {
    const random = new Random(seed)
    for (let round = 0; round < 30; round++) {
      const counts = Array.from({ length: 12 }, () => random.pick([1, 1, 2, 9, 17, 130, 400, 999, 1000]))
      const { entry } = textOf(counts)
      let first = 0
      for (const count of counts) {
        for (const at of [0, 1, random.below(count), count - 1].filter((one) => one < count)) {
          const expected = count === 1 ? undefined : { lines: numbers(first, first + count), at }
          assert.deepEqual(entry(first + at), expected, `line ${String(at)} of ${String(count)}`)
        }
        first += count
      }
    }
  })

  it('is bounded in lines, holds the line that was asked for, and says where there is more', () => {
    const { entry } = textOf([5, 5000, 5])
    assert.deepEqual(entry(5), { lines: numbers(5, 1005), at: 0, moreBelow: true })
    assert.deepEqual(entry(905), { lines: numbers(5, 1005), at: 900, moreBelow: true })
    const middle = entry(3000)
    assert.equal(middle?.lines[middle.at], '3000')
    assert.equal(middle.lines.length, 1000)
    assert.deepEqual([middle.moreAbove, middle.moreBelow], [true, true])
    const end = entry(5004)
    assert.equal(end?.lines[end.at], '5004')
    assert.deepEqual([end.moreAbove, end.moreBelow], [true, undefined])
  })

  it('is bounded in bytes', () => {
    const { entry } = textOf([100], () => 10_000)
    for (const line of [0, 20, 26, 50, 99]) {
      const found = entry(line)
      assert.equal(found?.lines[found.at], String(line))
      assert.ok(found.lines.length <= 26, String(found.lines.length))
      assert.equal(found.moreBelow, line < 80 ? true : undefined)
    }
    const long = textOf([2], () => 50_000).entry(0)
    assert.deepEqual(long, { lines: ['0…', '1…'], at: 0 })
  })

  it('is found where the text begins within it', () => {
    const parse = (first: number, last: number): EntryLine[] =>
      numbers(first, Math.min(last, 40)).map((text) => ({ text, line: { bytes: 2 }, parsed: { continued: true } }))
    assert.deepEqual(entryLines(parse, 30, true), { lines: numbers(0, 40), at: 30 })
  })
})

import assert from 'node:assert/strict'
import type { Row } from '../../src/shared/protocol/rows'
import { newSeed, Random } from '../../test/fakes/random'
import { areEqual, foldPage, PAGE_ROWS, type FoldRules } from './folds'

const rules: FoldRules = { folds: true, isSearched: false, isMarked: () => false, isOpen: () => false }

function line(seq: number, more: Partial<Row> = {}): Row {
  return { position: seq, seq, time: 1000 + seq, phase: 'log_line', stream: 'stdout', text: 'again', ...more }
}

/** The folds of more than one row. */
function foldsOf(rows: readonly (Row | undefined)[], how: Partial<FoldRules> = {}): string[] {
  const { firsts, ends, opened } = foldPage(rows, { ...rules, ...how })
  const found: string[] = []
  for (let at = 0; at < rows.length; at = Math.max(at + 1, ends[at] ?? 0)) {
    if ((ends[at] ?? 0) > at + 1)
      found.push(`${String(firsts[at])}-${String(ends[at])}${opened[at] === 1 ? ' open' : ''}`)
  }
  return found
}

describe('the folds of a page', () => {
  it('are of neighbours that look the same but for their times', () => {
    const rows = ['a', 'a', 'a', 'b', 'a', 'b', 'b'].map((text, i) => line(i, { text }))
    assert.deepEqual(foldsOf(rows), ['0-3', '5-7'])
    assert.deepEqual(foldsOf(rows, { folds: false }), [])
    const hits = [1, 2, 3, 9, 10].map((seq) => line(seq))
    assert.deepEqual(foldsOf(hits), ['0-5'])
    assert.deepEqual(foldsOf(hits, { isSearched: true }), ['0-3', '3-5'])
    const others: readonly Partial<Row>[] = [
      { phase: 'error' },
      { level: 'warn' },
      { outcome: 'failure' },
      { stream: 'stderr' },
      { source: 1 },
      { prompt: 'Name?' },
      { text: 'Again' },
      { message: 'again' },
      { logger: 'app' },
    ]
    for (const other of others) assert.equal(areEqual(line(0), line(1, other)), false, JSON.stringify(other))
    assert.equal(areEqual(line(0), line(1)), true)
  })

  it('leave out blank lines, lines of an entry, unfinished and cut lines, markers, and what the person marked', () => {
    const two = (more: Partial<Row>) => [line(0, more), line(1, more), line(2, more)]
    for (const text of ['', '  \t', '\u001b[31m \u001b[0m']) assert.deepEqual(foldsOf(two({ text })), [], text)
    assert.deepEqual(foldsOf(two({ continued: true })), [])
    // The host cuts texts at 4 kB: of rows that are alike up to there it is not known whether they are equal.
    assert.deepEqual(foldsOf(two({ text: `${'x'.repeat(4000)}…` })), [])
    assert.deepEqual(foldsOf(two({ text: 'Loading…' })), ['0-3'])
    assert.deepEqual(foldsOf(two({ phase: 'marker', text: 'here' })), [])
    assert.deepEqual(foldsOf([line(0), line(1), line(2, { unterminated: true })]), ['0-2'])
    const marked = { isMarked: ({ seq }: Row) => seq === 2 }
    assert.deepEqual(foldsOf([line(0), line(1), line(2), line(3), line(4)], marked), ['0-2', '3-5'])
  })

  it('are of what is there, and open when one of their rows was asked for', () => {
    assert.deepEqual(foldsOf([undefined, line(1), line(2), undefined, line(4), line(5)]), ['1-3', '4-6'])
    const isOpen = (seq: number) => seq === 5
    assert.deepEqual(foldsOf([line(0), line(1), line(2, { text: 'b' }), line(4), line(5)], { isOpen }), [
      '0-2',
      '3-5 open',
    ])
    // A row that folds with none has nothing to open.
    assert.equal(foldPage([line(5)], { ...rules, isOpen }).opened[0], 0)
  })

  it('have each row of any page once, in order, and grow only at its end', () => {
    const seed = newSeed()
    const random = new Random(seed)
    for (let round = 0; round < 300; round++) {
      const why = `seed ${String(seed)}, round ${String(round)}`
      const size = random.below(PAGE_ROWS + 1)
      const rows = Array.from({ length: size }, (_, i) =>
        random.below(20) === 0
          ? undefined
          : line(i, { text: random.pick(['a', 'a', 'b', '']), ...(random.below(9) === 0 ? { level: 'warn' } : {}) }),
      )
      const isMarked = ({ seq }: Row) => seq % 17 === 3
      const { firsts, ends } = foldPage(rows, { ...rules, isMarked })
      for (let at = 0; at < PAGE_ROWS; at++) {
        const row = rows[at]
        const [first, end] = [firsts[at] ?? -1, ends[at] ?? -1]
        if (row === undefined) {
          assert.deepEqual([first, end], [at, 0], why)
          continue
        }
        assert.ok(first <= at && at < end && end <= PAGE_ROWS, why)
        for (let i = first; i < end; i++) {
          const other = rows[i]
          assert.ok(other !== undefined && areEqual(row, other), why)
          assert.deepEqual([firsts[i], ends[i]], [first, end], why)
        }
        const next = rows[end]
        const isWhole = next === undefined || !areEqual(row, next) || row.text === '' || isMarked(row) || isMarked(next)
        assert.ok(isWhole || end === PAGE_ROWS, why)
      }
      const grown = foldPage([...rows, line(size)].slice(0, PAGE_ROWS), { ...rules, isMarked })
      const lastFold = firsts[Math.max(0, size - 1)] ?? 0
      assert.deepEqual(grown.firsts.subarray(0, size), firsts.subarray(0, size), why)
      assert.deepEqual(grown.ends.subarray(0, lastFold), ends.subarray(0, lastFold), why)
    }
  })
})

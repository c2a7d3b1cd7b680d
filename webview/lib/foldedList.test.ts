import assert from 'node:assert/strict'
import type { Row } from '../../src/shared/protocol/rows'
import { newSeed, Random } from '../../test/fakes/random'
import { ScrollPosition } from '../state/scrollPosition'
import { FoldedList, type DrawnRow } from './foldedList'
import { foldPage, PAGE_ROWS, type PageFolds } from './folds'

interface Model {
  readonly list: FoldedList
  /** The drawn rows from the first to the last, found one by one. */
  readonly all: () => DrawnRow[]
}

/** @param textOf undefined for a row that is not here */
function listOf(size: number, textOf: (index: number) => string | undefined, openSeqs: readonly number[] = []): Model {
  const pages = new Map<number, PageFolds | undefined>()
  const rowAt = (position: number): Row | undefined => {
    const text = position < size ? textOf(position) : undefined
    return text === undefined ? undefined : { position, seq: position, time: position, phase: 'log_line', text }
  }
  const list = new FoldedList((page) => {
    if (!pages.has(page)) {
      const rows = Array.from({ length: PAGE_ROWS }, (_, i) => rowAt(page * PAGE_ROWS + i))
      const isThere = rows.some((row) => row !== undefined)
      const isOpen = (seq: number) => openSeqs.includes(seq)
      pages.set(
        page,
        isThere ? foldPage(rows, { folds: true, isSearched: false, isMarked: () => false, isOpen }) : undefined,
      )
    }
    return pages.get(page)
  })
  list.end = size
  const all = () => {
    const rows: DrawnRow[] = []
    for (let at = list.base; at < list.end; at = rows.at(-1)?.end ?? list.end) rows.push(list.at(at))
    return rows
  }
  return { list, all }
}

function randomList(random: Random): Model {
  const size = 1 + random.below(2000)
  const change = 1 + random.below(60)
  const missing = new Set(Array.from({ length: random.below(4) }, () => random.below(16)))
  const texts: string[] = []
  for (let i = 0; i < size; i++)
    texts.push(i > 0 && random.below(change) > 0 ? (texts[i - 1] ?? '') : `text ${String(i)}`)
  const openSeqs = Array.from({ length: random.below(4) }, () => random.below(size))
  const model = listOf(size, (i) => (missing.has(Math.floor(i / PAGE_ROWS)) ? undefined : texts[i]), openSeqs)
  if (random.below(3) === 0) model.list.base = random.below(size)
  model.list.end = model.list.base + 1 + random.below(size - model.list.base)
  return model
}

/** A list of many random ones, and what to say when it fails. */
function rounds(count: number, act: (random: Random, model: Model, why: string) => void): void {
  const seed = newSeed()
  const random = new Random(seed)
  for (let round = 0; round < count; round++)
    act(random, randomList(random), `seed ${String(seed)}, round ${String(round)}`)
}

describe('a list with folds', () => {
  it('cuts a fold at its page and at the bounds of the list', () => {
    const { list, all } = listOf(300, () => 'same')
    assert.deepEqual(
      all().map(({ first, count }) => [first, count]),
      [
        [0, 128],
        [128, 128],
        [256, 44],
      ],
    )
    list.base = 100
    list.end = 130
    assert.deepEqual(
      all().map(({ first, count }) => [first, count]),
      [
        [100, 28],
        [128, 2],
      ],
    )
    list.end = 129
    assert.deepEqual(list.at(128), { first: 128, end: 129, count: 1, isOpen: false })
  })

  it('draws each row of an open fold, the first of them with how many they are', () => {
    const { all } = listOf(5, (i) => (i === 0 ? 'other' : 'same'), [3])
    assert.deepEqual(
      all().map(({ first, end, count, isOpen }) => [first, end, count, isOpen]),
      [
        [0, 1, 1, false],
        [1, 2, 4, true],
        [2, 3, 1, true],
        [3, 4, 1, true],
        [4, 5, 1, true],
      ],
    )
  })

  it('has each row once, and walks over its drawn rows both ways', () => {
    rounds(200, (random, { list, all }, why) => {
      const rows = all()
      const last = rows.at(-1)?.first
      assert.equal(rows[0]?.first, list.base, why)
      assert.equal(rows.at(-1)?.end, list.end, why)
      for (const [i, { first, end }] of rows.entries()) {
        assert.ok(end > first && (i === 0 || first === rows[i - 1]?.end), why)
        assert.equal(Math.floor(first / PAGE_ROWS), Math.floor((end - 1) / PAGE_ROWS), why)
      }
      for (let turn = 0; turn < 20; turn++) {
        const [from, to] = [random.below(rows.length), random.below(rows.length)]
        const { first, end } = rows[from] ?? list.at(list.base)
        const start = first + random.below(end - first)
        assert.deepEqual(list.walk(start, to - from), { index: rows[to]?.first, walked: Math.abs(to - from) }, why)
        assert.equal(list.walk(start, rows.length).index, last, why)
        assert.equal(list.walk(start, -rows.length).index, list.base, why)
      }
      assert.equal(list.step(list.end, -1), last, why)
      assert.equal(list.step(list.base - 1, 1), list.base, why)
    })
  })

  it('fills a viewport without a gap wherever a row has its place in it', () => {
    rounds(300, (random, { list, all }, why) => {
      const rows = all()
      const rowHeight = 20
      const height = 1 + random.below(600)
      const place = { index: list.base + random.below(list.end - list.base), y: random.below(2000) - 1000 }
      const { rows: drawn, shift } = list.layOut(place, { height, rowHeight })
      const at = rows.findIndex(({ first }) => first === drawn[0]?.first)
      assert.deepEqual(drawn, rows.slice(at, at + drawn.length), why)
      assert.ok(shift >= 0 && shift < rowHeight, why)
      const bottom = drawn.length * rowHeight - shift
      assert.ok(bottom >= height || (drawn.length === rows.length && shift === 0), why)
      assert.ok(bottom - rowHeight < height, why)
      // It stands there, unless an end of the list is in the way.
      const y = drawn.findIndex(({ first, end }) => first <= place.index && place.index < end) * rowHeight - shift
      const isAtAnEnd = drawn[0]?.first === list.base || drawn.at(-1)?.end === list.end
      if (place.y > -rowHeight && place.y < height && !isAtAnEnd) assert.equal(y, place.y, why)
    })
  })

  it('ends where it began when it goes by pixels and back', () => {
    rounds(300, (random, { list, all }, why) => {
      const position = new ScrollPosition(list)
      position.rowHeight = 20
      position.height = 1 + random.below(400)
      const room = all().length * 20 - position.height
      if (room <= 0) return
      const start = random.below(room)
      position.stand({ index: list.base, y: -start })
      const before = [position.rows, position.shift]
      const steps: number[] = []
      for (let at = start; steps.length < 20; at += steps.at(-1) ?? 0) steps.push(random.below(room + 1) - at)
      for (const step of steps) position.moveBy(step)
      for (const step of steps.toReversed()) position.moveBy(-step)
      assert.deepEqual([position.rows, position.shift], before, why)
    })
  })

  it('has a scroll bar that reaches both ends, and only goes down when the list does', () => {
    rounds(200, (random, { list }, why) => {
      const position = new ScrollPosition(list)
      position.rowHeight = 20
      position.height = 20 + random.below(400)
      position.moveTo(0)
      assert.equal(position.bar.top, 0, why)
      let above = -1
      while (!position.isAtEnd) {
        assert.ok(position.bar.top > above, why)
        above = position.bar.top
        position.moveBy(1 + random.below(100))
      }
      position.moveBy(1000)
      const { top, total } = position.bar
      // All of it may be in view.
      if (total > 0) assert.equal(Math.round(top), Math.round(total - position.height), why)
      position.moveTo(0)
      position.moveTo(Math.max(0, total - position.height))
      assert.ok(position.isAtEnd, why)
    })
  })

  it('walks over a million rows that are not here at once', () => {
    let asked = 0
    const list = new FoldedList(() => {
      asked++
      return undefined
    })
    list.end = 10_000_000
    assert.deepEqual(list.walk(5, 3_000_000), { index: 3_000_005, walked: 3_000_000 })
    assert.deepEqual(list.walk(9_999_999, -3_000_000), { index: 6_999_999, walked: 3_000_000 })
    assert.ok(asked < 200_000, String(asked))
  })

  it('passes over rows that are on their way at the live end, where there are enough behind them', () => {
    const size = 10 * PAGE_ROWS
    const isGap = (i: number) => i > 1000 && i < 1200
    const gappy = listOf(size, (i) => (isGap(i) ? undefined : `text ${String(i - (i % 8))}`)).list
    const { rows } = gappy.layOutEnd({ height: 400, rowHeight: 20 }, true)
    assert.equal(rows.length, 20)
    assert.ok(rows.every(({ first }) => gappy.isHere(first)))
    assert.ok(rows.some(({ first }) => first < 1000) && rows.some(({ first }) => first >= 1200))
    assert.ok(gappy.layOutEnd({ height: 400, rowHeight: 20 }).rows.some(({ first }) => isGap(first)))
    // Nothing is behind the gap: it is shown that rows are on their way.
    const alone = listOf(size, (i) => (i < 1200 ? undefined : 'same')).list
    assert.equal(alone.layOutEnd({ height: 400, rowHeight: 20 }, true).rows.length, 20)
  })
})

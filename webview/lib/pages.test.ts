import assert from 'node:assert/strict'
import { PageCache } from './pages'

const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

describe('PageCache', () => {
  it('gives back what it holds and says which pages lack something', () => {
    const cache = new PageCache<number>(10, 100)
    cache.put(5, upTo(5, 27))
    assert.deepEqual(cache.read(3, 8), [undefined, undefined, 5, 6, 7])
    assert.deepEqual(cache.read(18, 29), [...upTo(18, 27), undefined, undefined])
    assert.deepEqual(cache.missing(5, 27), [])
    assert.deepEqual(cache.missing(0, 40), [0, 2, 3])
    cache.put(0, upTo(0, 5))
    assert.deepEqual(cache.missing(0, 27), [])
    cache.clear()
    assert.deepEqual(cache.missing(0, 20), [0, 1])
  })

  it('asks again for what is doubted, and shows it as it was until it is settled', () => {
    const cache = new PageCache<number>(10, 100)
    cache.put(0, upTo(0, 40))
    cache.doubt(25)
    assert.deepEqual(cache.missing(0, 40), [2, 3])
    assert.deepEqual(cache.read(24, 26), [24, 25])
    const doubt = cache.doubtOf(2)
    cache.doubt(29)
    cache.settle(2, doubt)
    assert.deepEqual(cache.missing(0, 40), [2, 3], 'doubted again while it was asked for')
    for (const page of [2, 3]) cache.settle(page, cache.doubtOf(page))
    assert.deepEqual(cache.missing(0, 40), [])
  })

  it('throws the least recently used page away', () => {
    const cache = new PageCache<number>(10, 3)
    cache.put(0, upTo(0, 30))
    cache.read(0, 1)
    cache.put(30, upTo(30, 40))
    assert.deepEqual(cache.missing(0, 40), [1])
  })

  it('agrees with a plain list for random pieces', () => {
    const seed = Date.now() % 100_000
    let state = seed
    const random = (below: number) => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31
      return Math.floor((state / 2 ** 31) * below)
    }
    const cache = new PageCache<number>(7, 1000)
    const known = new Set<number>()
    for (let step = 0; step < 300; step++) {
      const from = random(500)
      const to = from + random(30)
      cache.put(from, upTo(from, to))
      for (const index of upTo(from, to)) known.add(index)
      const start = random(500)
      const expected = upTo(start, start + 40).map((index) => (known.has(index) ? index : undefined))
      assert.deepEqual(cache.read(start, start + 40), expected, `seed ${String(seed)}`)
    }
  })
})

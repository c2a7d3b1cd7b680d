import assert from 'node:assert/strict'
import { Random } from '../../../test/fakes/random'
import { LineSet } from './lineSet'

describe('a line set', () => {
  const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

  it(`is a sorted list (seed ${String(seed)})`, () => {
    const random = new Random(seed)
    for (const gap of [1, 2, 10, 100, 100_000]) {
      const set = new LineSet()
      const list: number[] = []
      for (let line = random.below(gap), i = 0; i < 20_000; i++, line += 1 + random.below(gap)) {
        set.add(line)
        list.push(line)
      }
      assert.equal(set.count, list.length)
      for (let i = 0; i < 2000; i++) {
        const index = random.below(list.length)
        const line = list[index] ?? 0
        assert.equal(set.at(index), line)
        assert.equal(set.countBefore(line), index)
        assert.equal(set.countBefore(line + 1), index + 1)
      }
      assert.equal(set.countBefore((list.at(-1) ?? 0) + 10 * 65_536), list.length)
      assert.ok(Number.isNaN(set.at(list.length)) && Number.isNaN(set.at(-1)))
      set.clear()
      assert.equal(set.count, 0)
      assert.equal(set.countBefore(10), 0)
    }
  })

  it('takes only numbers that ascend', () => {
    const set = new LineSet()
    set.add(5)
    assert.throws(() => set.add(5), RangeError)
  })
})

import assert from 'node:assert/strict'
import { Random } from '../../../test/fakes/random'
import { LevelHistogram, type Buckets } from './levelHistogram'

describe('a level histogram', () => {
  const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

  /** Every line must be in the bucket of its time. */
  function check({ start, width, counts }: Buckets, lines: readonly (readonly [number, number])[]): void {
    const expected = new Float64Array(counts.length)
    for (const [time, level] of lines) {
      const at = Math.floor((time - start) / width) * 7 + level
      expected[at] = (expected[at] ?? 0) + 1
    }
    assert.deepEqual(counts, expected)
  }

  it(`widens its buckets until all times fit, whatever their order (seed ${String(seed)})`, () => {
    const random = new Random(seed)
    for (const span of [1, 1000, 100_000, 86_400_000]) {
      const histogram = new LevelHistogram()
      const lines = Array.from(
        { length: 3000 },
        () => [1.7e12 + random.below(span) * (1 + random.below(50)), random.below(7)] as const,
      )
      for (const [time, level] of lines) histogram.add(time, level)
      histogram.add(Number.NaN, 3)
      const buckets = histogram.buckets()
      check(buckets, lines)
      assert.ok(buckets.counts.length / 7 <= 4096)
      assert.equal(
        buckets.totals.reduce((a, b) => a + b),
        lines.length + 1,
      )
      const sum = new LevelHistogram()
      sum.addAll(buckets)
      assert.deepEqual(sum.totals, buckets.totals)
      assert.equal(
        sum.buckets().counts.reduce((a, b) => a + b),
        lines.length,
      )
    }
  })

  it('counts in the parts of a range, and beside it in the totals alone', () => {
    const histogram = new LevelHistogram({ from: 100, to: 200, buckets: 4 })
    for (const time of [99, 100, 124, 125, 199, 200]) histogram.add(time, 5)
    const { start, width, counts, totals } = histogram.buckets()
    assert.deepEqual([start, width, totals[5]], [100, 25, 6])
    assert.deepEqual(
      [0, 1, 2, 3].map((bucket) => counts[bucket * 7 + 5]),
      [2, 1, 0, 1],
    )
  })

  it('is empty without lines', () => {
    assert.equal(new LevelHistogram().buckets().counts.length, 0)
  })

  it('has nothing of the end of its range, however that divides', () => {
    const [from, to] = [1_795_132_987_878, 1_795_133_009_749]
    const histogram = new LevelHistogram({ from, to, buckets: 63 })
    histogram.add(to, 5)
    assert.equal(
      histogram.buckets().counts.reduce((sum, count) => sum + count, 0),
      0,
    )
  })
})

import assert from 'node:assert/strict'
import { newSeed, Random } from '../../test/fakes/random'
import { isDoubtful, planRetention, type KeptRun, type RetentionBounds } from './retention'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 21)
const none: RetentionBounds = { maxRuns: 0, maxAgeDays: 0, maxSizeGB: 0 }
const run = (daysAgo: number, gigabytes = 1, held?: string): KeptRun => ({
  capture_id: `run ${String(daysAgo)}`,
  sinceMs: NOW - daysAgo * DAY,
  bytes: gigabytes * 1e9,
  ...(held === undefined ? {} : { held }),
})

describe('retention', () => {
  const removed = (runs: readonly KeptRun[], bounds: Partial<RetentionBounds>): string[] =>
    planRetention(runs, { ...none, ...bounds }, NOW).remove.map(({ run, reason }) => `${run.capture_id}: ${reason}`)

  it('removes nothing without a bound, or under it', () => {
    const runs = [run(1), run(1000), run(2)]
    assert.deepEqual(removed(runs, {}), [])
    assert.deepEqual(removed(runs, { maxRuns: 3, maxAgeDays: 1000, maxSizeGB: 3 }), [])
    assert.deepEqual(removed([], { maxRuns: 1 }), [])
  })

  it('removes the oldest first, and only as many as it takes', () => {
    const runs = [run(1), run(5), run(3), run(4)]
    assert.deepEqual(removed(runs, { maxRuns: 2 }), ['run 5: number', 'run 4: number'])
    assert.deepEqual(removed(runs, { maxSizeGB: 3.5 }), ['run 5: size'])
    assert.deepEqual(removed(runs, { maxAgeDays: 3 }), ['run 5: age', 'run 4: age'])
    assert.deepEqual(removed(runs, { maxAgeDays: 4, maxRuns: 2 }), ['run 5: age', 'run 4: number'])
  })

  it('passes over what is held, and says when that is too much', () => {
    const runs = [run(5, 1, 'pinned'), run(4), run(3, 9, 'shown'), run(1)]
    assert.deepEqual(removed(runs, { maxRuns: 3 }), ['run 4: number'])
    const plan = planRetention(runs, { ...none, maxSizeGB: 5 }, NOW)
    assert.deepEqual(
      plan.remove.map(({ run }) => run.capture_id),
      ['run 4', 'run 1'],
    )
    assert.deepEqual(plan.over, ['size'])
  })

  it('doubts the clock where runs are too old after a time in which nothing was recorded', () => {
    const doubts = (runs: readonly KeptRun[], bounds: Partial<RetentionBounds>): boolean =>
      isDoubtful(planRetention(runs, { ...none, ...bounds }, NOW))
    // Years ahead: all that there is was written long ago; a run that was recorded since changes nothing.
    assert.ok(doubts([run(800), run(799)], { maxAgeDays: 10 }))
    assert.ok(doubts([run(800), run(799), run(0)], { maxAgeDays: 10 }))
    assert.ok(doubts([run(800), run(799), run(0, 1, 'recorded')], { maxAgeDays: 10 }))
    // Every day a run, or only other bounds.
    assert.ok(!doubts([run(50), run(25), run(11), run(9)], { maxAgeDays: 10 }))
    assert.ok(!doubts([run(12)], { maxAgeDays: 10 }))
    assert.ok(!doubts([run(800), run(1)], { maxRuns: 1, maxSizeGB: 1 }))
    assert.ok(!doubts([run(5)], { maxAgeDays: 10 }))
  })

  const seed = newSeed()
  it(`ends under its bounds or has nothing left to remove (TAPEDECK_SEED=${String(seed)})`, () => {
    const random = new Random(seed)
    for (let round = 0; round < 2000; round++) {
      const runs = Array.from({ length: random.below(20) }, (_, i) => ({
        capture_id: String(i),
        sinceMs: NOW - random.below(40) * (DAY / 2),
        bytes: random.below(5) * 7e8,
        ...(random.below(4) === 0 ? { held: 'pinned' } : {}),
      }))
      const bounds = { maxRuns: random.below(12), maxAgeDays: random.below(15), maxSizeGB: random.below(12) }
      const { remove, removedBytes, over } = planRetention(runs, bounds, NOW)
      const gone = new Set(remove.map(({ run }) => run))
      const left = runs.filter((one) => !gone.has(one))
      const free = left.filter(({ held }) => held === undefined)
      const told = JSON.stringify({ round, runs, bounds })
      assert.equal(gone.size, remove.length, told)
      assert.ok(
        remove.every(({ run }) => run.held === undefined),
        told,
      )
      assert.equal(
        removedBytes,
        remove.reduce((sum, { run }) => sum + run.bytes, 0),
      )
      // The oldest first: what goes is older than all that might have gone.
      for (const { run } of remove)
        assert.ok(
          free.every((one) => one.sinceMs >= run.sinceMs),
          told,
        )
      const bytes = left.reduce((sum, one) => sum + one.bytes, 0)
      const tooMany = bounds.maxRuns > 0 && left.length > bounds.maxRuns
      const tooLarge = bounds.maxSizeGB > 0 && bytes > bounds.maxSizeGB * 1e9
      const tooOld = bounds.maxAgeDays > 0 && left.some((one) => one.sinceMs < NOW - bounds.maxAgeDays * DAY)
      if (tooMany || tooLarge || tooOld)
        assert.ok(
          tooOld && !tooMany && !tooLarge
            ? free.every((one) => one.sinceMs >= NOW - bounds.maxAgeDays * DAY)
            : free.length === 0,
          told,
        )
      assert.equal(over.length > 0, tooMany || tooLarge || tooOld, told)
      // No more than it takes: with the newest of those that went by number or size, a bound is passed.
      const last = remove.findLast(({ reason }) => reason !== 'age')
      if (last !== undefined)
        assert.ok(
          (last.reason === 'number' && left.length + 1 > bounds.maxRuns) ||
            (last.reason === 'size' && bytes + last.run.bytes > bounds.maxSizeGB * 1e9),
          told,
        )
    }
  })
})

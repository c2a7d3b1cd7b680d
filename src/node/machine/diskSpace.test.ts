import assert from 'node:assert/strict'
import { tmpdir } from 'node:os'
import { diskSpace, isNearlyFull } from './diskSpace'

const GB = 1_000_000_000

describe('the room on a disk', () => {
  it('is little below 1 GB or a twentieth, unless that twentieth is plenty', () => {
    const isLittle = (free: number, total: number): boolean =>
      isNearlyFull({ freeBytes: free * GB, totalBytes: total * GB })
    assert.ok(isLittle(0.9, 2))
    assert.ok(!isLittle(1.1, 2))
    assert.ok(isLittle(4.9, 100))
    assert.ok(!isLittle(5.1, 100))
    assert.ok(isLittle(19, 10_000))
    assert.ok(!isLittle(21, 10_000))
  })

  it('is told by the system, and not for a folder that is not there', async () => {
    const space = await diskSpace(tmpdir())
    assert.ok(space !== undefined && space.totalBytes >= space.freeBytes && space.totalBytes > 0)
    assert.equal(await diskSpace('/nowhere/at/all'), undefined)
  })
})

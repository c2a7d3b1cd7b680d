import assert from 'node:assert/strict'
import { EarlyCount } from './earlyCount'

describe('a count that comes before its rows', () => {
  it('waits for them, and not for ever', async () => {
    const grown: number[] = []
    let later: (() => void) | undefined
    const early = new EarlyCount((count) => {
      grown.push(count)
      later?.()
    })
    early.announce(5)
    early.announce(7)
    assert.deepEqual(grown, [])
    await new Promise<void>((resolve) => {
      later = resolve
    })
    assert.deepEqual(grown, [7])
  })

  it('is over when the rows are here', async () => {
    const grown: number[] = []
    const early = new EarlyCount((count) => grown.push(count))
    early.announce(5)
    early.arrive(5)
    const other = new Promise<void>((resolve) => {
      // Announced later, so due later than the one that is over.
      new EarlyCount(() => {
        resolve()
      }).announce(1)
    })
    await other
    assert.deepEqual(grown, [5])
    early.announce(9)
    early.forget()
    assert.deepEqual(grown, [5])
  })
})

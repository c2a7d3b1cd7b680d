import assert from 'node:assert/strict'
import { Harness } from './harness'

describe('panel', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  it('draws the rows and the head of a finished run', async () => {
    const panel = await harness.open({ events: 500, state: 'completed' })
    assert.equal(await panel.id('run-state').textContent(), 'completed')
    assert.equal(await panel.id('run-clock').textContent(), '1:23')
    assert.match((await panel.id('run-title').textContent()) ?? '', /tallest wooden tower/)
    await panel.rows().first().waitFor()
    assert.deepEqual((await panel.seqs()).slice(0, 4), [0, 1, 2, 5])
    assert.equal(await panel.id('stop-button').count(), 0)
    await panel.close()
  })
})

import assert from 'node:assert/strict'
import { RetentionConsent } from './retentionConsent'

describe('the consent to remove old runs', () => {
  const kept = new Map<string, unknown>()
  const memory = {
    get: (key: string) => kept.get(key),
    update: (key: string, value: unknown) => {
      kept.set(key, value)
      return Promise.resolve()
    },
  }

  it('is given for a log directory and holds for no other, also in the next window', async () => {
    await new RetentionConsent(memory).give(['/a'])
    await new RetentionConsent(memory).give(['/b', '/a'])
    const consent = new RetentionConsent(memory)
    assert.deepEqual(
      ['/a', '/b', '/c'].map((directory) => consent.has(directory)),
      [true, true, false],
    )
  })

  it('is withdrawn for a log directory alone', async () => {
    const consent = new RetentionConsent(memory)
    await consent.give(['/a', '/b'])
    await consent.withdraw(['/a', '/never'])
    assert.deepEqual(
      ['/a', '/b', '/never'].map((directory) => new RetentionConsent(memory).has(directory)),
      [false, true, false],
    )
  })

  it('is none where something else was kept', () => {
    for (const odd of [true, 'all', { '/a': true }, [5]]) {
      kept.set('tapedeck.retentionAgreed', odd)
      assert.ok(!new RetentionConsent(memory).has('/a'))
    }
  })
})

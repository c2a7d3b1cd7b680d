import assert from 'node:assert/strict'
import type { Memento } from 'vscode'
import { isSwitchedOff, rememberSwitch } from './recordingSwitch'

describe('the switch of a recording', () => {
  it('stays off for a file, alone or with others, until it is switched on', async () => {
    const kept = new Map<string, unknown>()
    const memory = {
      get: (key: string, fallback: unknown) => kept.get(key) ?? fallback,
      update: (key: string, value: unknown) => {
        kept.set(key, value)
        return Promise.resolve()
      },
    } as unknown as Memento
    assert.equal(isSwitchedOff(memory, ['/a']), false)
    await rememberSwitch(memory, ['/a', '/b'], false)
    assert.deepEqual(
      [['/a'], ['/b', '/c'], ['/c']].map((files) => isSwitchedOff(memory, files)),
      [true, true, false],
    )
    await rememberSwitch(memory, ['/a'], true)
    assert.deepEqual(
      [['/a'], ['/b']].map((files) => isSwitchedOff(memory, files)),
      [false, true],
    )
  })
})

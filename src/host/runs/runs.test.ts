import assert from 'node:assert/strict'
import { copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { writePastRun } from '../../../test/fakes/history'
import { temporaryFolder } from '../../../test/fakes/logs'
import { Runs } from './runs'
import type { SessionServices } from './runSession'

describe('the runs of a window', () => {
  const folder = temporaryFolder()

  it('are found by their logs, also one elsewhere and one of the same id', async () => {
    const own = path.join(folder.path, 'own')
    const past = { startedMs: Date.UTC(2026, 10, 20), suffix: 'abc123' }
    const id = writePastRun(own, { ...past, title: 'mine' })
    const name = `${id}.json`
    writePastRun(path.join(folder.path, 'theirs'), { ...past, title: 'theirs' })
    const copied = path.join(folder.path, 'copied')
    mkdirSync(copied)
    copyFileSync(path.join(folder.path, 'theirs', 'runs', name), path.join(copied, name))
    const runs = new Runs([own], {} as SessionServices)
    await runs.refresh()
    const mine = path.join(own, 'runs', name)
    const elsewhere = path.join(copied, name)
    assert.equal((await runs.at(mine)).head?.title, 'mine')
    assert.deepEqual([(await runs.at(elsewhere)).head?.title, (await runs.at(elsewhere)).path], ['theirs', elsewhere])
    assert.deepEqual([runs.has(mine), runs.has(elsewhere)], [true, false])
    assert.equal((await runs.at(path.join(copied, 'gone.json'))).state, 'damaged')
    await runs.dispose()
  })
})

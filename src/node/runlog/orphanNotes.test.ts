import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { writePastRun } from '../../../test/fakes/history'
import { temporaryFolder } from '../../../test/fakes/logs'
import { logPaths } from './layout'
import { changeNotes } from './notes'
import { removeOrphanNotes } from './orphanNotes'

const MONTH = 30 * 86_400_000

describe('notes whose log is gone', () => {
  const folder = temporaryFolder()

  it('are removed when they are a month old, and nothing else is', async () => {
    const noted = async (title: string): Promise<{ log: string; notes: string }> => {
      const paths = logPaths(folder.path, writePastRun(folder.path, { startedMs: Date.now(), title }))
      await changeNotes(paths.log, (notes) => ({ ...notes, title }))
      return paths
    }
    const [orphan, kept] = [await noted('orphan'), await noted('kept')]
    rmSync(orphan.log)
    const runs = path.join(folder.path, 'runs')
    const foreign = [
      'mine.notes.json',
      '2026-11-20T03-30-05Z-ABC123.notes.json',
      '2026-11-20T03-30-05Z-abc123.notes.txt',
    ]
    for (const name of foreign) writeFileSync(path.join(runs, name), '{}')
    const odd = path.join(runs, '2026-11-20T03-30-05Z-abc124.notes.json')
    mkdirSync(odd)
    assert.deepEqual(await removeOrphanNotes(folder.path, Date.now()), [])
    assert.deepEqual(await removeOrphanNotes(folder.path, Date.now() + 2 * MONTH), [orphan.notes])
    assert.ok(!existsSync(orphan.notes))
    for (const file of [kept.notes, kept.log, odd, ...foreign.map((name) => path.join(runs, name))])
      assert.ok(existsSync(file), file)
    assert.deepEqual(await removeOrphanNotes(path.join(folder.path, 'none'), Date.now()), [])
  })
})

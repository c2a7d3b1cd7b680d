import assert from 'node:assert/strict'
import { rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import type { RunMetadata } from '../../shared/events/schema'
import { changeOf, resultsOf } from './results'

const run = (results: unknown[] | undefined, cwd?: string) => ({
  capture_id: 'id',
  path: path.resolve('/logs/runs/id.json'),
  state: 'completed' as const,
  metadata: {
    kind: 'launch',
    ...(results === undefined ? {} : { results }),
    ...(cwd === undefined ? {} : { cwd }),
  } as RunMetadata,
})

describe('the results of a run', () => {
  const folder = temporaryFolder()

  it('that were changed since, or are gone, are known', async () => {
    const file = path.join(folder.path, 'a')
    writeFileSync(file, 'one')
    const modified_at = new Date(Math.round(statSync(file).mtimeMs)).toISOString()
    const [result, untimed] = [{ path: file, bytes: 3, modified_at }, { path: 'a' }].flatMap((entry) =>
      resultsOf(run([entry], folder.path), []),
    )
    assert.ok(result !== undefined && untimed !== undefined)
    assert.equal(await changeOf(result), undefined)
    utimesSync(file, 1, 1)
    assert.deepEqual([await changeOf(result), await changeOf(untimed)], ['changed', undefined])
    writeFileSync(file, 'more')
    utimesSync(file, new Date(modified_at), new Date(modified_at))
    assert.equal(await changeOf(result), 'changed')
    rmSync(file)
    assert.deepEqual([await changeOf(result), await changeOf(untimed)], ['gone', 'gone'])
  })

  it('are files below its cwd, or where they say they are', () => {
    const cwd = path.resolve('/work')
    const elsewhere = path.resolve('/tmp/b.csv')
    assert.deepEqual(
      resultsOf(
        run([{ path: 'out/a.json' }, { path: './out/../out/a.json', bytes: 7, summary: 's' }, elsewhere], cwd),
        [],
      ),
      [
        { capture_id: 'id', name: 'a.json', folder: 'out', file: path.join(cwd, 'out/a.json'), bytes: 7, summary: 's' },
        { capture_id: 'id', name: 'b.csv', folder: path.dirname(elsewhere), file: elsewhere },
      ],
    )
  })

  it('tell their folder relative to the workspace, else to the cwd', () => {
    const workspace = path.resolve('/home/ada/project')
    const folders = (file: string, cwd: string, workspaces: string[]) =>
      resultsOf(run([{ path: file }], cwd), workspaces).map(({ folder }) => folder)
    const file = path.join(workspace, 'eval/out/report.json')
    assert.deepEqual(folders(file, path.join(workspace, 'eval'), [workspace]), [path.join('eval', 'out')])
    assert.deepEqual(folders(file, path.join(workspace, 'eval'), []), ['out'])
    assert.deepEqual(folders(file, path.join(workspace, 'eval/out'), []), [''])
    assert.deepEqual(folders(file, path.resolve('/srv'), [path.resolve('/home/ada/proj')]), [path.dirname(file)])
  })

  it('leave out what is none', () => {
    assert.deepEqual(resultsOf(run([7, null, {}, { path: '' }, { path: 7 }, '', { path: 'a', bytes: 'many' }]), []), [])
    assert.deepEqual(resultsOf(run(undefined), []), [])
    assert.deepEqual(resultsOf({ capture_id: 'id', path: '/x', state: 'running' }, []), [])
  })
})

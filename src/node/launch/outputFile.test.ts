import assert from 'node:assert/strict'
import { mkdirSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { temporaryFolder } from '../../../test/fakes/logs'
import { UserError } from '../../shared/userError'
import { findNamedFile } from './outputFile'

describe('a file that output names', () => {
  const folder = temporaryFolder()

  beforeEach(() => {
    mkdirSync(path.join(folder.path, 'sub'))
    writeFileSync(path.join(folder.path, 'sub', 'a.py'), '')
    writeFileSync(path.join(folder.path, 'b.py'), '')
  })

  it('is looked for from each base in turn', async () => {
    const sub = path.join(folder.path, 'sub')
    assert.equal(await findNamedFile('a.py', [sub, folder.path]), path.join(sub, 'a.py'))
    assert.equal(await findNamedFile('./b.py', [sub, folder.path]), path.join(folder.path, 'b.py'))
    assert.equal(await findNamedFile('../b.py', [sub]), path.join(folder.path, 'b.py'))
    assert.equal(await findNamedFile(path.join(sub, 'a.py'), []), path.join(sub, 'a.py'))
    assert.equal(await findNamedFile('sub', [folder.path]), sub)
    assert.equal(await findNamedFile(pathToFileURL(path.join(sub, 'a.py')).href, []), path.join(sub, 'a.py'))
    assert.equal(await findNamedFile('~', []), path.join(os.homedir()))
  })

  it('that is not there is told with where it was looked for', async () => {
    await assert.rejects(findNamedFile('c.py', [folder.path, folder.path]), (error) => {
      assert.ok(error instanceof UserError)
      assert.equal(error.code, 'no_such_file')
      assert.equal(error.message, `There is no file c.py. Looked for: ${path.join(folder.path, 'c.py')}`)
      return true
    })
    await assert.rejects(findNamedFile('a\0b', [folder.path]), UserError)
    await assert.rejects(findNamedFile('file://elsewhere/a%2Fb', []), UserError)
    await assert.rejects(findNamedFile('x', []), /There is no file x\./)
  })
})

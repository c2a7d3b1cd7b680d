import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { UserError } from '../../shared/userError'
import { filesForEach, globProblem } from './forEach'

describe('forEach', () => {
  let folder: string

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-foreach-'))
    for (const name of [
      'configs/run10.yaml',
      'configs/run2.yaml',
      'configs/deep/a b.yaml',
      'configs/x.txt',
      'node_modules/m/y.yaml',
    ]) {
      await mkdir(path.dirname(path.join(folder, name)), { recursive: true })
      await writeFile(path.join(folder, name), '')
    }
  })

  after(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  const names = async (pattern: string): Promise<string[]> =>
    (await filesForEach('sweep', pattern, folder)).map((file) => path.relative(folder, file))

  it('finds the files that match, in their natural order', async () => {
    assert.deepEqual(await names('configs/*.yaml'), ['configs/run2.yaml', 'configs/run10.yaml'])
    assert.deepEqual(await names('**/*.yaml'), ['configs/deep/a b.yaml', 'configs/run2.yaml', 'configs/run10.yaml'])
    assert.deepEqual(await names('configs/{run2,x}.*'), ['configs/run2.yaml', 'configs/x.txt'])
    assert.deepEqual(await names('configs/x.txt'), ['configs/x.txt'])
    assert.deepEqual(await names(path.join(folder, 'configs', '*.txt')), ['configs/x.txt'])
  })

  const fails = (pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof UserError)
    assert.equal(error.code, 'bad_glob')
    assert.match(error.message, /^The launch "sweep" has "forEach"/)
    assert.match(error.message, pattern)
    return true
  }

  it('says that nothing matches, and where it looked', async () => {
    await assert.rejects(names('*.nothing'), fails(/no file matches it in \//))
    await assert.rejects(names('missing.txt'), fails(/there is no such file in \//))
    await assert.rejects(filesForEach('sweep', '*', path.join(folder, 'gone')), fails(/in .*gone/))
  })

  it('names what is wrong with a bad glob', async () => {
    await assert.rejects(names('{a,b'), fails(/its \{ is never closed/))
    await assert.rejects(names('a]'), fails(/nothing opens/))
    await assert.rejects(names(' '), fails(/it is empty/))
    await assert.rejects(names('a\0b'), fails(/NUL/))
    assert.equal(globProblem('a\\{b'), undefined)
    assert.equal(globProblem('{a,[bc]}*.@(x|y)'), undefined)
    assert.equal(globProblem('['.repeat(1000)), 'its [ is never closed')
  })
})

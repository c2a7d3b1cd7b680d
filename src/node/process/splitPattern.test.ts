import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { splitPattern } from './splitPattern'

describe('parting a glob', () => {
  it('finds the folder where it begins to vary', async () => {
    const cases: [string, string, string][] = [
      ['*.json', '/work', '*.json'],
      ['a/b/*.json', '/work/a/b', '*.json'],
      ['./a//b/**/x', '/work/a/b', '**/x'],
      ['../other/{a,b}/c', '/other', '{a,b}/c'],
      ['/abs/*/c/d', '/abs', '*/c/d'],
      ['/*', '/', '*'],
      ['a/b.json', '/work/a/b.json', ''],
      ['a/', '/work/a', ''],
      ['', '/work', ''],
      ['a\\[1\\]/*', '/work/a[1]', '*'],
      ['nowhere (1)/x', '/work', 'nowhere (1)/x'],
    ]
    for (const [pattern, base, rest] of cases)
      assert.deepEqual(await splitPattern(pattern, '/work', path.posix), { base, rest }, pattern)
  })

  it('knows the drives of Windows', async () => {
    const cases: [string, string, string][] = [
      ['C:/runs/*.json', 'C:\\runs', '*.json'],
      ['D:/*', 'D:\\', '*'],
      ['//server/share/a/*', '\\\\server\\share\\a', '*'],
      ['a/*', 'C:\\work\\a', '*'],
    ]
    for (const [pattern, base, rest] of cases)
      assert.deepEqual(await splitPattern(pattern, 'C:\\work', path.win32), { base, rest }, pattern)
  })

  it('takes a name that is there as it is, but not a star', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-split-'))
    try {
      for (const name of ['a [1] (x)', '*']) await mkdir(path.join(folder, name))
      const base = path.join(folder, 'a [1] (x)')
      assert.deepEqual(await splitPattern('a [1] (x)/*.json', folder), { base, rest: '*.json' })
      assert.deepEqual(await splitPattern(`${base}/r.json`, '/'), { base: path.join(base, 'r.json'), rest: '' })
      assert.deepEqual(await splitPattern('*/x', folder), { base: folder, rest: '*/x' })
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})

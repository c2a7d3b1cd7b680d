import assert from 'node:assert/strict'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { globProblem } from './globProblem'

describe('a pattern of files', () => {
  const folder = temporaryFolder()

  it('is good', async () => {
    const good = [
      '*.log',
      'logs/**/*.log',
      '**/app-?.{log,out}',
      'run (1)/[a-z]*.log',
      'logs/[{]*.log',
      'app.log',
      '.hidden/*.log',
      '{a,[bc]}.log',
    ]
    for (const glob of good) assert.equal(await globProblem(glob, folder.path), undefined, glob)
  })

  it('is told what is wrong with it', async () => {
    mkdirSync(path.join(folder.path, 'logs'))
    const bad: readonly (readonly [string, RegExp])[] = [
      ['', /Type a pattern/],
      ['  ', /Type a pattern/],
      ['logs\\*.log', /parted by \//],
      ['/var/log/*.log', /leave out what is before it/],
      ['C:/logs/*.log', /leave out what is before it/],
      ['!*.log', /can’t begin with !/],
      ['../*.log', /stays there/],
      ['./*.log', /stays there/],
      ['logs/', /logs\/\*\* is all/],
      ['logs', /logs is a folder\. logs\/\*\* is all/],
      ['logs//*.log', /too many/],
      ['**.log', /stands alone/],
      ['logs/**x/*.log', /stands alone/],
      ['@(a|b).log', /\{a,b\}/],
      ['{a,b.log', /The \{ is never closed/],
      ['a,b}.log', /a \} that nothing opens/],
      ['{a,{b,c}}.log', /within \{ \}/],
      ['[ab.log', /The \[ is never closed/],
      ['{a,[b}.log', /The \[ is never closed/],
      ['ab].log', /a \] that nothing opens/],
    ]
    for (const [glob, problem] of bad) assert.match((await globProblem(glob, folder.path)) ?? 'none', problem, glob)
  })
})

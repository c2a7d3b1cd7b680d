import assert from 'node:assert/strict'
import { launchConfigurationSchema } from '../../shared/launch'
import { packageScripts, scriptLaunch } from './packageScripts'

describe('the scripts of a package.json', () => {
  it('are read in order, with the package manager that the file names', () => {
    const text = JSON.stringify({
      scripts: { test: 'x', 'build:all': 'y', bad: 7, '': 'z' },
      packageManager: 'pnpm@9.1.0',
    })
    assert.deepEqual(packageScripts(`\uFEFF${text}`), { names: ['test', 'build:all'], manager: 'pnpm' })
  })

  it('are none where the file is broken or holds something else', () => {
    for (const text of [
      '',
      '{"scripts":',
      '[]',
      'null',
      '{"scripts":["a"]}',
      '{"scripts":"a"}',
      '{"packageManager":7}',
    ])
      assert.deepEqual(packageScripts(text), { names: [] })
    assert.deepEqual(packageScripts('{"scripts":{"__proto__":"x","constructor":"y"}}').names, [
      '__proto__',
      'constructor',
    ])
  })

  it('become launches that the settings would take', () => {
    assert.deepEqual(scriptLaunch('npm', 'test', '', false), {
      name: 'npm run test',
      command: 'npm',
      args: ['run', 'test'],
    })
    const nested = scriptLaunch('yarn', 'x'.repeat(300), 'packages/a', true)
    assert.equal(nested.cwd, 'packages/a')
    assert.equal(nested.shell, true)
    assert.deepEqual(launchConfigurationSchema.parse(nested), nested)
  })
})

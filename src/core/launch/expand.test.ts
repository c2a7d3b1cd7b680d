import assert from 'node:assert/strict'
import { expandConfiguration, usesItem } from './expand'
import { factOf, type VariableFacts } from './variables'

const facts: VariableFacts = {
  folders: [{ name: 'w', path: '/w' }],
  folder: '/w',
  userHome: '/home/me',
  pathSeparator: '/',
  env: { X: '1' },
  item: '/w/a.yaml',
}

describe('expanding a launch configuration', () => {
  it('replaces in every text, and ${cwd} is the folder of the launch', async () => {
    const expanded = await expandConfiguration(
      {
        name: 'n ${item}',
        command: '${workspaceFolder}/run',
        args: ['--config', '${item}', '${cwd}'],
        cwd: '${workspaceFolder}/sub',
        env: { A: '${env:X}', B: null },
        envFile: '${cwd}/.env',
        forEach: '*.yaml',
        results: ['${cwd}/out/*'],
        logs: ['${workspaceFolder}/*.log'],
        pty: true,
        stopTimeoutMs: 10,
      },
      (variable, cwd) => factOf(variable, { ...facts, ...(cwd === undefined ? {} : { cwd }) }),
    )
    assert.deepEqual(expanded, {
      name: 'n ${item}',
      command: '/w/run',
      args: ['--config', '/w/a.yaml', '/w/sub'],
      cwd: '/w/sub',
      env: { A: '1', B: null },
      envFile: '/w/sub/.env',
      forEach: '*.yaml',
      results: ['/w/sub/out/*'],
      logs: ['/w/*.log'],
      pty: true,
      stopTimeoutMs: 10,
    })
  })

  const keys: readonly (readonly [string, object])[] = [
    ['command', { command: '${nope}' }],
    ['args', { args: ['a', '${nope}'] }],
    ['cwd', { cwd: '${nope}' }],
    ['env.A', { env: { A: '${nope}' } }],
    ['envFile', { envFile: '${nope}' }],
    ['results', { results: ['${nope}'] }],
    ['logs', { logs: ['${nope}'] }],
  ]
  for (const [key, part] of keys) {
    it(`names the key ${key}`, async () => {
      const lookup = (variable: { name: string; text: string }) => factOf(variable, facts)
      await assert.rejects(expandConfiguration({ name: 'train', command: 'x', ...part }, lookup), (error: Error) =>
        error.message.startsWith(`The launch "train" has \${nope} in "${key}", but there is no such`),
      )
    })
  }

  it('knows whether a launch uses its item', () => {
    assert.equal(usesItem({ name: 'a', command: 'x ${item}' }), true)
    assert.equal(usesItem({ name: 'a', command: 'x', env: { A: '${item}' } }), true)
    assert.equal(usesItem({ name: 'a ${item}', command: 'x', args: ['item'] }), false)
  })
})

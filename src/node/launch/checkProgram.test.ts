import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import type { LaunchRequest } from '../../shared/launch'
import { UserError } from '../../shared/userError'
import { checkProgram } from './checkProgram'

describe('the program of a launch', () => {
  const folder = temporaryFolder()
  const check = (more: Partial<LaunchRequest>) =>
    checkProgram('train', {
      kind: 'launch',
      logDirectory: folder.path,
      title: 'train',
      command: 'tapedeck-no-such-program',
      args: [],
      cwd: folder.path,
      env: {},
      unbuffered: true,
      results: [],
      stopSignal: 'SIGINT',
      stopTimeoutMs: 1,
      ...more,
    })
  const fails = (code: string, pattern: RegExp) => (error: unknown) => {
    assert.ok(error instanceof UserError)
    assert.equal(error.code, code)
    assert.match(error.message, /^The launch "train" can't start\. /)
    assert.match(error.message, pattern)
    return true
  }

  it('is looked for in the PATH that the launch gets', async () => {
    const bin = path.join(folder.path, 'bin')
    mkdirSync(bin)
    const tool = path.join(bin, 'tool')
    writeFileSync(tool, '#!/bin/sh\n')
    await assert.rejects(
      check({ command: 'tool', env: { PATH: bin } }),
      fails('not_executable', /"command": .*chmod \+x/),
    )
    chmodSync(tool, 0o755)
    await check({ command: 'tool', env: { PATH: bin } })
    await check({ command: './bin/tool' })
    await assert.rejects(
      check({ command: 'tool' }),
      fails('program_not_found', /"command": The program tool was not found/),
    )
  })

  it('is told with where it was looked for', async () => {
    await assert.rejects(
      check({ env: { PATH: '/nowhere:/else' } }),
      fails('program_not_found', /Looked in \/nowhere, \/else/),
    )
    await assert.rejects(
      check({ command: 'python train.py' }),
      fails('program_not_found', /arguments belong in "args"/),
    )
  })

  it('of a line for a shell is the shell', async () => {
    await check({ shell: true })
    await check({ shell: '/bin/sh' })
    await assert.rejects(
      check({ shell: '/no/shell' }),
      fails('program_not_found', /"shell": There is no program \/no\/shell/),
    )
  })
})

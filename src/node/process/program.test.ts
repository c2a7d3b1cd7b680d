import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { UserError } from '../../shared/userError'
import { checkFolder, exitCodeOf, findProgram, type PathKind, type ProgramSystem } from './program'

const failure = async (attempt: Promise<unknown>): Promise<UserError> => {
  const error = await attempt.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof UserError, String(error))
  return error
}

describe('finding a program', function () {
  let folder: string
  const file = async (name: string, text = '#!/bin/sh\n', mode = 0o755): Promise<string> => {
    const at = path.join(folder, name)
    await mkdir(path.dirname(at), { recursive: true })
    await writeFile(at, text)
    await chmod(at, mode)
    return at
  }
  const find = (command: string, PATH?: string): Promise<string> => findProgram(command, { cwd: folder, env: { PATH } })

  before(async function () {
    if (process.platform === 'win32') this.skip()
    folder = await realpath(await mkdtemp(path.join(os.tmpdir(), 'tapedeck-program-')))
    await file('a/tool')
    await file('b/tool')
    await file('a/plain', 'text', 0o644)
    await file('b/plain')
    await mkdir(path.join(folder, 'a/sub'))
    await symlink('tool', path.join(folder, 'a/link'))
    await symlink('nothing', path.join(folder, 'a/dangling'))
    await symlink('loop', path.join(folder, 'a/loop'))
  })

  after(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('searches PATH from left to right, relative folders from the working folder', async () => {
    assert.equal(await find('tool', `${folder}/a:${folder}/b`), path.join(folder, 'a/tool'))
    assert.equal(await find('tool', `/no/such:b:a`), path.join(folder, 'b/tool'))
    assert.equal(await find('link', 'a'), path.join(folder, 'a/link'))
    assert.equal(await find('sh'), '/bin/sh')
    // An empty entry is the working folder.
    await file('here')
    for (const PATH of ['', ':/bin', '/no/such::/bin', '/bin:'])
      assert.equal(await find('here', PATH), path.join(folder, 'here'))
  })

  it('takes a name with a slash as a path and searches nothing', async () => {
    assert.equal(await find('./a/tool', '/bin'), path.join(folder, 'a/tool'))
    assert.equal(await find('a/../b/tool'), path.join(folder, 'b/tool'))
    assert.equal(await find(path.join(folder, 'b/tool')), path.join(folder, 'b/tool'))
    const error = await failure(find('./sh', '/bin'))
    assert.match(error.message, /^There is no program \.\/sh in .*\.$/)
    assert.equal(exitCodeOf(error), 127)
  })

  it('goes on behind a file that may not be executed, and tells of it when there is no other', async () => {
    assert.equal(await find('plain', 'a:b'), path.join(folder, 'b/plain'))
    const error = await failure(find('plain', 'a'))
    assert.match(error.message, /a\/plain may not be executed\. Make it executable with: chmod \+x/)
    assert.deepEqual([error.code, exitCodeOf(error)], ['not_executable', 126])
  })

  it('says what was searched', async () => {
    const error = await failure(find('trian', '/bin:/usr/bin::/bin'))
    assert.equal(
      error.message,
      `The program trian was not found. Install it, or give its path. Looked in /bin, /usr/bin, ${folder} (the working folder).`,
    )
    assert.deepEqual([error.code, error.kind, exitCodeOf(error)], ['program_not_found', 'missing', 127])
    assert.match((await failure(find('trian'))).message, /has no PATH/)
    assert.match((await failure(find('python train.py', '/bin'))).message, /belong in "args", or set "shell"/)
    const many = Array.from({ length: 5000 }, (_, i) => `/no/${String(i)}`).join(':')
    const { message } = await failure(find('trian', many))
    assert.match(message, /\/no\/4 and 4995 more\./)
    for (const name of ['dangling', 'loop']) assert.equal((await failure(find(name, 'a'))).code, 'program_not_found')
  })

  it('tells a folder from a program', async () => {
    for (const name of ['a/sub', '.', '/']) {
      const search = name.includes('/') ? name : `./${name}`
      const error = await failure(find(search))
      assert.deepEqual([error.code, exitCodeOf(error)], ['program_is_folder', 126])
    }
    assert.equal((await failure(find('sub', 'a'))).code, 'program_is_folder')
  })

  it('knows the interpreter of a script', async () => {
    const script = async (text: string): Promise<string> => find(await file('script', text))
    for (const good of [
      '#!/bin/sh\n',
      '#! /bin/sh -e\n',
      '#!/usr/bin/env no-such\n',
      'echo\n',
      '',
      '#!/bin/sh',
      '#!/bin/sh -e\r\n',
    ])
      assert.equal(await script(good), path.join(folder, 'script'))
    const bad: [string, RegExp][] = [
      ['#!/no/such/python3 -u\n', /first line is #!\/no\/such\/python3 -u, but \/no\/such\/python3 is not there/],
      ['#!/bin/sh\r\necho\r\n', /first line is #!\/bin\/sh\\r, but the line ends with CR and LF/],
      ['#!/usr/bin/env python3\r\n', /ends with CR and LF/],
      ['#!/bin\n', /\/bin is a folder/],
      ['#!\n', /names no interpreter/],
      ['#!/etc/passwd\n', /\/etc\/passwd may not be executed/],
    ]
    for (const [text, message] of bad) {
      const error = await failure(script(text))
      assert.match(error.message, message)
      assert.deepEqual([error.code, exitCodeOf(error)], ['bad_interpreter', 127])
    }
  })

  it('agrees with the system about what can be started', async () => {
    const starts = (command: string, PATH: string): Promise<boolean> => {
      return new Promise((resolve) => {
        try {
          const child = spawn(command, [], { cwd: folder, env: { PATH }, stdio: 'ignore' })
          child.on('error', () => {
            resolve(false)
          })
          child.on('exit', () => {
            resolve(true)
          })
        } catch {
          // Some errors of the system are thrown at once.
          resolve(false)
        }
      })
    }
    const cases = [
      'tool a',
      'plain a',
      'plain a:b',
      'a/tool /x',
      'tool /x',
      'sub a',
      './a /x',
      'here :',
      'loop a',
      'true /bin',
    ]
    for (const text of cases) {
      const [command = '', PATH = ''] = text.split(' ')
      const found = await find(command, PATH).then(
        () => true,
        () => false,
      )
      assert.equal(found, await starts(command, PATH), text)
    }
  })

  it('checks the working folder', async () => {
    await checkFolder(folder)
    const missing = await failure(checkFolder(path.join(folder, 'nowhere')))
    assert.match(missing.message, /nowhere: it does not exist/)
    assert.deepEqual([missing.code, exitCodeOf(missing)], ['bad_cwd', 125])
    assert.match((await failure(checkFolder(path.join(folder, 'a/tool')))).message, /is a file, not a folder/)
    assert.match((await failure(checkFolder(path.join(folder, 'a/plain')))).message, /is a file, not a folder/)
  })
})

describe('finding a program on Windows', () => {
  const files = new Map<string, PathKind>([
    ['C:\\work\\local.exe', 'program'],
    ['C:\\node\\npm.CMD', 'program'],
    ['C:\\node\\npm', 'program'],
    ['C:\\node\\node.exe', 'program'],
    ['C:\\My Tools\\x.BAT', 'program'],
    ['C:\\node\\lib.exe', 'folder'],
  ])
  const system: ProgramSystem = {
    platform: 'win32',
    kindOf: (file) => {
      const known = [...files].find(([name]) => name.toLowerCase() === file.toLowerCase())
      return Promise.resolve(known?.[1] ?? 'missing')
    },
    firstBytes: () => Promise.reject(new Error('no first line counts there')),
  }
  const find = (
    command: string,
    env = { Path: '"C:\\My Tools";C:\\node;', PathExt: '.EXE;.BAT;.CMD' },
  ): Promise<string> => findProgram(command, { cwd: 'C:\\work', env }, system)

  it('searches the working folder, then PATH, with the endings of PATHEXT', async () => {
    assert.equal(await find('local'), 'C:\\work\\local.EXE')
    assert.equal(await find('npm'), 'C:\\node\\npm.CMD')
    assert.equal(await find('node.exe'), 'C:\\node\\node.exe')
    assert.equal(await find('x'), 'C:\\My Tools\\x.BAT')
    assert.equal(await find('..\\node\\node'), 'C:\\node\\node.EXE')
    assert.equal(await find('C:/node/node'), 'C:\\node\\node.EXE')
  })

  it('says what was searched', async () => {
    const { message } = await failure(find('yarn'))
    assert.match(
      message,
      /not found with the endings \.EXE \.BAT \.CMD\. .*Looked in C:\\work \(the working folder\), C:\\My/,
    )
    assert.equal((await failure(find('lib'))).code, 'program_is_folder')
  })
})

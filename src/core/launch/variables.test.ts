import assert from 'node:assert/strict'
import { UserError } from '../../shared/userError'
import { factOf, replaceVariables, variablesIn, type VariableFacts } from './variables'

const facts: VariableFacts = {
  folders: [
    { name: 'app', path: '/w/app' },
    { name: 'lib', path: '/w/lib' },
  ],
  folder: '/w/app',
  cwd: '/w/app/sub',
  file: '/w/app/src/train.best.py',
  selectedText: 'chosen',
  lineNumber: 12,
  userHome: '/home/me',
  pathSeparator: '/',
  env: { NAME: 'value', EMPTY: '' },
  item: '/w/app/configs/a.yaml',
}
const place = { launch: 'train', key: 'args' }
const replace = (text: string, given: VariableFacts = facts, more = {}): Promise<string> =>
  replaceVariables(text, { ...place, ...more }, (variable) => factOf(variable, given))

const fails = (code: string, ...patterns: RegExp[]) => {
  return (error: unknown) => {
    assert.ok(error instanceof UserError)
    assert.equal(error.code, code)
    for (const pattern of patterns) assert.match(error.message, pattern)
    return true
  }
}

describe('variables of a launch', () => {
  const values: readonly (readonly [string, string])[] = [
    ['${workspaceFolder}', '/w/app'],
    ['${workspaceFolder:lib}', '/w/lib'],
    ['${workspaceFolderBasename}', 'app'],
    ['${file}', '/w/app/src/train.best.py'],
    ['${fileBasename}', 'train.best.py'],
    ['${fileDirname}', '/w/app/src'],
    ['${fileBasenameNoExtension}', 'train.best'],
    ['${fileExtname}', '.py'],
    ['${relativeFile}', 'src/train.best.py'],
    ['${relativeFileDirname}', 'src'],
    ['${cwd}', '/w/app/sub'],
    ['${userHome}', '/home/me'],
    ['${pathSeparator}', '/'],
    ['${/}', '/'],
    ['${env:NAME}', 'value'],
    ['${env:EMPTY}', ''],
    ['${selectedText}', 'chosen'],
    ['${lineNumber}', '12'],
    ['${item}', '/w/app/configs/a.yaml'],
    ['--x=${lineNumber}${/}${lineNumber} $HOME $ {a} {b} $', '--x=12/12 $HOME $ {a} {b} $'],
  ]
  for (const [text, expected] of values) {
    it(`${text} is ${JSON.stringify(expected)}`, async () => {
      assert.equal(await replace(text), expected)
    })
  }

  it('knows the paths of Windows', async () => {
    const windows = { ...facts, folder: 'C:\\w', file: 'C:\\w\\a\\b.c.txt', pathSeparator: '\\' as const }
    assert.equal(
      await replace('${relativeFile}|${fileBasename}|${fileDirname}|${/}', windows),
      'a\\b.c.txt|b.c.txt|C:\\w\\a|\\',
    )
  })

  it('does not look through a value again', async () => {
    assert.equal(await replace('${env:NAME}', { ...facts, env: { NAME: '${file}' } }), '${file}')
  })

  it('leaves the path of a file outside the folder whole, and does not take a sibling for a part', async () => {
    assert.equal(await replace('${relativeFile}', { ...facts, file: '/w/app2/x.py' }), '/w/app2/x.py')
  })

  it('names the launch, the key and the variable when there is no such variable', async () => {
    await assert.rejects(
      replace('${workspceFolder}'),
      fails('unknown_variable', /"train"/, /\$\{workspceFolder\} in "args"/, /Known are \$\{workspaceFolder\}/),
    )
    await assert.rejects(replace('${}'), fails('unknown_variable'))
    await assert.rejects(replace('${constructor}'), fails('unknown_variable'))
    await assert.rejects(replace('${__proto__}'), fails('unknown_variable'))
    await assert.rejects(replace('${file:x}'), fails('unknown_variable'))
  })

  it('says why a variable has no value', async () => {
    const none = { folders: [], userHome: '/', pathSeparator: '/' as const, env: {} }
    await assert.rejects(replace('${file}', none), fails('no_value', /no file is open/))
    await assert.rejects(replace('${workspaceFolder}', none), fails('no_value', /no folder is open/))
    await assert.rejects(
      replace('${workspaceFolder:x}'),
      fails('no_value', /no folder .* has the name x; there are app, lib/),
    )
    await assert.rejects(replace('${env:MISSING}'), fails('no_value', /MISSING is not set/))
    await assert.rejects(replace('${item}', none), fails('no_value', /forEach/))
    await assert.rejects(replace('${env:constructor}', none), fails('no_value'))
  })

  it("leaves the shell's own to the shell, and only in a shell's text", async () => {
    for (const own of [
      '${HOME}',
      '${x:-default}',
      '${1}',
      '${@}',
      '${#name}',
      '${name%.txt}',
      '${name/a/b}',
      '${a[0]}',
    ]) {
      assert.equal(await replace(`echo ${own}`, facts, { shell: true }), `echo ${own}`)
      await assert.rejects(replace(own), fails('unknown_variable'))
    }
    await assert.rejects(
      replace('${workspacefolder}', facts, { shell: true }),
      fails('unknown_variable', /\$workspacefolder/),
    )
    await assert.rejects(replace('${env:MISSING}', facts, { shell: true }), fails('no_value'))
  })

  it('asks for each variable in order, with its argument', async () => {
    const asked: string[] = []
    const text = await replaceVariables('${input:a:b}-${config:x.y}', place, (variable) => {
      asked.push(`${variable.name}=${variable.argument ?? ''}`)
      return Promise.resolve(variable.argument ?? '')
    })
    assert.equal(text, 'a:b-x.y')
    assert.deepEqual(asked, ['input=a:b', 'config=x.y'])
    assert.deepEqual(variablesIn('${a}${b:c}'), [
      { name: 'a', text: '${a}' },
      { name: 'b', argument: 'c', text: '${b:c}' },
    ])
  })

  it('takes linear time over hostile text', async () => {
    for (const text of ['${'.repeat(500_000), '$'.repeat(1_000_000), `\${${'a'.repeat(1_000_000)}`]) {
      assert.equal(await replace(text), text)
    }
    await assert.rejects(replace(`\${${'A:'.repeat(500_000)}}`, facts, { shell: true }), (error: Error) => {
      assert.ok(error.message.length < 2000)
      return true
    })
  })
})

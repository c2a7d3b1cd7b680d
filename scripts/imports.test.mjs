import assert from 'node:assert/strict'
import { breaches, importsOf } from './imports.mjs'

/** A file of the house as the rule sees it; `imports` are 'package', '>target' or 'type >target'. */
function file(path, imports = [], lines = 10) {
  return {
    path,
    lines,
    imports: imports.map((text) => {
      const typeOnly = text.startsWith('type ')
      const name = typeOnly ? text.slice(5) : text
      return name.startsWith('>')
        ? { specifier: './x', target: name.slice(1), typeOnly, line: 3 }
        : { specifier: name, target: undefined, typeOnly, line: 3 }
    }),
  }
}

describe('the import law', () => {
  it('lets imports go down', () => {
    assert.deepEqual(
      breaches([
        file('src/shared/a.ts', ['zod']),
        file('src/core/b.ts', ['>src/core/c.ts', 'type >src/shared/a.ts']),
        file('src/core/c.ts'),
        file('src/node/d.ts', ['>src/core/b.ts', '>src/shared/a.ts', 'node:fs', 'ws', 'chokidar', 'playwright-core']),
        file('src/runner/e.ts', ['>src/node/d.ts', 'node:process']),
        file('src/host/f.ts', ['>src/node/d.ts', 'vscode', 'node:path']),
        file('webview/g.ts', ['svelte', 'svelte/store', '@vscode/codicons/dist/codicon.css', 'type >src/shared/a.ts']),
      ]),
      [],
    )
  })

  const refused = {
    'an import upwards': [file('src/core/a.ts', ['>src/node/b.ts'])],
    'an import to the side': [file('src/runner/a.ts', ['>src/host/b.ts'])],
    'the core in the panel': [file('webview/a.ts', ['>src/core/b.ts'])],
    'vscode below the host': [file('src/node/a.ts', ['vscode'])],
    'a type of vscode below the host': [file('src/core/a.ts', ['type vscode'])],
    'vscode in a unit test below the host': [file('src/node/a.test.ts', ['vscode'])],
    'ws outside node': [file('src/host/a.ts', ['ws'])],
    'svelte outside the panel': [file('src/host/a.ts', ['svelte'])],
    'a module of Node in the core': [file('src/core/a.ts', ['node:fs'])],
    'a test imported by code': [file('src/core/a.ts', ['>src/core/b.test.ts']), file('src/core/b.test.ts')],
    'a barrel file': [file('src/core/index.ts')],
    'a file of 601 lines': [file('src/core/a.ts', [], 601)],
  }
  for (const [name, files] of Object.entries(refused)) {
    it(`refuses ${name}`, () => {
      assert.equal(breaches(files).length, 1)
    })
  }

  it('refuses zod at run time in the core and the panel, through other files too, and takes its types', () => {
    const schema = file('src/shared/schema.ts', ['zod'])
    const middle = file('src/shared/middle.ts', ['>src/shared/schema.ts'])
    const [first, ...others] = breaches([schema, middle, file('webview/a.ts', ['>src/shared/middle.ts'])])
    assert.match(first, /webview\/a\.ts -> src\/shared\/middle\.ts -> src\/shared\/schema\.ts -> zod/)
    assert.deepEqual(others, [])
    assert.equal(breaches([file('src/core/a.ts', ['zod'])]).length, 2)
    assert.deepEqual(breaches([schema, file('src/core/a.ts', ['type zod', 'type >src/shared/schema.ts'])]), [])
  })

  it('names a circle once', () => {
    const files = [
      file('src/core/a.ts', ['>src/core/b.ts']),
      file('src/core/b.ts', ['>src/core/c.ts']),
      file('src/core/c.ts', ['type >src/core/a.ts']),
    ]
    assert.deepEqual(breaches(files), [
      'imports go in a circle: src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts',
    ])
  })

  it('lets the offline page carry the core, and tests import what they test', () => {
    assert.deepEqual(
      breaches([
        file('webview/standalone.ts', ['>src/core/b.ts']),
        file('src/core/b.test.ts', ['node:assert', '>src/node/c.ts', '>test/fakes/d.ts']),
        file('test/vscode/e.ts', ['vscode']),
      ]),
      [],
    )
  })
})

describe('importsOf', () => {
  it('finds every form, and tells types', () => {
    const text = [
      "import a from 'a'",
      "import type b from 'b'",
      "import { type c } from 'c'",
      "import { type d, e } from 'd'",
      "export * from 'f'",
      "export type { g } from 'g'",
      "const h = await import('h')",
      "const i = require('i')",
      "type J = import('j').J",
      "import 'k'",
      'const text = "import l from \'l\'"',
    ].join('\n')
    const found = importsOf(text).map((one) => `${String(one.line)}${one.typeOnly ? ' type' : ''} ${one.specifier}`)
    assert.deepEqual(found.sort(), [
      '1 a',
      '10 k',
      '2 type b',
      '3 type c',
      '4 d',
      '5 f',
      '6 type g',
      '7 h',
      '8 i',
      '9 type j',
    ])
  })
})

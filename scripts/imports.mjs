// The import law: which room of the house may import what. `npm run check` fails where it is broken.
// Usage: node scripts/imports.mjs
import { existsSync, globSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import ts from 'typescript'
import { isMain, root } from './setup.mjs'

/** Lines from which a file is named, and from which it is refused. */
const sizes = { told: 400, refused: 600 }

/**
 * What each room may import: `rooms` besides itself, `packages` besides nothing (`node:` means Node's own modules).
 * Tests, benchmarks and their helpers may import every room.
 */
const law = {
  'src/shared': { rooms: [], packages: ['zod'] },
  'src/core': { rooms: ['src/shared'], packages: ['diff'] },
  'src/node': {
    rooms: ['src/core', 'src/shared'],
    packages: ['node:', '@lydell/node-pty', 'chokidar', 'playwright-core', 'tinyglobby', 'ws', 'zod'],
  },
  'src/runner': { rooms: ['src/node', 'src/core', 'src/shared'], packages: ['node:', 'zod'] },
  'src/host': { rooms: ['src/node', 'src/core', 'src/shared'], packages: ['node:', 'vscode', 'zod'] },
  webview: { rooms: ['src/shared'], packages: ['svelte', 'uplot', 'marked', '@vscode/codicons'] },
  demo: { rooms: ['src/shared'], packages: ['node:', 'ws'] },
}
/** The offline page carries the readers of a run log with it. */
const exceptions = { 'webview/standalone.ts': ['src/core'] }
/** Packages that would be wrong in a room even through another file; types of them are welcome. */
const neverAtRunTime = { 'src/core': ['zod'], webview: ['zod'] }

/** The room of a file, or undefined where the law does not reach. */
function roomOf(file) {
  return Object.keys(law).find((room) => file.startsWith(`${room}/`))
}

function isTest(file) {
  return /\.test\.ts$/.test(file) || /^(test|bench)\//.test(file)
}

/** `@scope/name/part` -> `@scope/name`, `node:fs` -> `node:`. */
function packageOf(specifier) {
  if (specifier.startsWith('node:')) return 'node:'
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/**
 * Finds what breaks the law.
 * @param {{path: string, lines: number, imports: {specifier: string, target?: string, typeOnly: boolean, line: number}[]}[]} files
 *   paths relative to the project; target: the imported file where it is one of ours
 * @returns {string[]} one sentence each, with file and line
 */
export function breaches(files) {
  const found = []
  const byPath = new Map(files.map((file) => [file.path, file]))
  for (const file of files) {
    const room = roomOf(file.path)
    if (room !== undefined && /\/index\.ts$/.test(file.path))
      found.push(`${file.path}: barrel files hide who needs what; import the file itself`)
    if (file.lines > sizes.refused) {
      found.push(`${file.path}: ${String(file.lines)} lines; split it, the limit is ${String(sizes.refused)}`)
    }
    for (const item of file.imports) {
      const where = `${file.path}:${String(item.line)}`
      if (item.target === undefined) {
        if (item.specifier.startsWith('.')) continue
        const name = packageOf(item.specifier)
        if (isTest(file.path)) {
          if (name === 'vscode' && !file.path.startsWith('test/vscode/') && room !== 'src/host') {
            found.push(`${where}: vscode is there only in src/host and test/vscode`)
          }
        } else if (room !== undefined && !law[room].packages.includes(name) && !isTypeOfZod(room, name, item)) {
          found.push(`${where}: ${room} does not import ${item.specifier}`)
        }
        continue
      }
      if (isTest(item.target) && !isTest(file.path)) found.push(`${where}: only tests import ${item.target}`)
      if (room === undefined || isTest(file.path)) continue
      const target = roomOf(item.target)
      const allowed = [room, ...law[room].rooms, ...(exceptions[file.path] ?? [])]
      if (target !== undefined && !allowed.includes(target))
        found.push(`${where}: ${room} does not import ${item.target}`)
    }
    for (const name of room !== undefined && !isTest(file.path) ? (neverAtRunTime[room] ?? []) : []) {
      const way = wayTo(name, file, byPath)
      if (way !== undefined) found.push(`${file.path}: brings ${name} along at run time (${way.join(' -> ')})`)
    }
  }
  return [...found, ...cycles(files, byPath)]
}

/** A type costs nothing at run time, so the pure rooms may name zod's. */
function isTypeOfZod(room, name, item) {
  return name === 'zod' && item.typeOnly && neverAtRunTime[room]?.includes(name) === true
}

/** The chain of run-time imports from a file to a package, if there is one. */
function wayTo(name, start, byPath) {
  const seen = new Set([start.path])
  const queue = [{ file: start, way: [start.path] }]
  for (const { file, way } of queue) {
    for (const item of file.imports) {
      if (item.typeOnly) continue
      if (item.target === undefined) {
        if (packageOf(item.specifier) === name) return [...way, name]
      } else if (!seen.has(item.target)) {
        seen.add(item.target)
        const next = byPath.get(item.target)
        if (next !== undefined) queue.push({ file: next, way: [...way, item.target] })
      }
    }
  }
  return undefined
}

/** Each circle of imports once, types included: a circle of types is two files that are one thing. */
function cycles(files, byPath) {
  const found = []
  const done = new Set()
  const visit = (file, way) => {
    const from = way.indexOf(file.path)
    if (from >= 0) {
      found.push(`imports go in a circle: ${[...way.slice(from), file.path].join(' -> ')}`)
      return
    }
    if (done.has(file.path)) return
    for (const item of file.imports) {
      const next = item.target === undefined ? undefined : byPath.get(item.target)
      if (next !== undefined) visit(next, [...way, file.path])
    }
    done.add(file.path)
  }
  for (const file of files) visit(file, [])
  return found
}

/**
 * All imports of a source text: import and export … from, import(), require(), import types.
 * @param {string} text TypeScript
 * @returns {{specifier: string, typeOnly: boolean, line: number}[]}
 */
export function importsOf(text) {
  const source = ts.createSourceFile('file.ts', text, ts.ScriptTarget.Latest, true)
  const found = []
  const add = (literal, typeOnly) => {
    if (literal === undefined || !ts.isStringLiteralLike(literal)) return
    const { line } = source.getLineAndCharacterOfPosition(literal.getStart())
    found.push({ specifier: literal.text, typeOnly, line: line + 1 })
  }
  const allTypes = (named) =>
    named !== undefined && named.elements.length > 0 && named.elements.every((one) => one.isTypeOnly)
  const visit = (node) => {
    if (ts.isImportDeclaration(node)) {
      const clause = node.importClause
      const named = clause?.namedBindings
      const onlyTypes = clause?.name === undefined && named !== undefined && ts.isNamedImports(named) && allTypes(named)
      add(node.moduleSpecifier, clause?.isTypeOnly === true || onlyTypes)
    } else if (ts.isExportDeclaration(node)) {
      const named = node.exportClause
      add(node.moduleSpecifier, node.isTypeOnly || (named !== undefined && ts.isNamedExports(named) && allTypes(named)))
    } else if (ts.isImportTypeNode(node)) {
      add(node.argument.literal, true)
    } else if (ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)) {
      add(node.moduleReference.expression, node.isTypeOnly)
    } else if (ts.isCallExpression(node)) {
      const isRequire = ts.isIdentifier(node.expression) && node.expression.text === 'require'
      if (isRequire || node.expression.kind === ts.SyntaxKind.ImportKeyword) add(node.arguments[0], false)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return found
}

/** The script parts of a Svelte component, at their own lines. */
function scriptsOf(text) {
  let kept = ''
  let end = 0
  for (const match of text.matchAll(/(<script\b[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = match.index + match[1].length
    kept += text.slice(end, start).replace(/[^\n]/g, '') + match[2]
    end = start + match[2].length
  }
  return kept
}

/** The file of the project that a relative import means. */
function resolve(from, specifier) {
  if (!specifier.startsWith('.')) return undefined
  const base = path.posix.join(path.posix.dirname(from), specifier)
  const tries = [base, `${base}.ts`, `${base}.svelte.ts`, `${base}/index.ts`]
  return tries.find((file) => existsSync(path.join(root, file)) && statSync(path.join(root, file)).isFile())
}

/** Reads all files of the house. */
function readFiles() {
  return globSync('{src,webview,demo,test,bench}/**/*.{ts,svelte}', { cwd: root })
    .map((file) => file.split(path.sep).join('/'))
    .filter((file) => !file.endsWith('.d.ts'))
    .sort()
    .map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      const imports = importsOf(file.endsWith('.svelte') ? scriptsOf(text) : text)
      return {
        path: file,
        lines: text.split('\n').length - 1,
        imports: imports.map((item) => ({ ...item, target: resolve(file, item.specifier) })),
      }
    })
}

if (isMain(import.meta.url)) {
  const files = readFiles()
  for (const file of files) {
    if (file.lines > sizes.told && file.lines <= sizes.refused) {
      console.log(`${file.path}: ${String(file.lines)} lines; does it still have one job?`)
    }
  }
  const found = breaches(files)
  for (const sentence of found) console.error(sentence)
  console.log(`${String(files.length)} files, ${String(found.length)} breaches of the import law`)
  if (found.length > 0) process.exitCode = 1
}

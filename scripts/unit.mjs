// Runs the unit tests beside the code with mocha in plain Node: src, demo, webview (*.test.ts, bundled), scripts (*.test.mjs).
// Usage: node scripts/unit.mjs [words that a test file's path must contain …]
import { spawnSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { secondTry } from './secondTry.mjs'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const words = process.argv.slice(2)
const named = (pattern) =>
  globSync(pattern, { cwd: root })
    .filter((file) => words.every((word) => file.includes(word)))
    .sort()
const files = named('{src,demo,webview}/**/*.test.ts')
const scripts = named('scripts/**/*.test.mjs')
if (files.length + scripts.length === 0) throw new Error(`no unit test matches ${words.join(' ')}`)
// A folder of its own, so that two runs at once don't disturb each other.
const outdir = path.join(root, 'out', `unit-${String(process.pid)}`)
try {
  await build({
    absWorkingDir: root,
    entryPoints: [...files, 'test/secondTry.ts'],
    outdir,
    outbase: root,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
    define: { __PROJECT_ROOT__: JSON.stringify(root) },
  })
  const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js')
  const bundles = files.length > 0 ? [`${outdir}/**/*.test.js`] : []
  const result = spawnSync(
    process.execPath,
    ['--enable-source-maps', mocha, '--timeout', '20000', ...secondTry(outdir), ...bundles, ...scripts],
    { cwd: root, stdio: 'inherit' },
  )
  process.exitCode = result.status ?? 1
} finally {
  rmSync(outdir, { recursive: true, force: true })
}

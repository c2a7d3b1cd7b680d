// Bundles the unit tests beside the code (src, demo, webview: *.test.ts) and runs them with mocha in plain Node.
// Usage: node scripts/unit.mjs [words that a test file's path must contain …]
import { spawnSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const words = process.argv.slice(2)
const files = globSync('{src,demo,webview}/**/*.test.ts', { cwd: root })
  .filter((file) => words.every((word) => file.includes(word)))
  .sort()
if (files.length === 0) throw new Error(`no unit test matches ${words.join(' ')}`)
const outdir = path.join(root, 'out', 'unit')
rmSync(outdir, { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: files,
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
const result = spawnSync(
  process.execPath,
  ['--enable-source-maps', path.join(root, 'node_modules/mocha/bin/mocha.js'), '--timeout', '20000', 'out/unit/**/*.test.js'],
  { cwd: root, stdio: 'inherit' },
)
process.exit(result.status ?? 1)

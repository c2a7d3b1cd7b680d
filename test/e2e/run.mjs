// Runs test/e2e/*.test.ts: a user's path through the built programs, a real browser and a real editor.
// Usage: node test/e2e/run.mjs [words that a test file's path must contain …]     after npm run build
import { spawnSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { root } from '../../scripts/setup.mjs'
import { secondTry } from '../../scripts/secondTry.mjs'
import { testEnvironment } from '../../scripts/testEnvironment.mjs'

const words = process.argv.slice(2)
const files = globSync('test/e2e/**/*.test.ts', { cwd: root })
  .filter((file) => words.every((word) => file.includes(word)))
  .sort()
if (files.length === 0) throw new Error(`no end-to-end test matches ${words.join(' ')}`)
const env = await testEnvironment()
const outdir = path.join(root, 'out', `e2e-${String(process.pid)}`)
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
  const { status } = spawnSync(
    process.execPath,
    ['--enable-source-maps', mocha, '--timeout', '120000', ...secondTry(outdir), `${outdir}/**/*.test.js`],
    { cwd: root, env, stdio: 'inherit' },
  )
  process.exitCode = status ?? 1
} finally {
  rmSync(outdir, { recursive: true, force: true })
}

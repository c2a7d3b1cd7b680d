// Runs test/vscode/*.test.ts inside the extension host of a real editor.
// Usage: node test/vscode/run.mjs     after npm run build
import { spawnSync } from 'node:child_process'
import { globSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { build } from 'esbuild'
import { root } from '../../scripts/setup.mjs'
import { testEnvironment } from '../../scripts/testEnvironment.mjs'

const env = await testEnvironment()
const outdir = path.join(root, 'out', `vscode-${String(process.pid)}`)
try {
  await build({
    absWorkingDir: root,
    entryPoints: globSync('test/vscode/*.ts', { cwd: root }),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
    define: { __PROJECT_ROOT__: JSON.stringify(root) },
  })
  const { status } = spawnSync(process.execPath, ['--enable-source-maps', path.join(outdir, 'run.js')], {
    cwd: root,
    env,
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(outdir, { recursive: true, force: true })
}

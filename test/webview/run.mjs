// Tests the panel in a real browser: builds it as it ships, bundles the tests, runs them with mocha.
// Usage: node test/webview/run.mjs [words that a test file's path must contain …] [--keep]
// TAPEDECK_CHROMIUM names the browser (default /usr/bin/chromium).
import { spawnSync } from 'node:child_process'
import { globSync, rmSync, copyFileSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import sveltePlugin from 'esbuild-svelte'
import { atOnce } from '../../scripts/atOnce.mjs'
import { secondTry } from '../../scripts/secondTry.mjs'
import { makeSmaller } from '../../scripts/smaller.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.dirname(path.dirname(here))
const keep = process.argv.includes('--keep')
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const files = globSync('*.test.ts', { cwd: here })
  .filter((file) => words.every((word) => file.includes(word)))
  .sort()
if (files.length === 0) throw new Error(`no test matches ${words.join(' ')}`)
// A folder of its own, so that two runs at once don't disturb each other.
const outdir = path.join(root, 'out', `webview-${String(process.pid)}`)
const site = path.join(outdir, 'site')
mkdirSync(site, { recursive: true })

try {
  const browser = {
    bundle: true,
    platform: 'browser',
    format: 'iife',
    target: 'chrome138',
    logLevel: 'warning',
    absWorkingDir: root,
  }
  await Promise.all([
    build({
      ...browser,
      entryPoints: ['webview/main.ts', 'webview/compare.ts'],
      outdir: site,
      conditions: ['svelte', 'browser', 'production'],
      loader: { '.ttf': 'file' },
      assetNames: '[name]',
      plugins: [sveltePlugin({ compilerOptions: { css: 'external', dev: false } })],
      minify: true,
    }),
    build({
      ...browser,
      entryPoints: ['webview/standalone.ts'],
      outfile: path.join(site, 'standalone.js'),
      conditions: ['svelte', 'browser', 'production'],
      loader: { '.ttf': 'dataurl' },
      plugins: [sveltePlugin({ compilerOptions: { css: 'external', dev: false } })],
      minify: true,
    }),
    build({ ...browser, entryPoints: ['test/webview/fakeHost.ts'], outfile: path.join(site, 'host.js') }),
    build({ ...browser, entryPoints: ['test/webview/recordedHost.ts'], outfile: path.join(site, 'recordedHost.js') }),
    build({
      absWorkingDir: root,
      entryPoints: [...files.map((file) => path.join(here, file)), 'test/secondTry.ts'],
      outdir: path.join(outdir, 'tests'),
      outbase: root,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      packages: 'external',
      alias: { vscode: path.join(here, 'vscodeStub.ts') },
      sourcemap: 'inline',
      logLevel: 'warning',
      define: { __SITE__: JSON.stringify(site) },
    }),
  ])
  await Promise.all(['main.js', 'compare.js', 'standalone.js'].map((script) => makeSmaller(path.join(site, script))))
  copyFileSync(path.join(root, 'webview/styles/editorThemes.css'), path.join(site, 'themes.css'))
  const mocha = path.join(root, 'node_modules/mocha/bin/mocha.js')
  const result = spawnSync(
    process.execPath,
    [
      '--enable-source-maps',
      mocha,
      '--timeout',
      '30000',
      ...atOnce(words),
      ...secondTry(`${outdir}/tests`),
      `${outdir}/tests/**/*.test.js`,
    ],
    { cwd: root, stdio: 'inherit' },
  )
  process.exitCode = result.status ?? 1
} finally {
  if (!keep) rmSync(outdir, { recursive: true, force: true })
}

// Builds everything that ships, and the demo site, into dist/.
// Usage: node esbuild.mjs [--watch] [--minify]
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises'
import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, context } from 'esbuild'
import sveltePlugin from 'esbuild-svelte'

const root = path.dirname(fileURLToPath(import.meta.url))

/**
 * Every bundle: where it starts and where it goes.
 * With a `library`, what that file exports can be had by `require`. A `program` starts with a shebang of its own and becomes executable.
 */
const entries = [
  { in: 'src/host/extension.ts', out: 'dist/extension.js', kind: 'node' },
  { in: 'src/runner/main.ts', out: 'dist/runner.js', kind: 'node' },
  { in: 'src/runner/cli.ts', out: 'dist/cli.js', kind: 'program' },
  { in: 'src/node/store/worker.ts', out: 'dist/worker.js', kind: 'node' },
  { in: 'src/node/compare/worker.ts', out: 'dist/compareWorker.js', kind: 'node' },
  { in: 'src/node/runlog/searchWorker.ts', out: 'dist/searchWorker.js', kind: 'node' },
  { in: 'src/node/textfile/textWorker.ts', out: 'dist/textWorker.js', kind: 'node' },
  { in: 'demo/main.ts', library: 'demo/site/site.ts', out: 'dist/demo.js', kind: 'node' },
  { in: 'webview/main.ts', out: 'dist/webview/main.js', kind: 'webview' },
  { in: 'webview/compare.ts', out: 'dist/webview/compare.js', kind: 'webview' },
  { in: 'webview/standalone.ts', out: 'dist/webview/standalone.js', kind: 'page' },
]

/** What is built, from the project's folder: all of it ships. */
export const outputs = entries.map(({ out }) => out)

/** esbuild's options for one entry. */
function optionsFor(entry, minify) {
  const common = {
    absWorkingDir: root,
    outfile: entry.out,
    bundle: true,
    minify,
    sourcemap: !minify,
    legalComments: 'none',
    logLevel: 'warning',
    metafile: true,
  }
  if (entry.kind === 'webview' || entry.kind === 'page') {
    const isPage = entry.kind === 'page'
    return {
      ...common,
      // A page is put into one file with all that it needs, so it is small and whole in every build.
      ...(isPage ? { minify: true, sourcemap: false } : {}),
      entryPoints: [entry.in],
      platform: 'browser',
      format: 'iife',
      // VS Code 1.106 shows its webviews in Chromium 138.
      target: 'chrome138',
      conditions: ['svelte', 'browser', minify || isPage ? 'production' : 'development'],
      loader: { '.ttf': isPage ? 'dataurl' : 'file' },
      assetNames: '[name]',
      plugins: [sveltePlugin({ compilerOptions: { css: 'external', dev: false } })],
    }
  }
  return {
    ...common,
    ...(entry.library === undefined
      ? { entryPoints: [entry.in] }
      : {
          // Started by itself it is the program, loaded by `require` it is a library.
          stdin: {
            contents: `export * from './${entry.library}'\nif (require.main === module) require('./${entry.in}')`,
            resolveDir: root,
            loader: 'ts',
          },
        }),
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // playwright-core and node-pty read files of their own folders at run time, so they are shipped whole. bufferutil and utf-8-validate
    // are optional parts of ws that it does without.
    external: ['vscode', 'playwright-core', '@lydell/node-pty', 'bufferutil', 'utf-8-validate'],
    // Some dependencies are ES modules that ask for their own address.
    define: { 'import.meta.url': '__importMetaUrl' },
    banner: { js: "const __importMetaUrl = require('node:url').pathToFileURL(__filename).href;" },
  }
}

/** Says what was written and how large it is. */
function report(metafile) {
  for (const file of Object.keys(metafile.outputs)) {
    if (file.endsWith('.map')) continue
    const { size } = statSync(path.join(root, file))
    console.log(`  ${file.padEnd(24)} ${(size / 1024).toFixed(1).padStart(8)} kB`)
  }
}

/**
 * Builds all bundles.
 * @param {{minify?: boolean, quiet?: boolean}} [options] minify: for the package
 * @returns {Promise<void>} rejects when a bundle doesn't build
 */
export async function buildAll({ minify = false, quiet = false } = {}) {
  const started = performance.now()
  const present = entries.filter((entry) => existsSync(path.join(root, entry.in)))
  for (const entry of entries)
    if (!present.includes(entry)) console.log(`  ${entry.in} is not there: ${entry.out} is not built`)
  await mkdir(path.join(root, 'dist'), { recursive: true })
  const results = await Promise.allSettled(present.map((entry) => build(optionsFor(entry, minify))))
  const failed = results.filter((result) => result.status === 'rejected')
  if (failed.length > 0) throw new Error(`${String(failed.length)} of ${String(present.length)} bundles did not build`)
  if (minify) {
    const scripts = present.filter(({ kind }) => kind === 'webview' || kind === 'page')
    const { makeSmaller } = await import('./scripts/smaller.mjs')
    await Promise.all(scripts.map(({ out }) => makeSmaller(path.join(root, out))))
  }
  for (const result of results) if (!quiet && result.status === 'fulfilled') report(result.value.metafile)
  if (minify) {
    // Maps of an earlier build would not fit.
    const maps = [...present.map((entry) => `${entry.out}.map`), 'dist/webview/main.css.map']
    await Promise.all(maps.map((file) => rm(path.join(root, file), { force: true })))
    const { noticesOf } = await import('./scripts/notices.mjs')
    const metafiles = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.metafile] : []))
    await writeFile(path.join(root, 'dist/ThirdPartyNotices.txt'), noticesOf(metafiles))
  }
  await markExecutable(present)
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

/** Programs can be started by their name. */
async function markExecutable(present) {
  for (const entry of present) if (entry.kind === 'program') await chmod(path.join(root, entry.out), 0o755)
}

/** Builds again after each change, until the process ends. */
async function watchAll(minify) {
  const present = entries.filter((entry) => existsSync(path.join(root, entry.in)))
  const said = (entry) => ({
    name: 'said',
    setup(pluginBuild) {
      pluginBuild.onEnd(async (result) => {
        if (result.errors.length > 0) return
        await markExecutable([entry])
        console.log(`built ${entry.out}`)
      })
    },
  })
  for (const entry of present) {
    const options = optionsFor(entry, minify)
    const watcher = await context({ ...options, plugins: [...(options.plugins ?? []), said(entry)] })
    await watcher.watch()
  }
  console.log('watching; Ctrl-C ends it')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const minify = process.argv.includes('--minify')
  if (process.argv.includes('--watch')) await watchAll(minify)
  else
    await buildAll({ minify }).catch((error) => {
      console.error(error instanceof Error ? error.message : error)
      process.exitCode = 1
    })
}

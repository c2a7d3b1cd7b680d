// Builds, then runs the benchmarks one after the other; each is a program that prints its own numbers.
// Usage: node scripts/bench.mjs [words that a benchmark's path must contain …]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import path from 'node:path'
import process from 'node:process'
import { continueInNode24, root, setup, SetupError } from './setup.mjs'
import { testEnvironment } from './testEnvironment.mjs'

async function main() {
  await setup({ need: ['node', 'modules'] })
  // Not there in the Node that may start this script, so only asked for in the one that goes on.
  const { globSync } = await import('node:fs')
  const words = process.argv.slice(2)
  const files = globSync('bench/**/*.bench.ts', { cwd: root })
    .filter((file) => words.every((word) => file.includes(word)))
    .sort()
  if (files.length === 0) throw new SetupError(`no benchmark matches ${words.join(' ')}`)
  const env = await testEnvironment()
  const { buildAll } = await import('../esbuild.mjs')
  await buildAll({ minify: true, quiet: true })
  const { build } = await import('esbuild')
  const outdir = path.join(root, 'out', `bench-${String(process.pid)}`)
  try {
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
    for (const file of files) {
      console.log(`\n=== ${file} ===`)
      const script = path.join(outdir, file.replace(/\.ts$/, '.js'))
      // Benchmarks that measure memory collect garbage themselves.
      const child = spawn(process.execPath, ['--enable-source-maps', '--expose-gc', script], {
        cwd: root,
        env,
        stdio: 'inherit',
      })
      const [code, signal] = await once(child, 'exit')
      if (code !== 0) {
        console.error(`${file} ended with ${signal ?? `code ${String(code)}`}`)
        process.exitCode = 1
      }
    }
  } finally {
    await rm(outdir, { recursive: true, force: true })
  }
}

try {
  await continueInNode24(import.meta.url)
  await main()
} catch (error) {
  console.error(error instanceof SetupError ? `npm run bench: ${error.message}` : error)
  process.exitCode = 1
}

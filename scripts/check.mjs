// Checks everything that can be checked without running the code. Warnings are errors.
// Usage: node scripts/check.mjs [words of the parts to run]
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { continueInNode24, root, setup, SetupError } from './setup.mjs'

const bin = (name, file) => path.join('node_modules', name, file)

/** The parts, the longest first: two run at a time. */
const parts = [
  { name: 'eslint', args: [bin('eslint', 'bin/eslint.js'), '.', '--max-warnings', '0'] },
  {
    name: 'svelte',
    args: [bin('svelte-check', 'bin/svelte-check'), '--tsconfig', 'webview/tsconfig.json', '--fail-on-warnings'],
  },
  { name: 'types', args: [bin('typescript', 'bin/tsc'), '-p', '.'] },
  { name: 'paneltest', args: [bin('typescript', 'bin/tsc'), '-p', 'test/webview'] },
  { name: 'purity', args: [bin('typescript', 'bin/tsc'), '-p', 'scripts/tsconfig.pure.json'] },
  { name: 'format', args: [bin('prettier', 'bin/prettier.cjs'), '--check', '--log-level', 'warn', '.'] },
  { name: 'unused', args: [bin('knip', 'bin/knip.js'), '--no-progress'] },
  { name: 'imports', args: ['scripts/imports.mjs'] },
]

/** Runs one part and returns its output and whether it is clean. */
async function runPart({ name, args }) {
  const started = performance.now()
  const [file, ...rest] = args
  if (!existsSync(path.join(root, file)))
    throw new SetupError(`${file} is not there: delete node_modules and start again`)
  const child = spawn(process.execPath, [file, ...rest], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  const keep = (chunk) => (output += chunk.toString())
  child.stdout.on('data', keep)
  child.stderr.on('data', keep)
  const [code] = await once(child, 'close')
  return { name, clean: code === 0, output: output.trim(), seconds: (performance.now() - started) / 1000 }
}

/** Runs the parts, two at a time, and prints each when it ends. */
async function runAll(chosen) {
  const waiting = [...chosen]
  const failed = []
  const worker = async () => {
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      const { name, clean, output, seconds } = await runPart(part)
      console.log(`${clean ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${seconds.toFixed(1).padStart(5)} s`)
      if (output !== '' && (!clean || name === 'imports')) console.log(output.replace(/^/gm, '         '))
      if (!clean) failed.push(name)
    }
  }
  await Promise.all([worker(), worker()])
  return failed
}

try {
  await continueInNode24(import.meta.url)
  const words = process.argv.slice(2)
  const unknown = words.filter((word) => !parts.some((part) => part.name === word))
  if (unknown.length > 0) {
    throw new SetupError(`unknown: ${unknown.join(', ')}; known: ${parts.map((part) => part.name).join(', ')}`)
  }
  await setup({ need: ['node', 'modules'] })
  const started = performance.now()
  const failed = await runAll(parts.filter((part) => words.length === 0 || words.includes(part.name)))
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(failed.length === 0 ? `check: clean in ${seconds} s` : `check: ${failed.join(', ')} failed, ${seconds} s`)
  if (failed.length > 0) process.exitCode = 1
} catch (error) {
  console.error(error instanceof SetupError ? `npm run check: ${error.message}` : error)
  process.exitCode = 1
}

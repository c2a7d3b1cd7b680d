// Sets up what is missing, builds, and runs every test. The last line is `N passed, N failed`.
// Usage: node scripts/test.mjs [unit] [webview] [editor] [e2e]     (without words: all of them)
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { continueInNode24, root, setup, SetupError } from './setup.mjs'
import { markVariable, testEnvironment } from './testEnvironment.mjs'
import { countsOf } from './testCounts.mjs'

/** The suites in their order, quick ones first; `limit` in minutes. */
const suites = [
  { name: 'unit', title: 'unit tests', script: 'scripts/unit.mjs', limit: 8 },
  { name: 'webview', title: 'the panel in a browser', script: 'test/webview/run.mjs', limit: 15 },
  { name: 'editor', title: 'in the editor', script: 'test/vscode/run.mjs', limit: 10 },
  { name: 'e2e', title: 'end to end', script: 'test/e2e/run.mjs', limit: 25 },
]

/** Runs one program, shows its output and returns it too. */
async function runSuite(suite, env) {
  const child = spawn(process.execPath, [path.join(root, suite.script)], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let output = ''
  child.stdout.on('data', (chunk) => {
    output += chunk.toString()
    process.stdout.write(chunk)
  })
  const stop = () => child.kill('SIGTERM')
  process.on('SIGTERM', stop)
  let late = false
  const timer = setTimeout(() => {
    late = true
    console.error(`${suite.title}: not ended after ${String(suite.limit)} min, so it is ended now`)
    child.kill('SIGKILL')
  }, suite.limit * 60_000)
  try {
    const [code] = await once(child, 'close')
    return countsOf(output, late ? null : code)
  } finally {
    clearTimeout(timer)
    process.off('SIGTERM', stop)
  }
}

/** The tests' own module about processes; it is TypeScript, so it is bundled first. */
async function loadProcesses() {
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: ['test/editor/processes.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  })
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`)
}

/** Waits a moment for processes that the tests started; what still lives after it is ended and told. */
async function endLeftBehind(mark) {
  const { marked, endAll } = await loadProcesses()
  let left = marked(mark)
  for (let tries = 0; left.length > 0 && tries < 50; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    left = marked(mark)
  }
  for (const one of left) console.error(`left behind by the tests: ${String(one.pid)} ${one.command.slice(0, 200)}`)
  endAll(left)
  return left.length
}

async function main() {
  const words = process.argv.slice(2)
  const unknown = words.filter((word) => !suites.some((suite) => suite.name === word))
  if (unknown.length > 0) {
    throw new SetupError(`unknown: ${unknown.join(', ')}; known: ${suites.map((suite) => suite.name).join(', ')}`)
  }
  const chosen = suites.filter((suite) => words.length === 0 || words.includes(suite.name))
  await setup({ need: ['node', 'modules'] })
  const env = await testEnvironment()
  const { buildAll } = await import('../esbuild.mjs')
  await buildAll({ quiet: true })
  const total = { passed: 0, failed: 0, skipped: 0 }
  const rows = []
  for (const suite of chosen) {
    console.log(`\n=== ${suite.title} ===`)
    const started = performance.now()
    const missing = !existsSync(path.join(root, suite.script))
    if (missing) console.error(`${suite.script} is not there`)
    const counts = missing ? { passed: 0, failed: 1, skipped: 0 } : await runSuite(suite, env)
    for (const key of Object.keys(total)) total[key] += counts[key]
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    rows.push(`${suite.title.padEnd(24)}${lineOf(counts)}, ${seconds} s`)
  }
  const left = await endLeftBehind(env[markVariable])
  if (left > 0) {
    total.failed += 1
    rows.push(`processes left behind: ${String(left)}, counted as one failure`)
  }
  console.log(`\n${rows.join('\n')}\n`)
  console.log(lineOf(total))
  if (total.failed > 0) process.exitCode = 1
}

function lineOf({ passed, failed, skipped }) {
  const more = skipped > 0 ? `, ${String(skipped)} skipped` : ''
  return `${String(passed)} passed, ${String(failed)} failed${more}`
}

try {
  await continueInNode24(import.meta.url)
  await main()
} catch (error) {
  console.error(error instanceof SetupError ? `npm test: ${error.message}` : error)
  console.log('0 passed, 1 failed')
  process.exitCode = 1
}

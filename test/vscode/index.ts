/** What the extension host runs: every *.test.js beside this bundle, with mocha. The report goes to a file beside it. */
import { appendFileSync, globSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { format } from 'node:util'
import Mocha from 'mocha'
import { mochaHooks } from '../secondTry'

/** The entry that VS Code calls; rejects when a test fails. */
export async function run(): Promise<void> {
  const report = path.join(__dirname, 'report.txt')
  // The window's console mixes everybody's lines; a file of our own holds the report alone.
  Mocha.reporters.Base.consoleLog = (...args: unknown[]): void => {
    appendFileSync(report, `${format(...args)}\n`)
  }
  const mocha = new Mocha({
    ui: 'bdd',
    reporter: 'spec',
    color: false,
    timeout: 60_000,
    ...(process.env['CI'] === undefined ? {} : { retries: 1, rootHooks: mochaHooks }),
  })
  for (const file of globSync('*.test.js', { cwd: __dirname }).sort()) mocha.addFile(path.join(__dirname, file))
  await mocha.loadFilesAsync()
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve)
  })
  if (failures > 0) throw new Error(`${String(failures)} tests failed`)
}

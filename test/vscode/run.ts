/** Opens a real editor, runs the bundled suite inside its extension host and prints the report. */
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { Editor } from '../editor/editor'

declare const __PROJECT_ROOT__: string

/** How long the whole suite may take, in milliseconds. */
const limit = 300_000

async function main(): Promise<void> {
  // A copy, so that what tests write in the workspace goes with it.
  const workspace = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-workspace-'))
  await cp(path.join(__PROJECT_ROOT__, 'demo', 'workspace'), workspace, { recursive: true })
  const lines: string[] = []
  let timer: NodeJS.Timeout | undefined
  let starting: Promise<Editor> | undefined
  try {
    process.exitCode = await new Promise<number>((resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`the tests in the editor did not end in ${String(limit / 1000)} s`))
      }, limit)
      starting = Editor.start({
        workspace,
        extension: { folder: __PROJECT_ROOT__ },
        testModule: path.join(__dirname, 'index.js'),
        onConsole: (text) => lines.push(text),
        onTestsEnd: resolve,
      })
      starting.catch(reject)
    })
    process.stdout.write(await readFile(path.join(__dirname, 'report.txt'), 'utf8'))
  } catch (error) {
    console.error(error, `\nthe window's last lines:\n${lines.slice(-40).join('\n')}`)
    process.exitCode = 1
  } finally {
    clearTimeout(timer)
    await starting?.then((editor) => editor.close())
    await rm(workspace, { recursive: true, force: true })
  }
}

void main()

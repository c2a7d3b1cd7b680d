import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { Editor } from '../editor/editor'
import { processes } from '../editor/processes'

declare const __PROJECT_ROOT__: string
const execute = promisify(execFile)
const shots = process.env['TAPEDECK_SHOTS']

/** Three processes, each in a session of its own, that ignore what asks them to end; each line is noted down first. */
const stubborn = `
trap '' TERM INT HUP
echo $$ >> pids
if [ $1 -lt 3 ]; then setsid sh stubborn.sh $(($1 + 1)) & fi
n=0
while true; do
  n=$((n + 1))
  echo "process $1 line $n" >> printed
  echo "process $1 line $n"
  sleep 0.2
done
`
/** Numbered lines, about 100 a second, and nothing lost. */
const counter = `
const { writeSync } = require('fs')
const [, , last] = process.argv
let n = 0
const timer = setInterval(() => {
  writeSync(1, 'number ' + ++n + '\\n')
  if (n >= Number(last)) clearInterval(timer)
}, 10)
`

interface Document {
  readonly events: readonly { phase: string; seq: number; data: Readonly<Record<string, unknown>> }[]
  readonly metadata: Readonly<Record<string, unknown>>
}

describe('a launch in the editor', () => {
  let editor: Editor
  let home: string
  let workspace: string

  const start = (): Promise<Editor> =>
    Editor.start({
      workspace,
      extension: { folder: __PROJECT_ROOT__ },
      env: { XDG_STATE_HOME: path.join(home, 'state'), XDG_DATA_HOME: path.join(home, 'data') },
    })
  const logs = (): string[] => {
    const folder = path.join(workspace, '.tapedeck', 'runs')
    if (!existsSync(folder)) return []
    const names = readdirSync(folder).filter((name) => name.endsWith('.json') && !name.endsWith('.notes.json'))
    return names.sort().map((name) => path.join(folder, name))
  }
  const document = (file: string): Document => JSON.parse(readFileSync(file, 'utf8')) as Document
  const linesOf = ({ events }: Document): string[] =>
    events.flatMap(({ phase, data }) => (phase === 'log_line' ? [String(data['text'])] : []))
  const check = async (file: string): Promise<void> => {
    await execute(process.execPath, [path.join(__PROJECT_ROOT__, 'dist', 'cli.js'), 'check', file])
  }
  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await editor.screenshot(path.join(shots, `${name}.png`))
  }
  const launch = async (name: string): Promise<void> => {
    await editor.runCommand('Tapedeck: Launch…')
    await editor.quickInput().fill(name)
    await editor.quickInputRows().first().filter({ hasText: name }).waitFor()
    await editor.page.keyboard.press('Enter')
    await editor.webviewFrame().locator('[data-testid="run-title"]', { hasText: name }).waitFor()
  }
  const state = (word: string) =>
    editor.webviewFrame().locator('[data-testid="run-state"]', { hasText: new RegExp(`^${word}$`) })
  const row = (text: string) => editor.webviewFrame().locator('[data-testid="event-row"]', { hasText: text })

  before(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-home-'))
    workspace = path.join(home, 'workspace')
    await mkdir(path.join(workspace, '.vscode'), { recursive: true })
    writeFileSync(path.join(workspace, 'stubborn.sh'), stubborn)
    writeFileSync(path.join(workspace, 'counter.js'), counter)
    const rollouts = path.join(__PROJECT_ROOT__, 'test/fixtures/rollouts/results/01_agent_eval_20261001-220000')
    await cp(path.join(rollouts, 'trajectories/sample_0001.jsonl'), path.join(workspace, 'sample.jsonl'))
    const launches = [
      { name: 'Stubborn tree', command: 'sh', args: ['stubborn.sh', '1'], stopTimeoutMs: 1000 },
      { name: 'Long run', command: process.execPath, args: ['counter.js', '4500'] },
      { name: 'Short counter', command: process.execPath, args: ['counter.js', '40'] },
      {
        name: 'Evaluation',
        command: 'sh',
        args: ['-c', 'mkdir -p out/trajectories; cp sample.jsonl out/trajectories/sample.jsonl; echo evaluated'],
        results: ['out/**'],
      },
      { name: 'Ask', command: 'sh', args: ['-c', 'printf "Your name: "; read name; echo "hello $name"'] },
    ]
    writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify({ 'tapedeck.launches': launches }))
    editor = await start()
  })

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await shot(`failed ${this.currentTest.title.slice(0, 40)}`)
  })

  after(async () => {
    await editor.close()
    await rm(home, { recursive: true, force: true })
  })

  it('streams line by line, and is stopped with its whole tree', async () => {
    await launch('Stubborn tree')
    // Lines come while it runs.
    // The panel follows the end: which lines of them are on the screen depends on how fast it was there.
    await row('process 1 line').first().waitFor()
    await row('process 3 line').first().waitFor()
    assert.equal(await editor.webviewFrame().locator('[data-testid="run-state"]').textContent(), 'running')
    await shot('launch running')
    await editor.webviewFrame().locator('[data-testid="stop-button"]').click()
    await state('aborted').waitFor()
    await shot('launch stopped')
    const pids = readFileSync(path.join(workspace, 'pids'), 'utf8').trim().split('\n').map(Number)
    assert.equal(pids.length, 3)
    assert.deepEqual(
      processes().filter(({ pid, command }) => pids.includes(pid) && command.includes('stubborn')),
      [],
    )
    await editor.openViewContainer('Tapedeck')
    await editor.treeRows('Stubborn tree').first().waitFor()
    const [file = ''] = logs()
    await check(file)
    const log = document(file)
    assert.equal(log.metadata['status'], 'aborted')
    const printed = readFileSync(path.join(workspace, 'printed'), 'utf8').trim().split('\n')
    const recorded = linesOf(log)
    // A line is noted before it is printed: of each process the last one may be noted only.
    for (const number of [1, 2, 3]) {
      const noted = printed.filter((line) => line.startsWith(`process ${String(number)} `))
      const kept = recorded.filter((line) => line.startsWith(`process ${String(number)} `))
      assert.ok(noted.length - kept.length <= 1, `${String(kept.length)} of ${String(noted.length)} lines`)
      assert.deepEqual(kept, noted.slice(0, kept.length))
    }
  })

  it('takes what is typed into its input line', async () => {
    await launch('Ask')
    const panel = editor.webviewFrame()
    await panel.locator('[data-testid="live-line"]', { hasText: 'Your name:' }).waitFor()
    await panel.locator('[data-testid="input-line"]').fill('Ada')
    await panel.locator('[data-testid="input-line"]').press('Enter')
    await row('hello Ada').first().waitFor()
    await state('completed').waitFor()
    // The question stands before its answer, though its line ended after it.
    await row('Your name: Ada').first().waitFor()
    const typed = document(logs().at(-1) ?? '').events.find(({ data }) => data['stream'] === 'stdin')
    assert.deepEqual(typed?.data, { text: 'Ada', stream: 'stdin', fields: { prompt: 'Your name:' } })
    await shot('launch asked')
  })

  it('lists its results, and opens trajectories turn by turn', async () => {
    await launch('Evaluation')
    await state('completed').waitFor()
    const panel = editor.webviewFrame()
    await panel.locator('[data-testid="result"]', { hasText: 'sample.jsonl' }).click()
    await panel.locator('[data-testid="trajectory-entry"]').first().click()
    await panel.locator('[data-testid="turn"]').first().waitFor()
    await shot('trajectory')
    // The same view without the run: the file itself, from the tree.
    await editor.runCommand('View: Show Tapedeck')
    const run = editor.treeRows('Evaluation').first()
    await run.locator('.monaco-tl-twistie').click()
    await editor.treeRows('sample.jsonl').filter({ hasNotText: 'Evaluation' }).click()
    await editor.page.locator('.tab.active', { hasText: 'sample.jsonl' }).waitFor()
    await editor.webviewFrame().locator('[data-testid="trajectory-entry"]').first().click()
    await editor.webviewFrame().locator('[data-testid="turn"]').first().waitFor()
    await shot('trajectory file')
  })

  it('is started again from its panel, and both stay', async () => {
    await launch('Short counter')
    await state('completed').waitFor()
    const before = logs().length
    await editor.webviewFrame().locator('[data-testid="run-again"]').click()
    // The launch among the sources, and two runs.
    await editor.treeRows('Short counter').nth(2).waitFor()
    assert.equal(logs().length, before + 1)
    const again = logs().at(-1) ?? ''
    await state('completed').waitFor()
    assert.equal(document(again).metadata['rerun_of'], path.basename(logs().at(-2) ?? '', '.json'))
  })

  it('loses no line to a reload, a killed extension host and a killed editor', async () => {
    await launch('Long run')
    await row('number').first().waitFor()
    const file = logs().at(-1) ?? ''
    await editor.reload()
    await state('running').waitFor()
    process.kill(editor.extensionHostPid(), 'SIGKILL')
    await editor.reload()
    await editor.runCommand('View: Show Tapedeck')
    await editor.treeRows('Long run').first().waitFor()
    await editor.crash()
    editor = await start()
    await editor.runCommand('View: Show Tapedeck')
    await editor.treeRows('Long run').first().click()
    await editor.webviewFrame().locator('[data-testid="run-title"]', { hasText: 'Long run' }).waitFor()
    await shot('launch after a crash')
    await state('completed').waitFor({ timeout: 90_000 })
    // A run that has ended opens at its beginning.
    await editor.webviewFrame().locator('[data-testid="feed"]').press('End')
    await row('number 4500').first().waitFor()
    await check(file)
    assert.deepEqual(
      linesOf(document(file)),
      Array.from({ length: 4500 }, (_, i) => `number ${String(i + 1)}`),
    )
  })
})

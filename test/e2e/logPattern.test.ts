import assert from 'node:assert/strict'
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readdirSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { Editor } from '../editor/editor'

declare const __PROJECT_ROOT__: string
const shots = process.env['TAPEDECK_SHOTS']
const START = Date.UTC(2026, 10, 20, 3, 0, 0)

/** A line of second `i`. */
function line(i: number, text: string): string {
  return `${new Date(START + i * 1000).toISOString()} INFO  [main] app.Job - ${text}\n`
}

describe('log files by a pattern, packed ones, and unfinished lines in the editor', () => {
  let editor: Editor
  let home: string
  let workspace: string
  let jobs: string

  const feed = () => editor.webviewFrame().locator('[data-testid="feed"]')
  const row = (text: string) => editor.webviewFrame().locator('[data-testid="event-row"]', { hasText: text })
  const at = (id: string) => editor.webviewFrame().locator(`[data-testid="${id}"]`)
  const state = (word: string) =>
    editor.webviewFrame().locator('[data-testid="run-state"]', { hasText: new RegExp(`^${word}$`) })
  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await editor.screenshot(path.join(shots, `${name}.png`))
  }
  const recorded = (): string[] => {
    const folder = path.join(workspace, '.tapedeck', 'runs')
    const names = existsSync(folder) ? readdirSync(folder).filter((name) => /Z-[a-z0-9]{6}\.json$/.test(name)) : []
    return names.map((name) => path.join(folder, name))
  }
  const unpacked = (): string[] =>
    readdirSync(path.join(home, 'tmp')).filter((name) => name.startsWith('tapedeck-unpacked-'))
  const follow = async (name: string): Promise<void> => {
    await editor.runCommand('Tapedeck: Follow Log File')
    await editor.quickInput().fill(name)
    // The list is filtered a moment after the typing.
    await editor.quickInputRows().first().filter({ hasText: name }).waitFor()
    await editor.page.keyboard.press('Enter')
  }

  before(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-home-'))
    workspace = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-workspace-'))
    jobs = path.join(workspace, 'jobs')
    await mkdir(path.join(home, 'tmp'))
    await mkdir(jobs)
    await mkdir(path.join(workspace, 'logs'))
    writeFileSync(path.join(jobs, 'first.log'), line(1, 'first-job'))
    writeFileSync(path.join(workspace, 'logs', 'packed.log.gz'), gzipSync(line(1, 'packed-line')))
    writeFileSync(path.join(workspace, 'logs', 'partial.log'), line(1, 'whole-line') + line(2, 'half-').trimEnd())
    editor = await Editor.start({
      workspace,
      extension: { folder: __PROJECT_ROOT__ },
      settings: { 'tapedeck.follow.maxFiles': 3 },
      env: {
        TMPDIR: path.join(home, 'tmp'),
        XDG_STATE_HOME: path.join(home, 'state'),
        XDG_DATA_HOME: path.join(home, 'data'),
      },
    })
  })

  after(async () => {
    await editor.close()
    await rm(workspace, { recursive: true, force: true })
    await rm(home, { recursive: true, force: true })
  })

  it('follows all that match a pattern, says what is wrong with a bad one, and lets files join that come later', async () => {
    await editor.runCommand('Tapedeck: Follow Log File')
    await editor.pickQuickInput('All That Match a Pattern')
    await editor.answerQuickInput('jobs/{*.log', 'Follow All That Match')
    await editor.page.locator('.quick-input-widget:visible', { hasText: 'The { is never closed.' }).waitFor()
    await shot('follow-pattern-bad')
    await editor.answerQuickInput('jobs/*.log', 'Follow All That Match')
    await row('first-job').waitFor()
    await at('run-title').filter({ hasText: 'jobs/*.log' }).waitFor()
    writeFileSync(path.join(jobs, 'second.log'), line(2, 'second-job'))
    await row('second-job').waitFor()
    await at('followed-file').nth(1).waitFor()
    appendFileSync(path.join(jobs, 'second.log'), line(3, 'second-again'))
    await row('second-again').waitFor()
    await shot('follow-pattern')
    await at('followed-file').filter({ hasText: 'second.log' }).click()
    await row('second-job').waitFor({ state: 'detached' })
    await row('first-job').waitFor()
    await at('followed-file').filter({ hasText: 'second.log' }).click()
    await row('second-job').waitFor()
  })

  it('comes back after a reload of the window, and goes on in the same recording', async () => {
    await until(() => recorded().length === 1)
    const reloading = editor.reload()
    appendFileSync(path.join(jobs, 'first.log'), line(4, 'first-meanwhile'))
    await reloading
    await row('first-meanwhile').waitFor()
    await row('second-again').waitFor()
    writeFileSync(path.join(jobs, 'third.log'), line(5, 'third-job'))
    await row('third-job').waitFor()
    const [run = ''] = recorded()
    const wanted = ['second-job', 'second-again', 'first-meanwhile', 'third-job']
    await until(() => wanted.every((text) => readFileSync(run, 'utf8').includes(text)))
    const text = readFileSync(run, 'utf8')
    for (const one of wanted) assert.equal(text.split(one).length - 1, 1, one)
    assert.ok(!text.includes('first-job'))
    assert.equal(recorded().length, 1)
  })

  it('says which file is not followed when there are too many', async () => {
    writeFileSync(path.join(jobs, 'fourth.log'), line(6, 'fourth-job'))
    await editor.notification(/fourth\.log can't be followed: 3 log files are followed already/)
    await editor.page.keyboard.press('Escape')
    assert.equal(await at('followed-file').count(), 3)
  })

  it('opens a packed file as it is, and leaves no copy behind', async () => {
    await editor.runCommand('View: Close All Editors')
    const runs = recorded()
    await follow('packed.log.gz')
    await row('packed-line').waitFor()
    await state('packed').waitFor()
    await at('run-title').filter({ hasText: 'packed.log.gz' }).waitFor()
    assert.equal(await at('record-switch').count(), 0)
    assert.equal(unpacked().length, 1)
    await shot('follow-packed')
    await editor.reload()
    await row('packed-line').waitFor()
    // The copy of the window before went with it.
    await until(() => unpacked().length === 1)
    await editor.runCommand('View: Close All Editors')
    await until(() => unpacked().length === 0)
    assert.deepEqual(recorded(), runs)
  })

  it('leaves nothing behind of a packed file whose unpacking is cancelled', async () => {
    // Members of a packed file stand one behind the other: 4 GB of lines.
    const member = gzipSync(line(1, 'many-lines').repeat(300_000), { level: 1 })
    const file = path.join(workspace, 'logs', 'huge.log.gz')
    const fd = openSync(file, 'w')
    for (let i = 0; i < 230; i++) writeSync(fd, member)
    closeSync(fd)
    await follow('huge.log.gz')
    const tab = editor.page.locator('.tab', { hasText: 'huge.log.gz' })
    await tab.waitFor()
    await until(() => unpacked().length === 1)
    const progress = await editor.notification('Unpacking huge.log.gz')
    await shot('follow-unpacking')
    await progress.hover()
    await editor.button('Cancel').click()
    await until(() => unpacked().length === 0)
    await tab.waitFor({ state: 'detached' })
  })

  it('completes an unfinished line in a list that stands still', async () => {
    await follow('partial.log')
    await row('half-').waitFor()
    await feed().press('Home')
    await at('follow-button').and(editor.webviewFrame().locator('[aria-pressed="false"]')).waitFor()
    appendFileSync(path.join(workspace, 'logs', 'partial.log'), 'line\n')
    await row('half-line').waitFor()
    await at('follow-button').and(editor.webviewFrame().locator('[aria-pressed="false"]')).waitFor()
  })
})

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 50))
}

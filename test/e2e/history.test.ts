import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { changeNotes, readNotes } from '../../src/node/runlog/notes'
import { Editor } from '../editor/editor'
import { writePastRun } from '../fakes/history'

declare const __PROJECT_ROOT__: string
const shots = process.env['TAPEDECK_SHOTS']
const DAY = 86_400_000

describe('the history in the editor', () => {
  let editor: Editor
  let workspace: string
  let directory: string
  let failed: string

  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await editor.screenshot(path.join(shots, `${name}.png`))
  }
  const logOf = (id: string): string => path.join(directory, 'runs', `${id}.json`)
  const logs = (): string[] => readdirSync(path.join(directory, 'runs')).filter((name) => !name.endsWith('.notes.json'))
  const message = () => editor.page.locator('.sidebar .pane', { hasText: 'Runs' }).locator('.message').first()

  before(async () => {
    workspace = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-workspace-'))
    directory = path.join(workspace, '.tapedeck')
    const now = Date.now()
    for (let day = 0; day < 20; day++) {
      for (let number = 0; number < 3; number++)
        writePastRun(directory, {
          startedMs: now - day * DAY - number * 600_000 - 60_000,
          title: `Train ResNet, seed ${String(number)}`,
          status: number === 1 && day % 2 === 0 ? 'failed' : 'completed',
          durationMs: 100_000 * (number + 1),
          lines: Array.from({ length: 40 + day }, (_, i) =>
            i === 30 ? `error needle of day ${String(day)}` : `loss ${String(1 / (i + 1))}`,
          ),
        })
      if (day % 3 === 0)
        writePastRun(directory, {
          startedMs: now - day * DAY - 3_600_000,
          title: 'Which bees are endangered?',
          head: { kind: 'capture', prompt: 'Which bees are endangered?', url: 'https://chatgpt.com/', model: 'gpt-5' },
        })
    }
    const pinned = writePastRun(directory, { startedMs: now - 40 * DAY, title: 'Baseline' })
    await changeNotes(logOf(pinned), (notes) => ({ ...notes, pinned: true, tags: ['paper', 'baseline'] }))
    failed = writePastRun(directory, {
      startedMs: now - 30_000,
      title: 'Evaluate',
      status: 'failed',
      lines: Array.from({ length: 3000 }, (_, i) => (i === 2000 ? 'error needle in the middle' : `step ${String(i)}`)),
    })
    editor = await Editor.start({
      workspace,
      extension: { folder: __PROJECT_ROOT__ },
      size: { width: 1400, height: 1000 },
      settings: {
        'workbench.colorTheme': process.env['TAPEDECK_THEME'] ?? 'Default Dark Modern',
        'tapedeck.retention.maxRuns': 57,
      },
    })
    await editor.openViewContainer('Tapedeck')
    await editor.treeRows('Evaluate').first().waitFor()
  })

  after(async () => {
    await editor.close()
    await rm(workspace, { recursive: true, force: true })
  })

  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return
    await shot(`failed ${this.currentTest.title.slice(0, 40)}`)
    for (let i = 0; i < 3; i++) await editor.page.keyboard.press('Escape')
  })

  it('shows pinned runs, then the days', async () => {
    assert.match(await editor.treeRows().first().innerText(), /Pinned/)
    await editor.treeRows('Today').waitFor()
    await editor.treeRows('Baseline').hover()
    await shot('history tree')
  })

  it('filters by what is typed, says so, and shows all again', async () => {
    await editor.runCommand('Tapedeck: Filter Runs…')
    await editor.quickInput().fill('bees')
    await shot('history filter')
    await editor.page.keyboard.press('Escape')
    await message().filter({ hasText: 'Shown: "bees"' }).waitFor()
    await editor.treeRows('Evaluate').waitFor({ state: 'hidden' })
    await shot('history filtered')
    await editor.runCommand('Tapedeck: Filter Runs…')
    await editor.quickInput().fill('nothing has this')
    await editor.page.keyboard.press('Escape')
    await editor.page.getByRole('button', { name: 'Clear Filter', exact: true }).waitFor()
    await editor.page.locator('.pane-header', { hasText: /of \d+ runs: "nothing has this"/ }).waitFor()
    await shot('history filter without hits')
    await editor.page.getByRole('button', { name: 'Clear Filter', exact: true }).click()
    await editor.treeRows('Evaluate').waitFor()
  })

  it('searches all runs, opens a hit and comes back to the list', async () => {
    await editor.runCommand('Tapedeck: Search Runs…')
    await editor.quickInput().fill('needle')
    const hit = editor.quickInputRows().filter({ hasText: 'needle in the middle' })
    await hit.waitFor()
    await shot('history search')
    await editor.page.locator('.quick-input-title', { hasText: '61 hits in 61 runs' }).waitFor({ timeout: 10_000 })
    await hit.click()
    const row = editor.webviewFrame().locator('[data-testid="event-row"][data-seq="2000"]')
    await row.waitFor()
    await shot('history search opened')
    await editor.runCommand('Tapedeck: Back to Results of Search Runs')
    assert.equal(await editor.quickInput().inputValue(), 'needle')
    // The hit that was opened is chosen; below it come the next run and its hit.
    await editor.page.keyboard.press('ArrowDown')
    await editor.page.keyboard.press('ArrowDown')
    await shot('history search again')
    await editor.page.keyboard.press('Enter')
    await editor.page.locator('.tab', { hasText: 'Train ResNet' }).waitFor()
    await editor.webviewFrame().locator('[data-testid="event-row"][data-seq="30"]').waitFor()
    await editor.runCommand('View: Close All Editors')
  })

  it('renames a run by F2 and deletes it by its key, after a question', async () => {
    // A click opens the run, and the keys stay in the list; Enter moves them.
    await editor.treeRows('Evaluate').click()
    await editor.page.locator('.tab', { hasText: 'Evaluate' }).waitFor()
    await editor.webviewFrame().locator('[data-testid="run-state"]').waitFor()
    await editor.page.keyboard.press('F2')
    await editor.answerQuickInput('My evaluation', 'Rename Run')
    await editor.treeRows('My evaluation').waitFor()
    await editor.page.locator('.tab', { hasText: 'My evaluation' }).waitFor()
    assert.match(readFileSync(logOf(failed), 'utf8'), /"title":"Evaluate"/)
    await editor.treeRows('My evaluation').click({ button: 'right' })
    // A menu that has just opened takes no click.
    await editor.page.getByRole('menuitem', { name: /Tag Run/ }).hover()
    await editor.page.locator('.action-item.focused', { hasText: 'Tag Run' }).waitFor()
    await editor.page.keyboard.press('Enter')
    await editor.page.locator('.quick-input-title', { hasText: 'Tag Run' }).waitFor()
    // By keys, as a person types: what was typed on the way is no tag.
    await editor.page.keyboard.type('slow, big run', { delay: 60 })
    await editor.quickInputRows().filter({ hasText: 'big run' }).waitFor()
    await shot('history tag')
    await editor.page.keyboard.press('Enter')
    await editor.treeRows('My evaluation').filter({ hasText: 'big run' }).waitFor()
    const { tags } = await readNotes(logOf(failed))
    assert.deepEqual(tags, ['slow', 'big run'])
    await editor.runCommand('Tapedeck: Focus on Runs View')
    await editor.page.keyboard.press('Enter')
    await editor.page.waitForFunction('document.activeElement?.tagName === "IFRAME"')
    await editor.runCommand('Tapedeck: Focus on Runs View')
    await editor.page.keyboard.press('Delete')
    await editor.page.locator('.monaco-dialog-box', { hasText: 'My evaluation' }).waitFor()
    await shot('history delete')
    await editor.button('Delete').click()
    await editor.treeRows('My evaluation').waitFor({ state: 'hidden' })
    assert.ok(!existsSync(logOf(failed)))
  })
  it('asks before the first old runs go, and keeps those that are unchecked', async () => {
    // It may have come before one was deleted above.
    const question = await editor.notification(/1[12] old runs/)
    await shot('history retention question')
    await question.getByRole('button', { name: 'Review' }).click()
    const rows = editor.quickInputRows()
    await rows.first().waitFor()
    assert.equal(await rows.filter({ hasText: 'Baseline' }).count(), 0)
    await rows.first().locator('.monaco-checkbox, .quick-input-list-checkbox').first().click()
    await shot('history retention review')
    await editor.page.locator('.quick-input-title', { hasText: 'Remove Old Runs: 10 of 11 runs' }).waitFor()
    await editor.page.getByRole('button', { name: 'OK' }).click()
    await editor.page.locator('.monaco-dialog-box', { hasText: '1 unchecked run stays' }).waitFor()
    await shot('history retention last question')
    await editor.button('Delete for Good').click()
    await editor.page.locator('.sidebar .message', { hasText: '10 old runs removed' }).waitFor()
    await shot('history retention done')
    await editor.treeRows('Pinned').filter({ hasText: '1' }).waitFor()
    assert.equal(logs().length, 58)
  })
})

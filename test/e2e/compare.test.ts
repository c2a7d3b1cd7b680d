import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import type { EventDraft } from '../../src/shared/events/schema'
import { Editor } from '../editor/editor'
import { startLog, testHead } from '../fakes/logs'

declare const __PROJECT_ROOT__: string
const shots = process.env['TAPEDECK_SHOTS']

describe('two runs compared in the editor', () => {
  let editor: Editor
  let home: string
  let workspace: string

  const at = (id: string) => editor.webviewFrame().locator(`[data-testid="${id}"]`)
  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await editor.screenshot(path.join(shots, `${name}.png`))
  }
  const line = (text: string): EventDraft => ({ phase: 'log_line', data: { text, stream: 'stdout' } })

  async function launched(title: string, more: readonly EventDraft[]): Promise<void> {
    const log = startLog(path.join(workspace, '.tapedeck'), {}, testHead({ kind: 'launch', title, command: 'python' }))
    const steps = Array.from({ length: 3000 }, (_, i) => line(`step ${String(i)}`))
    await log.emit(...steps, ...more)
    await log.finish()
  }

  before(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-home-'))
    workspace = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-workspace-'))
    await launched('yesterday', [line('saved')])
    await launched('today', [line('disk full'), line('gave up')])
    editor = await Editor.start({
      workspace,
      extension: { folder: __PROJECT_ROOT__ },
      env: { XDG_STATE_HOME: path.join(home, 'state'), XDG_DATA_HOME: path.join(home, 'data') },
    })
  })

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await shot(`failed ${this.currentTest.title.slice(0, 40)}`)
  })

  after(async () => {
    await editor.close()
    await rm(workspace, { recursive: true, force: true })
    await rm(home, { recursive: true, force: true })
  })

  it('are chosen one after the other, and told apart by their lines', async () => {
    await editor.runCommand('Tapedeck: Compare Runs')
    await editor.pickQuickInput('yesterday')
    await editor.page
      .locator('.quick-input-widget:visible', { hasText: 'Compare "yesterday" with which run?' })
      .waitFor()
    await editor.pickQuickInput('today')
    await at('lines-new').getByText('disk full').waitFor()
    await at('lines-vanished').getByText('saved').waitFor()
    await editor.page.getByRole('tab', { name: /yesterday ↔ today/ }).waitFor()
    await shot('compare')
  })

  it('are there again when the window was reloaded', async () => {
    await editor.reload()
    await at('lines-new').getByText('disk full').waitFor()
    await at('compare-swap').click()
    await editor.page.getByRole('tab', { name: /today ↔ yesterday/ }).waitFor()
  })

  it('open at the line that only one of them has', async () => {
    await at('lines-vanished').getByRole('button').first().click()
    await editor.page
      .getByRole('tab', { name: /^today/ })
      .last()
      .waitFor()
    await at('event-row').and(editor.webviewFrame().locator('[data-seq="3000"][aria-selected="true"]')).waitFor()
    await shot('compare-opened')
  })
})

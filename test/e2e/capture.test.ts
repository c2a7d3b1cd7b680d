import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { startDemoSite, type DemoSite } from '../../demo/site/site'
import { Editor } from '../editor/editor'

declare const __PROJECT_ROOT__: string
const run = promisify(execFile)
const shots = process.env['TAPEDECK_SHOTS']

/** One user's day: a capture is started, watched, found again. Settings and state are this test's own. */
describe('a live capture in the editor', () => {
  let editor: Editor
  let site: DemoSite
  let workspace: string
  let home: string

  const environment = (): Record<string, string> => ({
    XDG_STATE_HOME: path.join(home, 'state'),
    XDG_DATA_HOME: path.join(home, 'data'),
  })
  const logs = (): string[] => {
    const folder = path.join(workspace, '.tapedeck', 'runs')
    return readdirSync(folder).filter((name) => name.endsWith('.json')).sort().map((name) => path.join(folder, name))
  }
  const tapedeck = (...args: string[]) => run(process.execPath, [path.join(__PROJECT_ROOT__, 'dist', 'cli.js'), ...args], { env: { ...process.env, ...environment() } })
  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await editor.screenshot(path.join(shots, `${name}.png`))
  }
  const startCapture = async (prompt: string): Promise<void> => {
    await editor.runCommand('Tapedeck: Start Live Capture')
    await editor.answerQuickInput(prompt)
  }
  const use = (scenario: string) => editor.setSetting('tapedeck.capture.url', `${site.url}?scenario=${scenario}`)
  const state = (word: string) => editor.webviewFrame().locator('[data-testid="run-state"]', { hasText: new RegExp(`^${word}$`) })

  before(async () => {
    home = await mkdtemp(path.join(os.tmpdir(), 'tapedeck-home-'))
    workspace = path.join(home, 'workspace')
    await cp(path.join(__PROJECT_ROOT__, 'demo', 'workspace'), workspace, { recursive: true })
    site = await startDemoSite()
    editor = await Editor.start({
      workspace,
      extension: { folder: __PROJECT_ROOT__ },
      settings: { 'tapedeck.capture.url': site.url, 'tapedeck.capture.headless': true },
      env: environment(),
    })
  })

  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await shot(`failed ${this.currentTest.title.slice(0, 40)}`)
  })

  after(async () => {
    await editor.close()
    await site.close()
    await rm(home, { recursive: true, force: true })
  })

  it('shows events while the page still streams, and keeps a valid log', async () => {
    await startCapture('Which river is the longest?')
    const panel = editor.webviewFrame()
    await panel.locator('[data-testid="event-row"][data-phase="search_query"]').first().waitFor()
    // The first sources are on the screen while the state still says that the run goes on.
    await panel.locator('[data-testid="event-row"][data-phase="search_result"]').first().waitFor()
    assert.equal(await panel.locator('[data-testid="run-state"]').textContent(), 'running')
    await editor.statusBarItems('Which river').waitFor()
    await shot('running')
    await state('completed').waitFor()
    await shot('completed')
    await editor.openViewContainer('Tapedeck')
    await editor.treeRows('Which river is the longest?').waitFor()
    await editor.statusBarItems('Which river').waitFor({ state: 'detached' })
    await shot('tree')
    const [log] = logs()
    const { stdout } = await tapedeck('check', log ?? '')
    assert.match(stdout, /^\d+ events/)
    const { events, metadata } = JSON.parse(readFileSync(log ?? '', 'utf8')) as { events: { phase: string }[]; metadata: { status: string } }
    assert.equal(metadata.status, 'completed')
    for (const phase of ['browser_status', 'search_query', 'search_result', 'citation', 'assistant_delta', 'network']) {
      assert.ok(events.some((event) => event.phase === phase), phase)
    }
  })
})

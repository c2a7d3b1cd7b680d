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
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => path.join(folder, name))
  }
  const tapedeck = (...args: string[]) =>
    run(process.execPath, [path.join(__PROJECT_ROOT__, 'dist', 'cli.js'), ...args], {
      env: { ...process.env, ...environment() },
    })
  const shot = async (name: string): Promise<void> => {
    if (shots !== undefined) await editor.screenshot(path.join(shots, `${name}.png`))
  }
  /** Starts a capture and waits until its own panel is the one that is seen. */
  const watchCapture = async (prompt: string): Promise<void> => {
    await startCapture(prompt)
    await editor.webviewFrame().locator('[data-testid="run-title"]', { hasText: prompt }).waitFor()
  }
  const startCapture = async (prompt: string): Promise<void> => {
    await editor.runCommand('Tapedeck: Start Live Capture')
    await editor.answerQuickInput(prompt)
  }
  const use = (scenario: string) => editor.setSetting('tapedeck.capture.url', `${site.url}?scenario=${scenario}`)
  const state = (word: string) =>
    editor.webviewFrame().locator('[data-testid="run-state"]', { hasText: new RegExp(`^${word}$`) })

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
    // The first panel of a window takes some seconds.
    const goOn = site.holdAfter('search_result_groups/0/entries')
    await watchCapture('Which river is the longest?')
    const panel = editor.webviewFrame()
    await panel.locator('[data-testid="event-row"][data-phase="search_query"]').first().waitFor()
    // The first sources are on the screen while the state still says that the run goes on.
    await panel.locator('[data-testid="event-row"][data-phase="search_result"]').first().waitFor()
    assert.equal(await panel.locator('[data-testid="run-state"]').textContent(), 'running')
    await editor.statusBarItems('Which river').waitFor()
    await shot('running')
    goOn()
    await state('completed').waitFor()
    await shot('completed')
    await editor.openViewContainer('Tapedeck')
    await editor.treeRows('Which river is the longest?').waitFor()
    await editor.statusBarItems('Which river').waitFor({ state: 'detached' })
    await shot('tree')
    const [log] = logs()
    const { stdout } = await tapedeck('check', log ?? '')
    assert.match(stdout, /^\d+ events/)
    const { events, metadata } = readLog(log ?? '')
    assert.equal(metadata.status, 'completed')
    for (const phase of ['browser_status', 'search_query', 'search_result', 'citation', 'assistant_delta', 'network']) {
      assert.ok(
        events.some((event) => event.phase === phase),
        phase,
      )
    }
  })

  it('goes on through a reload of the window, and the panel is there again', async () => {
    await use('slow&seconds=8')
    // A reload may take longer than the answer.
    const goOn = site.holdAfter('tick-0001')
    await watchCapture('A slow answer')
    await state('running').waitFor()
    const panel = editor.webviewFrame()
    await panel.locator('[data-testid="summary"]', { hasText: 'tick-00003' }).waitFor()
    await editor.reload()
    await state('running').waitFor()
    await editor.webviewFrame().locator('[data-testid="summary"]', { hasText: 'tick-00003' }).waitFor()
    await shot('after reload')
    goOn()
    await state('completed').waitFor({ timeout: 60_000 })
    assertWholeAnswer(logs().at(-1) ?? '')
  })

  it('survives the end of the extension host', async () => {
    await watchCapture('Another slow answer')
    await state('running').waitFor()
    await editor.webviewFrame().locator('[data-testid="summary"]', { hasText: 'tick-00003' }).waitFor()
    process.kill(editor.extensionHostPid(), 'SIGKILL')
    await editor.reload()
    // The editor closes the panels of an extension host that died; the run itself is in the tree, still recording.
    await editor.runCommand('View: Show Tapedeck')
    await editor.treeRows('Another slow answer').click()
    await editor.webviewFrame().locator('[data-testid="run-title"]', { hasText: 'Another slow answer' }).waitFor()
    await state('completed').waitFor({ timeout: 60_000 })
    assertWholeAnswer(logs().at(-1) ?? '')
  })

  it('closes the log of a runner that was killed, and says so', async () => {
    const goOn = site.holdAfter('tick-0001')
    await watchCapture('A capture whose recorder dies')
    await state('running').waitFor()
    await editor.webviewFrame().locator('[data-testid="summary"]', { hasText: 'tick-00003' }).waitFor()
    const log = logs().at(-1) ?? ''
    const before = readFileSync(log, 'utf8').split('\n').length
    process.kill(activePid(), 'SIGKILL')
    goOn()
    await state('aborted').waitFor()
    await shot('recorder lost')
    const { events, metadata } = readLog(log)
    assert.ok(events.length >= before - 2, 'an event that was written is gone')
    assert.equal(metadata.status, 'aborted')
    assert.equal(events.at(-1)?.data['code'], 'recorder_lost')
    await tapedeck('check', log)
  })

  it('stops politely, and offers the running capture to a second start', async () => {
    await watchCapture('The first of two')
    await state('running').waitFor()
    await editor.webviewFrame().locator('[data-testid="summary"]', { hasText: 'tick-00001' }).waitFor()
    await startCapture('The second of two')
    const offer = await editor.notification('One capture at a time')
    await shot('two captures')
    await offer.getByRole('button', { name: 'Show It', exact: true }).click()
    await editor.webviewFrame().locator('[data-testid="stop-button"]').click()
    await state('aborted').waitFor()
    assert.equal(readLog(logs().at(-1) ?? '').metadata.status, 'aborted')
  })

  it('asks for the person at a log-in wall and goes on by itself', async () => {
    await use('loggedout')
    await watchCapture('Am I known here?')
    await editor.webviewFrame().locator('[data-testid="event-row"]', { hasText: 'authentication required' }).waitFor()
    await editor.notification('log in')
    await shot('log in')
    await editor.runCommand('Tapedeck: Stop All Runs')
    await state('aborted').waitFor()
  })

  it('tells a page that can not be reached in one sentence', async () => {
    await editor.setSetting('tapedeck.capture.url', 'http://127.0.0.1:9/')
    await watchCapture('Is anybody there?')
    await state('failed').waitFor()
    await editor.webviewFrame().getByText("can't be opened").first().waitFor()
    await shot('unreachable')
  })

  it('names a bad setting and goes on with its default', async () => {
    await editor.setSetting('tapedeck.capture.timeoutSeconds', 'soon')
    await use('ratelimit')
    await startCapture('Too much?')
    await editor.notification('tapedeck.capture.timeoutSeconds')
    await state('failed').waitFor()
    await editor.webviewFrame().getByText('asked too much').first().waitFor()
  })

  function activePid(): number {
    const folder = path.join(home, 'state', 'tapedeck', 'active')
    const [name] = readdirSync(folder)
    return (JSON.parse(readFileSync(path.join(folder, name ?? ''), 'utf8')) as { pid: number }).pid
  }

  function assertWholeAnswer(log: string): void {
    const { events, metadata } = readLog(log)
    assert.equal(metadata.status, 'completed')
    assert.deepEqual(
      events.map(({ seq }) => seq),
      events.map((_, i) => i),
    )
    const text = events
      .filter(({ phase }) => phase === 'assistant_delta')
      .map(({ data }) => data['text'])
      .join('')
    const ticks = text.match(/tick-\d+/g) ?? []
    assert.ok(ticks.length > 20)
    assert.deepEqual(
      ticks,
      ticks.map((_, i) => `tick-${String(i + 1).padStart(5, '0')}`),
    )
  }
})

interface Log {
  readonly events: readonly {
    readonly seq: number
    readonly phase: string
    readonly data: Readonly<Record<string, unknown>>
  }[]
  readonly metadata: { readonly status: string }
}

function readLog(log: string): Log {
  return JSON.parse(readFileSync(log, 'utf8')) as Log
}

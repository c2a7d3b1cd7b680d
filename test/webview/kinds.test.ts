import assert from 'node:assert/strict'
import type { FollowRunSummary, RunSummary, SessionSummary, StreamSummary } from '../../src/shared/protocol/summary'
import { Harness, type OpenPanel } from './harness'

const START = Date.UTC(2026, 10, 20, 3, 30, 5)
const HOSTILE = '<img src=x onerror="alert(1)">\u202egnp'

const rates = {
  lines: 1200,
  levels: { info: 1100, error: 100 },
  first_time: START,
  last_time: START + 600_000,
  last_minute: { lines: 60, levels: { info: 55, error: 5 } },
  loggers: [
    { name: 'app.web', count: 900 },
    { name: HOSTILE, count: 300 },
  ],
  errors: [{ seq: 3, message: HOSTILE, fatal: true }],
  dropped: 0,
}
const tokens = {
  input_tokens: 12_400,
  output_tokens: 800,
  cache_read_tokens: 9000,
  cache_write_tokens: 0,
  reasoning_tokens: 0,
  cost_usd: 0.12,
  cost_estimated: true as const,
  unpriced: 0,
}
const session: SessionSummary = {
  kind: 'session',
  phase: { phase: 'build', label: 'Build', number: 2, of: 3, seq: 1, time: START },
  iteration: { number: 4, state: 'started', completed: 3 },
  tasks: [
    { seq: 2, title: 'Read the parser', state: 'completed' },
    { seq: 3, title: 'Fix the parser', state: 'in_progress' },
    { seq: 4, title: HOSTILE, state: 'constructor' },
  ],
  task_count: 5,
  context: { percent: 141.5, tokens: 83_000, limit: 200_000 },
  usage: tokens,
  models: [{ model: 'large', ...tokens }],
  messages: 12,
  last_message: { seq: 9, role: 'assistant', text: HOSTILE },
  tools: [{ name: 'bash', calls: 7, failed: 2 }],
  errors: [],
  dropped: 0,
}
const stream: StreamSummary = {
  kind: 'stream',
  ...rates,
  connection: { state: 'reconnecting', seq: 8, time: START, attempt: 2, retry_in_ms: 4000, http_status: 503 },
  reconnects: 3,
  last_error: { seq: 7, message: 'HTTP 503', fatal: false, time: START },
}
const follow: FollowRunSummary = {
  kind: 'follow',
  ...rates,
  loggers_estimated: true,
  loggers_left_out: 70,
  files: [{ path: '/var/log/app.log', state: 'rotated', seq: 4, rotations: 2, rewrites: 1 }],
  file_count: 3,
}

describe('the summary of another kind of run', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  async function shown(kind: 'session' | 'stream' | 'ingest' | 'follow', summary: RunSummary): Promise<OpenPanel> {
    const panel = await harness.open({ events: 5, height: 1000 })
    await panel.host(
      ({ host, argument }) => {
        host.setRun({ kind: argument.kind })
        host.tellSummary(argument.summary)
      },
      { kind, summary },
    )
    return panel
  }
  const text = async (panel: OpenPanel, id: string): Promise<string> =>
    (await panel.id(id).innerText()).replace(/\s+/g, ' ').trim()

  it('tells of a session its phase, tasks, context, tokens and last message', async () => {
    const panel = await shown('session', session)
    await panel.id('session-phase').filter({ hasText: 'Build, 2 of 3' }).waitFor()
    assert.equal(await text(panel, 'iteration'), '4, started')
    assert.equal(await text(panel, 'tokens'), '12,400 in (9,000 from cache), 800 out, $0.12 (estimated)')
    assert.match(await text(panel, 'context'), /^Context 141.5 % 83,000 of 200,000 tokens$/)
    assert.equal(await panel.page.getByRole('progressbar').getAttribute('aria-valuenow'), '100')
    assert.equal(await panel.id('tasks').locator('li').count(), 3)
    await panel.page.getByText('2 more tasks in the log.').waitFor()
    assert.equal(await text(panel, 'tools'), 'bash 2 failed 7')
    assert.equal(await panel.id('last-message').textContent(), HOSTILE)
    assert.equal(await panel.page.locator('img').count(), 0)
    await panel.close()
  })

  it('tells of a stream its connection, how fast lines come and what went wrong', async () => {
    const panel = await shown('stream', stream)
    await panel.id('connection').filter({ hasText: 'reconnecting, HTTP 503, attempt 2, again in 4.0 s' }).waitFor()
    assert.equal(await text(panel, 'reconnects'), '3 times')
    assert.equal(await text(panel, 'line-rate'), '2 lines/s')
    assert.equal(await text(panel, 'last-minute'), '60 lines, 5 error')
    assert.match(await text(panel, 'last-error'), /HTTP 503$/)
    assert.equal(await panel.id('loggers').locator('li').count(), 2)
    await panel.close()
  })

  it('tells what was sent to us without a connection that there never was', async () => {
    const { connection, last_error, ...rest } = stream
    assert.ok(connection !== undefined && last_error !== undefined)
    const panel = await shown('ingest', rest)
    await panel.id('line-rate').waitFor()
    assert.equal(await panel.id('connection').count(), 0)
    await panel.close()
  })

  it('tells of a recording its files with their rotations, and its loggers', async () => {
    const panel = await shown('follow', follow)
    await panel.id('recorded-files').filter({ hasText: 'app.log' }).waitFor()
    assert.equal(await text(panel, 'recorded-files'), 'app.log rotated, 2 rotations, 1 rewrite')
    await panel.page.getByText('2 more files in the log.').waitFor()
    await panel.page.getByText('70 lines of other loggers.').waitFor()
    await panel.page.getByRole('heading', { name: 'Loggers, about' }).waitFor()
    await panel.id('recorded-files').getByRole('button').click()
    assert.deepEqual(await panel.asked('file/open', 1), [{ path: '/var/log/app.log' }])
    await panel.close()
  })
})

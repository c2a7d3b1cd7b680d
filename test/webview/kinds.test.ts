import assert from 'node:assert/strict'
import type { RunSummary } from '../../src/shared/protocol/summary'
import { Harness, type OpenPanel } from './harness'
import { HOSTILE, follow, session, stream, usageCourse } from './summarySamples'

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

  it('draws what a run used over time and what that cost, of any kind, and nothing where nothing is told', async () => {
    const panel = await shown('session', { ...session, usage_course: usageCourse })
    const charts = panel.id('usage-charts')
    await charts.locator('canvas').nth(1).waitFor()
    const [tokens, cost] = [charts.getByTestId('metric').first(), charts.getByTestId('metric').last()]
    assert.match(await tokens.innerText(), /input tokens an hour\s+\S+\s+output tokens an hour\s+\S+/)
    assert.match(
      (await tokens.getByRole('button').first().getAttribute('title')) ?? '',
      /those of the 15 min before it/,
    )
    assert.match(await cost.innerText(), /cost so far, partly estimated\s+1\.488 USD/)
    await charts.getByText('Without 3 uses of unknown price.').waitFor()
    const { cost: _, ...unpriced } = usageCourse
    for (const [kind, summary] of [['stream', stream] as const, ['follow', follow] as const]) {
      await panel.host(
        ({ host, argument }) => {
          host.setRun({ kind: argument.kind })
          host.tellSummary(argument.summary)
        },
        { kind, summary: { ...summary, usage_course: unpriced } },
      )
      await charts.locator('canvas').waitFor()
      assert.equal(await charts.getByTestId('metric').count(), 1)
    }
    await panel.host(({ host, argument }) => {
      host.tellSummary(argument)
    }, follow)
    await charts.waitFor({ state: 'detached' })
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

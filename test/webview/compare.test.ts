import assert from 'node:assert/strict'
import path from 'node:path'
import process from 'node:process'
import { Harness, type OpenPanel, type Theme } from './harness'
import type { Pair } from './fakeCompare'

const themes: readonly Theme[] = ['dark', 'light', 'hc-black', 'hc-light']
/** A folder for pictures of the page; none are made without. */
const shots = process.env['TAPEDECK_SHOTS']

/** What reaches past the right edge of the page. */
function outside(): string[] {
  const limit = document.documentElement.clientWidth
  const body = document.querySelector('.compare-body')
  const wide = body !== null && body.scrollWidth > body.clientWidth ? ['the body scrolls'] : []
  const out = [...document.querySelectorAll('main *:not(.visually-hidden)')].filter(
    (element) => element.getBoundingClientRect().right > limit + 1,
  )
  return [...wide, ...out.map((element) => element.className || element.tagName).slice(0, 5)]
}

describe('two runs side by side', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  const lines = async (panel: OpenPanel, id: string, part = 'li'): Promise<string[]> =>
    (await panel.id(id).locator(part).allInnerTexts()).map((text) => text.replace(/\s+/g, ' ').trim())

  it('tells both by name, and opens each', async () => {
    const panel = await harness.open({ pair: 'launch' })
    const told = async (side: string) => (await panel.id(`compare-${side}`).innerText()).replace(/\s+/g, ' ')
    assert.match(await told('left'), /train small model completed 2026-11-20 03:30:05/)
    assert.match(await told('right'), /train large model failed/)
    await panel.id('compare-open-right').click()
    assert.deepEqual(await panel.asked('compare/open', 1), [{ side: 'right' }])
    await panel.close()
  })

  it('marks what differs in the summary, and hides the rest when asked', async () => {
    const panel = await harness.open({ pair: 'launch' })
    const row = (name: string) => panel.id('compare-facts').locator(`tr[data-name="${name}"]`)
    assert.equal((await row('Exit').innerText()).replace(/\s+/g, ' '), 'Exit code 0 code 1 ')
    assert.equal(await row('Exit').getByRole('img', { name: 'differs' }).count(), 1)
    assert.equal(await row('Results').getByRole('img').count(), 0)
    await panel.id('compare-only').click()
    await row('Results').waitFor({ state: 'detached' })
    assert.equal(await row('Exit').count(), 1)
    assert.equal(await panel.id('compare-only').getAttribute('aria-pressed'), 'true')
    await panel.page.reload()
    await panel.id('compare-body').waitFor()
    assert.equal(await row('Results').count(), 0)
    await panel.close()
  })

  it('has queries and sources as sets, which open the run that has them', async () => {
    const panel = await harness.open({ pair: 'capture' })
    assert.deepEqual(await lines(panel, 'searches-both'), ['tallest wooden tower in Europe'])
    assert.deepEqual(await lines(panel, 'searches-only-left'), ['wooden radio mast height'])
    assert.deepEqual(await lines(panel, 'sources-both'), [
      'List of tallest wooden buildings and structures site1.example',
      'Gliwice Radio Tower site2.example, cited',
    ])
    assert.equal((await lines(panel, 'sources-only-right')).length, 2)
    await panel.id('sources-only-right').getByRole('button').first().click()
    assert.deepEqual(await panel.asked('compare/open', 1), [{ side: 'right', seq: 5 }])
    await panel.close()
  })

  it('shows the answers as one text, with what is gone and what is new', async () => {
    const panel = await harness.open({ pair: 'capture' })
    const text = panel.id('compare-text')
    assert.deepEqual(await text.locator('del').allTextContents(), ['111', 'It stood when the war began.\n'])
    assert.deepEqual(await text.locator('ins').allTextContents(), ['118', 'It became a monument in 2017.\n'])
    const struck = await text
      .locator('del')
      .first()
      .evaluate((element) => getComputedStyle(element).textDecorationLine)
    assert.equal(struck, 'line-through')
    assert.equal(await panel.page.getByText('6. A line that both have.').count(), 0)
    await text
      .getByRole('button', { name: /^Show \d+ lines that both have$/ })
      .last()
      .click()
    await text.getByText('6. A line that both have.').waitFor()
    await panel.close()
  })

  it('lists lines that are new, vanished or not equally often; a count goes to the first of them', async () => {
    const panel = await harness.open({ pair: 'launch' })
    assert.deepEqual(await lines(panel, 'lines-new'), [
      '+1 fatal MemoryError: # GB asked for',
      '+1 error Traceback (most recent call last):',
      '+1 warn cache is cold',
    ])
    assert.deepEqual(await lines(panel, 'lines-vanished'), [
      '−1 using cached data from /tmp/cache-#',
      '−1 saved checkpoint #',
    ])
    assert.deepEqual(await lines(panel, 'lines-changed'), ['−60 +80 step # loss=# lr=#'])
    await panel
      .id('lines-changed')
      .getByRole('button', { name: /80 on the right/ })
      .click()
    assert.deepEqual(await panel.asked('compare/open', 1), [{ side: 'right', seq: 3 }])
    await panel.close()
  })

  it('draws both courses of a metric in one chart', async () => {
    const panel = await harness.open({ pair: 'launch' })
    const loss = panel.page.locator('[data-testid="compare-metric"][data-name="loss"]')
    await loss
      .getByRole('img', { name: /^loss: left .* 60 values; right .* 80 values$/ })
      .locator('canvas')
      .waitFor()
    assert.equal(await panel.id('compare-metric').count(), 3)
    await panel.page.getByRole('img', { name: /^bleu: left .*; right none$/ }).waitFor()
    await panel.close()
  })

  it('hides alike metrics and groups of lines without a difference when asked, and says what is left of them', async () => {
    const panel = await harness.open({ pair: 'alike' })
    assert.equal(await panel.id('compare-metric').count(), 3)
    assert.equal(await panel.page.getByRole('heading', { name: /^Not equally often/ }).count(), 1)
    assert.equal(await panel.id('compare-metric').getByRole('img', { name: 'differs' }).count(), 0)
    await panel.id('compare-only').click()
    await panel.page.getByText('The metrics are alike.').waitFor()
    await panel.page.getByText('No kind of line differs.').waitFor()
    assert.equal(await panel.id('compare-metric').count(), 0)
    assert.equal(await panel.page.getByRole('heading', { name: /^(Not equally|New on|Vanished)/ }).count(), 0)
    await panel.close()
  })

  it('says which line of a chart is which', async () => {
    const panel = await harness.open({ pair: 'launch' })
    const head = panel.page.locator('[data-testid="compare-metric"][data-name="bleu"] .metric-head')
    assert.match((await head.innerText()).replace(/\s+/g, ' '), /^bleu left 31\.4 right –$/)
    await panel.close()
  })

  it('has of two sessions what was said, the tasks, and what was used over time', async () => {
    // What is not in view has no text yet.
    const panel = await harness.open({ pair: 'session', height: 2400 })
    const text = panel.id('compare-text')
    assert.deepEqual(await text.locator('ins').first().allTextContents(), [', and test it'])
    assert.deepEqual(await lines(panel, 'tasks-both'), ['Read the parser completed'])
    assert.deepEqual(await lines(panel, 'tasks-only-left'), ['Mend the parser in progress'])
    assert.deepEqual(await lines(panel, 'tasks-only-right'), ['Mend the parser completed', 'Test it completed'])
    assert.deepEqual(
      await panel.id('compare-metric').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['name'])),
      ['input tokens an hour', 'output tokens an hour', 'cost so far'],
    )
    await panel.close()
  })

  it('tells the configuration entry by entry', async () => {
    const panel = await harness.open({ pair: 'launch' })
    const config = panel.id('compare-config')
    assert.deepEqual(await config.locator('del').allTextContents(), ['configs/small.yaml', 'SEED'])
    assert.deepEqual(await config.locator('ins').allTextContents(), [
      'configs/large.yaml',
      '--verbose',
      'CUDA_VISIBLE_DEVICES',
    ])
    await panel.close()
  })

  it('turns around, and is so after a reload; what is opened is still the right one', async () => {
    const panel = await harness.open({ pair: 'launch' })
    await panel.id('compare-swap').click()
    await panel.id('compare-left').filter({ hasText: 'train large model' }).waitFor()
    assert.deepEqual(await panel.asked('compare/get', 2), [{ swapped: false }, { swapped: true }])
    await panel.page.reload()
    await panel.id('compare-left').filter({ hasText: 'train large model' }).waitFor()
    await panel.id('compare-open-left').click()
    assert.deepEqual(await panel.asked('compare/open', 1), [{ side: 'right' }])
    await panel.close()
  })

  it('says how far it is, can be cancelled, and tried again', async () => {
    const panel = await harness.open({ pair: 'launch', hold: true })
    await panel.host(({ host }) => {
      host.tellProgress(0.424)
    })
    await panel.page.getByText('Reading the runs… 42 %').waitFor()
    assert.equal(await panel.page.getByRole('progressbar').getAttribute('aria-valuenow'), '42')
    await panel.id('compare-cancel').click()
    await panel.page.getByText('Nothing is compared yet.').waitFor()
    await panel.host(() => {
      ;(globalThis as unknown as { openGate: () => void }).openGate()
    })
    await panel.id('compare-retry').click()
    await panel.id('compare-body').waitFor()
    await panel.id('compare-refresh').click()
    assert.deepEqual((await panel.asked('compare/get', 3))[2], { swapped: false, again: true })
    await panel.close()
  })

  it('says why it has nothing to show', async () => {
    const panel = await harness.open({ pair: 'launch', hold: true })
    await panel.host(({ host }) => {
      host.failing.set('compare/get', "The run log /r.json can't be read: there is no such file.")
      ;(globalThis as unknown as { openGate: () => void }).openGate()
    })
    await panel.id('compare-problem').filter({ hasText: "/r.json can't be read" }).waitFor()
    await panel.id('compare-retry').waitFor()
    await panel.close()
  })

  it('says what two kinds of runs, and two that are alike, have in common', async () => {
    const mixed = await harness.open({ pair: 'mixed' })
    await mixed.id('compare-notes').getByText('These runs are of two kinds, a capture and a launch').waitFor()
    assert.equal(await mixed.page.getByRole('heading', { name: /Sources|Lines/ }).count(), 0)
    assert.equal(await mixed.id('compare-config-alike').count(), 0)
    await mixed.close()
    const alike = await harness.open({ pair: 'alike' })
    await alike.id('compare-config-alike').waitFor()
    await alike.page.getByText('No lines of a new kind.').waitFor()
    await alike.id('compare-only').click()
    await alike.page.getByText('The summaries are alike.').waitFor()
    await alike.close()
  })

  it('shows what strangers wrote as text', async () => {
    const panel = await harness.open({ pair: 'hostile' })
    await panel.id('compare-left').getByText('<img src=x onerror="alert(1)">').waitFor()
    assert.equal(await panel.page.locator('img, script:not([src])').count(), 0)
    await panel.id('sources-only-left').getByRole('button').click()
    assert.deepEqual(await panel.asked('compare/open', 1), [{ side: 'left', seq: 1 }])
    await panel.close()
  })

  it('is reachable by keyboard, in the order of the page', async () => {
    const panel = await harness.open({ pair: 'launch' })
    const stops: (string | undefined)[] = []
    for (let i = 0; i < 6; i++) {
      await panel.page.keyboard.press('Tab')
      stops.push(await panel.page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['testid']))
    }
    assert.deepEqual(stops, [
      'compare-open-left',
      'compare-open-right',
      'compare-only',
      'compare-swap',
      'compare-refresh',
      'compare-body',
    ])
    await panel.close()
  })

  for (const theme of themes)
    it(`fits every width, in ${theme}`, async () => {
      for (const pair of ['capture', 'launch', 'mixed', 'hostile'] satisfies Pair[]) {
        const panel = await harness.open({ pair, theme, height: 900 })
        for (const width of [400, 800, 1600]) {
          await panel.page.setViewportSize({ width, height: 900 })
          // Charts follow the width a frame later.
          await panel.page.waitForFunction(`(${outside.toString()})().length === 0`).catch(() => undefined)
          const over = await panel.page.evaluate(outside)
          assert.deepEqual(over, [], `${pair} at ${String(width)}`)
          if (shots === undefined || pair === 'hostile') continue
          await panel.page.setViewportSize({ width, height: 1600 })
          await panel.page.screenshot({ path: path.join(shots, `compare-${pair}-${theme}-${String(width)}.png`) })
        }
        await panel.close()
      }
    })
})

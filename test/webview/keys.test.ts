import assert from 'node:assert/strict'
import { Harness, type OpenPanel } from './harness'
import { focused, settled } from './waits'

describe('keys in the list', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  /** The seq of the row that a screen reader is told of. */
  async function toldRow(panel: OpenPanel): Promise<string | null> {
    const id = await panel.id('feed').getAttribute('aria-activedescendant')
    return panel.page.locator(`[id="${id ?? ''}"]`).getAttribute('data-seq')
  }

  it('stay with the list after a click on a row, with the ring at the chosen row alone', async () => {
    const panel = await harness.open({ events: 3000, state: 'completed' })
    await panel.rows().nth(4).click()
    assert.equal(await focused(panel), 'feed')
    assert.equal(await toldRow(panel), '6')
    await panel.page.keyboard.press('ArrowDown')
    await panel.page.locator('.row.selected[data-seq="8"]').waitFor()
    assert.equal(await focused(panel), 'feed')
    assert.equal(await toldRow(panel), '8')
    const rings = await panel.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('.feed, .row')]
        .filter((one) => getComputedStyle(one).outlineStyle === 'solid')
        .map((one) => one.dataset['seq'] ?? one.id),
    )
    assert.deepEqual(rings, ['8'])
    await panel.close()
  })

  it('go on when the clicked row is no longer drawn, with every kind shown', async () => {
    const panel = await harness.open({ events: 3000, state: 'completed' })
    await panel.id('phase-filter-network').click({ modifiers: ['Alt'] })
    await panel.id('phase-filter-network').click({ modifiers: ['Alt'] })
    await panel.page.locator('.row[data-seq="3"]').click()
    await panel.page.keyboard.press('End')
    await panel.page.locator('.row.selected[data-seq="2999"]').waitFor()
    await settled(panel)
    assert.equal(await focused(panel), 'feed')
    assert.equal(await toldRow(panel), '2999')
    await panel.page.keyboard.press('Home')
    await panel.page.locator('.row.selected[data-seq="0"]').waitFor()
    await panel.page.keyboard.press('ArrowDown')
    await panel.page.locator('.row.selected[data-seq="1"]').waitFor()
    assert.equal(await toldRow(panel), '1')
    await panel.close()
  })

  it('take the open detail along to a row that has still to come', async () => {
    const panel = await harness.open({ events: 30_000, state: 'completed' })
    await panel.rows().nth(4).click()
    await panel.id('detail-fields').filter({ hasText: '"index": 6,' }).waitFor()
    await panel.page.keyboard.press('End')
    await panel.page.locator('.row.selected[data-seq="29998"]').waitFor()
    await panel.id('detail-fields').filter({ hasText: '"index": 29998,' }).waitFor()
    assert.equal(await panel.id('detail').getAttribute('aria-label'), 'Event 29998')
    await panel.close()
  })

  it('keep the chosen row in view when its detail takes half of the list', async () => {
    const panel = await harness.open({ events: 300, state: 'completed', width: 420, height: 700 })
    await panel.rows().nth(18).click()
    await panel.id('detail-fields').waitFor()
    await settled(panel)
    const [row, feed] = [await panel.page.locator('.row.selected').boundingBox(), await panel.id('feed').boundingBox()]
    assert.ok(row !== null && feed !== null)
    assert.ok(row.y >= feed.y && row.y + row.height <= feed.y + feed.height + 0.5, JSON.stringify({ row, feed }))
    await panel.close()
  })

  it('keep the chosen line in view when earlier ones are cleared', async () => {
    const panel = await harness.open({ kind: 'launch', width: 420, height: 700 })
    const print = (from: number) =>
      panel.host(({ host, argument }) => {
        host.print(...Array.from({ length: 100 }, (_, i) => `line ${String(argument + i)}`))
      }, from)
    await print(0)
    await panel.page.locator('[data-seq="99"]').waitFor()
    await panel.id('clear-button').click()
    await print(100)
    await panel.page.locator('[data-seq="199"]').click()
    await panel.id('detail-fields').waitFor()
    await settled(panel)
    const [row, feed] = [await panel.page.locator('.row.selected').boundingBox(), await panel.id('feed').boundingBox()]
    assert.ok(row !== null && feed !== null)
    assert.ok(row.y >= feed.y && row.y + row.height <= feed.y + feed.height + 0.5, JSON.stringify({ row, feed }))
    await panel.id('feed').focus()
    await panel.page.keyboard.press('Home')
    await panel.page.locator('.row.selected[data-seq="100"]').waitFor()
    await panel.close()
  })

  it('leave the detail closed when it was closed before the row came', async () => {
    const panel = await harness.open({ events: 30_000, state: 'completed' })
    await panel.rows().nth(4).click()
    await panel.id('detail-fields').waitFor()
    await panel.host(({ host }) => {
      const gate = Promise.withResolvers<undefined>()
      Object.assign(globalThis, { openGate: gate.resolve })
      host.held.set('rows/get', gate.promise)
    })
    // Further than what is fetched ahead.
    for (let page = 0; page < 60; page++) await panel.page.keyboard.press('PageDown')
    await panel.page.locator('.row.waiting.selected').waitFor()
    await panel.page.keyboard.press('Escape')
    await panel.id('detail').waitFor({ state: 'detached' })
    await panel.host(({ host }) => {
      host.held.clear()
      ;(globalThis as unknown as { openGate: () => void }).openGate()
    })
    await panel.page.locator('.row.selected[data-seq]').waitFor()
    await settled(panel)
    assert.equal(await panel.id('detail').count(), 0)
    await panel.close()
  })

  it('stay with the list after its buttons and its scroll bar were used', async () => {
    const panel = await harness.open({ events: 3000 })
    await panel.page.locator('[data-seq="2998"]').waitFor()
    await panel.id('scrollbar').click({ position: { x: 5, y: 20 } })
    assert.equal(await focused(panel), 'feed')
    await panel.id('jump-to-end').click()
    await panel.id('jump-to-end').waitFor({ state: 'detached' })
    assert.equal(await focused(panel), 'feed')
    await panel.close()
  })

  for (const theme of ['dark', 'light'] as const)
    it(`tell the chosen row from the one under the pointer (${theme})`, async () => {
      const panel = await harness.open({ events: 100, state: 'completed', theme })
      const paper = (index: number) =>
        panel
          .rows()
          .nth(index)
          .evaluate((row) => getComputedStyle(row).backgroundColor)
      await panel.rows().nth(3).click()
      await panel.rows().nth(6).hover()
      const [active, hovered] = [await paper(3), await paper(6)]
      await panel.id('search-input').focus()
      await panel.rows().nth(6).hover()
      const inactive = await paper(3)
      assert.equal(new Set([active, hovered, inactive, await paper(8)]).size, 4)
      const wanted = await panel.page.evaluate(() => {
        const probe = document.createElement('i')
        document.body.append(probe)
        return ['activeSelection', 'hover', 'inactiveSelection'].map((name) => {
          probe.className = ''
          probe.style.setProperty('background-color', `var(--vscode-list-${name}Background)`)
          return getComputedStyle(probe).backgroundColor
        })
      })
      assert.deepEqual([active, hovered, inactive], wanted)
      await panel.close()
    })

  it('show the way back from a detail that stands over the summary', async () => {
    const panel = await harness.open({ events: 100, state: 'completed', width: 1000 })
    await panel.rows().nth(3).click()
    const back = panel.id('close-detail')
    assert.equal(await back.innerText(), 'Back to summary')
    assert.equal(await back.getAttribute('title'), 'Back to summary (Escape)')
    assert.equal(await panel.id('summary').isVisible(), false)
    await back.click()
    await panel.id('summary').waitFor()
    assert.equal(await focused(panel), 'feed')
    await panel.page.setViewportSize({ width: 1400, height: 700 })
    await panel.rows().nth(3).click()
    assert.equal(await back.getAttribute('title'), 'Close (Escape)')
    await panel.close()
  })
})

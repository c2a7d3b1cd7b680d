import assert from 'node:assert/strict'
import { Harness, type OpenPanel } from './harness'
import { counted, focused, settled } from './waits'

describe('feed', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  it('draws a finished run from its beginning, chatter hidden', async () => {
    const panel = await harness.open({ events: 500, state: 'completed' })
    await panel.rows().first().waitFor()
    assert.deepEqual((await panel.seqs()).slice(0, 5), [0, 1, 2, 5, 6])
    const first = panel.rows().first()
    assert.equal(await first.getAttribute('data-phase'), 'browser_status')
    assert.equal(await first.locator('.time').textContent(), '03:30:05.231')
    assert.match(await first.innerText(), /browser\s+page loaded/)
    await panel.close()
  })

  it('follows a running run, and draws what comes', async () => {
    const panel = await harness.open({ events: 500 })
    await row(panel, 494)
    await panel.host(({ host }) => {
      host.append([{ phase: 'search_query', text: 'brand new', data: {} }])
    })
    await row(panel, 500)
    assert.equal((await panel.seqs()).at(-1), 500)
    await panel.close()
  })

  it('draws the tail in the frame after it came', async () => {
    const panel = await harness.open({ events: 500 })
    await row(panel, 494)
    // No request may stand between the notification and the pixels.
    const drawn = await panel.page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const { fakeHost } = globalThis as unknown as { fakeHost: { append(events: unknown[]): void } }
          window.addEventListener(
            'message',
            () => {
              requestAnimationFrame(() => {
                // Its style and layout happen after this callback, so the row must stand there when the frame ends.
                queueMicrotask(() => {
                  setTimeout(() => {
                    resolve(document.querySelector('[data-seq="500"]') !== null)
                  })
                })
              })
            },
            { once: true },
          )
          fakeHost.append([{ phase: 'search_query', text: 'brand new', data: {} }])
        }),
    )
    assert.equal(drawn, true)
    await panel.close()
  })

  it('stands still when the person scrolled up, counts what is new, and jumps back', async () => {
    const panel = await harness.open({ events: 500 })
    await row(panel, 494)
    await panel.id('feed').hover()
    await panel.page.mouse.wheel(0, -600)
    await panel.id('jump-to-end').waitFor()
    await settled(panel)
    const before = await panel.seqs()
    await panel.host(({ host }) => {
      host.append(120)
    })
    await panel.id('jump-to-end').filter({ hasText: '80 new' }).waitFor()
    assert.deepEqual(await panel.seqs(), before)
    assert.equal(await panel.id('follow-button').getAttribute('aria-pressed'), 'false')
    await panel.id('jump-to-end').click()
    await row(panel, 618)
    assert.equal(await panel.id('follow-button').getAttribute('aria-pressed'), 'true')
    await panel.id('jump-to-end').waitFor({ state: 'detached' })
    await panel.host(({ host }) => {
      host.append(12)
    })
    await row(panel, 630)
    await panel.close()
  })

  it('follows again when the person scrolls to the end', async () => {
    const panel = await harness.open({ events: 500 })
    await row(panel, 494)
    await panel.id('feed').hover()
    await panel.page.mouse.wheel(0, -100)
    await panel.id('jump-to-end').waitFor()
    await panel.page.mouse.wheel(0, 500)
    await panel.id('jump-to-end').waitFor({ state: 'detached' })
    await panel.host(({ host }) => {
      host.append(12)
    })
    await row(panel, 510)
    await panel.close()
  })

  it('pauses the view without losing anything', async () => {
    const panel = await harness.open({ events: 500 })
    await row(panel, 494)
    await panel.id('pause-button').click()
    const before = await panel.seqs()
    await panel.host(({ host }) => {
      host.append(1200)
      host.answer('held back')
      host.setSummary({ queries: [{ seq: 1, query: 'held back too' }] })
    })
    await panel.id('pause-button').filter({ hasText: '1,200 new' }).waitFor()
    assert.deepEqual(await panel.seqs(), before)
    assert.equal(await panel.id('feed').getAttribute('aria-rowcount'), '333')
    assert.equal(await panel.page.getByText('held back').count(), 0)
    await panel.id('pause-button').click()
    await row(panel, 1698)
    await panel.page.getByText('held back', { exact: true }).waitFor()
    await panel.page.getByText('held back too').waitFor()
    await panel.close()
  })

  it('goes to an event that the host names; one that a filter hides is shown in full', async () => {
    const panel = await harness.open({ events: 5000, state: 'completed' })
    await panel.rows().first().waitFor()
    await panel.host(({ host }) => {
      host.goTo(3001)
    })
    await panel.page.locator('[data-testid="event-row"][data-seq="3001"]').waitFor()
    await panel.page.waitForFunction(() => document.querySelector('.row.selected')?.getAttribute('data-seq') === '3001')
    assert.equal(await panel.id('detail').count(), 0)
    // Network chatter is hidden at first.
    await panel.host(({ host }) => {
      host.goTo(3004)
    })
    await panel.id('hidden-note').filter({ hasText: 'a filter hides it' }).waitFor()
    await panel.id('detail').filter({ hasText: '3004' }).waitFor()
    await panel.close()
  })

  it('stands where a hidden event would be, marks what it was found by, and shows it in the list when asked', async () => {
    const panel = await harness.open({ events: 5000, state: 'completed' })
    await panel.rows().first().waitFor()
    await panel.host(({ host }) => {
      host.goTo(3004, { pattern: 'example.com' })
    })
    await panel.id('detail').filter({ hasText: '3004' }).waitFor()
    await panel.page.locator('[data-testid="event-row"][data-seq="3005"]').waitFor()
    assert.equal(await panel.page.locator('.row.selected').count(), 0)
    await panel.id('detail-fields').locator('mark').filter({ hasText: 'example.com' }).first().waitFor()
    await panel.id('search-input').fill('no such text')
    await panel.id('feed-empty').waitFor()
    await panel.id('reveal').click()
    await panel.page.locator('.row.selected[data-seq="3004"]').waitFor()
    await panel.id('hidden-note').waitFor({ state: 'detached' })
    assert.equal(await focused(panel), 'feed')
    // Only what hid it went: other chatter stays hidden.
    assert.equal(await panel.id('phase-filter-network').getAttribute('aria-pressed'), 'true')
    assert.equal(await panel.id('phase-filter-network_body').getAttribute('aria-pressed'), 'false')
    await panel.close()
  })

  it('filters by phase and level, and remembers chatter', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    await counted(panel, '800 of 1,200')
    await panel.id('phase-filter-assistant_delta').click()
    await counted(panel, '1,000 of 1,200')
    assert.deepEqual((await panel.seqs()).slice(0, 5), [0, 1, 2, 3, 5])
    await panel.id('phase-filter-error').click({ modifiers: ['Alt'] })
    await counted(panel, '100 of 1,200')
    assert.deepEqual((await panel.seqs()).slice(0, 3), [8, 20, 32])
    await panel.id('phase-filter-error').click({ modifiers: ['Alt'] })
    await counted(panel, '1,200')
    await panel.id('level-filter-warn').click()
    await counted(panel, '100 of 1,200')
    assert.deepEqual((await panel.seqs()).slice(0, 3), [10, 22, 34])
    await panel.id('level-filter-error').click()
    await counted(panel, '200 of 1,200')
    assert.ok((await panel.host(({ host }) => host.openViews())) <= 1)
    await panel.close()
  })

  it('keeps the place when the filter changes', async () => {
    const panel = await harness.open({ events: 12_000, state: 'completed' })
    await panel.id('feed').hover()
    await panel.page.mouse.wheel(0, 22 * 3000)
    await settled(panel)
    const anchor = (await panel.seqs())[0] ?? 0
    assert.ok(anchor > 4000, String(anchor))
    await panel.id('phase-filter-assistant_delta').click()
    await counted(panel, '10,000 of 12,000')
    await settled(panel)
    assert.equal((await panel.seqs())[0], anchor)
    await panel.close()
  })

  it('keeps the chosen event where it is when a filter is cleared', async () => {
    const panel = await harness.open({ events: 12_000, state: 'completed' })
    await panel.id('level-filter-error').click()
    await counted(panel, '1,000 of 12,000')
    await panel.id('feed').hover()
    await panel.page.mouse.wheel(0, 22 * 500)
    await settled(panel)
    const chosen = panel.rows().nth(5)
    const seq = Number(await chosen.getAttribute('data-seq'))
    const place = await chosen.boundingBox()
    await chosen.click()
    await panel.id('level-filter-error').click()
    await counted(panel, '8,000 of 12,000')
    await settled(panel)
    const selected = panel.page.locator('.row.selected')
    assert.equal(Number(await selected.getAttribute('data-seq')), seq)
    assert.equal((await selected.boundingBox())?.y, place?.y)
    await panel.id('phase-filter-error').click()
    await counted(panel, '7,000 of 12,000')
    await selected.waitFor({ state: 'detached' })
    await panel.close()
  })

  it('searches text after a pause in typing, or at once with Enter', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    const input = panel.id('search-input')
    await input.fill('radio tower')
    await counted(panel, '100 of 1,200')
    await panel.id('search-case-sensitive').click()
    await panel.id('feed-empty').filter({ hasText: 'No event matches this filter.' }).waitFor()
    await panel.id('search-case-sensitive').click()
    await counted(panel, '100 of 1,200')
    await input.fill('tow')
    await input.press('Enter')
    await counted(panel, '200 of 1,200')
    await panel.id('search-whole-word').click()
    await panel.id('feed-empty').waitFor()
    await panel.id('feed-empty').getByRole('button', { name: 'Show all events' }).click()
    await counted(panel, '1,200')
    assert.equal(await input.inputValue(), '')
    await panel.close()
  })

  it('says where a regular expression is bad and keeps the last good result', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    await panel.id('search-regex').click()
    await panel.id('search-input').fill('tower|wooden')
    await counted(panel, '300 of 1,200')
    await panel.id('search-input').fill('tower|(wooden')
    await panel.id('search-problem').filter({ hasText: 'Unterminated group, at character 7.' }).waitFor()
    await panel.id('search-problem').filter({ hasText: 'The last search stays.' }).waitFor()
    assert.ok((await panel.rows().count()) > 0)
    assert.equal((await panel.id('feed-count').innerText()).trim(), '')
    await panel.id('search-input').fill('tower|(wooden)')
    await panel.id('search-problem').waitFor({ state: 'detached' })
    await panel.close()
  })

  it('goes by keyboard', async () => {
    const panel = await harness.open({ events: 3000, state: 'completed' })
    await panel.id('feed').focus()
    const selected = async () => Number(await panel.page.locator('.row.selected[data-seq]').getAttribute('data-seq'))
    await panel.page.keyboard.press('ArrowDown')
    assert.equal(await selected(), 0)
    await panel.page.keyboard.press('ArrowDown')
    await panel.page.locator('.row.selected[data-seq="1"]').waitFor()
    const active = await panel.id('feed').getAttribute('aria-activedescendant')
    assert.equal(await panel.page.locator(`#${active ?? ''}`).getAttribute('data-seq'), '1')
    await panel.page.keyboard.press('Enter')
    await panel.id('detail-fields').filter({ hasText: '"index": 1,' }).waitFor()
    await panel.page.keyboard.press('Escape')
    await panel.id('detail').waitFor({ state: 'detached' })
    await panel.page.keyboard.press('PageDown')
    await settled(panel)
    assert.ok((await selected()) > 15)
    await panel.page.keyboard.press('End')
    await panel.page.locator('.row.selected[data-seq="2998"]').waitFor()
    await panel.page.keyboard.press('Home')
    await panel.page.locator('.row.selected[data-seq="0"]').waitFor()
    await panel.page.keyboard.press('f')
    await row(panel, 2998)
    assert.equal(await panel.id('follow-button').getAttribute('aria-pressed'), 'true')
    await panel.page.keyboard.press('/')
    assert.equal(await panel.page.evaluate(() => document.activeElement?.getAttribute('data-testid')), 'search-input')
    await panel.page.keyboard.type('f/')
    assert.equal(await panel.id('search-input').inputValue(), 'f/')
    await panel.page.keyboard.press('Escape')
    assert.equal(await panel.id('search-input').inputValue(), '')
    await panel.close()
  })

  it('tells assistive technology what it is', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    await panel.rows().first().waitFor()
    const grid = panel.page.getByRole('grid', { name: 'Events' })
    assert.equal(await grid.getAttribute('aria-rowcount'), '800')
    assert.equal(await grid.getByRole('row').first().getAttribute('aria-rowindex'), '1')
    assert.equal(await grid.getByRole('row').first().getByRole('gridcell').count(), 3)
    await panel.page.getByRole('status').filter({ hasText: 'Run completed.' }).waitFor({ state: 'attached' })
    const unnamed = await panel.page.evaluate(() =>
      [...document.querySelectorAll('button, input')]
        .filter((one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === '')
        .map((one) => one.outerHTML),
    )
    assert.deepEqual(unnamed, [])
    await panel.close()
  })

  it('scrolls a million rows from end to end', async () => {
    const panel = await harness.open({ events: 1_000_000, state: 'completed' })
    await panel.id('phase-filter-network').click({ modifiers: ['Alt'] })
    await counted(panel, '83,333 of 1,000,000')
    await panel.id('phase-filter-network').click({ modifiers: ['Alt'] })
    await counted(panel, '1,000,000')
    await panel.id('feed').focus()
    await panel.page.keyboard.press('End')
    await row(panel, 999_999)
    const box = await panel.id('scrollbar').boundingBox()
    assert.ok(box !== null)
    await panel.page.mouse.move(box.x + 5, box.y + box.height - 5)
    await panel.page.mouse.down()
    for (let step = 1; step <= 20; step++)
      await panel.page.mouse.move(box.x + 5, box.y + box.height - 5 - ((box.height - 10) / 2 / 20) * step)
    await settled(panel)
    const middle = await panel.seqs()
    assert.ok((middle[0] ?? 0) > 400_000 && (middle[0] ?? 0) < 600_000, String(middle[0]))
    assert.deepEqual(
      middle,
      middle.map((_, i) => (middle[0] ?? 0) + i),
    )
    await panel.page.mouse.move(box.x + 5, box.y - 50)
    await panel.page.mouse.up()
    await row(panel, 0)
    await settled(panel)
    // Whatever was scrolled past, only windows were asked for.
    const asked = (await panel.host(({ host }) => host.named('rows/get'))) as { from: number; to: number }[]
    assert.ok(asked.every(({ from, to }) => to - from <= 200))
    assert.ok((await panel.page.locator('.row').count()) < 60)
    await panel.close()
  })

  it('shows rows that are late as waiting and draws them when they come', async () => {
    const panel = await harness.open({ events: 100_000, state: 'completed' })
    await panel.rows().first().waitFor()
    await panel.host(({ host }) => {
      const gate = Promise.withResolvers<undefined>()
      Object.assign(globalThis, { openGate: gate.resolve })
      host.held.set('rows/get', gate.promise)
    })
    await panel.id('feed').hover()
    await panel.page.mouse.wheel(0, 22 * 30_000)
    await panel.page.locator('.row.waiting').first().waitFor()
    await panel.host(({ host }) => {
      host.held.clear()
      ;(globalThis as unknown as { openGate: () => void }).openGate()
    })
    await settled(panel)
    assert.ok(((await panel.seqs())[0] ?? 0) > 40_000)
    await panel.close()
  })

  it('stays quiet and whole under a fast run', async () => {
    const panel = await harness.open({ events: 1000 })
    await row(panel, 998)
    await panel.page.evaluate(async () => {
      const { fakeHost } = globalThis as unknown as { fakeHost: { append(count: number): void } }
      for (let batch = 0; batch < 60; batch++) {
        fakeHost.append(333)
        await new Promise((resolve) => requestAnimationFrame(resolve))
      }
    })
    await row(panel, 20_978)
    const seqs = await panel.seqs()
    assert.deepEqual(
      seqs,
      [...seqs].sort((a, b) => a - b),
    )
    assert.equal(await panel.page.locator('.row.waiting').count(), 0)
    // The tail brought every row; nothing was asked for beside the first window.
    assert.ok((await panel.host(({ host }) => host.named('rows/get').length)) <= 3)
    await panel.close()
  })
})

async function row(panel: OpenPanel, seq: number): Promise<void> {
  await panel.page.locator(`[data-testid="event-row"][data-seq="${String(seq)}"]`).waitFor()
}

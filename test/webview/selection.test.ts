import assert from 'node:assert/strict'
import { Harness, type OpenPanel, type PanelOptions } from './harness'
import { focused, settled } from './waits'

describe('choosing several rows', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  const open = (options: PanelOptions = {}) => harness.open({ events: 2400, state: 'completed', ...options })
  const row = (panel: OpenPanel, seq: number) => panel.page.locator(`.row[data-seq="${String(seq)}"]`)

  /** The seqs of the drawn rows that are told to be selected. */
  async function chosen(panel: OpenPanel): Promise<number[]> {
    return panel.page
      .locator('.row[aria-selected="true"]')
      .evaluateAll((rows) => rows.map((one) => Number((one as HTMLElement).dataset['seq'])))
  }

  async function copied(panel: OpenPanel, count: number): Promise<string> {
    return ((await panel.asked('clipboard/write', count)) as { text: string }[]).at(-1)?.text ?? ''
  }

  it('goes by Shift with the arrows, there and back, and ends with another choice', async () => {
    const panel = await open()
    await row(panel, 2).click()
    await panel.page.keyboard.press('Escape')
    for (let i = 0; i < 3; i++) await panel.page.keyboard.press('Shift+ArrowDown')
    await panel.id('said').filter({ hasText: '4 rows chosen.' }).waitFor()
    assert.deepEqual(await chosen(panel), [2, 5, 6, 8])
    await panel.page.keyboard.press('Shift+ArrowUp')
    assert.deepEqual(await chosen(panel), [2, 5, 6])
    for (let i = 0; i < 3; i++) await panel.page.keyboard.press('Shift+ArrowUp')
    assert.deepEqual(await chosen(panel), [1, 2])
    await panel.page.keyboard.press('ArrowDown')
    assert.deepEqual(await chosen(panel), [2])
    await panel.page.keyboard.press('Shift+End')
    await settled(panel)
    await panel.id('said').filter({ hasText: '1,598 rows chosen.' }).waitFor()
    await panel.page.keyboard.press('Escape')
    assert.deepEqual(await chosen(panel), [2398])
    await panel.close()
  })

  it('goes by Shift and a click, and no letters are selected', async () => {
    const panel = await open()
    await row(panel, 5).click()
    await row(panel, 12).click({ modifiers: ['Shift'], position: { x: 300, y: 8 } })
    assert.deepEqual(await chosen(panel), [5, 6, 8, 9, 10, 12])
    assert.equal(await panel.page.evaluate(() => document.getSelection()?.isCollapsed ?? true), true)
    assert.equal(await focused(panel), 'feed')
    // Rows before where it began: it turns around.
    await row(panel, 1).click({ modifiers: ['Shift'] })
    assert.deepEqual(await chosen(panel), [1, 2, 5])
    await panel.close()
  })

  it('goes by dragging over what stands before the texts; over a text letters are selected', async () => {
    const panel = await open()
    const drag = async (part: '.time' | '.text') => {
      const [from, to] = [
        await row(panel, 2).locator(part).boundingBox(),
        await row(panel, 9).locator(part).boundingBox(),
      ]
      assert.ok(from !== null && to !== null)
      await panel.page.mouse.move(from.x + 20, from.y + 8)
      await panel.page.mouse.down()
      await panel.page.mouse.move(to.x + 60, to.y + 8, { steps: 5 })
      await panel.page.mouse.up()
    }
    await drag('.time')
    assert.deepEqual(await chosen(panel), [2, 5, 6, 8, 9])
    assert.equal(await panel.id('detail').count(), 0)
    await drag('.text')
    assert.equal(await panel.page.evaluate(() => document.getSelection()?.isCollapsed), false)
    await panel.close()
  })

  it('is copied as text, all of it up to a bound that is told', async () => {
    const panel = await open()
    await row(panel, 0).click()
    await panel.page.keyboard.press('Shift+ArrowDown')
    await panel.page.keyboard.press('Control+c')
    assert.equal(
      await copied(panel, 1),
      '03:30:05.231  browser_status  page loaded, https://chat.example/c/42 (0)\n' +
        '03:30:05.268  search_query  tallest wooden tower in Europe (1)\n',
    )
    await panel.id('said').filter({ hasText: 'Copied 2 events.' }).waitFor()
    await panel.page.keyboard.press('Control+a')
    await panel.page.keyboard.press('Control+c')
    const lines = (await copied(panel, 2)).trimEnd().split('\n')
    assert.equal(lines.length, 1600)
    assert.match(lines.at(-1) ?? '', /\(2398\)$/)
    await panel.close()
    const large = await open({ events: 60_000 })
    await large.id('feed').focus()
    await large.page.keyboard.press('Control+a')
    await large.page.keyboard.press('Control+c')
    await large.id('notice').filter({ hasText: 'Copied the first 20,000 events of 40,000 chosen rows.' }).waitFor()
    assert.equal((await copied(large, 1)).split('\n').length, 20_001)
    await large.close()
  })

  it('does not outlive the view in which it was made', async () => {
    const panel = await open()
    await row(panel, 2).click()
    await panel.page.keyboard.press('Shift+ArrowDown')
    assert.equal((await chosen(panel)).length, 2)
    await panel.id('phase-filter-assistant_delta').click()
    await row(panel, 3).waitFor()
    await settled(panel)
    assert.deepEqual(await chosen(panel), [5])
    await panel.close()
  })

  it('has a menu of what can be done, by mouse and by key', async () => {
    const panel = await open()
    await row(panel, 8).click({ button: 'right' })
    await panel.page.getByRole('menu', { name: 'Row' }).waitFor()
    assert.deepEqual(await chosen(panel), [8])
    await panel.id('row-copy-json').click()
    const event = JSON.parse(await copied(panel, 1)) as { seq: number; phase: string; data: { index: number } }
    assert.deepEqual([event.seq, event.phase, event.data.index], [8, 'error', 8])
    assert.equal(await focused(panel), 'feed')
    await panel.page.keyboard.press('Shift+ArrowDown')
    await row(panel, 8).click({ button: 'right' })
    await panel.page.getByRole('menuitem', { name: 'Copy 2 Rows as JSON' }).click()
    assert.deepEqual(
      (JSON.parse(await copied(panel, 2)) as { seq: number }[]).map(({ seq }) => seq),
      [8, 9],
    )
    await row(panel, 8).click({ button: 'right' })
    await panel.id('row-only-level').click()
    await panel.page.locator('.feed:not(:has(.row:not(.level-error))) .row').first().waitFor()
    await panel.id('show-all').click()
    // The list of all rows is there: until then row 8 stands elsewhere.
    await row(panel, 6).waitFor()
    await settled(panel)
    await row(panel, 8).click({ button: 'right' })
    await panel.id('row-hide-phase').click()
    await row(panel, 8).waitFor({ state: 'detached' })
    await row(panel, 5).click({ button: 'right' })
    await panel.id('row-mark').click()
    await panel.page.locator('.row.bookmarked[data-seq="5"]').waitFor()
    await panel.page.keyboard.press('ContextMenu')
    await panel.page.getByRole('menuitem', { name: 'Remove Marker' }).waitFor()
    await panel.page.keyboard.press('Escape')
    await panel.page.getByRole('menu').waitFor({ state: 'detached' })
    assert.equal(await focused(panel), 'feed')
    await panel.close()
  })

  it('keeps its menu within the panel', async () => {
    const panel = await open({ width: 420, height: 500 })
    const box = await panel.id('feed').boundingBox()
    assert.ok(box !== null)
    await panel.page.mouse.click(box.x + box.width - 40, box.y + box.height - 10, { button: 'right' })
    const menu = await panel.page.getByRole('menu', { name: 'Row' }).boundingBox()
    assert.ok(
      menu !== null && menu.x >= 0 && menu.x + menu.width <= 420 && menu.y + menu.height <= 500,
      JSON.stringify(menu),
    )
    await panel.close()
  })

  it('shows the whole text of the chosen row, and rows keep their height', async () => {
    const panel = await harness.open({ kind: 'launch', state: 'completed' })
    const text = `begin ${'lorem ipsum '.repeat(40)}<b>end</b>`
    await panel.host(({ host, argument }) => {
      host.print(argument, 'short')
    }, text)
    await row(panel, 0).click()
    await panel.page.keyboard.press('Escape')
    await panel.page.keyboard.press('w')
    await panel.id('whole-text').filter({ hasText: '<b>end</b>' }).waitFor()
    const whole = await panel.id('whole-text').boundingBox()
    const second = await row(panel, 1).boundingBox()
    assert.ok(whole !== null && second !== null && whole.height > 40)
    assert.equal(second.height, 18)
    await panel.page.keyboard.press('ArrowDown')
    await panel
      .id('whole-text')
      .filter({ hasText: /^short$/ })
      .waitFor()
    await panel.page.keyboard.press('w')
    await panel.id('whole-text').waitFor({ state: 'detached' })
    await panel.close()
  })
})

import assert from 'node:assert/strict'
import { Harness } from './harness'
import { counted, focused, settled } from './waits'

describe('filter bar', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  const sizes = [
    ...[215, 540, 900, 1400].map((width) => ({ kind: 'capture', width }) as const),
    ...[360, 590, 650, 900, 1400].map((width) => ({ kind: 'launch', width }) as const),
  ]
  for (const { kind, width } of sizes)
    it(`keeps the list where it is when kinds come, and its parts apart (${kind}, ${String(width)} px)`, async () => {
      const panel = await harness.open({ kind, events: 0, width })
      const top = async () => (await panel.id('feed').boundingBox())?.y
      const before = await top()
      await panel.host(({ host }) => {
        host.append(1)
      })
      await panel.rows().first().waitFor()
      assert.equal(await top(), before)
      await panel.host(({ host }) => {
        host.append(1_234_566)
        host.append([{ phase: 'a_kind_with_a_long_name', level: 'fatal', text: 'x', data: {} }])
      })
      await panel.id('level-filter-fatal').waitFor({ state: 'attached' })
      await settled(panel)
      assert.equal(await top(), before)
      const parts = [
        ...['search-input', 'search-case-sensitive', 'search-regex', 'feed-count', 'show-all', 'follow-button'],
        ...(kind === 'launch' ? ['time-switch', 'copy-output', 'save-text', 'clear-button'] : []),
      ]
      const boxes = await Promise.all(parts.map(async (id) => ({ id, box: await panel.id(id).boundingBox() })))
      for (const [i, { id, box }] of boxes.entries()) {
        assert.ok(box !== null && box.width > 10 && box.height > 10, `${id}: ${JSON.stringify(box)}`)
        assert.ok(box.x >= 0 && box.x + box.width <= width, `${id} sticks out`)
        for (const other of boxes.slice(i + 1)) {
          if (other.box === null) continue
          const apart =
            box.x + box.width <= other.box.x + 0.5 ||
            other.box.x + other.box.width <= box.x + 0.5 ||
            box.y + box.height <= other.box.y + 0.5 ||
            other.box.y + other.box.height <= box.y + 0.5
          assert.ok(apart, `${id} and ${other.id} lie over each other`)
        }
      }
      assert.ok((boxes[0]?.box?.width ?? 0) >= 60, 'room to type')
      await panel.close()
    })

  it('says that a search could not go on, and searches again', async () => {
    const panel = await harness.open({ events: 500 })
    await panel.id('search-input').fill('nothing like that')
    await panel.id('search-input').press('Enter')
    await panel.id('feed-empty').getByText('No event matches').waitFor()
    await panel.host(({ host }) => {
      host.failSearch("The run can't be searched to its end: EIO")
    })
    await panel.id('search-failed').getByText('EIO').waitFor()
    await panel.id('feed-empty').getByText('Nothing was found before the search ended.').waitFor()
    await panel.id('search-failed').getByRole('button', { name: 'Search again' }).press('Enter')
    await panel.id('search-failed').waitFor({ state: 'detached' })
    await panel.id('feed-empty').getByText('No event matches').waitFor()
    assert.equal(await focused(panel), 'search-input')
    await panel.close()
  })

  it('reaches the chips that have no room: by arrow, by wheel, by Tab', async () => {
    const panel = await harness.open({ events: 500, width: 420 })
    const last = panel.id('level-filter-warn')
    const inView = () =>
      last.evaluate((chip) => {
        const box = chip.getBoundingClientRect()
        return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2)?.closest('.chip') === chip
      })
    assert.equal(await inView(), false)
    assert.equal(await panel.id('chips-left').count(), 0)
    while ((await panel.id('chips-right').count()) > 0) {
      await panel.id('chips-right').click()
      await settled(panel)
    }
    assert.equal(await inView(), true)
    await panel.id('chips-left').waitFor()
    await panel.page.locator('.chips').hover()
    await panel.page.mouse.wheel(0, -5000)
    await panel.id('chips-left').waitFor({ state: 'detached' })
    assert.equal(await inView(), false)
    await panel.page.mouse.wheel(0, 300)
    await panel.id('chips-left').waitFor()
    await panel.page.mouse.wheel(0, -5000)
    await panel.id('chips-left').waitFor({ state: 'detached' })
    await last.focus()
    assert.equal(await inView(), true)
    await panel.close()
  })

  it('clears the search by its button and by Escape', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    const input = panel.id('search-input')
    assert.equal(await panel.id('search-clear').count(), 0)
    await input.fill('radio tower')
    await counted(panel, '100 of 1,200')
    await panel.id('search-clear').click()
    await counted(panel, '800 of 1,200')
    assert.equal(await input.inputValue(), '')
    assert.equal(await focused(panel), 'search-input')
    await input.fill('radio tower')
    await counted(panel, '100 of 1,200')
    await input.press('Escape')
    await counted(panel, '800 of 1,200')
    assert.equal(await input.inputValue(), '')
    assert.equal(await panel.id('search-clear').count(), 0)
    await panel.close()
  })

  it('marks what was found, and nothing when nothing is searched', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    const marks = panel.page.locator('.row mark')
    assert.equal(await marks.count(), 0)
    await panel.id('search-input').fill('TOWER')
    await counted(panel, '200 of 1,200')
    const first = panel.page.locator('.row[data-seq="5"]')
    assert.deepEqual(await first.locator('mark').allTextContents(), ['Tower', 'tower'])
    assert.equal(await first.locator('.text').innerText(), 'Gliwice Radio Tower, https://tower.example.net/ (5)')
    assert.equal(
      await first
        .locator('mark')
        .first()
        .evaluate((mark) => getComputedStyle(mark).backgroundColor),
      'rgba(234, 92, 0, 0.333)',
    )
    await panel.id('search-regex').click()
    await panel.id('search-input').fill('radio|\\(5\\)')
    await counted(panel, '100 of 1,200')
    assert.deepEqual(await first.locator('mark').allTextContents(), ['Radio', '(5)'])
    await panel.id('search-clear').click()
    await counted(panel, '800 of 1,200')
    assert.equal(await marks.count(), 0)
    await panel.close()
  })

  it('says where an expression is bad, and shows the last good search', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    await panel.id('search-regex').click()
    await panel.id('search-input').fill('no such text')
    await panel.id('feed-empty').waitFor()
    await panel.id('search-input').fill('no such text(')
    await panel.id('search-problem').filter({ hasText: 'Unterminated group, at character 13.' }).waitFor()
    assert.equal((await panel.id('feed-count').innerText()).trim(), '')
    assert.equal(await panel.id('feed-empty').count(), 0)
    assert.equal(await panel.id('show-all').count(), 0)
    await panel.id('search-input').fill('radio')
    await counted(panel, '100 of 1,200')
    await panel.id('search-input').fill('radio(')
    await panel.id('search-problem').filter({ hasText: 'The last search stays.' }).waitFor()
    assert.ok((await panel.rows().filter({ hasText: 'Radio' }).count()) > 0)
    await panel.close()
  })

  it('says why not every event is shown, and shows every one', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    await counted(panel, '800 of 1,200')
    assert.equal(
      await panel.id('feed-count').getAttribute('title'),
      '800 of 1,200 events are shown: 3 kinds are hidden (answer, network, body).',
    )
    await panel.id('search-input').fill('radio')
    await counted(panel, '100 of 1,200')
    await panel.id('show-all').click()
    await counted(panel, '1,200')
    assert.equal(await focused(panel), 'feed')
    assert.equal(await panel.id('show-all').count(), 0)
    assert.equal(await panel.id('feed-count').getAttribute('title'), 'All 1,200 events are shown.')
    await panel.close()
  })

  it('names kinds by their labels', async () => {
    const panel = await harness.open({ events: 100 })
    const chip = panel.id('phase-filter-browser_status')
    assert.equal(await chip.getAttribute('title'), 'Hide browser events (Alt+click: only these)')
    await chip.click()
    assert.equal(await chip.getAttribute('title'), 'Show browser events (Alt+click: only these)')
    await panel.close()
  })

  it('draws level chips as kinds are drawn: pressed is shown', async () => {
    const panel = await harness.open({ events: 1200, state: 'completed' })
    const fatal = panel.id('level-filter-error')
    const warn = panel.id('level-filter-warn')
    const look = (id: string) =>
      panel.id(id).evaluate((chip) => {
        const { backgroundColor, color, borderColor } = getComputedStyle(chip)
        return { backgroundColor, color, borderColor, pressed: chip.getAttribute('aria-pressed') }
      })
    assert.deepEqual(await look('level-filter-error'), await look('phase-filter-browser_status'))
    assert.equal(await fatal.getAttribute('title'), 'Show only errors, fatal ones too')
    await fatal.click()
    await counted(panel, '100 of 1,200')
    assert.equal(await fatal.getAttribute('aria-pressed'), 'true')
    assert.match(await fatal.innerText(), /^only error/)
    assert.equal(await fatal.getAttribute('title'), 'Show the events of every level')
    assert.equal(await warn.getAttribute('aria-pressed'), 'false')
    assert.equal(await warn.getAttribute('title'), 'Show the events of level warn too')
    await panel.page.mouse.move(0, 0)
    assert.deepEqual(await look('level-filter-warn'), await look('phase-filter-network'))
    await warn.click()
    await counted(panel, '200 of 1,200')
    assert.equal(await fatal.getAttribute('title'), 'Hide the events of level error')
    await fatal.click()
    await counted(panel, '100 of 1,200')
    await warn.click()
    await counted(panel, '800 of 1,200')
    await panel.close()
  })

  it('shows what ended the run with its errors, and alone when asked', async () => {
    const panel = await harness.open({ events: 1200, state: 'failed' })
    await panel.host(({ host }) => {
      host.append([{ phase: 'error', level: 'fatal', text: 'the end', data: { fatal: true } }])
    })
    const error = panel.id('level-filter-error')
    const fatal = panel.id('level-filter-fatal')
    await error.click()
    await counted(panel, '101 of 1,201')
    assert.equal(await fatal.getAttribute('aria-pressed'), 'true')
    assert.equal(
      await panel.id('feed-count').getAttribute('title'),
      '101 of 1,201 events are shown: 3 kinds are hidden (answer, network, body); only the level fatal or error.',
    )
    await fatal.click()
    await counted(panel, '1 of 1,201')
    assert.equal(await error.getAttribute('aria-pressed'), 'false')
    await error.click()
    await counted(panel, '101 of 1,201')
    assert.equal(await fatal.getAttribute('title'), 'Shown with the errors; press to show only these')
    await error.click()
    await counted(panel, '801 of 1,201')
    await panel.close()
  })
})

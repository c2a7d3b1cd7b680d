import assert from 'node:assert/strict'
import { Harness, type OpenPanel, type PanelOptions } from './harness'
import { counted, settled } from './waits'

const START = '2026-11-20T03:30:05.231Z'
const STEP_MS = 37

describe('replay', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  /** A panel in which a replay stands at its beginning. */
  async function open(options: PanelOptions): Promise<OpenPanel> {
    const panel = await harness.open(options)
    await panel.asked('levels/get', 1)
    await settled(panel)
    await panel.id('replay-button').click()
    await panel.id('replay-play').click()
    await panel.page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await panel.page.keyboard.press('Tab')
    return panel
  }

  /** Waits until the header counts so many events: then the state of that moment is shown. */
  async function cameAt(panel: OpenPanel, count: string): Promise<void> {
    await panel.page
      .locator('.header-meta')
      .getByText(new RegExp(`^${count} events?$`))
      .waitFor()
    await settled(panel)
  }

  /** Moves the scrubber, as a drag does. */
  async function scrub(panel: OpenPanel, events: number): Promise<void> {
    await panel.id('replay-position').fill(String(events * STEP_MS))
  }

  const last = async (panel: OpenPanel) => (await panel.seqs()).at(-1)

  it('shows the run as it was: rows, summary, answer, clock and counts, forwards and backwards', async () => {
    const panel = await open({ events: 2401, state: 'completed' })
    await scrub(panel, 1201)
    await cameAt(panel, '1,202')
    // The event 1201 is a search; it is the last that is shown.
    assert.equal(await last(panel), 1201)
    assert.equal(await panel.id('answer').innerText(), 'The answer up to event 1201.')
    assert.equal(await panel.id('run-clock').innerText(), '0:44')
    assert.equal(await panel.id('replay-position').getAttribute('aria-valuetext'), '0:44 of 1:28, 03:30:49.668')
    assert.equal(await panel.page.locator('.row:not([data-seq])').count(), 0)
    await scrub(panel, 13)
    await cameAt(panel, '14')
    assert.deepEqual(await panel.seqs(), [0, 1, 2, 5, 6, 8, 9, 10, 12, 13])
    assert.equal(await panel.id('queries').locator('li').count(), 2)
    assert.equal(await panel.id('answer').innerText(), 'The answer up to event 13.')
    await panel.close()
  })

  it('does not tell the end before it comes: counts, state, why it failed, how it exited', async () => {
    const panel = await open({ events: 2400, state: 'failed', kind: 'launch' })
    await panel.host(({ host }) => {
      host.setRun({ error: 'The disk is full.', exit_code: 1 })
    })
    const chip = (phase: string) => panel.id(`phase-filter-${phase}`).locator('.chip-count').innerText()
    await scrub(panel, 23)
    await cameAt(panel, '24')
    assert.deepEqual([await chip('browser_status'), await chip('assistant_delta')], ['2', '4'])
    assert.equal(await panel.id('level-filter-error').locator('.chip-count').innerText(), '2')
    await scrub(panel, 2)
    await cameAt(panel, '3')
    assert.equal(await panel.id('phase-filter-error').count(), 0)
    assert.equal(await panel.id('level-filter-error').count(), 0)
    await panel.id('replaying').filter({ hasText: 'as it was then' }).waitFor()
    assert.equal(await panel.id('run-band').count(), 0)
    assert.equal(await panel.id('exit-code').count(), 0)
    assert.equal(await panel.id('exit').innerText(), 'still running')
    // The word is there for who reads the page, and nobody sees or hears it.
    const state = panel.page.locator('.state', { has: panel.id('run-state') })
    assert.equal(await panel.id('run-state').textContent(), 'failed')
    assert.deepEqual([await state.getAttribute('aria-hidden'), (await state.boundingBox())?.width], ['true', 1])
    // The end of the list is that moment.
    await panel.id('feed').focus()
    await panel.page.keyboard.press('End')
    await settled(panel)
    await cameAt(panel, '3')
    assert.equal(await panel.id('run-band').count(), 0)
    await panel.id('replay-position').focus()
    await panel.page.keyboard.press('End')
    await cameAt(panel, '2,400')
    await panel.id('run-band').filter({ hasText: 'The disk is full.' }).waitFor()
    assert.equal(await panel.id('replaying').count(), 0)
    assert.ok(((await state.boundingBox())?.width ?? 0) > 40)
    assert.equal(await chip('browser_status'), '200')
    await panel.close()
  })

  it('does not tell it either while the first moment is on its way', async () => {
    const panel = await harness.open({ events: 400, state: 'failed' })
    await panel.host(({ host }) => {
      host.setRun({ error: 'The disk is full.' })
      host.held.set('replay/state', new Promise(() => undefined))
    })
    await panel.id('run-band').waitFor()
    await panel.id('replay-button').click()
    await panel.asked('replay/state', 1)
    await panel.id('replaying').waitFor()
    assert.equal(await panel.id('run-band').count(), 0)
    await panel.id('replay-leave').click()
    await panel.id('run-band').waitFor()
    await panel.close()
  })

  it('has the keys of the slider in its whole bar, and says where there are no turns', async () => {
    const panel = await open({ events: 401, state: 'completed', kind: 'launch' })
    for (const way of ['next', 'previous']) {
      const button = panel.id(`replay-${way}-turn`)
      assert.ok(await button.isDisabled())
      assert.match((await button.getAttribute('title')) ?? '', /no prompts, phases or iterations/)
    }
    await panel.id('replay-skip').focus()
    await panel.page.keyboard.press('End')
    await cameAt(panel, '401')
    await panel.page.keyboard.press('PageDown')
    await cameAt(panel, '361')
    await panel.page.keyboard.press('Home')
    await cameAt(panel, '1')
    await panel.page.keyboard.press('ArrowRight')
    await cameAt(panel, '2')
    await panel.id('replay-speed').focus()
    await panel.page.keyboard.press('ArrowDown')
    assert.equal(await panel.id('replay-speed').inputValue(), '2')
    await panel.page.keyboard.press('>')
    await panel.id('notice').filter({ hasText: 'no prompts, phases or iterations' }).waitFor()
    await panel.close()
  })

  it('comes back to the whole run as it was', async () => {
    const panel = await harness.open({ events: 2400, state: 'completed' })
    await panel.page.locator('.row').nth(5).click()
    await panel.page.keyboard.press('Escape')
    await panel.page.keyboard.press('PageDown')
    await settled(panel)
    const [rows, count] = [await panel.seqs(), await panel.id('feed-count').innerText()]
    await panel.id('replay-button').click()
    await panel.id('replay-play').click()
    await scrub(panel, 40)
    await cameAt(panel, '41')
    await panel.id('replay-leave').click()
    await panel.id('replay').waitFor({ state: 'detached' })
    await counted(panel, count)
    assert.deepEqual(await panel.seqs(), rows)
    assert.equal(await panel.id('answer').innerText(), 'No answer.')
    assert.equal(await panel.host(({ host }) => host.openViews()), 1)
    await panel.close()
  })

  it('plays to its end at the speed that is chosen, and from the beginning again', async () => {
    const panel = await open({ events: 1600, state: 'completed' })
    await panel.id('replay-speed').selectOption('100')
    await panel.id('replay-play').click()
    await panel.page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await cameAt(panel, '1,600')
    // The last event that is not hidden.
    assert.equal(await last(panel), 1596 + 2)
    const asked = (await panel.host(({ host }) => host.named('replay/state'))) as { position: number }[]
    const positions = asked.map(({ position }) => position)
    assert.deepEqual(
      positions,
      [...positions].sort((a, b) => a - b),
    )
    assert.equal(positions.at(-1), 1599)
    await panel.id('replay-speed').selectOption('0.25')
    await panel.id('replay-play').click()
    await panel.id('replay-time').filter({ hasText: /^0:00/ }).waitFor()
    await panel.close()
  })

  it('steps by event, by turn and by marker, with buttons and keys', async () => {
    const panel = await harness.open({ events: 400, state: 'completed' })
    await panel.host(({ host }) => {
      host.append([{ phase: 'marker', text: 'deployed', data: {} }])
      host.append(40)
      host.tellTimeline()
    })
    await panel.asked('levels/get', 2)
    await panel.id('replay-button').click()
    await panel.id('replay-play').click()
    await scrub(panel, 0)
    await cameAt(panel, '1')
    await panel.id('feed').focus()
    for (let i = 0; i < 3; i++) {
      await panel.page.keyboard.press('.')
      // 3 and 4 are hidden.
      await cameAt(panel, ['2', '3', '6'][i] ?? '')
    }
    await panel.page.keyboard.press(',')
    await cameAt(panel, '3')
    await panel.page.keyboard.press('>')
    await cameAt(panel, '121')
    await panel.id('replay-next-turn').click()
    await cameAt(panel, '241')
    await panel.page.keyboard.press('<')
    await cameAt(panel, '121')
    await panel.id('replay-next-marker').click()
    await cameAt(panel, '401')
    assert.equal(await panel.id('said').innerText(), 'deployed')
    assert.equal(await last(panel), 400)
    await panel.id('replay-position').focus()
    await panel.page.keyboard.press('ArrowRight')
    await cameAt(panel, '402')
    await panel.close()
  })

  it('passes a long pause in two seconds, and says so', async () => {
    const pause = { before: 100, ms: 360_000_000 }
    const panel = await open({ events: 201, state: 'completed', pause })
    assert.match(await panel.id('replay-skip').innerText(), /^Skip idle: 4 d 3 h$/)
    assert.equal(
      await panel.id('replay-time').getAttribute('title'),
      'Plays in 9.4 s, without 4 d 3 h in which nothing came',
    )
    await panel.id('replay-speed').selectOption('100')
    await panel.id('replay-play').click()
    // A hundred hours at this speed without skipping would be one.
    await panel.page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await cameAt(panel, '201')
    await panel.id('replay-skip').click()
    assert.equal(await panel.id('replay-time').getAttribute('title'), 'Plays in 1 h')
    await panel.close()
  })

  it('follows the live end of a run that lives when it gets there', async () => {
    const panel = await harness.open({ events: 300, state: 'running' })
    await panel.asked('levels/get', 1)
    await panel.id('replay-button').click()
    await panel.id('replay-speed').selectOption('100')
    await panel.id('replay').waitFor({ state: 'detached' })
    await panel.host(({ host }) => {
      host.append(20)
    })
    await panel.page.locator('.row[data-seq="318"]').waitFor()
    assert.equal(await panel.id('follow-button').getAttribute('aria-pressed'), 'true')
    await panel.close()
  })

  it('holds back what comes while it is shown', async () => {
    const panel = await open({ events: 300, state: 'running' })
    await scrub(panel, 97)
    await cameAt(panel, '98')
    await panel.host(({ host }) => {
      host.append(50)
      host.setSummary({ queries: [] })
      host.answer('News of now.')
    })
    await panel.host(({ host }) => {
      host.tellTimeline()
    })
    await panel.asked('levels/get', 2)
    await settled(panel)
    assert.equal(await last(panel), 97)
    assert.equal(await panel.id('answer').innerText(), 'The answer up to event 97.')
    await panel.page.keyboard.press('Escape')
    await panel.id('answer').filter({ hasText: 'News of now.' }).waitFor()
    await panel.close()
  })

  it('keeps its moment when the filter changes, and over a reload', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    await panel.id('replay-speed').selectOption('20')
    await scrub(panel, 600)
    await cameAt(panel, '601')
    const onlyErrors = () =>
      panel.page.locator('.feed:not(:has(.row:not(.level-error))) .row[data-seq="596"]').waitFor()
    await panel.id('level-filter-error').click()
    await onlyErrors()
    assert.equal(await last(panel), 596)
    await panel.page.waitForFunction(
      (time) => sessionStorage.getItem('fake-vscode-state')?.includes(`"replay":{"time":${String(time)}`),
      Date.parse(START) + 600 * STEP_MS,
    )
    await panel.page.reload()
    await cameAt(panel, '601')
    await onlyErrors()
    assert.equal(await last(panel), 596)
    assert.equal(await panel.id('replay-speed').inputValue(), '20')
    await panel.page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await panel.close()
  })

  it('seeks where the timeline is clicked, and asks only for the newest state', async () => {
    const panel = await open({ events: 2401, state: 'completed' })
    await scrub(panel, 5)
    await cameAt(panel, '6')
    const before = await panel.host(({ host }) => host.named('replay/state').length)
    await panel.host(({ host }) => {
      let release = () => {}
      host.held.set('replay/state', new Promise<void>((resolve) => (release = resolve)))
      Object.assign(globalThis, { release })
    })
    for (const events of [100, 200, 300, 401]) await scrub(panel, events)
    await panel.page.locator('.row[data-seq="401"]').waitFor()
    const box = await panel.page.getByRole('slider', { name: 'Timeline' }).boundingBox()
    assert.ok(box !== null)
    await panel.page.mouse.click(box.x + box.width / 2, box.y + 22)
    await panel.page.waitForFunction(() => {
      const rows = document.querySelectorAll<HTMLElement>('[data-testid="event-row"]')
      return Math.abs(Number(rows[rows.length - 1]?.dataset['seq']) - 1200) < 12
    })
    await panel.host(({ host }) => {
      host.held.delete('replay/state')
      ;(globalThis as unknown as { release: () => void }).release()
    })
    await panel
      .id('answer')
      .filter({ hasText: /up to event 1(19|20)\d\./ })
      .waitFor()
    assert.ok((await panel.host(({ host }) => host.named('replay/state').length)) - before <= 6)
    await panel.close()
  })

  it('begins when the host asks for it, and not for a file that is looked at', async () => {
    const panel = await harness.open({ events: 300, state: 'completed' })
    await panel.host(({ host }) => {
      host.startReplay()
    })
    await panel.id('replay').waitFor()
    await panel.close()
    const file = await harness.open({ kind: 'follow', events: 40, state: 'following' })
    assert.equal(await file.id('replay-button').count(), 0)
    await file.id('feed').focus()
    await file.page.keyboard.press('Space')
    assert.equal(await file.id('replay').count(), 0)
    await file.close()
  })

  it('plays and pauses with the space bar', async () => {
    const panel = await harness.open({ events: 3000, state: 'completed' })
    await panel.asked('levels/get', 1)
    await panel.id('feed').focus()
    await panel.page.keyboard.press('Space')
    await panel.page.getByRole('button', { name: 'Pause the replay' }).waitFor()
    await panel.page.keyboard.press('Space')
    await panel.page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    await panel.page.keyboard.press('Escape')
    await panel.id('replay').waitFor({ state: 'detached' })
    await panel.close()
  })
})

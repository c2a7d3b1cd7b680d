import assert from 'node:assert/strict'
import type { Bookmark } from '../../src/shared/protocol/contract'
import { Harness, type OpenPanel, type PanelOptions } from './harness'
import { focused, settled } from './waits'

describe('markers', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  async function open(options: PanelOptions): Promise<OpenPanel> {
    const panel = await harness.open({ width: 1300, ...options })
    await panel.asked('levels/get', 1)
    await settled(panel)
    return panel
  }

  /** What the host keeps after the n-th change. */
  async function kept(panel: OpenPanel, count: number): Promise<readonly Bookmark[]> {
    assert.equal((await panel.asked('bookmarks/change', count)).length, count)
    return panel.host(({ host }) => host.bookmarks)
  }

  it('are set at the chosen row with its text as their name, and taken away again', async () => {
    const panel = await open({ events: 240, state: 'completed' })
    await panel.page.locator('.row[data-seq="6"]').click()
    await panel.page.keyboard.press('b')
    const time = Date.parse('2026-11-20T03:30:05.231Z') + 6 * 37
    assert.deepEqual(await kept(panel, 1), [{ seq: 6, text: 'web.run started (6)', time, name: 'web.run started (6)' }])
    assert.equal(await panel.page.locator('.row.bookmarked').count(), 1)
    assert.equal(await panel.id('marker').innerText(), '03:30:05.453\nweb.run started (6)')
    await panel.page.keyboard.press('b')
    assert.deepEqual(await kept(panel, 2), [])
    await panel.id('markers').waitFor({ state: 'detached' })
    await panel.close()
  })

  it('are renamed in place, gone to, and removed', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    for (const seq of [2, 9]) {
      await panel.page.locator(`.row[data-seq="${String(seq)}"]`).click()
      await panel.page.keyboard.press('b')
    }
    await panel.id('marker').nth(1).focus()
    await panel.page.keyboard.press('F2')
    await panel.id('marker-name').fill('  The <b>costs</b>  ')
    await panel.page.keyboard.press('Enter')
    assert.equal((await kept(panel, 3))[1]?.name, 'The <b>costs</b>')
    assert.equal(await focused(panel), 'marker')
    await panel.id('marker').filter({ hasText: 'The <b>costs</b>' }).waitFor()
    await panel.id('rename-marker').nth(0).click()
    await panel.id('marker-name').fill('nothing of it')
    await panel.page.keyboard.press('Escape')
    await panel.id('marker').filter({ hasText: '#3, List of tallest wooden buildings' }).waitFor()
    await panel.id('feed').focus()
    await panel.page.keyboard.press('End')
    await panel.page.locator('.row[data-seq="2398"]').waitFor()
    await panel.id('marker').nth(1).click()
    await panel.page.locator('.row.selected[data-seq="9"]').waitFor()
    await panel.id('remove-marker').nth(0).click()
    assert.deepEqual(
      (await kept(panel, 4)).map(({ seq }) => seq),
      [9],
    )
    await panel.close()
  })

  it('of another panel of the run stay, and are shown', async () => {
    const panel = await open({ events: 240, state: 'completed' })
    await panel.page.locator('.row[data-seq="6"]').click()
    await panel.page.keyboard.press('b')
    await kept(panel, 1)
    await panel.host(({ host }) => {
      host.markElsewhere({ seq: 2, text: 'theirs', name: 'theirs', time: 0 }, true)
    })
    await panel.id('marker').filter({ hasText: 'theirs' }).waitFor()
    // A window that is not told shows them with its own next change.
    await panel.host(({ host }) => {
      host.markElsewhere({ seq: 3, text: 'untold', name: 'untold', time: 0 }, false)
    })
    await panel.page.locator('.row[data-seq="9"]').click()
    await panel.page.keyboard.press('b')
    assert.deepEqual(
      (await kept(panel, 2)).map(({ seq }) => seq),
      [2, 3, 6, 9],
    )
    await panel.id('marker').filter({ hasText: 'untold' }).waitFor()
    assert.equal(await panel.id('marker').count(), 4)
    await panel.close()
  })

  it('stand in the log where a run lives and the list is at its end', async () => {
    const panel = await open({ events: 300, state: 'running' })
    await panel.id('feed').focus()
    await panel.page.keyboard.press('b')
    assert.deepEqual(await panel.asked('run/mark', 1), [{ name: 'Marker 1' }])
    await panel.page.locator('.row[data-phase="marker"]').waitFor()
    await panel.id('marker').filter({ hasText: 'Marker 1' }).waitFor()
    assert.equal(await panel.id('rename-marker').count(), 0)
    await panel.page.keyboard.press('ArrowUp')
    await panel.page.keyboard.press('b')
    assert.deepEqual(
      (await kept(panel, 1)).map(({ seq }) => seq),
      [300],
    )
    assert.deepEqual((await panel.asked('run/mark', 1)).length, 1)
    await panel.close()
  })

  it('stand beside the log, at its last row, where the run has just ended; nobody is told of an error', async () => {
    const panel = await open({ events: 300, state: 'running' })
    await panel.host(({ host }) => host.failing.set('run/mark', 'The recorder can’t be reached.'))
    await panel.id('feed').focus()
    await panel.page.keyboard.press('b')
    assert.deepEqual(
      (await kept(panel, 1)).map(({ seq }) => seq),
      [298],
    )
    await panel.page.locator('.row.bookmarked[data-seq="298"] .codicon-bookmark').waitFor()
    assert.equal(await panel.id('notice').count(), 0)
    await panel.close()
  })

  it('need a chosen row in a run that is over, and the panel says so until there is one, or a replay', async () => {
    const panel = await open({ events: 240, state: 'completed' })
    await panel.id('feed').focus()
    await panel.page.keyboard.press('b')
    await panel.id('notice').filter({ hasText: 'Choose an event first' }).waitFor()
    await panel.page.keyboard.press('F2')
    await panel.id('notice').filter({ hasText: 'no marker here' }).waitFor()
    await panel.page.locator('.row[data-seq="6"]').click()
    await panel.page.keyboard.press('b')
    await panel.id('notice').waitFor({ state: 'detached' })
    await kept(panel, 1)
    await panel.host(({ host }) => {
      host.notice('warning', 'It is about the list.')
    })
    await panel.id('notice').waitFor()
    await panel.id('replay-button').click()
    await panel.id('notice').waitFor({ state: 'detached' })
    await panel.close()
  })

  it('are named in the list: right after they were set, and later on their row', async () => {
    const panel = await open({ events: 240, state: 'completed' })
    await panel.page.locator('.row[data-seq="6"]').click()
    await panel.page.keyboard.press('b')
    await panel.id('marker-note').waitFor()
    await panel.page.keyboard.press('F2')
    await panel.id('marker-name').fill('first try')
    await panel.page.keyboard.press('Enter')
    assert.equal((await kept(panel, 2))[0]?.name, 'first try')
    assert.equal(await focused(panel), 'feed')
    await panel.id('marker-note').waitFor({ state: 'detached' })
    await panel.page.keyboard.press('F2')
    await panel.id('marker-name').fill('second try')
    await panel.page.keyboard.press('Escape')
    assert.equal(await focused(panel), 'feed')
    await panel.page.keyboard.press('b')
    await panel.page.keyboard.press('b')
    await panel.id('name-marker').click()
    await panel.id('marker-name').fill('third try')
    await panel.page.keyboard.press('Enter')
    assert.equal((await kept(panel, 5))[0]?.name, 'third try')
    // Whoever goes on is not asked any more.
    await panel.page.keyboard.press('b')
    await panel.page.keyboard.press('b')
    await panel.id('marker-note').waitFor()
    await panel.page.keyboard.press('ArrowDown')
    await panel.id('marker-note').waitFor({ state: 'detached' })
    await panel.close()
  })

  it('are gone through with a key, those of the log and those of the notes', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    await panel.host(({ host }) => {
      host.append([{ phase: 'marker', text: 'deployed', data: {} }])
      host.tellTimeline()
    })
    await panel.asked('levels/get', 2)
    await panel.page.locator('.row[data-seq="5"]').click()
    await panel.page.keyboard.press('b')
    await panel.page.keyboard.press('B')
    await panel.page.locator('.row.selected[data-seq="2400"]').waitFor()
    await panel.page.keyboard.press('B')
    await panel.page.locator('.row.selected[data-seq="5"]').waitFor()
    await panel.close()
  })

  it('come from the host when the panel opens, and are ticks of the timeline', async () => {
    const panel = await open({ events: 240, state: 'completed' })
    await panel.host(({ host }) => {
      host.bookmarks = [
        { seq: 120, text: 'halfway', name: 'halfway', time: Date.UTC(2026, 10, 20, 3, 30, 5, 231) + 120 * 37 },
      ]
      host.putAbove(0)
    })
    await panel.id('marker').waitFor()
    const box = await panel.page.getByRole('slider', { name: 'Timeline' }).boundingBox()
    assert.ok(box !== null)
    await panel.page.mouse.move(box.x + (box.width * 120) / 239, box.y + box.height - 20)
    await panel.id('timeline-tip').filter({ hasText: 'halfway' }).waitFor()
    await panel.page.mouse.down()
    await panel.page.mouse.up()
    await panel.page.locator('.row.selected[data-seq="120"]').waitFor()
    await panel.close()
  })

  it('are listed once where the notes have an event twice', async () => {
    const panel = await open({ events: 240, state: 'completed' })
    await panel.host(({ host }) => {
      host.bookmarks = [
        { seq: 3, text: 'one', name: 'one' },
        { seq: 3, text: 'two', name: 'two' },
        { seq: 9, text: 'three', name: 'three' },
      ]
      host.putAbove(0)
    })
    await panel.id('marker').filter({ hasText: 'three' }).waitFor()
    assert.equal(await panel.id('marker').count(), 2)
    await panel.close()
  })

  it('of lines of a launch are markers of its run', async () => {
    const panel = await open({ kind: 'launch', state: 'completed' })
    await panel.host(({ host }) => {
      host.print('one', '', 'three')
    })
    await panel.page.locator('.row[data-seq="1"]').click()
    await panel.page.keyboard.press('b')
    assert.equal((await kept(panel, 1))[0]?.name, 'Marker 1')
    await panel.id('marker').filter({ hasText: 'Marker 1' }).waitFor()
    await panel.close()
  })
})

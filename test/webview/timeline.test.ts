import assert from 'node:assert/strict'
import { Harness, type OpenPanel, type PanelOptions } from './harness'
import { counted, focused, settled } from './waits'

describe('timeline', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  /** A panel whose timeline has got its bars. */
  async function open(options: PanelOptions): Promise<OpenPanel> {
    const panel = await harness.open(options)
    await panel.asked('levels/get', 1)
    await settled(panel)
    return panel
  }

  const slider = (panel: OpenPanel) => panel.page.getByRole('slider', { name: 'Timeline' })
  const told = (panel: OpenPanel) => slider(panel).getAttribute('aria-valuetext')

  async function boxOf(panel: OpenPanel): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await slider(panel).boundingBox()
    assert.ok(box !== null)
    return box
  }

  /** How many pixels of the canvas are not empty, and of how many colours. */
  async function drawn(panel: OpenPanel): Promise<{ pixels: number; colors: number }> {
    return panel.page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>('.timeline-canvas')
      const pen = canvas?.getContext('2d')
      if (!canvas || !pen) return { pixels: 0, colors: 0 }
      const { data } = pen.getImageData(0, 0, canvas.width, canvas.height)
      const seen = new Set<string>()
      let pixels = 0
      for (let i = 0; i < data.length; i += 4) {
        if (data[i + 3] !== 255) continue
        pixels++
        seen.add(data.slice(i, i + 3).join(' '))
      }
      return { pixels, colors: seen.size }
    })
  }

  it('draws the whole run, a bucket for three pixels', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    const { width } = await boxOf(panel)
    const [asked] = (await panel.asked('levels/get', 1)) as { from: number; to: number; buckets: number }[]
    assert.equal(asked?.buckets, Math.floor(width / 3))
    assert.equal(asked.to - asked.from, 2399 * 37 + 1)
    const { pixels, colors } = await drawn(panel)
    assert.ok(pixels > 5000 && colors > 3, JSON.stringify({ pixels, colors }))
    await panel.close()
  })

  it('shows where the list stands, and goes where it is clicked', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    const view = panel.id('timeline-view')
    const left = async () => Number((await view.boundingBox())?.x)
    const { x, y, width } = await boxOf(panel)
    assert.ok((await left()) < x + 3, `${String(await left())} ${String(x)}`)
    await panel.page.mouse.click(x + width / 2, y + 25)
    // Half of 2,400 events; the two kinds of answers and the network are hidden.
    const chosen = panel.page.locator('.row.selected[data-seq]')
    await chosen.waitFor()
    const seq = Number(await chosen.getAttribute('data-seq'))
    assert.ok(Math.abs(seq - 1200) < 8, String(seq))
    // The list is drawn first, and the timeline with it in the next frame.
    await settled(panel)
    assert.ok(Math.abs((await left()) - (x + width / 2)) < 20)
    await panel.close()
  })

  it('does not follow the end of a run that is over when all of it is in view', async () => {
    const panel = await open({ events: 20, state: 'completed' })
    const { x, y, width } = await boxOf(panel)
    await panel.page.mouse.click(x + width / 2, y + 25)
    await panel.page.locator('.row.selected[data-seq]').waitFor()
    await settled(panel)
    assert.equal(await panel.id('follow-button').getAttribute('aria-pressed'), 'false')
    await panel.close()
  })

  it('looks nearer where the pointer is, at the selection, and at the whole run again', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    const { x, y, width } = await boxOf(panel)
    const stretch = async (count: number) => {
      const { from, to } = (await panel.asked('levels/get', count)).at(-1) as { from: number; to: number }
      await settled(panel)
      return [from - Date.UTC(2026, 10, 20, 3, 30, 5, 231), to - from - 1].map(Math.round)
    }
    const whole = await stretch(1)
    const [, span = 0] = whole
    await panel.page.mouse.move(x + width / 4, y + 20)
    await panel.page.keyboard.down('Control')
    await panel.page.mouse.wheel(0, -200)
    await panel.page.keyboard.up('Control')
    const [from = 0, part = 0] = await stretch(2)
    assert.ok(Math.abs(part - span / 2) < 2 && Math.abs(from - span / 8) < 60, JSON.stringify({ from, part }))
    // A click goes where it is on what is seen now.
    await panel.page.mouse.click(x + width / 2, y + 25)
    const chosen = panel.page.locator('.row.selected[data-seq]')
    await chosen.waitFor()
    assert.ok(Math.abs(Number(await chosen.getAttribute('data-seq')) - 2400 * (1 / 8 + 1 / 4)) < 12)
    await panel.page.keyboard.press('0')
    assert.deepEqual(await stretch(3), whole)
    await panel.page.mouse.move(x + width / 2, y + 20)
    await panel.page.mouse.down()
    await panel.page.mouse.move(x + width * 0.75, y + 20, { steps: 4 })
    await panel.page.mouse.up()
    await panel.page.getByRole('button', { name: 'Zoom to the selection' }).click()
    const [start = 0, length = 0] = await stretch(4)
    assert.ok(Math.abs(start - span / 2) < 60 && Math.abs(length - span / 4) < 120, JSON.stringify({ start, length }))
    await panel.page.getByRole('button', { name: 'Show the whole run' }).click()
    assert.deepEqual(await stretch(5), whole)
    await slider(panel).focus()
    await panel.page.keyboard.press('+')
    assert.ok(Math.abs(((await stretch(6))[1] ?? 0) - span / 2) < 2)
    await slider(panel).dblclick({ position: { x: width * 0.9, y: 20 } })
    assert.deepEqual(await stretch(7), whole)
    await panel.id('time-range').waitFor({ state: 'detached' })
    await panel.close()
  })

  it('marks where one stands until another event is chosen, or Escape', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    const cursor = panel.id('timeline-cursor')
    const { x, y, width } = await boxOf(panel)
    const stand = async () => {
      await panel.page.mouse.click(x + width / 3, y + 25)
      await panel.page.locator('.row.selected[data-seq]').waitFor()
      await settled(panel)
      assert.ok(Math.abs(((await cursor.boundingBox())?.x ?? 0) - (x + width / 3)) < 3)
    }
    await stand()
    await panel.page.keyboard.press('Escape')
    await cursor.waitFor({ state: 'detached' })
    await stand()
    await panel.rows().nth(2).click()
    await cursor.waitFor({ state: 'detached' })
    await panel.close()
  })

  it('says nothing of where the list stands when all of it is seen, or none', async () => {
    const all = await open({ events: 20, state: 'completed' })
    assert.equal(await all.id('timeline-view').count(), 0)
    await all.close()
    const panel = await open({ events: 2400, state: 'completed', width: 400 })
    await panel.id('timeline-view').waitFor()
    await panel.id('tab-summary').click()
    await panel.id('timeline-view').waitFor({ state: 'detached' })
    await panel.id('tab-events').click()
    await panel.id('timeline-view').waitFor()
    await panel.close()
  })

  it('goes to the error whose tick is clicked, and tells it under the pointer', async () => {
    const panel = await open({ state: 'completed', events: 30 })
    const { x, y, width, height } = await boxOf(panel)
    // The event 20 is the second error.
    const at = x + (width * 20) / 29
    await panel.page.mouse.move(at + 2, y + height - 4)
    await panel.id('timeline-tip').filter({ hasText: 'HTTP 429 Too many requests (20)' }).waitFor()
    await panel.page.mouse.click(at + 2, y + height - 4)
    await panel.page.locator('.row.selected[data-seq="20"]').waitFor()
    await panel.close()
  })

  it('narrows the list to the stretch that is dragged over, until it is taken away', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    const { x, y, width } = await boxOf(panel)
    const all = await panel.id('feed-count').innerText()
    const drag = async () => {
      await panel.page.mouse.move(x + width / 4, y + 20)
      await panel.page.mouse.down()
      await panel.page.mouse.move(x + width / 2, y + 20, { steps: 4 })
      await panel.page.mouse.up()
      await panel.id('time-range').waitFor()
    }
    await drag()
    const opened = (await panel.asked('view/open', 2)).at(-1) as { query: { time: { from: number; to: number } } }
    const { from, to } = opened.query.time
    assert.ok(Math.abs(to - from - (2399 * 37) / 4) < 400, String(to - from))
    await panel.page.waitForFunction(
      (text) => document.querySelector<HTMLElement>('[data-testid="feed-count"]')?.innerText !== text,
      all,
    )
    await settled(panel)
    const seqs = await panel.seqs()
    assert.ok((seqs[0] ?? 0) >= 598 && (seqs.at(-1) ?? 0) <= 1202, JSON.stringify(seqs))
    await panel.id('time-range').click()
    await counted(panel, all)
    await drag()
    await panel.page.keyboard.press('Escape')
    await counted(panel, all)
    assert.equal(await panel.id('time-range').count(), 0)
    await drag()
    await slider(panel).dblclick({ position: { x: width * 0.9, y: 20 } })
    await counted(panel, all)
    await panel.close()
  })

  it('keeps the chosen stretch over a reload', async () => {
    const panel = await open({ events: 2400, state: 'completed' })
    const { x, y, width } = await boxOf(panel)
    await panel.page.mouse.move(x + width / 4, y + 20)
    await panel.page.mouse.down()
    await panel.page.mouse.move(x + width / 2, y + 20, { steps: 4 })
    await panel.page.mouse.up()
    const chip = await panel.id('time-range').innerText()
    await panel.page.waitForFunction(() => sessionStorage.getItem('fake-vscode-state')?.includes('"range":{'))
    await panel.page.reload()
    await panel.id('time-range').waitFor()
    assert.equal(await panel.id('time-range').innerText(), chip)
    await panel.close()
  })

  it('is a slider for who uses the keys: it tells, moves, goes and chooses', async () => {
    const panel = await open({ events: 1001, state: 'completed' })
    await slider(panel).focus()
    await panel.page.keyboard.press('Home')
    assert.match((await told(panel)) ?? '', /^03:30:05\.231, 0 ms after the start, \d+ events?/)
    for (let i = 0; i < 3; i++) await panel.page.keyboard.press('PageUp')
    // 300 of 1,000 steps of 37 ms.
    assert.match((await told(panel)) ?? '', /^03:30:16\.331, 11 s after the start/)
    await panel.page.keyboard.press('Enter')
    const chosen = panel.page.locator('.row.selected[data-seq]')
    await chosen.waitFor()
    assert.ok(Math.abs(Number(await chosen.getAttribute('data-seq')) - 300) < 6)
    assert.equal(await focused(panel), 'DIV')
    await panel.page.keyboard.press('Shift+PageUp')
    await panel.id('time-range').waitFor()
    await panel.page.keyboard.press('Shift+ArrowRight')
    await panel.id('time-range').filter({ hasText: '03:30:16.331 – 03:30:20.401' }).waitFor()
    assert.match((await told(panel)) ?? '', /the list shows 03:30:16\.331 to 03:30:20\.401$/)
    await panel.page.keyboard.press('Escape')
    await panel.id('time-range').waitFor({ state: 'detached' })
    await panel.close()
  })

  it('grows with a live run without moving what is drawn', async () => {
    const panel = await open({ events: 400, state: 'running' })
    const axisOf = async (count: number) => {
      const asked = (await panel.asked('levels/get', count)) as { from: number; to: number }[]
      return asked.map(({ from, to }) => to - from - 1)
    }
    await panel.host(({ host }) => {
      host.append(20)
      host.tellTimeline()
    })
    const [first, second] = await axisOf(2)
    // 14.8 s and 15.5 s both stand on an axis of 16.
    assert.deepEqual([first, second], [16_000, 16_000])
    await panel.host(({ host }) => {
      host.append(400)
      host.tellTimeline()
    })
    assert.equal((await axisOf(3))[2], 32_000)
    await panel.close()
  })

  it('asks again when the panel gets wider, and never twice at once', async () => {
    const panel = await open({ events: 400, state: 'completed', width: 700 })
    await panel.page.setViewportSize({ width: 1300, height: 700 })
    const { width } = await boxOf(panel)
    const asked = (await panel.asked('levels/get', 2)) as { buckets: number }[]
    assert.equal(asked.at(-1)?.buckets, Math.floor(width / 3))
    await panel.close()
  })

  it('shows requests when they are asked for, and what one is', async () => {
    const panel = await open({ events: 240, state: 'completed' })
    assert.deepEqual(await panel.host(({ host }) => host.named('timeline/requests').length), 0)
    const { height: before } = await boxOf(panel)
    await panel.id('timeline-requests').click()
    await panel.asked('timeline/requests', 1)
    await settled(panel)
    const { x, y, width, height } = await boxOf(panel)
    assert.ok(height > before)
    // The first request begins at the event 4.
    // Below them are the labels of the axis.
    await panel.page.mouse.move(x + (width * 4.3) / 239, y + before - 18 + 2)
    await panel.id('timeline-tip').filter({ hasText: 'https://chat.example/backend/4' }).waitFor()
    await panel.id('timeline-requests').click()
    assert.equal((await boxOf(panel)).height, before)
    await panel.close()
  })

  it('says why nothing is drawn: an empty run, a host that fails; a followed file has none', async () => {
    const empty = await open({ events: 0, state: 'running' })
    await empty.id('timeline-note').filter({ hasText: 'No event yet' }).waitFor()
    await empty.host(({ host }) => {
      host.append(50)
      host.tellTimeline()
    })
    await empty.id('timeline-note').waitFor({ state: 'detached' })
    await empty.close()
    const over = await open({ events: 0, state: 'completed' })
    await over.id('timeline-note').filter({ hasText: 'No event was recorded' }).waitFor()
    await over.host(({ host }) => {
      host.failing.set('levels/get', 'The log is gone.')
      host.tellTimeline()
    })
    await over.id('timeline-note').filter({ hasText: 'No timeline: The log is gone.' }).waitFor()
    await over.close()
    const file = await harness.open({ kind: 'follow', events: 40, state: 'following' })
    await settled(file)
    assert.equal(await file.id('timeline').count(), 0)
    assert.deepEqual(await file.host(({ host }) => host.named('timeline/get')), [])
    await file.close()
  })

  it('has its place in a narrow panel too', async () => {
    const panel = await open({ events: 400, state: 'completed', width: 400 })
    const { height, width } = await boxOf(panel)
    assert.ok(height < 60 && width > 300, JSON.stringify({ height, width }))
    assert.ok((await drawn(panel)).pixels > 1000)
    await panel.close()
  })
})

import assert from 'node:assert/strict'
import { Harness, type OpenPanel, type PanelOptions } from './harness'
import { counted, settled } from './waits'

interface Drawn {
  readonly seq: number
  /** Rows that it stands for. */
  readonly count: number
  /** Pixels from the top of the list. */
  readonly y: number
}

describe('equal rows', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  const row = (panel: OpenPanel, seq: number) => panel.page.locator(`.row[data-seq="${String(seq)}"]`)
  const fold = (panel: OpenPanel, seq: number) => row(panel, seq).getByTestId('row-fold')
  const selected = (panel: OpenPanel, seq: number) => panel.page.locator(`.row.selected[data-seq="${String(seq)}"]`)

  /** A command that printed these lines. */
  async function printed(lines: readonly string[], options: PanelOptions = {}): Promise<OpenPanel> {
    const panel = await harness.open({ kind: 'launch', state: 'completed', ...options })
    await print(panel, lines)
    await settled(panel)
    return panel
  }

  async function print(panel: OpenPanel, lines: readonly string[]): Promise<void> {
    await panel.host(({ host, argument }) => {
      host.print(...argument)
    }, lines)
  }

  /** 37 equal lines between two others. */
  const few = ['start', ...Array<string>(37).fill('try again'), 'end']

  async function drawn(panel: OpenPanel): Promise<Drawn[]> {
    return panel.page.evaluate(() => {
      const top = document.querySelector('.feed')?.getBoundingClientRect().top ?? 0
      return [...document.querySelectorAll<HTMLElement>('.row[data-seq]')].map((one) => ({
        seq: Number(one.dataset['seq']),
        count: Number(one.dataset['count'] ?? '1'),
        y: one.getBoundingClientRect().top - top,
      }))
    })
  }

  const counts = async (panel: OpenPanel) => (await drawn(panel)).map(({ seq, count }) => [seq, count])

  /** The viewport is full, and no row is missing or there twice. */
  async function filled(panel: OpenPanel): Promise<Drawn[]> {
    await settled(panel)
    const rows = await drawn(panel)
    const height = await panel.id('feed').evaluate((feed) => feed.clientHeight)
    const [first, last] = [rows[0], rows.at(-1)]
    assert.ok(first !== undefined && last !== undefined && first.y <= 0 && last.y + 18 >= height, JSON.stringify(rows))
    for (const [i, { seq, count, y }] of rows.entries()) {
      const next = rows[i + 1]
      if (next !== undefined) assert.deepEqual([next.seq, next.y], [seq + count, y + 18], JSON.stringify(rows))
    }
    return rows
  }

  async function copied(panel: OpenPanel, count: number): Promise<string[]> {
    const { text } = ((await panel.asked('clipboard/write', count)) as { text: string }[]).at(-1) ?? { text: '' }
    return text.trimEnd().split('\n')
  }

  it('are drawn once with their count; places stay those in the view', async () => {
    const panel = await printed([
      ...few,
      '',
      '',
      '\u001b[31mred\u001b[0m',
      '\u001b[31mred\u001b[0m',
      '\u001b[32mred\u001b[0m',
    ])
    assert.deepEqual(await counts(panel), [
      [0, 1],
      [1, 37],
      [38, 1],
      [39, 1],
      [40, 1],
      [41, 2],
      [43, 1],
    ])
    assert.equal((await fold(panel, 1).innerText()).trim(), '×37')
    const name = '37 equal rows in a row, 03:30:05.268 to 03:30:06.600; show them'
    assert.equal(await fold(panel, 1).getAttribute('title'), name)
    await panel.page.getByRole('button', { name }).waitFor()
    assert.equal(await panel.id('feed').getAttribute('aria-rowcount'), '44')
    assert.equal(await row(panel, 38).getAttribute('aria-rowindex'), '39')
    assert.equal(await panel.id('scrollbar').locator('.scroll-thumb').count(), 0)
    await panel.close()
  })

  it('never fold over the end of a page, nor where something else about them differs', async () => {
    const panel = await printed(Array<string>(300).fill('same'))
    assert.deepEqual(await counts(panel), [
      [0, 128],
      [128, 128],
      [256, 44],
    ])
    await panel.host(({ host }) => {
      const say = (stream: string, level?: 'warn') => ({
        phase: 'log_line',
        text: 'same',
        stream,
        data: {},
        ...(level === undefined ? {} : { level }),
      })
      host.append([say('stderr'), say('stderr'), say('stderr', 'warn'), say('stdout')])
    })
    await row(panel, 303).waitFor()
    assert.deepEqual((await counts(panel)).slice(2), [
      [256, 44],
      [300, 2],
      [302, 1],
      [303, 1],
    ])
    await panel.close()
  })

  it('are shown by the mouse, and fold again', async () => {
    const panel = await printed(few)
    await fold(panel, 1).click()
    await row(panel, 20).waitFor()
    assert.deepEqual(
      (await panel.seqs()).slice(0, 21),
      Array.from({ length: 21 }, (_, i) => i),
    )
    assert.equal(await fold(panel, 1).getAttribute('aria-expanded'), 'true')
    assert.equal(await row(panel, 1).getAttribute('data-count'), null)
    assert.equal(await panel.id('detail').count(), 0)
    await fold(panel, 1).click()
    await row(panel, 20).waitFor({ state: 'detached' })
    assert.deepEqual(await counts(panel), [
      [0, 1],
      [1, 37],
      [38, 1],
    ])
    await panel.close()
  })

  it('are shown by the keys, which go by drawn rows, and fold again from any of them', async () => {
    const panel = await printed(few)
    const press = (key: string) => panel.page.keyboard.press(key)
    await panel.id('feed').focus()
    await press('ArrowDown')
    await press('ArrowDown')
    await selected(panel, 1).waitFor()
    await press('ArrowDown')
    await selected(panel, 38).waitFor()
    // There is nothing to open.
    await press('ArrowRight')
    await press('ArrowUp')
    await press('ArrowRight')
    await row(panel, 2).waitFor()
    await press('ArrowDown')
    await press('ArrowDown')
    await selected(panel, 3).waitFor()
    await press('ArrowLeft')
    await selected(panel, 1).waitFor()
    await row(panel, 2).waitFor({ state: 'detached' })
    await press('End')
    await press('Home')
    await press('PageDown')
    await selected(panel, 38).waitFor()
    await press('Escape')
    await selected(panel, 38).waitFor()
    await panel.close()
  })

  it('are all chosen and copied with the row that stands for them', async () => {
    const panel = await printed(few)
    await row(panel, 1).locator('.text').click()
    await panel.id('detail').waitFor()
    await panel.page.keyboard.press('Escape')
    await panel.id('detail').waitFor({ state: 'detached' })
    await panel.id('feed').focus()
    await panel.page.keyboard.press('Control+c')
    assert.deepEqual(await copied(panel, 1), Array(37).fill('try again'))
    await row(panel, 0).click({ modifiers: ['Shift'] })
    await panel.id('said').filter({ hasText: '38 rows chosen.' }).waitFor()
    await panel.page.keyboard.press('Control+c')
    assert.deepEqual(await copied(panel, 2), few.slice(0, 38))
    await panel.page.keyboard.press('Control+a')
    await panel.page.keyboard.press('Control+c')
    assert.deepEqual(await copied(panel, 3), few)
    await row(panel, 1).click({ button: 'right' })
    await panel.page.keyboard.press('Escape')
    await panel.page.keyboard.press('Escape')
    await row(panel, 1).click({ button: 'right' })
    await panel.page.getByRole('menuitem', { name: 'Copy 37 Rows', exact: true }).click()
    assert.equal((await copied(panel, 4)).length, 37)
    await panel.close()
  })

  it('are shown when one of them is asked for by name, and a marked one stands for itself', async () => {
    const lines = Array.from({ length: 3000 }, (_, i) =>
      i % 200 < 190 ? `wait ${String(Math.floor(i / 200))}` : `line ${String(i)}`,
    )
    const panel = await printed(lines)
    await panel.host(({ host }) => {
      host.goTo(1350)
    })
    await selected(panel, 1350).waitFor()
    const rows = await filled(panel)
    const height = await panel.id('feed').evaluate((feed) => feed.clientHeight)
    const { y } = rows.find(({ seq }) => seq === 1350) ?? { y: NaN }
    assert.ok(Math.abs(y - height / 2) < 40, String(y))
    assert.ok(rows.some(({ seq }) => seq === 1351))
    await panel.page.keyboard.press('b')
    await panel.page.locator('.row.bookmarked[data-seq="1350"]').waitFor()
    await panel.id('feed').focus()
    await panel.page.keyboard.press('Home')
    await panel.host(({ host }) => {
      host.goTo(1349)
    })
    await selected(panel, 1349).waitFor()
    await panel.page.keyboard.press('ArrowLeft')
    await row(panel, 1348).waitFor({ state: 'detached' })
    const around = (await filled(panel)).filter(({ seq }) => seq >= 1200 && seq < 1390)
    assert.deepEqual(
      around.map(({ seq, count }) => [seq, count]),
      [
        [1280, 70],
        [1350, 1],
        [1351, 39],
      ],
    )
    await panel.close()
  })

  it('stay at the live end as their fold grows, whatever the rate', async () => {
    const panel = await printed(
      Array.from({ length: 200 }, (_, i) => `line ${String(i)}`),
      { state: 'running' },
    )
    for (let count = 1; count <= 5; count++) {
      await print(panel, ['beat'])
      await panel.page.waitForFunction(
        (wanted) => document.querySelector<HTMLElement>('.row[data-seq="200"]')?.dataset['count'] === wanted,
        count === 1 ? undefined : String(count),
      )
      await row(panel, 200).waitFor()
    }
    const height = await panel.id('feed').evaluate((feed) => feed.clientHeight)
    const last = (await filled(panel)).at(-1)
    assert.deepEqual([last?.seq, last?.count, last?.y], [200, 5, height - 18])
    const waiting = await panel.page.evaluate(async () => {
      const { fakeHost } = globalThis as unknown as { fakeHost: { print(...texts: string[]): void } }
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve))
      const short: number[] = []
      for (let batch = 0; batch < 60; batch++) {
        fakeHost.print(...Array<string>(333).fill('beat'))
        await frame()
        await frame()
        short.push(document.querySelectorAll('.row.waiting').length)
      }
      return Math.max(...short)
    })
    assert.equal(waiting, 0)
    await counted(panel, '20,185')
    await panel.page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLElement>('.row')].slice(0, -1).every((one) => one.dataset['count'] === '128'),
    )
    const end = (await filled(panel)).at(-1)
    assert.deepEqual([end?.seq, end?.count, end?.y], [20_096, 89, height - 18])
    assert.equal(await panel.id('follow-button').getAttribute('aria-pressed'), 'true')
    // Scrolled up it stands still.
    await panel.id('feed').hover()
    await panel.page.mouse.wheel(0, -180)
    await panel.id('jump-to-end').waitFor()
    const before = await filled(panel)
    await print(panel, Array<string>(500).fill('beat'))
    await panel.id('jump-to-end').filter({ hasText: '500 new' }).waitFor()
    assert.deepEqual(await filled(panel), before)
    await panel.close()
  })

  it('scroll through a hundred thousand rows without a gap, by the wheel, the thumb and the keys', async () => {
    const panel = await harness.open({ kind: 'launch', state: 'completed' })
    await panel.host(({ host }) => {
      const text = (i: number) => (i % 500 < 380 ? `wait ${String(Math.floor(i / 500))}` : `line ${String(i)}`)
      host.print(...Array.from({ length: 100_000 }, (_, i) => text(i)))
    })
    await counted(panel, '100,000')
    await panel.id('feed').focus()
    await panel.page.keyboard.press('Home')
    await row(panel, 0).waitFor()
    const wheel = async (pixels: number) => {
      const before = await filled(panel)
      await panel.page.mouse.wheel(0, pixels)
      // The wheel comes when the browser gets to it.
      await panel.page.waitForFunction(
        (old) => {
          const top = document.querySelector('.feed')?.getBoundingClientRect().top ?? 0
          const now = [...document.querySelectorAll<HTMLElement>('.row[data-seq]')].map((one) => [
            Number(one.dataset['seq']),
            one.getBoundingClientRect().top - top,
          ])
          return JSON.stringify(now) !== old
        },
        JSON.stringify(before.map(({ seq, y }) => [seq, y])),
      )
      const after = await filled(panel)
      // Whatever was drawn before stands that much higher now.
      for (const { seq, count, y } of after) {
        const old = before.find((one) => one.seq === seq)
        if (old !== undefined) assert.deepEqual([count, y], [old.count, old.y - pixels])
      }
      return after
    }
    await panel.id('feed').hover()
    await filled(panel)
    for (let turn = 0; turn < 12; turn++) await wheel(301)
    const down = await filled(panel)
    assert.ok((down[0]?.seq ?? 0) > 500, String(down[0]?.seq))
    for (let turn = 0; turn < 12; turn++) await wheel(-301)
    assert.deepEqual((await filled(panel))[0], { seq: 0, count: 128, y: 0 })
    const box = await panel.id('scrollbar').boundingBox()
    assert.ok(box !== null)
    await panel.page.mouse.move(box.x + 5, box.y + 5)
    await panel.page.mouse.down()
    for (const share of [0.2, 0.5, 0.8]) {
      await panel.page.mouse.move(box.x + 5, box.y + box.height * share, { steps: 3 })
      const rows = await filled(panel)
      assert.ok(Math.abs((rows[0]?.seq ?? 0) - 100_000 * share) < 4000, `${String(share)}: ${String(rows[0]?.seq)}`)
    }
    await panel.page.mouse.move(box.x + 5, box.y + box.height + 50)
    await panel.page.mouse.up()
    await row(panel, 99_999).waitFor()
    const end = await filled(panel)
    assert.equal((end.at(-1)?.seq ?? 0) + (end.at(-1)?.count ?? 0), 100_000)
    await panel.page.keyboard.press('Home')
    await row(panel, 0).waitFor()
    const first = await filled(panel)
    const page = Math.floor((await panel.id('feed').evaluate((feed) => feed.clientHeight)) / 18) - 1
    await panel.page.keyboard.press('PageDown')
    await selected(panel, first[page]?.seq ?? -1).waitFor()
    await panel.page.keyboard.press('PageDown')
    await selected(panel, first[page]?.seq ?? -1).waitFor({ state: 'detached' })
    await filled(panel)
    await panel.page.keyboard.press('PageUp')
    await selected(panel, first[page]?.seq ?? -1).waitFor()
    const asked = (await panel.host(({ host }) => host.named('rows/get'))) as { from: number; to: number }[]
    assert.ok(asked.every(({ from, to }) => to - from <= 128))
    await panel.close()
  })

  it('come back as they were when the person wants none folded, also after a reload', async () => {
    const panel = await printed(few)
    await panel.id('time-switch').click()
    const entry = panel.page.getByRole('menuitemcheckbox', { name: 'Fold equal rows' })
    assert.equal(await entry.getAttribute('aria-checked'), 'true')
    await entry.click()
    await row(panel, 2).waitFor()
    assert.equal(await panel.id('row-fold').count(), 0)
    assert.deepEqual(await panel.asked('panel/remember', 1), [{ folds: false }])
    await panel.page.waitForFunction(() => sessionStorage.getItem('fake-vscode-state')?.includes('"folds":false'))
    await panel.page.reload()
    await panel.id('time-switch').click()
    assert.equal(await entry.getAttribute('aria-checked'), 'false')
    await entry.click()
    await panel.close()
  })

  it('are counted up to the moment of a replay', async () => {
    const panel = await harness.open({ events: 24, state: 'completed' })
    await panel.host(({ host }) => {
      host.append(Array.from({ length: 20 }, () => ({ phase: 'search_query', text: 'the same question', data: {} })))
      host.tellTimeline()
    })
    await panel.page.locator('.row[data-seq="24"][data-count="20"]').waitFor()
    await panel.asked('levels/get', 1)
    await panel.id('replay-button').click()
    await panel.id('replay-play').click()
    await panel.page.getByRole('button', { name: 'Play', exact: true }).waitFor()
    for (const [seq, count] of [
      [30, '7'],
      [43, '20'],
      [25, '2'],
    ] as const) {
      await panel.host(({ host, argument }) => {
        host.goTo(argument)
      }, seq)
      await panel.page.locator(`.row[data-seq="24"][data-count="${count}"]`).waitFor()
      assert.equal((await panel.seqs()).at(-1), 24)
    }
    await panel.close()
  })

  it('fold in a followed file, where older lines come above, too', async () => {
    const panel = await harness.open({ kind: 'follow', events: 40 })
    await panel.host(({ host }) => {
      const line = (text: string, more: object = {}) => ({ phase: 'log_line', stream: 'file', text, data: {}, ...more })
      host.append([
        ...Array.from({ length: 9 }, () => line('poll')),
        ...Array.from({ length: 3 }, () => line('    at one.Place', { continued: true })),
        line('poll'),
        line('poll'),
        line('poll', { unterminated: true }),
      ])
    })
    const folds = () =>
      panel.page
        .locator('.row[data-count]')
        .evaluateAll((rows) => rows.map((one) => (one as HTMLElement).dataset['count']))
    await panel.page.locator('.row.unterminated').waitFor()
    assert.deepEqual(await folds(), ['9', '2'])
    await panel.host(({ host }) => {
      host.complete({ phase: 'log_line', stream: 'file', text: 'poll', data: {} })
    })
    await panel.page.locator('.row[data-count="3"]').waitFor()
    await panel.host(({ host }) => {
      host.putAbove(30)
    })
    await counted(panel, '85')
    assert.deepEqual(await folds(), ['9', '3'])
    await panel.close()
  })
})

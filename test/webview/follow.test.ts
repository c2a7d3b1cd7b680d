/** The panel of followed files: its header, files, recording, places to go to, marks, and what happens under it. */
import assert from 'node:assert/strict'
import { useFollowPanels } from './followPanel'
import type { OpenPanel } from './harness'
import { counted, focused, settled } from './waits'

const LINE_BYTES = 40
const SEQ_BASE = 1_000_000_000

describe('panel of followed files', () => {
  const { open, row } = useFollowPanels()
  const said = (panel: OpenPanel, text: string) =>
    panel.id('said').filter({ hasText: text }).waitFor({ state: 'attached' })
  const chosen = (panel: OpenPanel) => panel.page.locator('.row.selected[data-index]')

  it('tells a file from a run: its state, no stop, no clock, no export until there is a recording', async () => {
    const panel = await open()
    assert.equal(await panel.id('run-state').innerText(), 'following')
    for (const absent of ['stop-button', 'run-clock', 'export-button', 'run-id'])
      assert.equal(await panel.id(absent).count(), 0, absent)
    await panel.host(({ host }) => {
      host.setRun({ capture_id: '2026-11-20T03-30-05Z-abc123' })
    })
    await panel.id('export-button').waitFor()
    await panel.id('run-id').waitFor()
    await panel.id('pause-button').click()
    await panel
      .id('run-state')
      .filter({ hasText: /^paused$/ })
      .waitFor()
    await panel.host(({ host }) => {
      host.append(1000)
    })
    await panel.id('pause-button').filter({ hasText: '1,000 new' }).waitFor()
    // All that is counted stands still with the view.
    const counts = async () => [
      (await panel.id('feed-count').innerText()).trim(),
      await panel.page.locator('.header-meta .meta').first().innerText(),
      await panel.id('line-count').innerText(),
      /\d+$/.exec(await panel.id('level-filter-error').innerText())?.[0],
    ]
    assert.deepEqual(await counts(), ['700 lines', '700 lines', '700', '100'])
    // Another view is of now.
    await panel.id('search-input').fill('timeout')
    await counted(panel, '243 of 1,700')
    await panel.id('pause-button').filter({ hasText: 'Paused, 0 new' }).waitFor()
    await panel.id('search-clear').click()
    await counted(panel, '1,700')
    await panel.host(({ host }) => {
      host.append(1)
    })
    await panel.id('pause-button').filter({ hasText: 'Paused, 1 new' }).waitFor()
    assert.deepEqual((await counts()).slice(0, 2), ['1,700 lines', '1,700 lines'])
    await panel.id('pause-button').click()
    await counted(panel, '1,701')
    await panel.id('line-count').filter({ hasText: '1,701' }).waitFor()
    await row(panel, / 1700$/).waitFor()
    await panel.close()
  })

  for (const state of ['waiting', 'gone'] as const)
    it(`says what it means that a file is ${state}`, async () => {
      const panel = await open({ state, events: state === 'waiting' ? 0 : 70 })
      assert.equal(await panel.id('run-state').innerText(), state)
      const file = panel.id('followed-file')
      assert.equal(await file.getAttribute('data-state'), state)
      assert.match(
        (await file.getAttribute('title')) ?? '',
        state === 'waiting' ? /not there yet/ : /not there any more/,
      )
      if (state === 'waiting') await panel.id('feed-empty').filter({ hasText: 'Waiting for the file' }).waitFor()
      else assert.ok((await panel.rows().count()) > 0)
      await panel.close()
    })

  it('shows how far a file is indexed while it is', async () => {
    const panel = await open()
    assert.equal(await panel.id('index-progress').count(), 0)
    await panel.host(({ host }) => {
      const [file] = host.run.follow?.files ?? []
      if (file !== undefined) host.setFollow({ files: [{ ...file, bytes: 1000, indexed: 415 }] })
    })
    await panel.host(({ host }) => {
      host.setFollow({ counting: true })
    })
    await panel.id('counting').waitFor()
    await panel.id('index-progress').filter({ hasText: '41 %' }).waitFor()
    await panel.host(({ host }) => {
      const [file] = host.run.follow?.files ?? []
      if (file !== undefined) host.setFollow({ files: [{ ...file, bytes: 1000, indexed: 1000 }] })
    })
    await panel.id('index-progress').waitFor({ state: 'detached' })
    await panel.close()
  })

  it('gives each file a colour, a switch, and "only this" by Alt+click', async () => {
    const panel = await open({ files: 3 })
    const files = panel.id('followed-file')
    assert.deepEqual(
      (await files.allInnerTexts()).map((text) => text.split('\n')[0]),
      ['app.log', 'db/server.log', 'web/server.log'],
    )
    const dots = await panel.page
      .locator('.file-chip .file-dot')
      .evaluateAll((elements) => elements.map((element) => getComputedStyle(element).backgroundColor))
    assert.equal(new Set(dots).size, 3)
    const edges = await panel.page
      .locator('.row')
      .evaluateAll((elements) => elements.map((element) => getComputedStyle(element).boxShadow))
    for (const colour of dots)
      assert.ok(
        edges.some((edge) => edge.startsWith(colour)),
        colour,
      )
    // Each with its own format, of which the third has none.
    assert.deepEqual(await panel.page.locator('.follow-bar .format').allInnerTexts(), ['Logback', 'JSON lines'])
    assert.match(await files.nth(0).innerText(), /Logback$/)
    assert.match(await files.nth(1).innerText(), /JSON lines$/)
    assert.match(await files.nth(2).innerText(), /MB$/)
    await files.nth(1).click()
    await counted(panel, '469 of 700')
    assert.equal(await files.nth(1).getAttribute('aria-pressed'), 'false')
    assert.equal(await panel.page.locator('.row.file-1').count(), 0)
    await files.nth(1).click()
    await counted(panel, '700')
    await files.nth(2).click({ modifiers: ['Alt'] })
    await counted(panel, '231 of 700')
    await files.nth(2).click({ modifiers: ['Alt'] })
    await counted(panel, '700')
    await panel.id('follow-add').click()
    assert.deepEqual(await panel.asked('follow/add', 1), [{}])
    await panel.close()
  })

  it('has one switch for the recording, which says how it stands', async () => {
    const panel = await open()
    const button = panel.id('record-switch')
    assert.equal(await button.getAttribute('aria-pressed'), 'true')
    assert.match((await button.getAttribute('title')) ?? '', /first line that is appended/)
    // Nothing looks like a recording before there is one.
    assert.equal((await button.innerText()).trim(), 'Will record')
    assert.equal(await button.locator('.codicon-record').count(), 0)
    await button.click()
    assert.deepEqual(await panel.asked('follow/record', 1), [{ on: false }])
    for (const [recording, text, pressed] of [
      ['off', 'Not recording', 'false'],
      ['full', 'Recording full', 'false'],
      ['failed', 'Recording failed', 'false'],
      ['on', 'Recording', 'true'],
    ] as const) {
      await panel.host(({ host, argument }) => {
        host.setFollow({ recording: argument })
      }, recording)
      await button.filter({ hasText: new RegExp(`^\\s*${text}\\s*$`) }).waitFor()
      assert.equal(await button.getAttribute('aria-pressed'), pressed)
      assert.equal(await button.locator('.codicon-record').count(), recording === 'on' ? 1 : 0)
    }
    await panel.host(({ host }) => {
      host.setFollow({ recording: 'off' })
    })
    await button.filter({ hasText: 'Not recording' }).waitFor()
    await button.click()
    assert.deepEqual((await panel.asked('follow/record', 2))[1], { on: true })
    await panel.close()
  })

  it('has the size of the file that has the name now, not of what was rotated away', async () => {
    const panel = await open()
    await panel.host(({ host }) => {
      const [file] = host.run.follow?.files ?? []
      if (file !== undefined) host.setFollow({ files: [{ ...file, size: 29_400, bytes: 238_000, indexed: 238_000 }] })
    })
    await panel.id('followed-file').filter({ hasText: '29.4 kB' }).waitFor()
    assert.match(await panel.page.locator('.followed-files li').innerText(), /29\.4 kB/)
    assert.equal(await panel.id('index-progress').count(), 0)
    await panel.close()
  })

  it('offers the rotated files of before', async () => {
    const panel = await open()
    await panel.host(({ host }) => {
      host.setFollow({ older: [{ path: '/work/logs/app.log.1', name: 'app.log.1', bytes: 5_000_000 }] })
    })
    await panel.id('older-files').filter({ hasText: '1 older file of this log' }).waitFor()
    await panel.id('older-file').click()
    assert.deepEqual(await panel.asked('follow/older', 1), [{ path: '/work/logs/app.log.1' }])
    await panel.close()
  })

  it('goes to a line and to a time, and says why when it can not', async () => {
    const panel = await open()
    await panel.id('feed').focus()
    await panel.page.keyboard.press('g')
    const input = panel.id('go-to-input')
    await input.waitFor()
    await panel.page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'go-to-input')
    await input.fill('120')
    await input.press('Enter')
    await chosen(panel).waitFor()
    assert.equal(await chosen(panel).getAttribute('data-index'), '119')
    assert.equal(await focused(panel), 'feed')
    assert.equal(await panel.id('go-to').count(), 0)
    // The rows are 37 ms apart.
    await panel.page.keyboard.press('g')
    await input.fill('+2s')
    await input.press('Enter')
    await panel.page.waitForFunction(
      () => document.querySelector('.row.selected')?.getAttribute('data-index') === '174',
    )
    await panel.page.keyboard.press('g')
    for (const [text, why] of [
      ['soon', 'Type a line'],
      ['100000', 'no such line'],
      ['2027-01-01', 'so late'],
    ] as const) {
      await input.fill(text)
      await input.press('Enter')
      await panel.page.getByRole('alert').filter({ hasText: why }).waitFor()
      assert.equal(await input.getAttribute('aria-invalid'), 'true')
    }
    await input.press('Escape')
    assert.equal(await panel.id('go-to').count(), 0)
    assert.equal(await focused(panel), 'feed')
    assert.equal(await chosen(panel).getAttribute('data-index'), '174')
    await panel.close()
  })

  it('keeps bookmarks with the host, and goes from one to the next', async () => {
    const panel = await open()
    const feed = panel.id('feed')
    await feed.press('b')
    await panel.id('notice').filter({ hasText: 'Choose a line first' }).waitFor()
    await feed.press('Home')
    await feed.press('b')
    await said(panel, 'Bookmarked.')
    for (let i = 0; i < 3; i++) await feed.press('ArrowDown')
    await feed.press('b')
    await panel.asked('bookmarks/change', 2)
    assert.deepEqual(
      (await panel.host(({ host }) => host.bookmarks)).map(({ seq }) => seq),
      [SEQ_BASE, SEQ_BASE + 3 * LINE_BYTES],
    )
    assert.equal(await panel.page.locator('.row.bookmarked').count(), 2)
    await feed.press('B')
    await panel.page.waitForFunction(() => document.querySelector('.row.selected')?.getAttribute('data-index') === '0')
    await panel.close()
  })

  it('goes to no other line than the one that was marked', async () => {
    const panel = await open({ width: 1300 })
    await panel.host(
      ({ host, argument: seq }) => {
        host.bookmarks = [{ seq, text: 'a line of a file that was rotated away' }]
        host.putAbove(0)
      },
      SEQ_BASE + 3 * LINE_BYTES,
    )
    await panel.asked('hello', 2)
    await panel.id('bookmark').click()
    await panel.page.getByTestId('notice').filter({ hasText: 'no longer in what is open' }).waitFor()
    assert.equal(await chosen(panel).count(), 0)
    await panel.id('feed').press('Home')
    assert.equal(await panel.page.locator('.row.bookmarked').count(), 0)
    await panel.close()
  })

  it('shows what the host kept, and takes it away again', async () => {
    const panel = await open({ width: 1300 })
    await panel.id('feed').press('Home')
    await panel.id('feed').press('b')
    await panel.id('bookmark').waitFor()
    // As after a reload of the page: everything comes from `hello` again.
    await panel.host(({ host }) => {
      host.putAbove(0)
    })
    await panel.asked('hello', 2)
    await settled(panel)
    await panel.id('feed').press('End')
    await panel.id('bookmark').click()
    await panel.page.waitForFunction(() => document.querySelector('.row.selected')?.getAttribute('data-index') === '0')
    await panel.page.getByRole('button', { name: 'Take the bookmark away' }).click()
    await panel.asked('bookmarks/change', 2)
    assert.deepEqual(await panel.host(({ host }) => host.bookmarks), [])
    assert.equal(await panel.id('bookmark').count(), 0)
    await panel.close()
  })

  it('highlights words in colours, keeps them over a reload, and takes them away', async () => {
    const panel = await open()
    const feed = panel.id('feed')
    await feed.press('h')
    await said(panel, 'Select a text')
    await panel.id('search-input').fill('timeout')
    await counted(panel, '100 of 700')
    await feed.focus()
    await feed.press('h')
    await panel.id('search-clear').click()
    await counted(panel, '700')
    assert.ok((await panel.page.locator('.row mark.tint-0').count()) > 0)
    await panel.id('search-input').fill('slow')
    await counted(panel, '100 of 700')
    await feed.focus()
    await feed.press('h')
    await panel.id('search-input').fill('')
    await counted(panel, '700')
    const colour = (tint: number) =>
      panel.page
        .locator(`.row mark.tint-${String(tint)}`)
        .first()
        .evaluate((mark) => getComputedStyle(mark).backgroundColor)
    assert.notEqual(await colour(0), await colour(1))
    // What is searched for looks otherwise than what is highlighted.
    await panel.page.waitForTimeout(300)
    await panel.page.reload()
    await panel.rows().first().waitFor()
    assert.deepEqual(
      (await panel.id('highlight').allInnerTexts()).map((text) => text.trim()),
      ['timeout', 'slow'],
    )
    await panel.id('highlight').first().click()
    assert.equal(await panel.id('highlight').count(), 1)
    await panel.close()
  })

  it('reads the query line; a mistake is told with its place, and the last good result stays', async () => {
    const panel = await open()
    const input = panel.id('search-input')
    for (const [text, count] of [
      ['level:warn+', '300 of 700'],
      ['level:warn+ -slow', '200 of 700'],
      ['/took \\d+ ms/', '100 of 700'],
      ['"health check" -level:debug', '100 of 700'],
      ['since:2026-11-20T03:30:10Z', '571 of 700'],
    ] as const) {
      await input.fill(text)
      await counted(panel, count)
    }
    await input.fill('level:wran')
    await panel.id('search-problem').filter({ hasText: 'There is no level “wran”' }).waitFor()
    assert.match(await panel.id('search-problem').innerText(), /at character 7\. The last search stays\./)
    assert.equal(await input.getAttribute('aria-invalid'), 'true')
    assert.ok((await panel.rows().count()) > 0)
    assert.equal(await panel.id('feed-empty').count(), 0)
    await input.fill('level:error')
    await counted(panel, '200 of 700')
    assert.equal(await panel.id('search-problem').count(), 0)
    await panel.close()
  })

  it('marks hits among all lines, and steps from hit to hit around the end', async () => {
    const panel = await open()
    const feed = panel.id('feed')
    await feed.press('n')
    await said(panel, 'Search for something first.')
    await panel.id('search-input').fill('timeout')
    await counted(panel, '100 of 700')
    await panel.id('only-hits').click()
    await counted(panel, '700')
    assert.ok((await panel.page.locator('.row mark').count()) > 0)
    await feed.focus()
    await feed.press('Home')
    await feed.press('n')
    await said(panel, 'Hit 1 of 100.')
    assert.equal(await chosen(panel).getAttribute('data-index'), '4')
    await feed.press('n')
    await said(panel, 'Hit 2 of 100.')
    await feed.press('N')
    await said(panel, 'Hit 1 of 100.')
    await feed.press('N')
    await said(panel, 'Hit 100 of 100, from the end again.')
    await settled(panel)
    assert.equal(await chosen(panel).getAttribute('data-index'), '697')
    await feed.press('n')
    await said(panel, 'Hit 1 of 100, from the top again.')
    await panel.id('only-hits').click()
    await counted(panel, '100 of 700')
    await feed.press('N')
    await said(panel, 'Hit 100 of 100, from the end again.')
    await feed.press('n')
    await said(panel, 'Hit 1 of 100, from the top again.')
    await panel.close()
  })

  it('shows the lines around a hit while only hits are shown, and goes back to all at that line', async () => {
    const panel = await open({ width: 1300 })
    await panel.id('feed').press('Home')
    await panel.id('feed').press('Enter')
    await panel.id('line-number').filter({ hasText: /^1$/ }).waitFor()
    assert.equal(await panel.id('line-context').count(), 0)
    await panel.id('search-input').fill('timeout')
    await counted(panel, '100 of 700')
    await row(panel, / 32$/).first().click()
    await panel.id('line-number').filter({ hasText: /^33$/ }).waitFor()
    const around = panel.page.locator('.context li')
    await around.filter({ hasText: 'timeout' }).first().waitFor()
    await panel.page.waitForFunction(() => document.querySelector('.context li.here')?.textContent.includes(' 32'))
    const texts = await around.allInnerTexts()
    assert.equal(texts.length, 11)
    assert.match(texts[0] ?? '', / 27$/)
    assert.match(texts[10] ?? '', / 37$/)
    await panel.id('feed').press('n')
    await panel.id('line-number').filter({ hasText: /^40$/ }).waitFor()
    await panel.id('feed').press('N')
    await panel.id('line-number').filter({ hasText: /^33$/ }).waitFor()
    await panel.id('show-among-all').click()
    await counted(panel, '700')
    assert.equal(await chosen(panel).getAttribute('data-index'), '32')
    assert.equal(await panel.id('line-context').count(), 0)
    assert.equal(await panel.host(({ host }) => host.openViews()), 1)
    await panel.close()
  })

  it('keeps filters under names, by mouse and by keys', async () => {
    const panel = await open()
    const menu = panel.id('saved-filters')
    await menu.click()
    assert.equal(await panel.id('save-filter').getAttribute('aria-disabled'), 'true')
    await panel.page.keyboard.press('Escape')
    await panel.id('search-input').fill('level:warn+ -slow')
    await counted(panel, '200 of 700')
    await menu.click()
    await panel.id('save-filter').click()
    const name = panel.id('filter-name-input')
    await panel.page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'filter-name-input')
    assert.equal(await name.inputValue(), 'level:warn+ -slow')
    await name.fill('Bad ones')
    await name.press('Enter')
    await said(panel, 'Bad ones is kept')
    const text = { pattern: 'level:warn+ -slow', caseSensitive: false, wholeWord: false, regex: false }
    assert.deepEqual(await panel.asked('filters/save', 1), [{ name: 'Bad ones', text, levels: [] }])
    assert.equal(await focused(panel), 'feed')
    await panel.id('show-all').click()
    await counted(panel, '700')
    await menu.focus()
    await panel.page.keyboard.press('ArrowDown')
    await panel.id('saved-filter').filter({ hasText: 'Bad ones' }).click()
    await counted(panel, '200 of 700')
    assert.equal(await panel.id('search-input').inputValue(), 'level:warn+ -slow')
    await menu.click()
    await panel.id('saved-filter').press('Delete')
    assert.deepEqual(await panel.asked('filters/delete', 1), [{ name: 'Bad ones' }])
    await panel.id('saved-filter').waitFor({ state: 'detached' })
    await panel.close()
  })

  it('follows files that are dropped on it; a run takes none', async () => {
    const drag = (kind: string, type: string, text: string) => `{
      const data = new DataTransfer()
      data.setData(${JSON.stringify(type)}, ${JSON.stringify(text)})
      document.querySelector('.panel').dispatchEvent(
        new DragEvent(${JSON.stringify(kind)}, { dataTransfer: data, bubbles: true, cancelable: true }),
      )
    }`
    const panel = await open()
    const list = 'file:///work/logs/other.log\r\nfile:///work/logs/third.log'
    await panel.page.evaluate(drag('dragover', 'text/uri-list', list))
    await panel.id('drop-hint').waitFor()
    await panel.page.evaluate(drag('drop', 'text/uri-list', list))
    assert.deepEqual(await panel.asked('follow/add', 1), [
      { files: ['file:///work/logs/other.log', 'file:///work/logs/third.log'] },
    ])
    await panel.id('drop-hint').waitFor({ state: 'detached' })
    await panel.page.evaluate(drag('dragover', 'text/plain', 'words'))
    await panel.page.evaluate(drag('drop', 'text/plain', 'words'))
    await panel.id('notice').filter({ hasText: 'no file that can be followed' }).waitFor()
    await panel.page.evaluate(drag('dragover', 'text/uri-list', list))
    await panel.id('drop-hint').waitFor()
    await panel.page.evaluate(drag('dragleave', 'text/uri-list', list))
    await panel.id('drop-hint').waitFor({ state: 'detached' })
    await panel.close()
    const run = await open({ kind: 'launch', state: 'running', events: 10 })
    await run.page.evaluate(drag('dragover', 'text/uri-list', list))
    await run.page.evaluate(drag('drop', 'text/uri-list', list))
    await settled(run)
    assert.equal(await run.id('drop-hint').count(), 0)
    assert.deepEqual(await run.host(({ host }) => host.named('follow/add')), [])
    await run.close()
  })

  it('has no column of times until it is wanted, since its lines begin with theirs', async () => {
    const panel = await open({ times: 'clock' })
    assert.equal(await panel.page.locator('.row .time').count(), 0)
    const first = Number(await panel.rows().first().getAttribute('data-index'))
    assert.equal(await panel.rows().first().locator('.phase').getAttribute('title'), `Row ${String(first + 1)}`)
    await panel.id('time-switch').click()
    assert.equal(await panel.id('time-start').count(), 0)
    await panel.id('time-clock').click()
    await panel.page.locator('.row .time').first().waitFor()
    await panel.id('time-switch').click()
    await panel.id('time-off').click()
    await panel.page.locator('.row .time').first().waitFor({ state: 'detached' })
    assert.deepEqual(await panel.host(({ host }) => host.named('panel/remember')), [])
    await panel.close()
  })

  it('stays at its line when older lines come above, in each view', async () => {
    const panel = await open()
    await panel.id('feed').press('Home')
    for (let i = 0; i < 100; i++) await panel.id('feed').press('ArrowDown')
    await settled(panel)
    const seq = await chosen(panel).getAttribute('data-seq')
    const top = async () => (await panel.page.locator(`.row[data-seq="${seq ?? ''}"]`).boundingBox())?.y
    const before = await top()
    await panel.host(({ host }) => {
      host.putAbove(5000)
    })
    await counted(panel, '5,700')
    assert.equal(await chosen(panel).getAttribute('data-index'), '5100')
    assert.equal(await chosen(panel).getAttribute('data-seq'), seq)
    assert.equal(await top(), before)
    await panel.close()
  })

  it('shows unfinished lines, lines that belong to the one above, and what happened to the file', async () => {
    const panel = await open()
    await panel.host(({ host }) => {
      const data = { text: 'half a li', stream: 'file', source: '/work/logs/app.log' }
      host.append([{ phase: 'log_line', stream: 'file', text: 'half a li', unterminated: true, data }])
    })
    const half = row(panel, 'half a li')
    await half.waitFor()
    assert.ok(await half.evaluate((element) => element.classList.contains('unterminated')))
    await panel.host(({ host }) => {
      const data = { text: 'half a line', stream: 'file', source: '/work/logs/app.log' }
      host.complete({ phase: 'log_line', stream: 'file', text: 'half a line', data })
    })
    await row(panel, 'half a line').waitFor()
    assert.equal(await half.count(), 1)
    assert.equal(await panel.page.locator('.row.unterminated').count(), 0)
    const continued = row(panel, 'Server.java:42').first()
    assert.ok(await continued.evaluate((element) => element.classList.contains('continued')))
    assert.ok(await continued.evaluate((element) => element.classList.contains('level-error')))
    await panel.host(({ host }) => {
      const data = { state: 'rotated', path: '/work/logs/app.log' }
      host.append([{ phase: 'file', text: 'app.log rotated', data }])
    })
    await panel.page.locator('.row[data-phase="file"]').waitFor()
    await panel.close()
  })

  for (const width of [360, 450, 700, 1000, 1400])
    it(`has room for everything at ${String(width)} px`, async () => {
      const panel = await open({ files: 3, width })
      await panel.id('search-input').fill('timeout')
      await counted(panel, '100 of 700')
      const shown = [
        'search-input',
        'follow-button',
        'record-switch',
        'feed-count',
        'next-hit',
        'only-hits',
        'saved-filters',
        width < 560 ? 'line-tools' : 'go-to-button',
      ]
      for (const id of shown) {
        const box = await panel.id(id).boundingBox()
        assert.ok(
          box !== null && box.width > 10 && box.x >= 0 && box.x + box.width <= width,
          `${id}: ${JSON.stringify(box)}`,
        )
        const isOnTop = await panel.id(id).evaluate((element) => {
          const { left, top, width: w, height } = element.getBoundingClientRect()
          return element.contains(document.elementFromPoint(left + w / 2, top + height / 2))
        })
        assert.ok(isOnTop, `${id} is covered`)
      }
      assert.ok(((await panel.id('search-input').boundingBox())?.width ?? 0) >= 60, 'room to type')
      await panel.close()
    })

  it('names each control for who hears it', async () => {
    const panel = await open({ files: 3, width: 1400 })
    const nameless = await panel.page.locator('button, input, [role="grid"], [role="region"]').evaluateAll((elements) =>
      elements
        .filter((element) => {
          const name = element.getAttribute('aria-label') ?? element.textContent
          return name.trim() === ''
        })
        .map((element) => element.outerHTML),
    )
    assert.deepEqual(nameless, [])
    await panel.close()
  })
})

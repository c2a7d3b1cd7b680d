import assert from 'node:assert/strict'
import { Harness, type OpenPanel } from './harness'

describe('panel', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  describe('header', () => {
    it('shows a finished run without what only a running one needs', async () => {
      const panel = await harness.open({ events: 500, state: 'completed' })
      assert.equal(await panel.id('run-state').textContent(), 'completed')
      assert.equal(await panel.id('run-clock').textContent(), '1 min 23 s')
      assert.match((await panel.id('run-title').textContent()) ?? '', /tallest wooden tower/)
      assert.equal(await panel.id('stop-button').count(), 0)
      assert.equal(await panel.id('pause-button').count(), 0)
      await panel.close()
    })

    it('counts the clock on while the run lives and stops it at the end', async () => {
      const panel = await harness.open({ events: 5 })
      await panel.id('run-clock').filter({ hasText: '1:07' }).waitFor()
      await panel.host(({ host }) => {
        host.setRun({ state: 'completed', duration_ms: 70_400, elapsed_ms: 70_400 })
      })
      await panel.id('run-state').filter({ hasText: 'completed' }).waitFor()
      assert.equal(await panel.id('run-clock').textContent(), '1 min 10 s')
      await panel.close()
    })

    it('stops politely first and by force after that', async () => {
      const panel = await harness.open({ events: 5 })
      await panel.id('stop-button').click()
      await panel.id('stop-button').filter({ hasText: 'Force stop' }).waitFor()
      assert.equal(await panel.id('run-state').textContent(), 'stopping')
      await panel.id('stop-button').click()
      assert.deepEqual(await panel.asked('run/stop', 2), [{ how: 'polite' }, { how: 'force' }])
      await panel.close()
    })

    it('says when a stop did not work and offers it again', async () => {
      const panel = await harness.open({ events: 5 })
      await panel.host(({ host }) => host.failing.set('run/stop', 'The recorder does not answer.'))
      await panel.id('stop-button').click()
      await panel.id('notice').filter({ hasText: 'The recorder does not answer.' }).waitFor()
      assert.equal(await panel.id('run-state').textContent(), 'running')
      await panel.page.getByLabel('Dismiss').click()
      await panel.id('notice').waitFor({ state: 'detached' })
      await panel.close()
    })

    it('exports in the chosen format, by mouse and by keyboard', async () => {
      const panel = await harness.open({ events: 5 })
      await panel.id('export-button').click()
      await panel.id('export-har').click()
      await panel.id('export-button').press('ArrowDown')
      await panel.id('export-json').and(panel.page.locator(':focus')).waitFor()
      await panel.page.keyboard.press('ArrowDown')
      await panel.page.keyboard.press('Enter')
      assert.deepEqual(await panel.asked('run/export', 2), [{ format: 'har' }, { format: 'ndjson' }])
      await panel.id('export-button').click()
      await panel.page.keyboard.press('Escape')
      await panel.page.getByRole('menu').waitFor({ state: 'detached' })
      await panel.close()
    })

    it('copies the id and opens the log', async () => {
      const panel = await harness.open({ events: 5 })
      await panel.id('run-id').click()
      await panel.id('more-button').click()
      await panel.id('open-log').click()
      assert.deepEqual(await panel.asked('clipboard/write', 1), [{ text: '2026-11-20T03-30-05Z-abc123' }])
      await panel.asked('run/openLog', 1)
      await panel.close()
    })

    it('says what the person must do, and why a run failed', async () => {
      const panel = await harness.open({ events: 5 })
      const band = panel.id('run-band')
      assert.equal(await band.count(), 0)
      await panel.host(({ host }) => {
        host.setSummary({ browser: { status: 'authentication_required' } })
      })
      await band.filter({ hasText: 'Log in in the browser window' }).waitFor()
      await panel.host(({ host }) => {
        host.setSummary({ browser: { status: 'human_needed' } })
      })
      await band.filter({ hasText: 'asks for a person' }).waitFor()
      await panel.host(({ host }) => {
        host.setSummary({ browser: { status: 'response_started' } })
      })
      await band.waitFor({ state: 'detached' })
      await panel.host(({ host }) => {
        host.setRun({ state: 'failed', error: 'The browser crashed.' })
      })
      await band.filter({ hasText: 'The browser crashed.' }).waitFor()
      assert.equal(await band.getAttribute('role'), 'alert')
      await panel.close()
    })
  })

  describe('summary', () => {
    it('says why something is not there', async () => {
      const panel = await harness.open({ events: 0 })
      const summary = panel.id('summary')
      for (const text of ['No searches yet.', 'No sources yet.', 'No answer yet.'])
        await summary.getByText(text).waitFor()
      await panel.id('feed-empty').filter({ hasText: 'Waiting for the first event…' }).waitFor()
      await panel.host(({ host }) => {
        host.setRun({ state: 'completed' })
      })
      await summary.getByText('No answer.').waitFor()
      await panel.close()
    })

    it('lists searches and sources and opens a source through the host', async () => {
      const panel = await harness.open({ events: 5 })
      await panel.host(({ host }) => {
        host.setSummary({
          queries: [{ seq: 1, query: 'wooden towers' }],
          sources: [
            { seq: 2, url: 'https://a.example/x', domain: 'a.example', title: 'Towers', rank: 1, cited: true },
            { seq: 3, url: 'https://b.example/y', domain: 'b.example', cited: false },
          ],
          sourceCount: 1002,
          citedCount: 1,
        })
      })
      await panel.id('queries').getByText('wooden towers').waitFor()
      const sources = panel.id('source')
      assert.equal(await sources.count(), 2)
      assert.deepEqual(
        (await sources.allInnerTexts()).map((text) => text.split('\n').filter((line) => line !== '')),
        [
          ['1', 'Towers', 'a.example', 'cited'],
          ['–', 'https://b.example/y', 'b.example'],
        ],
      )
      await panel.id('summary').getByText('1,000 more sources in the log.').waitFor()
      await sources.nth(1).click()
      assert.deepEqual(await panel.asked('link/open', 1), [{ url: 'https://b.example/y' }])
      await panel.close()
    })

    it('lets the answer grow, takes rewrites, keeps its end in view, and copies it whole', async () => {
      const panel = await harness.open({ events: 5 })
      const answer = panel.id('answer')
      await panel.host(({ host }) => {
        host.answer('The tower ')
        host.answer('stands.\n\nIn Gli')
      })
      await answer.getByText('The tower stands.').waitFor()
      assert.equal(await answer.locator('p').count(), 2)
      await panel.host(({ host }) => {
        host.answer('wice.', 'The tower stands.\n\nIn Gli'.length)
        host.answer(`\n\n${'A long paragraph about wood. '.repeat(300)}\n\nThe end.`)
      })
      await answer.getByText('In Gliwice.').waitFor()
      await answer.getByText('The end.').waitFor()
      await panel.page.waitForFunction(() => {
        const box = document.querySelector('[data-testid="answer"]')
        return box !== null && box.scrollTop > 0 && box.scrollHeight - box.scrollTop - box.clientHeight < 2
      })
      await panel.host(({ host }) => {
        host.answer('Nothing stands.', 0)
      })
      await answer.getByText('Nothing stands.').waitFor()
      assert.equal(await answer.locator('p').count(), 1)
      await panel.id('copy-answer').click()
      assert.deepEqual(await panel.asked('clipboard/write', 1), [{ text: 'Nothing stands.' }])
      await panel.close()
    })

    it('asks for everything again when a piece of the answer is missing', async () => {
      const panel = await harness.open({ events: 5 })
      await panel.host(({ host }) => {
        host.answer('one ')
        host.loseAnswer('two ')
      })
      await panel.id('answer').getByText('one two two').waitFor()
      await panel.close()
    })
  })

  describe('detail', () => {
    it('shows an event in full, goes along with the selection, and closes', async () => {
      const panel = await harness.open({ events: 100, state: 'completed' })
      await panel.rows().nth(3).click()
      const detail = panel.id('detail')
      await detail.getByText('citation', { exact: true }).waitFor()
      await panel.id('detail-fields').filter({ hasText: '"index": 5' }).waitFor()
      assert.equal(await panel.id('detail-raw').count(), 0)
      await panel.page.keyboard.press('ArrowDown')
      await panel.id('detail-fields').filter({ hasText: '"index": 6' }).waitFor()
      await panel.id('detail-raw').filter({ hasText: '"o": "append"' }).waitFor()
      await panel.id('copy-fields').click()
      await panel.id('copy-event').click()
      const copies = (await panel.asked('clipboard/write', 2)) as { text: string }[]
      assert.equal((JSON.parse(copies[0]?.text ?? '') as { index: number }).index, 6)
      const whole = JSON.parse(copies[1]?.text ?? '') as {
        seq: number
        phase: string
        data: { raw: unknown; index: number }
      }
      assert.deepEqual(
        [whole.seq, whole.phase, whole.data.index, whole.data.raw],
        [6, 'tool_use', 6, { v: 6, o: 'append' }],
      )
      await detail.getByText('https://example.com/6', { exact: true }).click()
      assert.deepEqual(await panel.asked('link/open', 1), [{ url: 'https://example.com/6' }])
      await panel.page.keyboard.press('Escape')
      await detail.waitFor({ state: 'detached' })
      await panel.close()
    })

    it('says when an event can’t be read', async () => {
      const panel = await harness.open({ events: 100, state: 'completed' })
      await panel.host(({ host }) => host.failing.set('detail/get', 'The log is gone.'))
      await panel.rows().first().click()
      await panel.id('detail').getByText('The log is gone.').waitFor()
      await panel.close()
    })
  })

  it('shows hostile text as text', async () => {
    const hostile = '<img src=x onerror="alert(1)"><script>alert(2)</script>\u202Eevil\u0000'
    const panel = await harness.open({ events: 0, state: 'running', title: hostile })
    await panel.host(({ host, argument }) => {
      const text = argument
      host.append([
        { phase: 'browser_status', text, data: { text, url: 'javascript:alert(3)', ['__proto__x']: 1 } },
        { phase: '"><b>odd phase', level: 'error', text: 'x'.repeat(4000), data: {} },
      ])
      host.setSummary({
        browser: { status: text },
        queries: [{ seq: 1, query: text }],
        sources: [{ seq: 2, url: 'javascript:alert(4)', domain: text, title: text, rank: 1, cited: false }],
        sourceCount: 1,
        errors: [{ seq: 3, message: text, fatal: true }],
      })
      host.answer(text)
      host.notice('warning', text)
      host.setRun({ error: text })
    }, hostile)
    await panel.rows().nth(1).waitFor()
    await panel.id('answer').getByText('<img src=x').waitFor()
    await panel.rows().first().click()
    await panel.id('detail-fields').getByText('javascript:alert(3)').waitFor()
    assert.equal(await panel.id('detail').locator('.link').count(), 0)
    assert.equal(await panel.page.locator('img, b, body script:not([nonce])').count(), 0)
    assert.equal(await panel.rows().nth(1).getAttribute('data-phase'), '"><b>odd phase')
    assert.equal(await panel.page.locator('a[href]').count(), 0)
    await panel.close()
  })

  it('fits every width: nothing sticks out sideways', async () => {
    for (const width of [400, 650, 800, 1000, 1600]) {
      const panel = await harness.open({ events: 5000, width, state: 'running', title: 'word '.repeat(200) })
      await panel.host(({ host }) => {
        host.answer('x'.repeat(5000))
        host.setSummary({
          errors: [{ seq: 1, message: 'y'.repeat(3000), fatal: true }],
          browser: { status: 'z'.repeat(500) },
        })
        host.setRun({ error: 'e'.repeat(3000) })
      })
      // The first row may be cut by the list's edge.
      await panel.rows().nth(1).click()
      await panel.id('detail-fields').waitFor()
      const out = await panel.page.evaluate(() =>
        [...document.querySelectorAll('body *')]
          .filter((element) => {
            const box = element.getBoundingClientRect()
            const apart = element.closest('.visually-hidden, .chips > *') !== null
            return box.width > 0 && box.right > innerWidth + 1 && !apart
          })
          .map((element) => `${element.tagName}.${element.className}`),
      )
      assert.deepEqual(out, [], `${String(width)} px`)
      for (const id of [
        'run-title',
        'run-state',
        'run-clock',
        'stop-button',
        'export-button',
        'search-input',
        'follow-button',
      ])
        assert.ok(await panel.id(id).isVisible(), `${id} at ${String(width)} px`)
      await panel.close()
    }
  })

  it('has a summary in a tab where it is narrow', async () => {
    const panel = await harness.open({ events: 50, width: 420 })
    assert.equal(await panel.id('summary').isVisible(), false)
    await panel.id('tab-summary').click()
    await panel.id('summary').waitFor()
    assert.equal(await panel.id('feed').isVisible(), false)
    await panel.page.keyboard.press('/')
    await panel.id('feed').waitFor()
    await panel.close()
  })

  it('changes the summary’s width by keyboard and by mouse', async () => {
    const panel = await harness.open({ events: 50, width: 1300 })
    const widthOf = async () => (await panel.id('summary').boundingBox())?.width
    const sash = panel.page.getByRole('separator', { name: 'Width of the summary' })
    await sash.press('ArrowLeft')
    assert.equal(await widthOf(), 380)
    const box = await sash.boundingBox()
    assert.ok(box !== null)
    await panel.page.mouse.move(box.x, box.y + 50)
    await panel.page.mouse.down()
    await panel.page.mouse.move(box.x - 100, box.y + 50)
    await panel.page.mouse.up()
    assert.equal(await widthOf(), 480)
    await panel.close()
  })

  it('comes back after a reload at the same place', async () => {
    const panel = await harness.open({ events: 5000, state: 'completed' })
    await panel.id('phase-filter-network').click()
    await panel.id('search-input').fill('0')
    await panel.id('search-input').press('Enter')
    await panel.id('feed').hover()
    await panel.page.mouse.wheel(0, 22 * 360)
    await settled(panel)
    await panel.rows().nth(4).click()
    await panel.id('detail-fields').waitFor()
    await settled(panel)
    const before = { seqs: await panel.seqs(), detail: await panel.id('detail-fields').textContent() }
    assert.ok((before.seqs[0] ?? 0) > 100)
    await panel.page.reload()
    await panel.id('detail-fields').waitFor()
    await settled(panel)
    assert.equal((await panel.seqs())[0], before.seqs[0])
    assert.equal(await panel.id('detail-fields').textContent(), before.detail)
    assert.equal(await panel.id('search-input').inputValue(), '0')
    assert.equal(await panel.id('phase-filter-network').getAttribute('aria-pressed'), 'true')
    assert.equal(await panel.page.locator('.row.selected').count(), 1)
    const state = await panel.page.evaluate(() => sessionStorage.getItem('fake-vscode-state'))
    assert.equal((JSON.parse(state ?? '{}') as { run?: string }).run, '/work/.tapedeck/runs/x.json')
    await panel.close()
  })

  it('says when the host can’t be reached, and tries again', async () => {
    const panel = await harness.open({ events: 50 })
    await panel.host(({ host }) => {
      host.failing.set('hello', 'This panel is of another version.')
      document.dispatchEvent(new Event('visibilitychange'))
    })
    const problem = panel.page.getByText("The panel can't reach Tapedeck: This panel is of another version.")
    await problem.waitFor()
    await panel.host(({ host }) => host.failing.clear())
    await panel.page.getByText('Try again').click()
    await problem.waitFor({ state: 'detached' })
    await panel.host(({ host }) => {
      host.append(20)
    })
    await panel.page.locator('[data-seq="68"]').waitFor()
    await panel.close()
  })
})

/** Waits until no row is on its way and two frames were drawn. */
async function settled(panel: OpenPanel): Promise<void> {
  await panel.page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve))
      }),
  )
  await panel.page.locator('.row.waiting').first().waitFor({ state: 'detached' })
}

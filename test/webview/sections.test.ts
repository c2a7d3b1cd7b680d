import assert from 'node:assert/strict'
import { Harness, type OpenPanel } from './harness'

describe('sections and states', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  it('shows at the end row how the run went', async () => {
    const panel = await harness.open({ events: 0, state: 'failed' })
    await panel.host(({ host }) => {
      host.append(
        ['completed', 'failed  The page said no.', 'aborted'].map((text) => ({ phase: 'completion', text, data: {} })),
      )
    })
    await panel.rows().nth(2).waitFor()
    const looks = await panel.rows().evaluateAll((rows) =>
      rows.map((row) => ({
        icon: /codicon-(?!modifier)([a-z-]+)/.exec(row.querySelector('.codicon')?.className ?? '')?.[1],
        icons: getComputedStyle(row.querySelector('.codicon') ?? row).color,
        text: getComputedStyle(row.querySelector('.text') ?? row).color,
      })),
    )
    assert.deepEqual(
      looks.map(({ icon }) => icon),
      ['pass', 'error', 'circle-slash'],
    )
    assert.notEqual(looks[1]?.icons, looks[0]?.icons)
    assert.notEqual(looks[1]?.text, looks[0]?.text)
    assert.deepEqual([looks[2]?.icons, looks[2]?.text], [looks[0]?.icons, looks[0]?.text])
    await panel.close()
  })

  it('says that a paused run is still recorded, and counts every event that came', async () => {
    const panel = await harness.open({ events: 500 })
    await panel.page.locator('[data-seq="494"]').waitFor()
    const top = (await panel.id('feed').boundingBox())?.y
    await panel.id('pause-button').click()
    const note = panel.id('paused-note')
    await note.getByText('Paused: the view stands still, recording goes on.').waitFor()
    assert.equal((await panel.id('feed').boundingBox())?.y, top)
    await panel.host(({ host }) => {
      host.append([{ phase: 'network', text: 'hidden', data: {} }])
    })
    await note.getByText('1 new', { exact: true }).waitFor()
    await panel.id('pause-button').filter({ hasText: 'Paused, 1 new' }).waitFor()
    await panel.id('feed').focus()
    await panel.page.keyboard.press('End')
    await note.waitFor({ state: 'detached' })
    await panel.host(({ host }) => {
      host.answer('It goes on.')
    })
    await panel.id('answer').getByText('It goes on.').waitFor()
    await panel.close()
  })

  describe('summary and answer', () => {
    async function heights(panel: OpenPanel, sources: number, words: number) {
      await panel.host(
        ({ host, argument }) => {
          host.setSummary({
            sources: Array.from({ length: argument.sources }, (_, i) => ({
              seq: i + 1,
              url: `https://a.example/${String(i)}`,
              domain: 'a.example',
              title: `Source ${String(i)}`,
              rank: i + 1,
              cited: false,
            })),
            sourceCount: argument.sources,
          })
          host.answer('word '.repeat(argument.words), 0)
        },
        { sources, words },
      )
      await panel.page.waitForFunction(
        (wanted) =>
          document.querySelectorAll('.source').length === wanted.sources &&
          (document.querySelector('[data-testid="answer"] .message')?.textContent ?? '').trim().length ===
            Math.max(0, wanted.words * 5 - 1),
        { sources, words },
      )
      return panel.page.evaluate(() => {
        const of = (selector: string) => {
          const { height } = document.querySelector(selector)?.getBoundingClientRect() ?? { height: 0 }
          return Math.round(height)
        }
        const hidden = (selector: string) => {
          const box = document.querySelector(selector)
          return box === null ? 0 : box.scrollHeight - box.clientHeight
        }
        return {
          whole: of('.summary'),
          facts: of('.summary-facts'),
          answer: of('.answer'),
          factsHidden: hidden('.summary-facts'),
          answerHidden: hidden('.answer-text'),
        }
      })
    }

    it('share the height by what they need', async () => {
      const panel = await harness.open({ events: 5, height: 780, state: 'completed' })
      const many = await heights(panel, 9, 3)
      assert.ok(many.factsHidden <= 1, `the sources have room beside a short answer: ${JSON.stringify(many)}`)
      assert.ok(many.answerHidden <= 1, JSON.stringify(many))
      assert.ok(many.facts > many.whole * 0.6, JSON.stringify(many))
      const long = await heights(panel, 0, 3000)
      assert.ok(long.factsHidden <= 1 && long.answerHidden > 0, JSON.stringify(long))
      assert.ok(Math.abs(long.facts + long.answer - long.whole) <= 2, `nothing is left over: ${JSON.stringify(long)}`)
      const both = await heights(panel, 100, 3000)
      assert.ok(Math.abs(both.facts - both.answer) <= 2, JSON.stringify(both))
      assert.ok(Math.abs(both.facts + both.answer - both.whole) <= 2, JSON.stringify(both))
      const none = await heights(panel, 0, 3)
      assert.ok(none.facts + none.answer < none.whole && none.factsHidden <= 1, JSON.stringify(none))
      await panel.close()
    })
  })
})

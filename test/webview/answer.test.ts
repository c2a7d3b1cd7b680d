/** The answer of a chat as Markdown: drawn as our own markup, growing in place, with nothing loaded and nothing run. */
import assert from 'node:assert/strict'
import { Harness, type OpenPanel } from './harness'

const sample = `### What is new

**Eleven lines**, *two words*, ~~gone~~ and \`code <b>\` [1].

1. one
   - inner
2. two
- [x] done
- [ ] open

> quoted

| Name | Size |
|:-----|-----:|
| a    | 12   |

---

\`\`\`js
if (a < b) {}
\`\`\`

[Site](https://a.example/x?y=1) and [bad](javascript:alert(1)) ![A map](https://pictures.example/map.png) <script>alert(1)</script>

## After
`

describe('the answer as Markdown', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  const say = (panel: OpenPanel, text: string, from?: number) =>
    panel.host(
      ({ host, argument }) => {
        host.answer(argument.text, argument.from)
      },
      { text, ...(from === undefined ? {} : { from }) },
    )
  const shows = (panel: OpenPanel, text: string) =>
    panel.id('answer').getByText(text).first().waitFor({ state: 'attached' })

  it('is drawn, and loads nothing', async () => {
    const panel = await harness.open({ events: 5, state: 'completed' })
    const asked: string[] = []
    panel.page.on('request', (request) => asked.push(request.url()))
    await say(panel, sample)
    await shows(panel, 'After')
    const answer = panel.id('answer')
    const texts = (selector: string) => answer.locator(selector).allInnerTexts()
    assert.deepEqual(await texts('h3, h4'), ['What is new', 'After'])
    assert.deepEqual(await texts('strong'), ['Eleven lines'])
    assert.deepEqual(await texts('em'), ['two words'])
    assert.deepEqual(await texts('del'), ['gone'])
    assert.deepEqual(await texts('p code'), ['code <b>'])
    assert.deepEqual(await texts('ol > li > ul > li'), ['inner'])
    assert.equal(await answer.locator('.task').count(), 2)
    assert.deepEqual(await texts('blockquote'), ['quoted'])
    assert.deepEqual(await texts('td'), ['a', '12'])
    assert.deepEqual(await texts('pre'), ['if (a < b) {}'])
    assert.equal(await answer.locator('hr').count(), 1)
    assert.deepEqual(await texts('[role="link"]'), ['Site', 'A map'])
    await shows(panel, '<script>alert(1)</script>')
    assert.equal(await answer.locator('img, script, a, iframe').count(), 0)
    assert.deepEqual(asked, [])
    await panel.close()
  })

  it('opens a link as links are opened, by mouse and by keyboard', async () => {
    const panel = await harness.open({ events: 5, state: 'completed' })
    await say(panel, sample)
    const link = panel.id('answer').getByRole('link', { name: 'Site' })
    assert.equal(await link.getAttribute('title'), 'https://a.example/x?y=1')
    await link.click()
    await link.press('Enter')
    assert.deepEqual(await panel.asked('link/open', 2), [
      { url: 'https://a.example/x?y=1' },
      { url: 'https://a.example/x?y=1' },
    ])
    await panel.close()
  })

  it('grows at its end: what is above stays the same elements', async () => {
    const panel = await harness.open({ events: 5 })
    await say(panel, 'First **one**.\n\nSecond\n\n- a')
    await shows(panel, 'Second')
    const kept = await panel.page.evaluateHandle(() => [
      ...document.querySelectorAll('[data-testid="answer"] p, [data-testid="answer"] li'),
    ])
    await say(panel, ' and more\n- b\n\nThe [end][x].\n\n[x]: https://end.example/\n')
    await panel.id('answer').getByRole('link', { name: 'end' }).waitFor({ state: 'attached' })
    assert.deepEqual(
      await kept.evaluate((elements) => elements.map((one) => [one.isConnected, one.textContent.trim()])),
      [
        [true, 'First one.'],
        [true, 'Second'],
        [true, 'a and more'],
        [true, 'a and more'],
      ],
    )
    await panel.close()
  })

  it('shows its source on demand, and remembers that', async () => {
    const panel = await harness.open({ events: 5, state: 'completed' })
    await say(panel, sample)
    await shows(panel, 'After')
    await panel.id('answer-source').click()
    await shows(panel, '### What is new')
    assert.equal(await panel.id('answer-source').getAttribute('aria-pressed'), 'true')
    assert.equal(
      await panel
        .id('answer')
        .locator('.message')
        .evaluate((one) => one.textContent.trim()),
      sample.trim(),
    )
    await panel.page.reload()
    await say(panel, sample, 0)
    await shows(panel, '### What is new')
    await panel.id('answer-source').click()
    await panel.id('answer').locator('h3').first().waitFor({ state: 'attached' })
    await panel.close()
  })

  it('survives what is made to hurt', async () => {
    const panel = await harness.open({ events: 5, state: 'completed' })
    const hostile = ['> '.repeat(100_000), '['.repeat(100_000), '*a_'.repeat(30_000), '- '.repeat(50_000)]
    for (const text of [...hostile, `|${'a|'.repeat(5000)}\n|${'-|'.repeat(5000)}\n${'|\n'.repeat(5000)}`]) {
      await say(panel, `${text}\n\nthe end`, 0)
      await shows(panel, 'the end')
    }
    await panel.close()
  })
})

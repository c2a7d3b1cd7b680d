import assert from 'node:assert/strict'
import { line } from './fakeLaunch'
import { Harness, type OpenPanel, type Theme } from './harness'
import { counted } from './waits'

describe('output of a launch', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  it('draws the colours of the theme’s terminal and the looks of a text', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(panel, [
      line(
        'plain \u001b[31mred\u001b[0m \u001b[1mbold\u001b[0m \u001b[3mitalic\u001b[0m \u001b[4munder\u001b[0m \u001b[2mdim\u001b[0m',
      ),
      line('\u001b[7minverse\u001b[0m \u001b[44;33mown\u001b[0m \u001b[41mbare\u001b[0m'),
    ])
    const text = panel.rows().first().locator('.text')
    assert.equal(await text.textContent(), 'plain red bold italic under dim')
    const style = (word: string, property: string) =>
      panel.page
        .getByText(word, { exact: true })
        .evaluate((element, name) => getComputedStyle(element as HTMLElement).getPropertyValue(name), property)
    assert.notEqual(await style('red', 'color'), await style('bold', 'color'))
    assert.equal(await style('bold', 'font-weight'), '700')
    assert.equal(await style('italic', 'font-style'), 'italic')
    assert.match(await style('under', 'text-decoration-line'), /underline/)
    assert.equal(await style('dim', 'opacity'), '0.75')
    // Dark Modern: paper #1f1f1f, ink #cccccc; blue #2472c8, yellow #e5e510.
    assert.equal(await style('inverse', 'color'), 'rgb(31, 31, 31)')
    assert.equal(await style('inverse', 'background-color'), 'rgb(204, 204, 204)')
    assert.equal(await style('own', 'background-color'), 'rgb(36, 114, 200)')
    assert.equal(await style('own', 'color'), 'rgb(229, 229, 16)')
    assert.equal(await style('bare', 'background-color'), 'rgb(205, 49, 49)')
    await panel.close()
  })

  for (const theme of ['dark', 'light', 'hc-black', 'hc-light'] as Theme[])
    it(`can be read in every colour: ${theme}`, async () => {
      const panel = await harness.open({ kind: 'launch', theme, height: 900 })
      const codes = [30, 31, 32, 33, 34, 35, 36, 37, 90, 91, 92, 93, 94, 95, 96, 97]
      const fixed = [
        [0, 0, 0],
        [255, 255, 255],
        [0, 0, 255],
        [255, 255, 0],
        [30, 30, 30],
        [128, 128, 128],
      ]
      await print(panel, [
        ...codes.map((code) => line(`\u001b[${String(code)}mcolour\u001b[0m`)),
        ...fixed.map((rgb) => line(`\u001b[38;2;${rgb.join(';')}mcolour\u001b[0m`)),
        ...[41, 42, 44, 47].map((code) => line(`\u001b[${String(code)}mcolour\u001b[0m`)),
        line('colour', { level: 'error' }),
        line('colour', { level: 'warn' }),
        line('colour', { outcome: 'success' }),
        line('colour', { outcome: 'failure' }),
        line('colour', { level: 'debug', stream: 'stderr' }),
        line('colour', { stream: 'stdin' }),
      ])
      const contrasts = await panel.page.locator('.row .text').evaluateAll((texts) => {
        const canvas = new OffscreenCanvas(1, 1)
        const pen = canvas.getContext('2d', { willReadFrequently: true })
        if (pen === null) throw new Error('no canvas')
        const luminance = (...colors: string[]) => {
          for (const color of colors) {
            pen.fillStyle = color
            pen.fillRect(0, 0, 1, 1)
          }
          const [r = 0, g = 0, b = 0] = [...pen.getImageData(0, 0, 1, 1).data].map((part) =>
            part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4,
          )
          return 0.2126 * r + 0.7152 * g + 0.0722 * b
        }
        const paper = getComputedStyle(document.body).backgroundColor
        return texts.map((text) => {
          const piece = text.querySelector('span') ?? text
          const { color, backgroundColor } = getComputedStyle(piece)
          const below = luminance(paper, backgroundColor)
          const ink = luminance(paper, backgroundColor, color)
          const contrast = (Math.max(ink, below) + 0.05) / (Math.min(ink, below) + 0.05)
          return {
            contrast: Math.round(contrast * 100) / 100,
            color,
            look: piece.getAttribute('class') ?? '',
            row: text.parentElement?.getAttribute('class') ?? '',
          }
        })
      })
      assert.equal(contrasts.length, codes.length + fixed.length + 10)
      // Colours that we place are held to what high contrast asks for; others are the theme's own.
      const needed = (look: string) => (theme.startsWith('hc') && look.includes('on-paper') ? 7 : 4.5)
      assert.deepEqual(
        contrasts.filter(({ contrast, look }) => contrast < needed(look)),
        [],
      )
      await panel.close()
    })

  it('marks what was found, across the command’s colours and in links', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(panel, [
      line('plain loss, \u001b[32mloss\u001b[0m=1, lo\u001b[31mss\u001b[0m of \u001b[41mloss\u001b[0m'),
      line('src/loss.py:3: bad'),
      line('nothing'),
    ])
    await panel.id('search-input').fill('LOSS')
    await counted(panel, '2 of 3')
    const first = panel.rows().first()
    assert.deepEqual(await first.locator('mark').allTextContents(), ['loss', 'loss', 'lo', 'ss', 'loss'])
    assert.equal(await first.locator('.text').textContent(), 'plain loss, loss=1, loss of loss')
    assert.deepEqual(await panel.rows().nth(1).getByTestId('line-link').locator('mark').allTextContents(), ['loss'])
    const ink = (at: number) =>
      first
        .locator('mark')
        .nth(at)
        .evaluate((mark) => [mark, mark.parentElement ?? mark].map((one) => getComputedStyle(one).color))
    const [found, around] = await ink(1)
    assert.deepEqual([found, await ink(0)], ['rgb(204, 204, 204)', ['rgb(204, 204, 204)', 'rgb(204, 204, 204)']])
    assert.notEqual(found, around, 'the command’s green is not for the paper of a mark')
    const own = await ink(4)
    assert.equal(own[0], own[1])
    await panel.rows().nth(1).getByTestId('line-link').locator('mark').click()
    await panel.asked('file/open', 1)
    await panel.id('search-clear').click()
    await counted(panel, '3')
    assert.equal(await panel.page.locator('.row mark').count(), 0)
    await panel.close()
  })

  it('marks what came by stderr and what the person sent, for the eye and the ear', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(panel, [line('out'), line('err', { stream: 'stderr' }), line('in', { stream: 'stdin' })])
    const cell = (at: number) => panel.rows().nth(at).locator('.phase')
    assert.equal(((await cell(0).textContent()) ?? '').trim(), '')
    assert.equal(((await cell(1).textContent()) ?? '').trim(), 'stderr')
    assert.equal(((await cell(2).textContent()) ?? '').trim(), 'stdin')
    assert.equal(await cell(1).evaluate((one) => getComputedStyle(one as HTMLElement).borderLeftWidth), '2px')
    await panel.close()
  })

  it('shows what was typed behind the question that it answers', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(panel, [{ ...line('Ada', { stream: 'stdin' }), prompt: 'Your name?' }])
    assert.equal((await panel.rows().first().locator('.text').innerText()).trim(), 'Your name? Ada')
    await panel.close()
  })

  it('opens addresses and places through the host, by mouse and by keyboard', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(panel, [
      line(
        'see https://example.com/a?b=1, or \u001b]8;;https://example.com/run\u001b\\the \u001b[32mrun\u001b[0m page\u001b]8;;\u001b\\.',
      ),
      line('src/train.py:12:3: error: bad shape'),
      line(
        '\u001b]8;;javascript:alert(1)\u001b\\do not\u001b]8;;\u001b\\ and \u001b]8;;file:///work/demo-app/out.txt#L7\u001b\\a file\u001b]8;;\u001b\\',
      ),
    ])
    const links = panel.rows().first().getByTestId('line-link')
    assert.deepEqual(await links.allTextContents(), ['https://example.com/a?b=1', 'the ', 'run', ' page'])
    await links.nth(0).click()
    await links.nth(2).click()
    assert.deepEqual(await panel.asked('link/open', 2), [
      { url: 'https://example.com/a?b=1' },
      { url: 'https://example.com/run' },
    ])
    await panel.rows().nth(1).getByTestId('line-link').click()
    await panel.rows().nth(2).getByText('do not').click()
    await panel.id('detail').waitFor()
    assert.equal(await panel.rows().nth(2).getByTestId('line-link').count(), 1)
    await panel.rows().nth(2).getByTestId('line-link').click()
    await panel.id('feed').press('ArrowUp')
    await panel.id('feed').press('Control+Enter')
    assert.deepEqual(await panel.asked('file/open', 3), [
      { path: 'src/train.py', line: 12, column: 3 },
      { path: '/work/demo-app/out.txt', line: 7 },
      { path: 'src/train.py', line: 12, column: 3 },
    ])
    await panel.id('detail-line').filter({ hasText: 'src/train.py:12:3: error: bad shape' }).waitFor()
    await panel.id('detail-link').click()
    await panel.asked('file/open', 4)
    await panel.close()
  })

  it('switches the times between clock, since the start and off, and remembers it', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(panel, [line('a'), line('b')])
    const time = panel.rows().nth(1).locator('.time')
    assert.equal(await time.textContent(), '03:30:05.268')
    await panel.id('time-switch').click()
    await panel.id('time-start').click()
    await time.filter({ hasText: '0:00.037' }).waitFor()
    await panel.id('time-switch').click()
    await panel.id('time-previous').click()
    await time.filter({ hasText: '+0.037' }).waitFor()
    await panel.id('time-switch').click()
    await panel.id('time-off').click()
    await time.waitFor({ state: 'detached' })
    assert.equal(await panel.id('feed').getAttribute('aria-colcount'), '2')
    assert.equal(await panel.rows().first().getByRole('gridcell').count(), 2)
    assert.equal(await panel.id('time-switch').getAttribute('aria-label'), 'Times: no times')
    await panel.page.waitForFunction(() => sessionStorage.getItem('fake-vscode-state')?.includes('"timeMode":"off"'))
    await panel.page.reload()
    await panel.id('time-switch').waitFor()
    assert.equal(await panel.id('time-switch').getAttribute('aria-label'), 'Times: no times')
    await panel.close()
  })

  it('tells the times of the place or of UTC, as was chosen last', async () => {
    const panel = await harness.open({ events: 20, state: 'completed', timezone: 'Asia/Tokyo' })
    const time = panel.rows().first().locator('.time')
    assert.equal(await time.textContent(), '12:30:05.231')
    await panel.id('time-switch').click()
    await panel.id('zone-utc').click()
    await time.filter({ hasText: '03:30:05.231' }).waitFor()
    assert.deepEqual(await panel.asked('panel/remember', 1), [{ zone: 'utc' }])
    assert.match(await panel.page.locator('.started').innerText(), /03:30:05$/)
    await panel.id('time-switch').click()
    await panel.page.getByRole('menuitemradio', { name: 'UTC', checked: true }).waitFor()
    await panel.close()
  })

  it('begins with the times that were chosen in the last panel', async () => {
    const panel = await harness.open({ kind: 'launch', times: 'off' })
    assert.equal(await panel.id('time-switch').getAttribute('aria-label'), 'Times: no times')
    await panel.id('time-switch').click()
    await panel.id('time-clock').click()
    assert.deepEqual(await panel.asked('panel/remember', 1), [{ timeMode: 'clock' }])
    await panel.page.waitForFunction(() => sessionStorage.getItem('fake-vscode-state')?.includes('"timeMode":"clock"'))
    await panel.page.reload()
    await panel.id('time-switch').waitFor()
    assert.equal(await panel.id('time-switch').getAttribute('aria-label'), 'Times: clock time')
    await panel.close()
  })

  it('shows the line being written in its place, and nothing jumps', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(
      panel,
      Array.from({ length: 100 }, (_, i) => line(`line ${String(i)}`)),
    )
    await panel.page.locator('[data-seq="99"]').waitFor()
    const live = panel.id('live-line')
    const places = async () =>
      JSON.stringify([await live.boundingBox(), await panel.page.locator('[data-seq="99"]').boundingBox()])
    const before = await places()
    for (let percent = 0; percent <= 100; percent += 20) {
      await panel.host(({ host, argument }) => {
        host.setLaunch({ current: { stdout: `\u001b[32m${String(argument)}%\u001b[0m |███` } })
      }, percent)
      await live.filter({ hasText: new RegExp(`^\\s*${String(percent)}% `) }).waitFor()
      assert.equal(await places(), before)
    }
    await panel.host(({ host }) => {
      host.setLaunch({ current: {} })
    })
    await live.filter({ hasText: /^\s*$/ }).waitFor()
    assert.equal(await places(), before)
    // A second stream takes room once and keeps it.
    await panel.host(({ host }) => {
      host.setLaunch({ current: { stdout: 'one', stderr: 'two' } })
    })
    await live.getByText('two').waitFor()
    const two = await live.boundingBox()
    await panel.host(({ host }) => {
      host.setLaunch({ current: { stdout: 'one' } })
    })
    await live.getByText('two').waitFor({ state: 'detached' })
    assert.deepEqual(await live.boundingBox(), two)
    await panel.host(({ host }) => {
      host.setRun({ state: 'completed', exit_code: 0 })
    })
    await live.waitFor({ state: 'detached' })
    await panel.close()
  })

  it('says why there is nothing', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await panel.id('feed-empty').filter({ hasText: 'Waiting for the first line…' }).waitFor()
    await panel.host(({ host }) => {
      host.append([{ phase: 'process', text: 'started, pid 7', data: {} }])
    })
    await panel.id('live-line').filter({ hasText: 'Waiting for the first line…' }).waitFor()
    await panel.host(({ host }) => {
      host.setRun({ state: 'completed', exit_code: 0 })
    })
    await panel.id('live-line').filter({ hasText: 'The command printed nothing.' }).waitFor()
    await panel.close()
    const empty = await harness.open({ kind: 'launch', state: 'failed' })
    await empty.id('feed-empty').filter({ hasText: 'The command printed nothing.' }).waitFor()
    await empty.close()
  })

  it('clears the view alone, and brings it back', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(
      panel,
      Array.from({ length: 50 }, (_, i) => line(`old ${String(i)}`)),
    )
    await panel.id('clear-button').click()
    await panel.id('cleared').filter({ hasText: '50 earlier rows cleared from the view.' }).waitFor()
    await panel.id('feed-empty').filter({ hasText: 'What comes next is shown here.' }).waitFor()
    await counted(panel, '0')
    assert.equal(
      await panel.id('feed-count').getAttribute('title'),
      'No event came yet. 50 earlier events were cleared from the view.',
    )
    await print(panel, [line('new')])
    await panel.page.locator('[data-seq="50"]').waitFor()
    await counted(panel, '1')
    assert.deepEqual(await panel.seqs(), [50])
    assert.equal(await panel.rows().first().getAttribute('aria-rowindex'), '1')
    await panel.id('feed').press('Home')
    await panel.page.locator('.row.selected[data-seq="50"]').waitFor()
    // A filter keeps what is cleared away.
    await panel.id('search-input').fill('old')
    await panel.id('search-input').press('Enter')
    await panel.id('feed-empty').filter({ hasText: 'No line matches this filter.' }).waitFor()
    await counted(panel, '0 of 1')
    await panel.id('search-input').fill('')
    await panel.id('search-input').press('Enter')
    await panel.page.locator('[data-seq="50"]').waitFor()
    await panel.id('show-cleared').click()
    await panel.page.locator('[data-seq="49"]').waitFor()
    await counted(panel, '51')
    assert.equal(await panel.id('cleared').count(), 0)
    await panel.close()
  })

  it('copies what is selected, the chosen line, or all of it without codes', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(panel, [
      { phase: 'process', text: 'started, pid 7', data: {} },
      ...Array.from({ length: 1500 }, (_, i) => line(`\u001b[31mline\u001b[0m ${String(i)}`)),
    ])
    await panel.page.locator('[data-seq="1500"]').waitFor()
    await panel.id('copy-output').click()
    await panel.id('said').filter({ hasText: 'Copied 1,500 lines.' }).waitFor({ state: 'attached' })
    assert.equal(await panel.id('copy-output').getAttribute('aria-label'), 'Copied')
    await panel.rows().last().locator('.text').click()
    await panel.id('detail').waitFor()
    await panel.id('feed').press('Control+c')
    await panel.id('said').filter({ hasText: 'Copied 1 line.' }).waitFor({ state: 'attached' })
    const [all, one] = (await panel.asked('clipboard/write', 2)) as { text: string }[]
    const lines = (all?.text ?? '').split('\n')
    assert.deepEqual([lines.length, lines[0], lines[1499], lines[1500]], [1501, 'line 0', 'line 1499', ''])
    assert.equal(one?.text, 'line 1499')
    await panel.page.evaluate(() => {
      const text = document.querySelector('.row .text')
      if (text !== null) getSelection()?.selectAllChildren(text)
    })
    const first = await panel.rows().first().locator('.text').innerText()
    await panel.id('copy-output').click()
    assert.deepEqual((await panel.asked('clipboard/write', 3))[2], { text: first })
    await panel.close()
  })

  it('says so when it can’t copy all, and saves', async () => {
    const panel = await harness.open({ kind: 'launch', events: 0 })
    await panel.host(({ host, argument }) => {
      host.append(Array.from({ length: 20_500 }, (_, i) => ({ ...argument, text: `x ${String(i)}` })))
    }, line('x'))
    await panel.page.locator('[data-seq="20499"]').waitFor()
    await panel.id('copy-output').click()
    await panel.id('notice').filter({ hasText: 'Copied the last 20,000 lines of the view.' }).waitFor()
    await panel.id('save-text').click()
    await panel.asked('run/saveText', 1)
    await panel.close()
  })

  it('stands still when the person scrolled up and counts what is new', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(
      panel,
      Array.from({ length: 200 }, (_, i) => line(`line ${String(i)}`)),
    )
    await panel.page.locator('[data-seq="199"]').waitFor()
    await panel.id('feed').hover()
    await panel.page.mouse.wheel(0, -500)
    await panel.id('jump-to-end').waitFor()
    const before = await panel.seqs()
    await print(
      panel,
      Array.from({ length: 30 }, (_, i) => line(`more ${String(i)}`)),
    )
    await panel.id('jump-to-end').filter({ hasText: '30 new' }).waitFor()
    assert.deepEqual(await panel.seqs(), before)
    await panel.id('jump-to-end').click()
    await panel.page.locator('[data-seq="229"]').waitFor()
    await panel.close()
  })

  it('answers a click in the next frame under three fast writers, and draws a window of rows', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await print(panel, [line('start')])
    await panel.page.evaluate(async (text) => {
      const { fakeHost } = globalThis as unknown as { fakeHost: { append(events: unknown[]): void } }
      const button = document.querySelector<HTMLElement>('[data-testid="time-switch"]')
      if (button === null) throw new Error('no switch')
      for (let frame = 0; frame < 60; frame++) {
        fakeHost.append(
          Array.from({ length: 500 }, (_, i) => ({
            phase: 'log_line',
            stream: 'stdout',
            text: `${text} ${String(frame * 500 + i)}`,
            data: {},
          })),
        )
        const label = button.ariaExpanded
        if (frame % 6 === 0) button.click()
        await new Promise((resolve) => requestAnimationFrame(resolve))
        if (frame % 6 === 0 && button.ariaExpanded === label) throw new Error('the click was not answered')
      }
    }, '\u001b[32mok\u001b[0m src/train.py:12 https://example.com/ \u001b[1;31mloss\u001b[0m=0.1')
    await panel.page.locator('[data-seq="30000"]').waitFor()
    assert.ok((await panel.page.locator('.row').count()) < 60)
    await panel.close()
  })

  it('shows hostile output as text', async () => {
    const panel = await harness.open({ kind: 'launch' })
    const hostile =
      '<img src=x onerror="alert(1)">\u001b]8;;https://example.com/"onclick="alert(2)\u001b\\x\u001b]8;;\u001b\\\u001b[38;2;999;0;0mz'
    await print(panel, [
      line(hostile),
      line('\u001b[31m'.repeat(1000) + 'y'.repeat(4000)),
      line('http://['.repeat(500)),
    ])
    await panel.host(({ host, argument }) => {
      host.setLaunch({
        current: { stdout: argument },
        progress: { label: argument, done: -1, total: 0, percent: 1e9, rate: -1, remaining_s: -5, time: 0 },
        results: [{ seq: 1, path: `../../${argument}`, summary: argument }],
        metrics: [{ name: argument, count: 1, last: NaN, min: NaN, max: NaN, x: 'step', points: [[0, 1]] }],
        errors: [{ seq: 2, message: argument, fatal: true }],
        left_behind: Array.from({ length: 500 }, (_, i) => i),
      })
      host.setRun({ command: argument, args: [argument], cwd: argument })
    }, hostile)
    await panel.rows().nth(2).waitFor()
    await panel.id('progress').waitFor()
    assert.equal(await panel.page.locator('img, b, [onclick], a[href], body script:not([nonce])').count(), 0)
    assert.equal(await panel.page.getByRole('progressbar').getAttribute('aria-valuenow'), '100')
    await panel.close()
  })
})

async function print(panel: OpenPanel, events: readonly unknown[]): Promise<void> {
  await panel.host(({ host, argument }) => {
    host.append(argument as Parameters<typeof host.append>[0])
  }, events)
  await panel.page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve))
      }),
  )
}

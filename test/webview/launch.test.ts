import assert from 'node:assert/strict'
import { Harness } from './harness'
import { focused } from './waits'

describe('launch', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  describe('header', () => {
    it('goes from running over stopping to stopped, and tells the end', async () => {
      const panel = await harness.open({ kind: 'launch' })
      assert.equal(await panel.id('run-state').textContent(), 'running')
      assert.equal(await panel.id('exit-code').count(), 0)
      assert.equal(await panel.id('run-again').count(), 0)
      await panel.id('stop-button').click()
      await panel.id('run-state').filter({ hasText: 'stopping' }).waitFor()
      await panel.host(({ host }) => {
        host.setLaunch({ stop_requested: true, exit: { signal: 'SIGKILL', time: 0 } })
        host.setRun({ state: 'aborted', signal: 'SIGKILL' })
      })
      await panel.id('run-state').filter({ hasText: 'aborted' }).waitFor()
      assert.match(await panel.id('exit-code').innerText(), /SIGKILL\s+killed to stop it/)
      assert.equal(await panel.id('stop-button').count(), 0)
      await panel.page
        .getByRole('status')
        .filter({ hasText: 'SIGKILL: killed to stop it.' })
        .waitFor({ state: 'attached' })
      await panel.close()
    })

    it('does not tell twice that it was stopped as asked', async () => {
      const panel = await harness.open({ kind: 'launch', state: 'aborted' })
      await panel.host(({ host }) => {
        host.setRun({ signal: 'SIGINT' })
      })
      await panel.id('exit-code').waitFor()
      assert.equal((await panel.id('exit-code').innerText()).trim(), 'SIGINT')
      assert.equal(await panel.id('exit').innerText(), 'SIGINT: stopped as asked')
      await panel.close()
    })

    it('tells a failed end once, and why where there is more to say', async () => {
      const panel = await harness.open({ kind: 'launch', state: 'failed' })
      await panel.host(({ host }) => {
        host.setRun({ exit_code: 1, error: 'The disk is full.' })
      })
      await panel.id('run-band').filter({ hasText: 'The disk is full.' }).waitFor()
      await panel.host(({ host }) => {
        host.setRun({ exit_code: 1, error: 'The command ended with exit code 1.' })
      })
      await panel.id('run-band').waitFor({ state: 'detached' })
      await panel.id('exit-code').filter({ hasText: 'general error' }).waitFor()
      await panel.close()
    })

    it('tells an exit code with its meaning', async () => {
      const panel = await harness.open({ kind: 'launch', state: 'failed' })
      await panel.host(({ host }) => {
        host.setRun({ exit_code: 137 })
      })
      await panel.id('exit-code').filter({ hasText: 'killed, often because memory ran out' }).waitFor()
      assert.match(await panel.id('run-again').innerText(), /Re-run/)
      assert.match(await panel.id('exit').innerText(), /^exit 137: killed, often because memory ran out$/)
      await panel.host(({ host }) => {
        host.setRun({ exit_code: 42 })
      })
      await panel
        .id('exit-code')
        .filter({ hasText: /^\s*exit 42\s*$/ })
        .waitFor()
      await panel.close()
    })

    it('runs again, opens the folder, is compared, and says when that does not work', async () => {
      const panel = await harness.open({ kind: 'launch', state: 'completed' })
      await panel.id('run-again').click()
      await panel.asked('run/again', 1)
      await panel.id('open-folder').click()
      await panel.asked('run/openFolder', 1)
      await panel.host(({ host }) => host.failing.set('run/again', 'The folder /work/demo-app is gone.'))
      await panel.id('run-again').click()
      await panel.id('notice').filter({ hasText: 'The folder /work/demo-app is gone.' }).waitFor()
      await panel.id('more-button').click()
      await panel.id('compare-run').click()
      await panel.asked('run/compare', 1)
      for (const what of ['rename', 'tag', 'pin', 'reveal']) {
        await panel.id('more-button').click()
        await panel.id(`manage-${what}`).click()
      }
      await panel.host(({ host }) => {
        host.setRun({ pinned: true })
      })
      await panel.id('more-button').click()
      assert.equal(await panel.id('manage-pin').count(), 0)
      await panel.id('manage-unpin').click()
      assert.deepEqual(
        await panel.asked('run/manage', 5),
        ['rename', 'tag', 'pin', 'reveal', 'unpin'].map((what) => ({ what })),
      )
      await panel.close()
      const live = await harness.open({ kind: 'launch' })
      await live.id('more-button').click()
      await live.id('more-run-again').click()
      await live.asked('run/again', 1)
      await live.close()
    })
  })

  describe('input', () => {
    it('is sent by Enter, comes back by the arrows, and ends by Ctrl+D', async () => {
      const panel = await harness.open({ kind: 'launch' })
      const input = panel.id('input-line')
      await input.fill('first')
      await input.press('Enter')
      await input.fill('second')
      await input.press('Enter')
      await panel.asked('run/input', 2)
      await panel.page.waitForFunction(
        () => document.querySelector<HTMLInputElement>('[data-testid="input-line"]')?.value === '',
      )
      await input.fill('draft')
      const up = async (text: string, key = 'ArrowUp') => {
        await input.press(key)
        assert.equal(await input.inputValue(), text)
      }
      await up('second')
      await up('first')
      await up('first')
      await up('second', 'ArrowDown')
      await up('draft', 'ArrowDown')
      await input.press('Control+d')
      assert.deepEqual(await panel.asked('run/input', 3), [
        { text: 'first\n' },
        { text: 'second\n' },
        { text: 'draft', end: true },
      ])
      await panel.page.getByPlaceholder('The input was ended (Ctrl+D); the command goes on.').waitFor()
      assert.equal(await input.isDisabled(), true)
      await panel.close()
    })

    it('keeps what could not be sent, and says why', async () => {
      const panel = await harness.open({ kind: 'launch' })
      await panel.host(({ host }) => host.failing.set('run/input', 'The command no longer reads.'))
      await panel.id('input-line').fill('precious')
      await panel.id('input-send').click()
      await panel.id('notice').filter({ hasText: 'The command no longer reads.' }).waitFor()
      assert.equal(await panel.id('input-line').inputValue(), 'precious')
      await panel.close()
    })

    it('has the keys when the command asks, unless the person is doing something else', async () => {
      const panel = await harness.open({ kind: 'launch' })
      const ask = (stdout: string) =>
        panel.host(({ host, argument }) => {
          host.setLaunch({ current: { stdout: argument } })
        }, stdout)
      await panel.id('search-input').focus()
      await ask('Your name: ')
      await panel.id('live-line').filter({ hasText: 'Your name:' }).waitFor()
      assert.equal(await focused(panel), 'search-input')
      await panel.id('feed').focus()
      await ask(' 45%|███ | 9/20 [00:10<00:12]')
      await panel.id('live-line').filter({ hasText: '45%' }).waitFor()
      assert.equal(await focused(panel), 'feed')
      await ask('Sure? [y/N] ')
      await panel.page.locator('[data-testid="input-line"]:focus').waitFor()
      await panel.close()
    })

    it('hides a password and forgets it', async () => {
      const panel = await harness.open({ kind: 'launch' })
      const input = panel.id('input-line')
      assert.equal(await input.getAttribute('type'), 'text')
      await panel.host(({ host }) => {
        host.setLaunch({ current: { stderr: "\u001b[1mada@host's password:\u001b[0m " } })
      })
      await panel.page.locator('[data-testid="input-line"][type="password"]').waitFor()
      await input.fill('hunter2')
      await input.press('Enter')
      assert.deepEqual(await panel.asked('run/input', 1), [{ text: 'hunter2\n' }])
      await panel.host(({ host }) => {
        host.setLaunch({ current: {} })
      })
      await panel.page.locator('[data-testid="input-line"][type="text"]').waitFor()
      await input.press('ArrowUp')
      assert.equal(await input.inputValue(), '')
      const state = await panel.page.evaluate(() => sessionStorage.getItem('fake-vscode-state'))
      assert.ok(!(state ?? '').includes('hunter2'))
      await panel.close()
    })

    it('is there only while the command reads', async () => {
      const panel = await harness.open({ kind: 'launch', state: 'completed' })
      assert.equal(await panel.id('input-line').count(), 0)
      await panel.close()
      const live = await harness.open({ kind: 'launch' })
      await live.id('input-line').waitFor()
      await live.host(({ host }) => {
        host.setRun({ state: 'completed', exit_code: 0 })
      })
      await live.page.getByPlaceholder('The command has ended and reads nothing more.').waitFor()
      await live.close()
    })
  })

  describe('summary', () => {
    it('says why something is not there', async () => {
      const panel = await harness.open({ kind: 'launch' })
      await panel.id('no-results').filter({ hasText: 'None were asked for' }).waitFor()
      await panel.host(({ host }) => {
        host.setRun({ expects_results: true })
      })
      await panel.id('no-results').filter({ hasText: 'listed when the command ends' }).waitFor()
      await panel.id('no-metrics').filter({ hasText: 'No numbers yet' }).waitFor()
      await panel.id('exit').filter({ hasText: 'still running' }).waitFor()
      await panel.host(({ host }) => {
        host.setRun({ state: 'aborted' })
      })
      await panel.id('no-results').filter({ hasText: 'No file was made or changed' }).waitFor()
      await panel.id('no-metrics').filter({ hasText: 'The output named no numbers.' }).waitFor()
      await panel.id('exit').filter({ hasText: 'not recorded' }).waitFor()
      await panel.close()
    })

    it('shows the command line as a shell takes it, and copies it', async () => {
      const panel = await harness.open({ kind: 'launch' })
      const command = "python train.py --config 'configs/small model.yaml' --epochs 3"
      assert.equal(await panel.id('command-line').innerText(), command)
      await panel.id('copy-command').click()
      assert.deepEqual(await panel.asked('clipboard/write', 1), [{ text: command }])
      await panel.id('run-folder').filter({ hasText: '/work/demo-app' }).click()
      await panel.asked('run/openFolder', 1)
      await panel.close()
    })

    it('shows progress with percent, rate and time left', async () => {
      const panel = await harness.open({ kind: 'launch' })
      await panel.host(({ host }) => {
        host.setLaunch({
          progress: { label: 'epoch 2:', done: 1320, total: 3000, rate: 12.3, remaining_s: 137, time: 0 },
        })
      })
      const bar = panel.page.getByRole('progressbar', { name: 'epoch 2' })
      await bar.waitFor()
      assert.equal(await bar.getAttribute('aria-valuenow'), '44')
      assert.equal(await bar.getAttribute('aria-valuetext'), '44 %, 1,320 of 3,000, 12.3/s, about 2 min left')
      await panel.host(({ host }) => {
        host.setLaunch({ progress: { done: 17, time: 0 } })
        host.setRun({ state: 'completed' })
      })
      await bar.waitFor({ state: 'detached' })
      assert.match(await panel.id('progress').innerText(), /^Progress\s+17$/)
      await panel.close()
    })

    it('smooths metrics, draws them by their logarithm, and over one another with switches', async () => {
      const panel = await harness.open({ kind: 'launch', width: 1300 })
      await panel.host(({ host }) => {
        const noisy = (k: number) =>
          Array.from({ length: 100 }, (_, i) => [i, 10 ** k + (i % 2) * 10 ** k] as [number, number])
        host.setLaunch({
          metrics: (['step', 'step', 'time'] as const).map((x, k) => ({
            name: `metric_${String(k)}`,
            count: 100,
            last: 2 * 10 ** k,
            min: 10 ** k,
            max: 2 * 10 ** k,
            x,
            points: noisy(k),
          })),
        })
      })
      await panel.id('metric').locator('canvas').nth(2).waitFor()
      // At the right edge the value under the pointer is the last one: raw 2, smoothed between.
      const value = panel.id('metric').first().locator('.metric-value')
      const over = panel.id('metric').first().locator('.u-over')
      const hover = async () => {
        const box = await over.boundingBox()
        assert.ok(box !== null)
        await over.hover({ position: { x: box.width - 1, y: 20 } })
        await panel.id('metric').first().locator('.metric-place').waitFor()
        return Number(await value.innerText())
      }
      assert.equal(await hover(), 2)
      await panel.id('metrics-smooth').selectOption('much')
      await panel.page.mouse.move(1, 1)
      const smooth = await hover()
      assert.ok(smooth > 1.4 && smooth < 1.6, String(smooth))
      await panel.id('metrics-log').click()
      await panel.id('metrics-together').click()
      await panel.id('metric').nth(2).waitFor({ state: 'detached' })
      assert.equal(await panel.id('metric').count(), 2)
      await panel.page.getByRole('img', { name: /^metric_0: .*; metric_1: / }).waitFor()
      await panel.id('metric-switch').first().click()
      await panel.page.getByRole('img', { name: /^metric_1: / }).waitFor()
      await panel.id('metric').first().locator('canvas').waitFor()
      await panel.close()
    })

    it('draws each metric, and more when asked', async () => {
      const panel = await harness.open({ kind: 'launch', height: 1400 })
      await panel.host(({ host }) => {
        host.setLaunch({
          metrics: Array.from({ length: 6 }, (_, k) => ({
            name: `metric_${String(k)}`,
            count: 100,
            last: 0.5,
            min: 0.5,
            max: 2,
            x: k === 0 ? 'time' : 'step',
            points: Array.from({ length: 100 }, (__, i) => [i, 2 - i / 66 + k] as const),
          })),
        })
      })
      const charts = panel.id('metric').locator('canvas')
      await charts.nth(3).waitFor()
      assert.equal(await panel.id('metric').count(), 4)
      await panel.page.getByRole('img', { name: 'metric_0: 0.5 now, from 0.5 to 2, 100 values' }).waitFor()
      await panel.page.waitForFunction(() => {
        const canvas = document.querySelector<HTMLCanvasElement>('[data-testid="metric"] canvas')
        const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
        let painted = 0
        for (let i = 3; i < data.length; i += 4) if (data[i] !== 0) painted++
        return painted > 300
      })
      await panel.id('metric').first().locator('.u-over').hover()
      await panel.id('metric').first().locator('.metric-place').waitFor()
      await panel.id('metrics-more').click()
      await charts.nth(5).waitFor()
      await panel.id('metrics-more').click()
      assert.equal(await panel.id('metric').count(), 4)
      await panel.close()
    })

    it('says how many numbers are not drawn', async () => {
      const panel = await harness.open({ kind: 'launch' })
      await panel.host(({ host }) => {
        host.setLaunch({ metrics_left_out: { values: 250, other_names: 0, unread_lines: 0 } })
      })
      await panel.id('metrics-left-out').filter({ hasText: '250 values are left out: of each name' }).waitFor()
      await panel.close()
    })

    it('lists results and opens them, and names what is left', async () => {
      const panel = await harness.open({ kind: 'launch', state: 'completed' })
      await panel.host(({ host }) => {
        host.setLaunch({
          left_behind: [41, 42],
          dropped: 3,
          errors: [{ seq: 5, message: 'The disk is full.', fatal: false }],
          results: [
            {
              seq: 1,
              path: 'out/report.json',
              bytes: 812,
              modified_at: '2026-11-20T03:40:00.000Z',
              summary: '2 tests',
            },
            { seq: 2, path: 'loss.png' },
          ],
        })
      })
      const results = panel.id('result')
      await results.nth(1).waitFor()
      assert.deepEqual(
        (await results.allInnerTexts()).map((text) => text.split('\n').map((part) => part.trim())),
        [['report.jsonout', '812 B · 2026-11-20 03:40:00 · 2 tests'], ['loss.png']],
      )
      await results.nth(0).click()
      await results.nth(1).press('Enter')
      assert.deepEqual(await panel.asked('file/open', 2), [{ path: 'out/report.json' }, { path: 'loss.png' }])
      await panel.id('left-behind').filter({ hasText: 'Processes of this run are still alive: 41, 42.' }).waitFor()
      await panel.id('dropped').filter({ hasText: '3 lines could not be written' }).waitFor()
      await panel.id('summary').getByText('The disk is full.').waitFor()
      await panel.close()
    })
  })

  it('names every control, and reaches it by keyboard in a sensible order', async () => {
    const panel = await harness.open({ kind: 'launch' })
    await panel.host(({ host }) => {
      host.print('one', 'two')
      host.setLaunch({ results: [{ seq: 1, path: 'a.json' }] })
    })
    await panel.rows().nth(1).waitFor()
    const unnamed = await panel.page.evaluate(() =>
      [...document.querySelectorAll('button, input')]
        .filter((one) => (one.getAttribute('aria-label') ?? one.textContent).trim() === '')
        .map((one) => one.outerHTML),
    )
    assert.deepEqual(unnamed, [])
    const order: string[] = []
    for (let step = 0; step < 40; step++) {
      await panel.page.keyboard.press('Tab')
      const id = await panel.page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '')
      if (order.includes(id) && id !== '') break
      if (id !== '') order.push(id)
    }
    const wanted = [
      'stop-button',
      'open-folder',
      'export-button',
      'search-input',
      'time-switch',
      'copy-output',
      'save-text',
      'clear-button',
      'follow-button',
      'feed',
      'input-line',
      'copy-command',
      'result',
    ]
    assert.deepEqual(
      order.filter((id) => wanted.includes(id)),
      wanted,
    )
    await panel.page.getByRole('grid', { name: 'Output' }).waitFor()
    await panel.close()
  })

  it('fits every width: nothing sticks out sideways', async () => {
    for (const width of [360, 400, 650, 800, 1000, 1600]) {
      const panel = await harness.open({ kind: 'launch', width, title: 'word '.repeat(200) })
      await panel.host(({ host }) => {
        const long = 'x'.repeat(3000)
        host.print(long, `\u001b[41m${long}`)
        host.setLaunch({
          pid: 1,
          progress: { label: long, done: 1, total: 2, rate: 3, remaining_s: 5000, time: 0 },
          current: { stdout: long, stderr: long },
          metrics: [
            {
              name: long,
              unit: long,
              count: 2,
              last: 1e12,
              min: 0,
              max: 1e12,
              x: 'time',
              points: [
                [0, 0],
                [5, 1e12],
              ],
            },
          ],
          results: [{ seq: 1, path: `${long}/${long}`, summary: long }],
          errors: [{ seq: 1, message: long, fatal: true }],
          left_behind: Array.from({ length: 100 }, (_, i) => 100_000 + i),
        })
        host.setRun({ command: long, args: [long], cwd: `/${long}`, error: long, exit_code: 137 })
      })
      await panel.rows().nth(1).waitFor()
      const check = async (where: string) => {
        const out = await panel.page.evaluate(() =>
          [...document.querySelectorAll('body *')]
            .filter((element) => {
              const box = element.getBoundingClientRect()
              const clipped =
                element.closest('.row, .live-row, .visually-hidden, .u-over, .result-name, .chips > *') !== null
              return box.width > 0 && box.right > innerWidth + 1 && !clipped
            })
            .map((element) => `${element.tagName}.${element.className}`),
        )
        assert.deepEqual(out, [], `${String(width)} px, ${where}`)
      }
      await check('output')
      for (const id of [
        'stop-button',
        'open-folder',
        'time-switch',
        'copy-output',
        'save-text',
        'clear-button',
        'input-line',
      ])
        assert.ok(await panel.id(id).isVisible(), `${id} at ${String(width)} px`)
      const search = await panel.id('search-input').boundingBox()
      assert.ok((search?.width ?? 0) > 50, `search at ${String(width)} px`)
      if (await panel.id('tab-summary').isVisible()) {
        await panel.id('tab-summary').click()
        await check('summary')
      }
      await panel.close()
    }
  })
})

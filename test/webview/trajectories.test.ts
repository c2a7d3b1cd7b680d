import assert from 'node:assert/strict'
import { Harness, type OpenPanel } from './harness'

const FILE = 'results/run1/trajectories/sample_0001.jsonl'

describe('trajectories', () => {
  let harness: Harness
  before(async () => {
    harness = await Harness.start()
  })
  after(async () => {
    await harness.stop()
  })

  async function opened(width = 1000): Promise<OpenPanel> {
    const panel = await harness.open({ kind: 'launch', state: 'completed', width })
    await panel.host(({ host, argument }) => {
      host.setLaunch({ results: [{ seq: 1, path: argument }] })
    }, FILE)
    if (width < 600) await panel.id('tab-summary').click()
    await panel.id('result').click()
    await panel.id('trajectory-entry').first().waitFor()
    return panel
  }

  it('are listed with the best reward first, unreadable lines among them', async () => {
    const panel = await opened()
    assert.deepEqual(await panel.asked('trajectories/list', 1), [{ path: FILE }])
    const titles = panel.id('trajectory-entry').locator('.trajectory-title')
    assert.deepEqual(await titles.allTextContents(), [
      'Add a cache to the loader',
      'Fix the failing test in parser.py',
      'Line 2',
      'No reward yet',
    ])
    const rewards = await panel.id('trajectory-entry').locator('.reward').allInnerTexts()
    assert.deepEqual(
      rewards.map((text) => text.trim()).filter((text) => text !== ''),
      ['1', '0.25', '–'],
    )
    await panel.id('trajectory-entry').nth(2).filter({ hasText: 'line 2: Unexpected end of JSON input' }).waitFor()
    await panel.id('trajectories').getByText('4 trajectories, 1 unreadable').waitFor()
    await panel.close()
  })

  it('are read turn by turn: role, text, tool calls, reward', async () => {
    const panel = await opened()
    await panel.id('trajectory-entry').nth(1).click()
    await panel.id('turn').nth(2).waitFor()
    assert.deepEqual(
      await panel.id('turn').evaluateAll((turns) => turns.map((turn) => turn.getAttribute('data-role'))),
      ['system', 'user', 'assistant'],
    )
    const last = panel.id('turn').nth(2)
    await last.getByText('I look at the test first.').waitFor()
    await last.getByText('reward 0.25').waitFor()
    assert.match(await last.getByTestId('tool-call').innerText(), /read_file[\s\S]*tests\/test_parser\.py/)
    assert.match(await panel.id('trajectory').locator('.rewards').innerText(), /tests\s+0\s+style\s+0\.25/)
    await panel.id('trajectory-reward').filter({ hasText: 'reward 0.25' }).waitFor()
    // The next in the list is the unreadable line: shown as it is, with the reason.
    await panel.id('trajectory-next').click()
    await panel.id('trajectory-problem').filter({ hasText: "Line 2 can't be read as a trajectory" }).waitFor()
    await panel.id('trajectory-raw').filter({ hasText: '"content": "cut he' }).waitFor()
    await panel.id('trajectory-next').click()
    await panel.id('turn').getByText('This turn is empty.').waitFor()
    assert.equal(await panel.id('trajectory-next').isDisabled(), true)
    await panel.close()
  })

  it('shows what a model wrote as text', async () => {
    const panel = await opened()
    await panel.id('trajectory-entry').first().click()
    await panel.id('turn').getByText('<img src=x onerror="alert(1)"> Good work.').waitFor()
    assert.equal(await panel.page.locator('img').count(), 0)
    await panel.close()
  })

  it('go by keyboard, and back to where one came from', async () => {
    const panel = await opened()
    const focused = () => panel.page.evaluate(() => document.activeElement?.getAttribute('data-testid'))
    assert.equal(await focused(), 'trajectories-close')
    await panel.id('trajectory-entry').first().focus()
    await panel.page.keyboard.press('ArrowDown')
    await panel.page.keyboard.press('Enter')
    await panel.id('turn').first().waitFor()
    assert.equal(await panel.id('trajectory-entry').nth(1).getAttribute('aria-current'), 'true')
    await panel.page.keyboard.press('Escape')
    await panel.id('trajectories').waitFor({ state: 'detached' })
    await panel.page.waitForFunction(() => document.activeElement?.getAttribute('data-testid') === 'result')
    await panel.close()
  })

  it('have one thing at a time where it is narrow', async () => {
    const panel = await opened(420)
    await panel.id('trajectory-entry').nth(1).click()
    await panel.id('turn').first().waitFor()
    assert.equal(await panel.id('trajectory-entry').count(), 0)
    const out = await panel.page.evaluate(
      () =>
        [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1)
          .length,
    )
    assert.equal(out, 0)
    await panel.page.keyboard.press('Escape')
    await panel.id('trajectory-entry').first().waitFor()
    await panel.page.waitForFunction(() => document.activeElement?.getAttribute('data-line') === '0')
    await panel.id('trajectories-close').click()
    await panel.id('summary').waitFor()
    await panel.close()
  })

  it('come back after a reload', async () => {
    const panel = await opened()
    await panel.page.waitForFunction(
      (file) => sessionStorage.getItem('fake-vscode-state')?.includes(`"trajectories":"${file}"`),
      FILE,
    )
    await panel.page.reload()
    await panel.id('trajectory-entry').first().waitFor()
    await panel.id('trajectories-close').click()
    await panel.id('feed').waitFor()
    await panel.page.waitForFunction(
      (file) => sessionStorage.getItem('fake-vscode-state')?.includes(file) === false,
      FILE,
    )
    await panel.close()
  })

  it('say why a file or a line can’t be shown', async () => {
    const panel = await harness.open({ kind: 'launch', state: 'completed' })
    await panel.host(({ host, argument }) => {
      host.setLaunch({ results: [{ seq: 1, path: argument }] })
      host.failing.set('trajectories/list', 'The file is gone.')
    }, FILE)
    await panel.id('result').click()
    await panel.id('trajectories').getByRole('alert').filter({ hasText: 'The file is gone.' }).waitFor()
    await panel.host(({ host }) => {
      host.failing.clear()
      host.failing.set('trajectories/get', 'The file changed.')
    })
    await panel.id('trajectories-close').click()
    await panel.id('result').click()
    await panel.id('trajectory-entry').first().click()
    await panel.id('trajectory').getByRole('alert').filter({ hasText: 'The file changed.' }).waitFor()
    await panel.id('trajectories-file').click()
    assert.deepEqual(await panel.asked('file/open', 1), [{ path: FILE }])
    await panel.close()
  })
})

/** The lines of followed files: told apart or as they are, where a search hits, and with the entry that they belong to. */
import assert from 'node:assert/strict'
import { useFollowPanels } from './followPanel'
import { counted } from './waits'

describe('lines of followed files', () => {
  const { open, row } = useFollowPanels()

  it('counts entries by level: the lines of a trace come with theirs, and are none', async () => {
    const panel = await open()
    const chip = panel.id('level-filter-error')
    assert.match(await chip.innerText(), /error\s+100$/)
    assert.match((await chip.getAttribute('title')) ?? '', /100 entries/)
    assert.match(await panel.page.locator('.level-bar.level-error').innerText(), /error\s+100$/)
    await chip.click()
    await counted(panel, '200 of 700')
    await panel.close()
  })

  it('shows time, level, logger and message of lines that are understood, by mouse and by key, and keeps that', async () => {
    const panel = await open({ width: 1000 })
    const button = panel.id('message-only')
    assert.equal(await button.getAttribute('aria-pressed'), 'false')
    await button.click()
    assert.deepEqual(await panel.asked('panel/remember', 1), [{ messageOnly: true }])
    await row(panel, 'timeout after 30 s').first().waitFor()
    const parts = await row(panel, 'timeout after 30 s')
      .last()
      .locator('.time, .level-word, .logger, .text')
      .allInnerTexts()
    assert.match(parts[0] ?? '', /^\d\d:\d\d:\d\d\.\d{3}$/)
    assert.match(parts[1] ?? '', /^error ?Server ?timeout after 30 s, request \d+$/)
    assert.deepEqual(parts.slice(2), ['error', 'Server'])
    assert.equal(await panel.page.locator('.row .logger').first().getAttribute('title'), 'app.Server')
    assert.ok((await row(panel, 'Server.java:42').count()) > 0)
    await panel.id('feed').press('m')
    await row(panel, /^\s*2026-11-20T\S+ INFO {2}\[main\]/)
      .first()
      .waitFor()
    assert.equal(await panel.page.locator('.row .time, .row .logger').count(), 0)
    await panel.id('feed').press('m')
    await panel.page.locator('.row .logger').first().waitFor()
    await panel.page.waitForFunction(() => sessionStorage.getItem('fake-vscode-state')?.includes('"messageOnly":true'))
    await panel.page.reload()
    await panel.page.locator('.row .logger').first().waitFor()
    assert.equal(await button.getAttribute('aria-pressed'), 'true')
    await panel.close()
  })

  it('shows a long line from before what was searched for, its message or all of it', async () => {
    const panel = await open({ width: 700 })
    const message = `${'gave up and tried again, '.repeat(20)}then boom in the end`
    await panel.host(({ host, argument }) => {
      const text = `2026-11-20T03:30:00.000Z ERROR 4711 [main] app.Server - ${argument}`
      const data = { text, stream: 'file', source: '/work/logs/app.log' }
      host.append([
        { phase: 'log_line', stream: 'file', level: 'error', text, message: argument, logger: 'app.Server', data },
      ])
    }, message)
    const long = row(panel, 'gave up').first()
    await long.waitFor()
    const isSeen = async (word: string) => {
      const mark = panel.page.locator('.row mark').first()
      await mark.filter({ hasText: word }).waitFor()
      const [cell, place] = await Promise.all([
        panel.page.locator('.row .text').first().boundingBox(),
        mark.boundingBox(),
      ])
      assert.ok(cell !== null && place !== null)
      assert.ok(place.x >= cell.x && place.x + place.width <= cell.x + cell.width, JSON.stringify({ cell, place }))
    }
    assert.match(await long.innerText(), /^\s*2026/)
    await panel.id('search-input').fill('boom')
    await counted(panel, '1 of 701')
    await isSeen('boom')
    assert.match(await long.innerText(), /^\s*….*boom in the end$/)
    await panel.id('message-only').click()
    await panel.page.locator('.row .logger').waitFor()
    await isSeen('boom')
    assert.match(await long.locator('.text').innerText(), /^error ?Server ?….*boom in the end$/)
    // What the message leaves away is shown when it is what was searched for.
    await panel.id('search-input').fill('4711')
    await panel.page.locator('.row mark').filter({ hasText: '4711' }).waitFor()
    await isSeen('4711')
    await panel.close()
  })

  it('has with a line its whole entry, without any filter, and marks the line that was chosen', async () => {
    const panel = await open({ width: 1300 })
    await panel.id('feed').press('Home')
    await panel.id('feed').press('Enter')
    await panel.id('detail-line').waitFor()
    assert.equal(await panel.id('detail-entry').count(), 0)
    await row(panel, 'timeout').first().click()
    const lines = panel.page.locator('.entry li')
    await lines.nth(1).waitFor()
    const texts = await lines.allInnerTexts()
    assert.match(texts[0] ?? '', /timeout after 30 s, request 4$/)
    assert.equal(texts[1]?.trimEnd(), '    at app.Server.handle(Server.java:42)')
    assert.equal(await panel.page.locator('.entry .here').count(), 0)
    await panel.id('copy-entry').click()
    const [copied] = (await panel.asked('clipboard/write', 1)) as { text: string }[]
    assert.match(copied?.text ?? '', /timeout after 30 s, request 4\n {4}at app\.Server\.handle\(Server\.java:42\)$/)
    await row(panel, 'Server.java:42')
      .first()
      .click({ position: { x: 60, y: 5 } })
    await panel.page.locator('.entry .here').filter({ hasText: 'Server.java:42' }).waitFor()
    assert.equal(await panel.id('line-context').count(), 0)
    await panel.id('detail-link').click()
    assert.deepEqual(await panel.asked('file/open', 1), [{ path: 'Server.java', line: 42 }])
    await panel.close()
  })

  it('has a long entry in a box of its own, at the chosen line, and says that there is more', async () => {
    const panel = await open({ width: 1300 })
    await panel.host(({ host }) => {
      const lineOf = (i: number) => ({
        phase: 'log_line',
        stream: 'file',
        level: 'error' as const,
        text: `    at app.Frame${String(i)}.call(Native Method) ${'and more of it '.repeat(20)}`,
        continued: true as const,
        data: { text: 'x', stream: 'file' },
      })
      host.append(Array.from({ length: 150 }, (_, i) => lineOf(i)))
    })
    await row(panel, 'Frame149').click({ position: { x: 60, y: 5 } })
    const chosen = panel.page.locator('.entry .here')
    await chosen.waitFor()
    const [box, line] = await Promise.all([panel.id('detail-entry').boundingBox(), chosen.boundingBox()])
    assert.ok(box !== null && line !== null && line.y >= box.y && line.y + line.height <= box.y + box.height + 1)
    assert.ok(box.height <= 450)
    const isCut = await panel.id('detail-entry').evaluate((element) => element.scrollWidth > element.clientWidth)
    assert.ok(!isCut)
    await panel.id('entry-part').filter({ hasText: 'It goes on below' }).waitFor()
    await panel.close()
  })

  it('goes to a place that was asked for while another view was on its way', async () => {
    const panel = await open()
    await panel.id('level-filter-error').click()
    await counted(panel, '200 of 700')
    await panel.host(({ host }) => {
      const gate = Promise.withResolvers<undefined>()
      host.held.set('view/open', gate.promise)
      Object.assign(globalThis, { gate })
    })
    await panel.id('level-filter-error').click()
    await panel.id('feed').focus()
    await panel.page.keyboard.press('g')
    await panel.id('go-to-input').fill('120')
    await panel.id('go-to-input').press('Enter')
    await panel.asked('view/open', 3)
    await panel.host(({ host }) => {
      host.held.clear()
      ;(globalThis as unknown as { gate: PromiseWithResolvers<undefined> }).gate.resolve(undefined)
    })
    await panel.page.locator('.row.selected[data-index="119"]').waitFor()
    await counted(panel, '700')
    await panel.close()
  })
})

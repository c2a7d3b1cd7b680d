import assert from 'node:assert/strict'
import { appendFileSync, closeSync, openSync, readFileSync, readdirSync, writeFileSync, writeSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { gzipSync } from 'node:zlib'
import { until, useEditor } from './openedEditor'

const START = Date.UTC(2026, 10, 20, 3, 0, 0)

/** A line of second `i`. */
function line(i: number, text: string): string {
  return `${new Date(START + i * 1000).toISOString()} INFO  [main] app.Job - ${text}\n`
}

describe('log files by a pattern, packed ones, and unfinished lines in the editor', () => {
  let jobs: string

  const unpacked = (): string[] =>
    readdirSync(path.join(opened.home, 'tmp')).filter((name) => name.startsWith('tapedeck-unpacked-'))
  const follow = async (name: string): Promise<void> => {
    await opened.editor.runCommand('Tapedeck: Follow Log File')
    await opened.editor.quickInput().fill(name)
    // The list is filtered a moment after the typing.
    await opened.editor.quickInputRows().first().filter({ hasText: name }).waitFor()
    await opened.editor.page.keyboard.press('Enter')
  }

  const opened = useEditor(async ({ workspace }) => {
    jobs = path.join(workspace, 'jobs')
    await mkdir(jobs)
    await mkdir(path.join(workspace, 'logs'))
    writeFileSync(path.join(jobs, 'first.log'), line(1, 'first-job'))
    writeFileSync(path.join(workspace, 'logs', 'packed.log.gz'), gzipSync(line(1, 'packed-line')))
    writeFileSync(path.join(workspace, 'logs', 'partial.log'), line(1, 'whole-line') + line(2, 'half-').trimEnd())
    return { settings: { 'tapedeck.follow.maxFiles': 3 } }
  })
  const { at, shot, feed, row, state, recorded } = opened

  it('follows all that match a pattern, says what is wrong with a bad one, and lets files join that come later', async () => {
    await opened.editor.runCommand('Tapedeck: Follow Log File')
    await opened.editor.pickQuickInput('All That Match a Pattern')
    await opened.editor.answerQuickInput('jobs/{*.log', 'Follow All That Match')
    await opened.editor.page.locator('.quick-input-widget:visible', { hasText: 'The { is never closed.' }).waitFor()
    await shot('follow-pattern-bad')
    await opened.editor.answerQuickInput('jobs/*.log', 'Follow All That Match')
    await row('first-job').waitFor()
    await at('run-title').filter({ hasText: 'jobs/*.log' }).waitFor()
    writeFileSync(path.join(jobs, 'second.log'), line(2, 'second-job'))
    await row('second-job').waitFor()
    await at('followed-file').nth(1).waitFor()
    appendFileSync(path.join(jobs, 'second.log'), line(3, 'second-again'))
    await row('second-again').waitFor()
    await shot('follow-pattern')
    await at('followed-file').filter({ hasText: 'second.log' }).click()
    await row('second-job').waitFor({ state: 'detached' })
    await row('first-job').waitFor()
    await at('followed-file').filter({ hasText: 'second.log' }).click()
    await row('second-job').waitFor()
  })

  it('comes back after a reload of the window, and goes on in the same recording', async () => {
    await until(() => recorded().length === 1)
    const reloading = opened.editor.reload()
    appendFileSync(path.join(jobs, 'first.log'), line(4, 'first-meanwhile'))
    await reloading
    await row('first-meanwhile').waitFor()
    await row('second-again').waitFor()
    writeFileSync(path.join(jobs, 'third.log'), line(5, 'third-job'))
    await row('third-job').waitFor()
    const [run = ''] = recorded()
    const wanted = ['second-job', 'second-again', 'first-meanwhile', 'third-job']
    await until(() => wanted.every((text) => readFileSync(run, 'utf8').includes(text)))
    const text = readFileSync(run, 'utf8')
    for (const one of wanted) assert.equal(text.split(one).length - 1, 1, one)
    assert.ok(!text.includes('first-job'))
    assert.equal(recorded().length, 1)
  })

  it('says which file is not followed when there are too many', async () => {
    writeFileSync(path.join(jobs, 'fourth.log'), line(6, 'fourth-job'))
    await opened.editor.notification(/fourth\.log can't be followed: 3 log files are followed already/)
    await opened.editor.page.keyboard.press('Escape')
    assert.equal(await at('followed-file').count(), 3)
  })

  it('opens a packed file as it is, and leaves no copy behind', async () => {
    await opened.editor.runCommand('View: Close All Editors')
    const runs = recorded()
    await follow('packed.log.gz')
    await row('packed-line').waitFor()
    await state('packed').waitFor()
    await at('run-title').filter({ hasText: 'packed.log.gz' }).waitFor()
    assert.equal(await at('record-switch').count(), 0)
    assert.equal(unpacked().length, 1)
    await shot('follow-packed')
    await opened.editor.reload()
    await row('packed-line').waitFor()
    // The copy of the window before went with it.
    await until(() => unpacked().length === 1)
    await opened.editor.runCommand('View: Close All Editors')
    await until(() => unpacked().length === 0)
    assert.deepEqual(recorded(), runs)
  })

  it('leaves nothing behind of a packed file whose unpacking is cancelled', async () => {
    // Members of a packed file stand one behind the other: 4 GB of lines.
    const member = gzipSync(line(1, 'many-lines').repeat(300_000), { level: 1 })
    const file = path.join(opened.workspace, 'logs', 'huge.log.gz')
    const fd = openSync(file, 'w')
    for (let i = 0; i < 230; i++) writeSync(fd, member)
    closeSync(fd)
    await follow('huge.log.gz')
    const tab = opened.editor.page.locator('.tab', { hasText: 'huge.log.gz' })
    await tab.waitFor()
    await until(() => unpacked().length === 1)
    const progress = await opened.editor.notification('Unpacking huge.log.gz')
    await shot('follow-unpacking')
    await progress.hover()
    await opened.editor.button('Cancel').click()
    await until(() => unpacked().length === 0)
    await tab.waitFor({ state: 'detached' })
  })

  it('completes an unfinished line in a list that stands still', async () => {
    await follow('partial.log')
    await row('half-').waitFor()
    await feed().press('Home')
    await at('follow-button').and(opened.editor.webviewFrame().locator('[aria-pressed="false"]')).waitFor()
    appendFileSync(path.join(opened.workspace, 'logs', 'partial.log'), 'line\n')
    await row('half-line').waitFor()
    await at('follow-button').and(opened.editor.webviewFrame().locator('[aria-pressed="false"]')).waitFor()
  })
})

import assert from 'node:assert/strict'
import {
  appendFileSync,
  closeSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { until, useEditor } from './openedEditor'

const LEVELS = ['INFO', 'INFO', 'INFO', 'DEBUG', 'WARN', 'INFO', 'INFO', 'ERROR']
const START = Date.UTC(2026, 10, 20, 3, 0, 0)

/** Line `i`, one a second: `2026-11-20T03:00:00.000Z INFO  [main] app.Server - request 0`. */
function line(i: number): string {
  const time = new Date(START + i * 1000).toISOString()
  return `${time} ${(LEVELS[i % LEVELS.length] ?? '').padEnd(5)} [main] app.Server - request ${String(i)}\n`
}

function lines(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => line(from + i)).join('')
}

describe('a log file in the editor', () => {
  let log: string

  const request = (i: number) => new RegExp(`request ${String(i)}(?!\\d)`)
  /** The process that writes this run log. */
  const recorderOf = (run: string): number => {
    const folder = path.join(opened.home, 'state', 'tapedeck', 'active')
    const entries = readdirSync(folder).map(
      (file) => JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as { pid: number; log_path: string },
    )
    const entry = entries.find(({ log_path }) => log_path === run)
    assert.ok(entry !== undefined, run)
    return entry.pid
  }

  const opened = useEditor(async ({ workspace }) => {
    await mkdir(path.join(workspace, 'service'))
    log = path.join(workspace, 'service', 'app.log')
    writeFileSync(log, lines(0, 5000))
    writeFileSync(path.join(workspace, 'service', 'other.log'), lines(0, 10))
    return {}
  })
  const { at, shot, feed, row, state, recorded } = opened

  it('shows its end at a click, and each line as it is appended', async () => {
    await opened.editor.runCommand('View: Show Tapedeck')
    await opened.editor.treeRows('app.log').click()
    await row(request(4999)).waitFor()
    await state('following').waitFor()
    appendFileSync(log, lines(5000, 5001))
    await row(request(5000)).waitFor()
    await shot('follow-end')
  })

  it('stands still while it is paused, counts what comes, and goes on with all of it', async () => {
    await at('pause-button').click()
    await state('paused').waitFor()
    appendFileSync(log, lines(5001, 6001))
    await at('pause-button').filter({ hasText: '1,000 new' }).waitFor()
    assert.equal(await row(request(6000)).count(), 0)
    await shot('follow-paused')
    await at('pause-button').click()
    await row(request(6000)).waitFor()
    await state('following').waitFor()
  })

  it('goes on through five kinds of rotation, each line once', async () => {
    let next = 6001
    const appended = async (): Promise<void> => {
      const first = next
      next += 3
      appendFileSync(log, lines(first, next))
      for (let i = first; i < next; i++) {
        await row(request(i)).waitFor()
        assert.equal(await row(request(i)).count(), 1, `request ${String(i)}`)
      }
    }
    const rotations: readonly (readonly [string, () => void])[] = [
      [
        'rename and create',
        () => {
          renameSync(log, `${log}.1`)
        },
      ],
      [
        'copy and truncate',
        () => {
          writeFileSync(`${log}.2`, readFileSync(log))
          truncateSync(log, 0)
        },
      ],
      [
        'truncate and rewrite',
        () => {
          writeFileSync(log, lines(next, ++next))
        },
      ],
      [
        'delete and create',
        () => {
          rmSync(log)
        },
      ],
      [
        'replace',
        () => {
          writeFileSync(`${log}.new`, lines(next, ++next))
          renameSync(`${log}.new`, log)
        },
      ],
    ]
    for (const [name, rotate] of rotations) {
      await appended()
      rotate()
      await appended().catch((error: unknown) => {
        throw new Error(`after ${name}: ${String(error)}`)
      })
    }
    await opened.editor.webviewFrame().locator('[data-testid="event-row"][data-phase="file"]').first().waitFor()
    await shot('follow-rotated')
  })

  it('records what was appended as a run', async () => {
    assert.equal(recorded().length, 1)
    await at('record-switch').filter({ hasText: 'Recording' }).waitFor()
    // Once among the runs, once among the sources.
    await opened.editor.treeRows('app.log').nth(1).waitFor()
  })

  it('shows the top of a file of 1 GB, its errors, and a time in it', async function () {
    this.timeout(180_000)
    const big = path.join(opened.workspace, 'service', 'big.log')
    const block = Array.from({ length: 1000 }, (_, i) => i)
    const fd = openSync(big, 'w')
    let written = 0
    for (let n = 0; written < 1_000_000_000; n++)
      written += writeSync(fd, block.map((i) => line(n * 1000 + i)).join(''))
    closeSync(fd)
    const last = Math.round(written / line(1_000_000).length)
    await opened.editor.runCommand('Tapedeck: Follow Log File')
    const choice = opened.editor.quickInputRows().filter({ hasText: 'big.log' }).first()
    await choice.waitFor()
    await shot('follow-pick')
    await choice.click()
    await at('run-title').filter({ hasText: 'big.log' }).waitFor()
    // What was written a moment ago may still be on its way to a slow disk.
    await row(/request \d{7,8}/)
      .first()
      .waitFor({ timeout: 90_000 })
    assert.ok(last > 10_000_000)
    await feed().press('Home')
    await row(request(0)).waitFor()
    await shot('follow-big-top')
    await at('level-filter-error').click()
    await row(request(7)).waitFor()
    await row(request(15)).waitFor()
    await row(request(8)).waitFor({ state: 'detached' })
    await shot('follow-big-errors')
    await at('show-all').click()
    await row(request(8)).waitFor()
    await feed().press('g')
    await at('go-to-input').fill('2026-11-22T03:00:05Z')
    await at('go-to-input').press('Enter')
    await row(request(2 * 86_400 + 5)).waitFor()
    await shot('follow-big-time')
  })

  it('goes on after a reload of the window, with what came meanwhile, in the same recording', async () => {
    await opened.editor.treeRows('app.log').last().click()
    await at('run-title').filter({ hasText: 'app.log' }).waitFor()
    const before = recorded()
    const reloading = opened.editor.reload()
    appendFileSync(log, lines(8000, 8100))
    await reloading
    await row(request(8099)).waitFor()
    appendFileSync(log, lines(8100, 8101))
    await row(request(8100)).waitFor()
    assert.deepEqual(recorded(), before)
    const run = before[0] ?? ''
    await until(() => readFileSync(run, 'utf8').includes('request 8100'))
    const text = readFileSync(run, 'utf8')
    for (const i of [5000, 6000, 8000, 8050, 8099, 8100])
      assert.equal(text.split(`request ${String(i)}"`).length - 1, 1, `request ${String(i)}`)
  })

  it('has what came while another tab was in front, and goes on', async () => {
    await opened.editor.treeRows('other.log').last().click()
    await at('run-title').filter({ hasText: 'other.log' }).waitFor()
    await row(request(9)).waitFor()
    appendFileSync(log, lines(8101, 8601))
    await opened.editor.page.locator('.tab', { hasText: 'app.log' }).click()
    await at('run-title').filter({ hasText: 'app.log' }).waitFor()
    await row(request(8600)).waitFor()
    await state('following').waitFor()
    appendFileSync(log, lines(8601, 8602))
    await row(request(8601)).waitFor()
  })

  it('tells of a recorder that was killed, and records on by its switch', async () => {
    const before = recorded()
    process.kill(recorderOf(before[0] ?? ''), 'SIGKILL')
    await at('record-switch').filter({ hasText: 'Recording failed' }).waitFor()
    await shot('follow-recorder-lost')
    await at('record-switch').click()
    await at('record-switch').filter({ hasText: 'Will record' }).waitFor()
    appendFileSync(log, lines(8602, 8603))
    const added = (): string | undefined => recorded().find((name) => !before.includes(name))
    await until(() => added() !== undefined)
    const run = added() ?? ''
    await until(() => readFileSync(run, 'utf8').includes('request 8602'))
  })

  it('ends the recording when the panel closes', async () => {
    const run = recorded().toSorted().at(-1) ?? ''
    assert.ok(!readFileSync(run, 'utf8').includes('"metadata":'))
    await opened.editor.runCommand('View: Close All Editors')
    await until(() => readFileSync(run, 'utf8').includes('"status":"completed"'))
  })

  it('shows several files as one, in the order of their times, each with a switch', async () => {
    const [web, db] = ['web.log', 'db.log'].map((name) => path.join(opened.workspace, 'service', name))
    assert.ok(web !== undefined && db !== undefined)
    writeFileSync(web, [9000, 9002, 9004].map(line).join(''))
    writeFileSync(db, [9001, 9003, 9005].map(line).join(''))
    await opened.editor.treeRows('web.log').waitFor()
    await opened.editor.treeRows('db.log').waitFor()
    await opened.editor.runCommand('Tapedeck: Follow Log File')
    await opened.editor.pickQuickInput('Several as One…')
    for (const name of ['web.log', 'db.log']) {
      const choice = opened.editor.quickInputRows().filter({ hasText: name })
      await choice.waitFor()
      await choice.click()
    }
    await opened.editor.page.keyboard.press('Enter')
    await row(request(9005)).waitFor()
    const shown = async (): Promise<string[]> =>
      (await row(/request 9\d{3}/).allTextContents()).map((text) => /request (\d+)/.exec(text)?.[1] ?? '')
    assert.deepEqual(await shown(), ['9000', '9001', '9002', '9003', '9004', '9005'])
    appendFileSync(db, line(9006))
    appendFileSync(web, line(9007))
    await row(request(9007)).waitFor()
    assert.equal((await shown()).join(), '9000,9001,9002,9003,9004,9005,9006,9007')
    await shot('follow-merged')
    await at('followed-file').filter({ hasText: 'db.log' }).click()
    await row(request(9006)).waitFor({ state: 'detached' })
    assert.deepEqual(await shown(), ['9000', '9002', '9004', '9007'])
  })
})

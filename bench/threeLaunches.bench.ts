/**
 * Three launches at once, 10,000 lines a second each, in the real editor: how long a click on a row takes to show its detail, beside
 * the same click when nothing runs; and whether every line is in its log, in order.
 */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Frame } from 'playwright-core'
import { Editor } from '../test/editor/editor'

declare const __PROJECT_ROOT__: string

const RATE = 10_000
const SECONDS = 20
const CLICKS = 15

/** Prints its numbered lines at a steady rate, whatever it is held up. */
const printer = `
const { writeSync } = require('fs')
const begin = performance.now()
const total = ${String(RATE * SECONDS)}
let n = 0
const timer = setInterval(() => {
  const due = Math.min(total, Math.floor((performance.now() - begin) * ${String(RATE / 1000)}))
  let text = ''
  while (n < due) text += 'line ' + ++n + ' of a program that prints a lot: request handled in 12 ms, 200 OK\\n'
  for (let bytes = Buffer.from(text); bytes.length > 0; ) bytes = bytes.subarray(writeSync(1, bytes))
  if (n >= total) clearInterval(timer)
}, 10)
`

/** Milliseconds from a click on a row until the detail of another event is drawn; runs in the panel. */
const clickTime = `(async () => {
  const shown = () => document.querySelector('[data-testid="detail"]')?.textContent ?? ''
  const before = shown()
  const rows = [...document.querySelectorAll('[data-testid="event-row"]')]
  const row = rows[Math.floor(rows.length / 2)]
  const start = performance.now()
  for (const type of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click']) {
    row.dispatchEvent(new MouseEvent(type, { bubbles: true, cancelable: true, button: 0 }))
  }
  while (shown() === before || shown() === '') {
    if (performance.now() - start > 10000) return NaN
    await new Promise(requestAnimationFrame)
  }
  await new Promise(requestAnimationFrame)
  return performance.now() - start
})()`

async function clicks(editor: Editor): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < CLICKS; i++) {
    const frame = await panelFrame(editor)
    times.push(await frame.evaluate<number>(clickTime))
    // Follows again, so that the next click hits another event.
    await editor.webviewFrame().locator('[data-testid="feed"]').press('End')
    await editor.page.waitForTimeout(300)
  }
  return times.sort((a, b) => a - b)
}

async function panelFrame(editor: Editor): Promise<Frame> {
  const handle = await editor.webviewFrame().locator('[data-testid="feed"]').elementHandle()
  const frame = await handle.ownerFrame()
  if (frame === null) throw new Error('the panel has no frame')
  return frame
}

function report(name: string, times: readonly number[]): void {
  const at = (share: number): string =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(0)
  console.log(
    `${name}: a click shows its detail after ${at(0.5)} ms (median), ${at(0.95)} ms (95th percentile), limit 100 ms`,
  )
}

async function main(): Promise<void> {
  const home = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-bench-'))
  const workspace = path.join(home, 'workspace')
  mkdirSync(path.join(workspace, '.vscode'), { recursive: true })
  writeFileSync(path.join(workspace, 'printer.js'), printer)
  const launches = [1, 2, 3].map((n) => ({
    name: `Stream ${String(n)}`,
    command: process.execPath,
    args: ['printer.js'],
  }))
  writeFileSync(path.join(workspace, '.vscode', 'settings.json'), JSON.stringify({ 'tapedeck.launches': launches }))
  const env = { XDG_STATE_HOME: path.join(home, 'state'), XDG_DATA_HOME: path.join(home, 'data') }
  const editor = await Editor.start({ workspace, extension: { folder: __PROJECT_ROOT__ }, env })
  try {
    for (const { name } of launches) {
      await editor.runCommand('Tapedeck: Launch…')
      await editor.answerQuickInput(name)
      await editor.webviewFrame().locator('[data-testid="run-title"]', { hasText: name }).waitFor()
    }
    await editor.webviewFrame().locator('[data-testid="event-row"]').nth(10).waitFor()
    report('three launches, 10,000 lines/s each', await clicks(editor))
    await editor
      .webviewFrame()
      .locator('[data-testid="run-state"]', { hasText: 'completed' })
      .waitFor({ timeout: 120_000 })
    report('nothing runs                       ', await clicks(editor))
    const runs = path.join(workspace, '.tapedeck', 'runs')
    for (const name of readdirSync(runs)) checkOrder(path.join(runs, name))
  } finally {
    await editor.close()
    rmSync(home, { recursive: true, force: true })
  }
}

function checkOrder(file: string): void {
  let n = 0
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (!line.includes('"phase":"log_line"')) continue
    n++
    if (!line.includes(`"text":"line ${String(n)} of`)) throw new Error(`${file}: line ${String(n)} is ${line}`)
  }
  if (n !== RATE * SECONDS) throw new Error(`${file}: ${String(n)} of ${String(RATE * SECONDS)} lines`)
  console.log(`${path.basename(file)}: all ${String(n)} lines, in order`)
}

main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})

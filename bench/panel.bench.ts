/**
 * The panel over a run of ten million events in a real browser: opening, scrolling from end to end, a filter, a search, a
 * jump; then a run that grows by 20,000 events a second. Beside the frames stand those of an empty page in the same browser.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { CDPSession, Page } from 'playwright-core'
import { readEntry } from '../src/node/control/registry'
import { startRunner } from '../src/node/runnerProcess'
import { launchDefaults, type LaunchRequest } from '../src/shared/launch'
import { generateRun } from './generatedRun'
import { PanelHost } from './panelPage'

declare const __PROJECT_ROOT__: string

const EVENTS = Number(process.env['TAPEDECK_BENCH_EVENTS'] ?? 10_000_000)
const LIVE_SECONDS = Number(process.env['TAPEDECK_BENCH_SECONDS'] ?? 60)
const LIVE_RATE = 20_000
const SCROLL_FRAMES = 600

const home = mkdtempSync(path.join(process.env['TAPEDECK_BENCH_DIR'] ?? os.tmpdir(), 'tapedeck-bench-'))
process.env['XDG_STATE_HOME'] = path.join(home, 'state')

const ms = (value: number): string => `${value.toFixed(1)} ms`
const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN

function frameReport(name: string, times: readonly number[], work: number): void {
  const sorted = [...times].sort((a, b) => a - b)
  const over = sorted.filter((time) => time > 50).length
  console.log(
    `${name}: frames 95th percentile ${ms(quantile(sorted, 0.95))}, longest ${ms(sorted.at(-1) ?? Number.NaN)}, ${String(over)} over 50 ms; main-thread work ${ms(work / times.length)} a frame`,
  )
}

/** Milliseconds of processor time that main-thread tasks took since the page began. */
async function workOf(client: CDPSession): Promise<number> {
  const { metrics } = await client.send('Performance.getMetrics')
  return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000
}

/** In the page: waits until `holds` is true after a drawn frame; how long that took since `act`, in milliseconds. */
const within = (act: string, holds: string): string => `(async () => {
  const start = performance.now()
  ;(() => { ${act} })()
  while (!(${holds})) {
    if (performance.now() - start > 60000) return NaN
    await new Promise(requestAnimationFrame)
  }
  await new Promise(requestAnimationFrame)
  return performance.now() - start
})()`
const rowsAreThere = `document.querySelector('[data-testid="event-row"]') !== null && document.querySelector('.row.waiting') === null`
const countText = `(document.querySelector('[data-testid="feed-count"]')?.innerText ?? '')`

interface Frames {
  /** Milliseconds between two frames. */
  readonly times: readonly number[]
  /** Frames in which all rows were drawn. */
  readonly whole: number
}

/** In the page: so many frames, each with a step of the list. */
const framesOf = (count: number, step: string): string => `(async () => {
  const feed = document.querySelector('[data-testid="feed"]')
  const times = []
  let whole = 0
  let before = await new Promise(requestAnimationFrame)
  for (let i = 0; i < ${String(count)}; i++) {
    ;(() => { ${step} })()
    const now = await new Promise(requestAnimationFrame)
    times.push(now - before)
    before = now
    if (${rowsAreThere}) whole++
  }
  return { times, whole }
})()`

async function scroll(page: Page, client: CDPSession, name: string, step: string): Promise<void> {
  const before = await workOf(client)
  const { times, whole } = await page.evaluate<Frames>(framesOf(SCROLL_FRAMES, step))
  frameReport(name, times, (await workOf(client)) - before)
  if (whole < times.length)
    console.log(`  all rows were there in ${String(Math.round((100 * whole) / times.length))} %`)
}

/** The most memory of this process while it is watched, above what it had at the start; MB. */
function watchMemory(): { readonly end: () => number } {
  globalThis.gc?.()
  const idle = process.memoryUsage().rss
  let most = idle
  const timer = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss)
  }, 100)
  return {
    end: () => {
      clearInterval(timer)
      return (most - idle) / 1e6
    },
  }
}

/** Milliseconds from the panel's first request until that holds. */
async function sinceAsked(page: Page, holds: string): Promise<number> {
  await page.waitForFunction(holds, undefined, { polling: 'raf', timeout: 120_000 })
  return page.evaluate<number>('performance.now() - globalThis.askedAt')
}

async function openAndScroll(host: PanelHost, logPath: string, name: string): Promise<void> {
  console.log(`\n${name}`)
  const memory = watchMemory()
  const page = await host.open(logPath)
  console.log(`first rows: ${ms(await sinceAsked(page, rowsAreThere))} after the panel asked for the run`)
  const all = `${countText}.includes(${JSON.stringify(EVENTS.toLocaleString('en'))}) && ${rowsAreThere}`
  console.log(`count: ${ms(await sinceAsked(page, all))}`)
  const isAtEnd = `document.querySelector('.row[aria-rowindex="' + ${countText}.replace(/ of .*/, '').replace(/\\D/g, '') + '"]') !== null && ${rowsAreThere}`
  const end = `document.querySelector('[data-testid="feed"]').dispatchEvent(new KeyboardEvent('keydown', { key: 'End', bubbles: true, cancelable: true }))`
  console.log(`last page: ${ms(await page.evaluate<number>(within(end, isAtEnd)))} after the key for it`)
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable', { timeDomain: 'threadTicks' })
  await scroll(page, client, 'an unmoved list (the peer)', '')
  const wheel = (pixels: string): string =>
    `feed.dispatchEvent(new WheelEvent('wheel', { deltaY: ${pixels}, bubbles: true, cancelable: true }))`
  await scroll(page, client, 'wheel, 120 px a frame, upwards', wheel('-120'))
  const whole = EVENTS * 22
  await scroll(page, client, 'end to top in 10 s', wheel(`-${String(whole / SCROLL_FRAMES)}`))
  await scroll(page, client, 'top to end in 10 s', wheel(String(whole / SCROLL_FRAMES)))
  const click = (testid: string): string => `document.querySelector('[data-testid="${testid}"]').click()`
  const isFiltered = `${countText}.startsWith('${(EVENTS / 100).toLocaleString('en')} of ')`
  const filtered = within(click('level-filter-error'), `${isFiltered} && ${rowsAreThere}`)
  console.log(`filter to errors: ${ms(await page.evaluate<number>(filtered))}`)
  await page.evaluate(within(click('level-filter-error'), `!${isFiltered} && ${rowsAreThere}`))
  const type = `const input = document.querySelector('[data-testid="search-input"]'); input.value = 'NEEDLE'; input.dispatchEvent(new Event('input', { bubbles: true }))`
  const found = within(type, `document.querySelectorAll('[data-testid="event-row"] mark, .row .hit').length > 0`)
  console.log(
    `text search, first hits: ${ms(await page.evaluate<number>(found))} (with what the box waits for more letters)`,
  )
  console.log(`memory above the idle host: ${memory.end().toFixed(0)} MB`)
  await page.close()
}

/** Prints its numbered, timed lines at a steady rate. */
const printer = `
const { writeSync } = require('fs')
const begin = performance.now()
const total = ${String(LIVE_RATE * LIVE_SECONDS)}
let n = 0
const timer = setInterval(() => {
  const due = Math.min(total, Math.floor((performance.now() - begin) * ${String(LIVE_RATE / 1000)}))
  let text = ''
  while (n < due) text += 'line ' + ++n + ' at ' + (performance.timeOrigin + performance.now()).toFixed(1) + ' handled in 12 ms, 200 OK\\n'
  for (let bytes = Buffer.from(text); bytes.length > 0; ) bytes = bytes.subarray(writeSync(1, bytes))
  if (n >= total) clearInterval(timer)
}, 5)
`

async function live(host: PanelHost): Promise<void> {
  console.log(`\na run that grows by ${LIVE_RATE.toLocaleString('en')} events a second, ${String(LIVE_SECONDS)} s`)
  const memory = watchMemory()
  const request: LaunchRequest = {
    kind: 'launch',
    logDirectory: path.join(home, 'live'),
    title: 'live',
    command: process.execPath,
    args: ['-e', printer],
    cwd: home,
    env: {},
    unbuffered: false,
    results: [],
    ...launchDefaults,
  }
  const { capture_id, log_path } = await startRunner(path.join(__PROJECT_ROOT__, 'dist', 'runner.js'), request)
  const page = await host.open(log_path)
  await page.waitForFunction(rowsAreThere, undefined, { polling: 'raf', timeout: 60_000 })
  const client = await page.context().newCDPSession(page)
  await client.send('Performance.enable', { timeDomain: 'threadTicks' })
  const before = await workOf(client)
  const half = process.memoryUsage().rss
  const { times, delays } = await page.evaluate<{ times: number[]; delays: number[] }>(`(async () => {
    const times = [], delays = []
    let before = await new Promise(requestAnimationFrame)
    let last = ''
    while (document.querySelector('[data-testid="run-state"]').innerText === 'running') {
      const now = await new Promise(requestAnimationFrame)
      times.push(now - before)
      before = now
      const rows = document.querySelectorAll('[data-testid="event-row"]')
      const text = rows[rows.length - 1]?.textContent ?? ''
      if (text === last) continue
      last = text
      const at = Number(/ at (\\d+\\.\\d)/.exec(text)?.[1])
      if (at > 0) delays.push(performance.timeOrigin + performance.now() - at)
    }
    return { times, delays }
  })()`)
  frameReport('frames', times, (await workOf(client)) - before)
  delays.sort((a, b) => a - b)
  console.log(
    `event to pixels: median ${ms(quantile(delays, 0.5))}, 95th percentile ${ms(quantile(delays, 0.95))}, ${String(delays.length)} frames with news`,
  )
  console.log(
    `memory above the idle host: ${memory.end().toFixed(0)} MB, ${((process.memoryUsage().rss - half) / 1e6).toFixed(0)} MB more at the end than at its start`,
  )
  await page.close()
  while (readEntry(capture_id) !== undefined) await delay(100)
}

async function main(): Promise<void> {
  try {
    const large = generateRun(path.join(home, 'large'), EVENTS)
    const host = await PanelHost.start()
    try {
      await openAndScroll(host, large.log, `${EVENTS.toLocaleString('en')} events with their index`)
      rmSync(large.index)
      await openAndScroll(host, large.log, `${EVENTS.toLocaleString('en')} events without an index`)
      await live(host)
    } finally {
      await host.stop()
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

void main()

/**
 * A text file of 1 GB: opened and indexed beside `wc -l` (and lnav, where it is installed), searched beside ripgrep (where it is at
 * hand), its last page, 1,000 random lines; with the memory. TAPEDECK_BENCH_BYTES makes it smaller.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { TextFileStore, type TextThreads } from '../src/node/textfile/textFileStore'
import { createTextThreads } from '../src/node/textfile/textThreads'
import type { TextView } from '../src/node/textfile/textViews'
import type { Query } from '../src/shared/protocol/rows'
import { ripgrepHere } from '../test/fakes/ripgrep'

declare const __PROJECT_ROOT__: string

const BYTES = Number(process.env['TAPEDECK_BENCH_BYTES'] ?? 2 ** 30)
const ROUNDS = 5
const home = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-bench-'))
const file = path.join(home, 'app.log')
const ripgrep = ripgrepHere()
const worker = path.join(__PROJECT_ROOT__, 'dist', 'textWorker.js')

/** Lines of an application's log, always the same: levels, requests, some stack traces, now and then a needle. */
function writeLog(): void {
  let state = 88_172_645
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % limit
  }
  const fd = openSync(file, 'w')
  let time = Date.UTC(2026, 10, 20)
  let block = ''
  for (let written = 0; written < BYTES;) {
    time += below(20)
    const chance = below(1000)
    const level =
      chance < 2 ? 'FATAL' : chance < 10 ? 'ERROR' : chance < 50 ? 'WARN ' : chance < 300 ? 'DEBUG' : 'INFO '
    const stamp = new Date(time).toISOString().replace('T', ' ').slice(0, 23)
    const what =
      below(6) === 0
        ? `${below(2) === 0 ? 'GET' : 'POST'} /api/v${String(1 + below(2))}/orders status=200 took ${String(10 + below(900))} ms`
        : `handled item ${String(below(100_000))} of batch ${String(below(10_000))} in ${String(10 + below(900))} ms`
    const needle = below(1_000_000) === 7 ? `NEEDLE-${below(65_536).toString(16)} panic ` : ''
    block += `${stamp} ${level} [worker-${String(below(16))}] com.example.orders.Handler - ${needle}${what}\n`
    if (chance < 10 && below(2) === 0) {
      block += 'java.lang.IllegalStateException: the order is closed\n'
      for (let i = 0; i < 8; i++)
        block += `\tat com.example.orders.Service.call${String(below(20))}(Service.java:${String(below(900))})\n`
    }
    if (block.length > 4_000_000) {
      written += writeSync(fd, block)
      block = ''
    }
  }
  closeSync(fd)
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN
}

async function timed(run: () => Promise<unknown> | undefined): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

/** Runs a program and gives back the milliseconds it took; undefined where it is not installed. */
async function programTime(command: string, args: readonly string[]): Promise<number | undefined> {
  if (spawnSync(command, ['--version'], { stdio: 'ignore' }).error !== undefined) return undefined
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'ignore'], cwd: home })
  child.stdout.resume()
  return timed(() => once(child, 'close'))
}

/** Opens and indexes in a process of its own, as `wc -l` runs in one; tells the milliseconds inside and the peak of its memory. */
const opener = `
const { workerData, Worker } = require('node:worker_threads')
const start = performance.now()
const worker = new Worker(process.argv[1], { workerData: { role: 'read' } })
worker.on('message', (m) => {
  const state = m.type === 'answer' ? m.value : m.state
  if (state?.isComplete !== true) return
  console.log(JSON.stringify({ ms: performance.now() - start, lines: state.count, peak: process.resourceUsage().maxRSS }))
  process.exit()
})
worker.postMessage({ file: 1, id: 1, name: 'open', params: { path: process.argv[2], options: { follow: false } } })
`

interface Opened {
  readonly ms: number
  readonly lines: number
  readonly peak: number
}

function openIn(target: string): Opened {
  const { stdout } = spawnSync(process.execPath, ['-e', opener, worker, target], { encoding: 'utf8' })
  return JSON.parse(stdout) as Opened
}

async function found(store: TextFileStore, query: Query): Promise<{ ms: number; count: number }> {
  const start = performance.now()
  const view = await store.view(query)
  await whenComplete(view)
  const result = { ms: performance.now() - start, count: view.count }
  view.dispose()
  return result
}

async function whenComplete(view: TextView): Promise<void> {
  while (!view.complete) {
    await new Promise<void>((resolve) => {
      const stop = view.onDidChange(() => {
        stop()
        resolve()
      })
    })
  }
}

async function indexing(): Promise<void> {
  const empty = path.join(home, 'empty.log')
  writeFileSync(empty, 'one line\n')
  const [own, wc, whole]: [Opened[], number[], number[]] = [[], [], []]
  for (let i = 0; i <= ROUNDS; i++) {
    const wcTime = (await programTime('wc', ['-l', file])) ?? Number.NaN
    const start = performance.now()
    const opened = openIn(file)
    const wholeTime = performance.now() - start
    // The first round warms the page cache.
    if (i === 0) continue
    own.push(opened)
    wc.push(wcTime)
    whole.push(wholeTime)
  }
  const idle = openIn(empty).peak
  const ms = median(own.map((one) => one.ms))
  const peak = median(own.map((one) => one.peak))
  console.log(
    `  ${String(own[0]?.lines)} lines indexed in ${ms.toFixed(0)} ms (the process ${median(whole).toFixed(0)} ms)`,
  )
  console.log(
    `  wc -l takes ${median(wc).toFixed(0)} ms: ${(ms / median(wc)).toFixed(2)} times as long (the process ${(median(whole) / median(wc)).toFixed(2)})`,
  )
  console.log(`  memory at most ${((peak - idle) / 1024).toFixed(0)} MB above that of a file of one line`)
  const lnav = await programTime('lnav', ['-n', '-q', '-c', ':goto 0', file])
  if (lnav !== undefined)
    console.log(`  lnav takes ${lnav.toFixed(0)} ms: ${(lnav / ms).toFixed(1)} times as long as ours`)
}

async function reading(threads: TextThreads): Promise<void> {
  const store = await TextFileStore.open(file, {}, threads)
  const view = await store.view({})
  await whenComplete(view)
  let place = 1
  const lines = await timed(async () => {
    for (let i = 0; i < 1000; i++) {
      place = (Math.imul(place, 1_103_515_245) + 12_345) & 0x7fffffff
      const at = place % view.count
      if ((await view.rows(at, at + 1)).length !== 1) throw new Error(`no row at ${String(at)}`)
    }
  })
  console.log(`  1,000 random lines: ${(lines / 1000).toFixed(3)} ms each`)
  await store.close()
  const sparse = path.join(home, 'large.log')
  const fd = openSync(sparse, 'w')
  ftruncateSync(fd, 10 * 2 ** 30)
  writeSync(fd, `\n${'a line at the end of a very large file\n'.repeat(100_000)}`, 10 * 2 ** 30)
  closeSync(fd)
  let page = 0
  const last = await timed(async () => {
    const large = await TextFileStore.open(sparse, {}, threads)
    const all = await large.view({})
    page = (await all.rows(all.count - 50, all.count)).length
    void large.close()
  })
  console.log(
    `  the last page (${String(page)} lines) of ${(statSync(sparse).size / 2 ** 30).toFixed(0)} GB: ${last.toFixed(0)} ms`,
  )
}

/** @param aided searches with ripgrep, where it is at hand */
async function searching(threads: TextThreads, aided: TextThreads | undefined): Promise<void> {
  const store = await TextFileStore.open(file, {}, threads)
  const aidedStore = aided === undefined ? undefined : await TextFileStore.open(file, {}, aided)
  await whenComplete(await store.view({}))
  if (aidedStore !== undefined) await whenComplete(await aidedStore.view({}))
  const patterns: Readonly<Record<string, string>> = {
    'a rare literal in it': 'NEEDLE-[0-9a-f]+ panic',
    'some lines': 'ERROR.*(took|in) [0-9]{3} ms',
    'many lines': '(GET|POST) /api/v[12]/[a-z]+',
    'no literal': '(FATAL|NEEDLE-[0-9]+)',
  }
  for (const [name, pattern] of Object.entries(patterns)) {
    const query: Query = { text: { pattern, regex: true, caseSensitive: true } }
    const [own, withRipgrep, counting, listing]: [number[], number[], number[], number[]] = [[], [], [], []]
    let count = 0
    for (let i = 0; i < ROUNDS; i++) {
      const result = await found(store, query)
      own.push(result.ms)
      count = result.count
      if (aidedStore === undefined || ripgrep === undefined) continue
      const aidedResult = await found(aidedStore, query)
      if (aidedResult.count !== count) throw new Error(`${pattern}: ${String(aidedResult.count)} with ripgrep`)
      withRipgrep.push(aidedResult.ms)
      counting.push((await programTime(ripgrep, ['-c', pattern, file])) ?? Number.NaN)
      listing.push((await programTime(ripgrep, ['-n', pattern, file])) ?? Number.NaN)
    }
    const aidedMs = median(withRipgrep)
    const times = (peer: readonly number[]): string => (aidedMs / median(peer)).toFixed(2)
    const beside =
      counting.length === 0
        ? ''
        : `; with ripgrep ${aidedMs.toFixed(0)} ms, ${times(counting)} times \`rg -c\` (${median(counting).toFixed(0)} ms), ${times(listing)} times \`rg -n\` (${median(listing).toFixed(0)} ms)`
    console.log(`  search, ${name}: ${String(count)} found in ${median(own).toFixed(0)} ms by ourselves${beside}`)
  }
  const ignoring = await found(store, { text: { pattern: 'needle' } })
  console.log(`  search without case: ${String(ignoring.count)} found in ${ignoring.ms.toFixed(0)} ms`)
  const errors = await found(store, { levels: ['error', 'fatal'] })
  console.log(`  errors with their stack traces: ${String(errors.count)} lines in ${errors.ms.toFixed(0)} ms`)
  await aidedStore?.close()
  await store.close()
}

async function main(): Promise<void> {
  writeLog()
  console.log(`${(BYTES / 2 ** 20).toFixed(0)} MB:`)
  await indexing()
  const threads = createTextThreads(worker)
  const aided = ripgrep === undefined ? undefined : createTextThreads(worker, { ripgrep })
  // The threads alone don't keep the process.
  const alive = setInterval(() => undefined, 60_000)
  try {
    await reading(threads)
    await searching(threads, aided)
  } finally {
    clearInterval(alive)
    threads.reader.dispose()
    aided?.reader.dispose()
  }
}

main()
  .finally(() => {
    rmSync(home, { recursive: true, force: true })
  })
  .catch((error: unknown) => {
    console.error(error)
    process.exitCode = 1
  })

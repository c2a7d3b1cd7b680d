/**
 * A run log of ten million events through the store that a panel reads: opened with its index and without it, filtered, searched,
 * sought in, its timeline; beside `wc -l` and `grep -c` over the same file in the same run. Then a live run through the real writer.
 * With each the memory above an idle process and the longest time that the event loop was held.
 * TAPEDECK_BENCH_EVENTS makes it smaller, TAPEDECK_BENCH_SECONDS the live part shorter, TAPEDECK_BENCH_DIR keeps it elsewhere.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as wait } from 'node:timers/promises'
import { Run } from '../src/core/run'
import type { View } from '../src/core/store/eventStore'
import { systemClock } from '../src/node/machine/clock'
import type { LogInfo } from '../src/node/runlog/reader'
import { RunLogWriter } from '../src/node/runlog/writer'
import { LogWorker } from '../src/node/store/logWorker'
import { RunLogStore } from '../src/node/store/runLogStore'
import type { Query } from '../src/shared/protocol/rows'
import { plainRedactor, testHead } from '../test/fakes/logs'
import { generateRun, type GeneratedRun } from './generatedRun'

declare const __PROJECT_ROOT__: string
declare const gc: () => void

const EVENTS = Number(process.env['TAPEDECK_BENCH_EVENTS'] ?? 10_000_000)
const SECONDS = Number(process.env['TAPEDECK_BENCH_SECONDS'] ?? 60)
const LIVE_PER_SECOND = 20_000
const ROUNDS = 3
const home = mkdtempSync(path.join(process.env['TAPEDECK_BENCH_DIR'] ?? os.tmpdir(), 'tapedeck-bench-'))
const script = path.join(__PROJECT_ROOT__, 'dist', 'worker.js')

const startWorker = (info: LogInfo): LogWorker =>
  new LogWorker(script, info, (message) => {
    console.error(`the log's thread: ${message}`)
    process.exitCode = 1
  })

function at(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

const median = (values: readonly number[]): string => at(values, 0.5).toFixed(0)

async function timed(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await run()
  return performance.now() - start
}

async function until(view: View, holds: () => boolean): Promise<void> {
  while (!holds()) {
    await new Promise<void>((resolve) => {
      const stop = view.onDidChange(() => {
        stop()
        resolve()
      })
    })
  }
}

/** Megabytes above those of before, after garbage is collected here; threads collect theirs when they will. */
const memory = (): number => {
  gc()
  return process.memoryUsage.rss() / 2 ** 20
}

/**
 * Runs with the event loop watched.
 * @returns the longest that it was held, in milliseconds, and the longest that its own work took: on a machine that others use too
 *   a thread waits for its turn besides
 */
async function watched(run: () => Promise<void>): Promise<Held> {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  await wait(20)
  delay.reset()
  let work = 0
  let last = process.threadCpuUsage()
  const timer = setInterval(() => {
    const { user, system } = process.threadCpuUsage(last)
    work = Math.max(work, (user + system) / 1000)
    last = process.threadCpuUsage()
  }, 1)
  await run()
  clearInterval(timer)
  delay.disable()
  return { delay: delay.max / 1e6, work }
}

interface Held {
  readonly delay: number
  readonly work: number
}

function toldHeld(held: readonly Held[]): string {
  const most = (values: readonly number[]): string => Math.max(...values).toFixed(1)
  return `the loop held ${most(held.map(({ delay }) => delay))} ms, ${most(held.map(({ work }) => work))} ms of it its own work (limit 10)`
}

const lastPage = async (store: RunLogStore): Promise<void> => {
  const view = await store.view({})
  const rows = await view.rows(view.count - 50, view.count)
  if (rows.at(-1)?.seq !== EVENTS - 1) throw new Error('the last page is another one')
}

async function opening(run: GeneratedRun): Promise<void> {
  const times: number[] = []
  const held: Held[] = []
  for (let i = 0; i < ROUNDS; i++) {
    held.push(
      await watched(async () => {
        times.push(
          await timed(async () => {
            const store = await RunLogStore.open(run.log, startWorker)
            await store.advance()
            await lastPage(store)
            store.dispose()
          }),
        )
      }),
    )
  }
  console.log(`  with its index: count and last page in ${median(times)} ms (limit 300); ${toldHeld(held)}`)
  rmSync(run.index)
  times.length = held.length = 0
  const first: number[] = []
  const wc: number[] = []
  for (let i = 0; i < ROUNDS; i++) {
    held.push(
      await watched(async () => {
        const start = performance.now()
        const store = await RunLogStore.open(run.log, startWorker)
        const stop = store.onDidGrow(() => {
          first.push(performance.now() - start)
          stop()
        })
        times.push(
          await timed(async () => {
            await store.advance()
            const errors = await store.view({ levels: ['error'] })
            if (errors.count !== run.errors) throw new Error('the errors are others')
            await lastPage(store)
          }),
        )
        store.dispose()
      }),
    )
    wc.push(await timed(() => Promise.resolve(spawnSync('wc', ['-l', run.log]))))
  }
  console.log(
    `  without it: everything in ${median(times)} ms (limit 3,000), first rows in ${median(first)} ms; \`wc -l\` takes ${median(wc)} ms: ${(at(times, 0.5) / at(wc, 0.5)).toFixed(1)} times as long; ${toldHeld(held)}`,
  )
}

async function asking(run: GeneratedRun, idle: number): Promise<void> {
  const store = await RunLogStore.open(run.log, startWorker)
  await store.advance()
  let place = 1
  const below = (limit: number): number => {
    place = (Math.imul(place, 1_103_515_245) + 12_345) & 0x7fffffff
    return place % limit
  }
  const held = await watched(async () => {
    const errors: number[] = []
    for (let i = 0; i < ROUNDS; i++) {
      errors.push(
        await timed(async () => {
          const view = await store.view({ levels: ['error'] })
          await view.rows(view.count - 50, view.count)
          view.dispose()
        }),
      )
    }
    console.log(`  filtered to errors, with their last page: ${median(errors)} ms (limit 300)`)
    const [times, seqs]: [number[], number[]] = [[], []]
    const { lastTime = 0 } = store.growth
    const firstTime = (await (await store.view({})).rows(0, 1))[0]?.time ?? 0
    for (const query of [{}, { levels: ['error'] }] as const) {
      const view = await store.view(query)
      for (let i = 0; i < 100; i++) {
        times.push(await timed(() => view.positionOf({ time: firstTime + below(lastTime - firstTime) })))
        seqs.push(await timed(() => view.positionOf({ seq: below(EVENTS) })))
      }
    }
    console.log(
      `  a place by time: median ${at(times, 0.5).toFixed(1)} ms, at most ${at(times, 1).toFixed(1)}; by number: ${at(seqs, 0.5).toFixed(1)}, ${at(seqs, 1).toFixed(1)} (limit 100)`,
    )
    const range = { from: firstTime + 1_000_000, to: firstTime + 2_000_000 }
    const brushed = await timed(async () => {
      const view = await store.view({ time: range, levels: ['error'] })
      if (EVENTS === 10_000_000 && Math.abs(view.count - 3333) > 1)
        throw new Error(`${String(view.count)} errors in the range`)
    })
    console.log(`  errors of a stretch of time: ${brushed.toFixed(0)} ms`)
    const random: number[] = []
    const all = await store.view({})
    for (let i = 0; i < 200; i++) {
      const from = below(EVENTS - 50)
      random.push(await timed(() => all.rows(from, from + 50)))
    }
    console.log(
      `  a page anywhere: median ${at(random, 0.5).toFixed(1)} ms, 95th percentile ${at(random, 0.95).toFixed(1)} ms`,
    )
  })
  console.log(`  ${toldHeld([held])}; memory ${(memory() - idle).toFixed(0)} MB above idle`)
  await searching(store, run, idle)
  await timelines(store, idle)
  store.dispose()
}

async function searching(store: RunLogStore, run: GeneratedRun, idle: number): Promise<void> {
  const queries: readonly (readonly [name: string, query: Query, grep: readonly string[]])[] = [
    ['a rare literal', { text: { pattern: 'NEEDLE-found', caseSensitive: true } }, ['-c', 'NEEDLE-found']],
    ['without case', { text: { pattern: 'needle-FOUND' } }, ['-ci', 'needle-found']],
    ['many', { text: { pattern: 'orders the', caseSensitive: true } }, ['-c', 'orders the']],
    [
      'an expression',
      { text: { pattern: 'NEEDLE-[a-z]+ \\d+', regex: true, caseSensitive: true } },
      ['-cE', 'NEEDLE-[a-z]+ [0-9]+'],
    ],
    ['among errors', { text: { pattern: '50 handled', caseSensitive: true }, levels: ['error'] }, []],
  ]
  for (const [name, query, grep] of queries) {
    const [first, whole, peer]: [number[], number[], number[]] = [[], [], []]
    let count = 0
    const held = await watched(async () => {
      for (let i = 0; i < ROUNDS; i++) {
        const start = performance.now()
        const view = await store.view(query)
        await until(view, () => view.count > 0 || view.complete)
        await view.rows(0, 50)
        first.push(performance.now() - start)
        await until(view, () => view.complete)
        whole.push(performance.now() - start)
        count = view.count
        view.dispose()
      }
    })
    if (grep.length > 0)
      for (let i = 0; i < ROUNDS; i++)
        peer.push(
          await timed(() =>
            Promise.resolve(spawnSync('grep', [...grep, run.log], { env: { ...process.env, LC_ALL: 'C' } })),
          ),
        )
    const beside =
      peer.length === 0
        ? ''
        : `; \`grep ${grep[0] ?? ''}\` takes ${median(peer)} ms: ${(at(whole, 0.5) / at(peer, 0.5)).toFixed(2)} times as long`
    console.log(
      `  search, ${name}: first page in ${median(first)} ms (limit 100), all ${String(count)} in ${median(whole)} ms${beside}; ${toldHeld([held])}`,
    )
  }
  console.log(`  memory ${(memory() - idle).toFixed(0)} MB above idle`)
}

async function timelines(store: RunLogStore, idle: number): Promise<void> {
  const { timeline } = store
  const { lastTime = 0 } = store.growth
  const firstTime = (await (await store.view({})).rows(0, 1))[0]?.time ?? 0
  const held = await watched(async () => {
    const levels: number[] = []
    for (let i = 0; i < ROUNDS; i++) levels.push(await timed(() => timeline.levels(firstTime, lastTime + 1, 800 + i)))
    console.log(`  levels of the whole run in 800 buckets: ${levels.map((ms) => ms.toFixed(0)).join(', ')} ms`)
    const zoomed = await timed(() => timeline.levels(firstTime + 1_000_000, firstTime + 1_060_000, 800))
    console.log(`  levels of a minute of it: ${zoomed.toFixed(0)} ms`)
    const pass = await timed(async () => {
      let { complete } = await timeline.info()
      while (!complete)
        complete = (await new Promise<{ complete: boolean }>((resolve) => timeline.onDidChange(resolve))).complete
    })
    console.log(`  summary, timeline and keyframes of the whole run: ${pass.toFixed(0)} ms`)
    const states: number[] = []
    let place = 7
    for (let i = 0; i < 200; i++) {
      place = (Math.imul(place, 1_103_515_245) + 12_345) & 0x7fffffff
      states.push(await timed(() => timeline.stateAt(place % EVENTS)))
    }
    console.log(
      `  the state at an event: median ${at(states, 0.5).toFixed(1)} ms, at most ${at(states, 1).toFixed(1)} ms (limit 100)`,
    )
  })
  console.log(`  ${toldHeld([held])}; memory ${(memory() - idle).toFixed(0)} MB above idle`)
}

async function live(): Promise<void> {
  const times = new Map<number, number>()
  const delays: number[] = []
  const head = testHead({ kind: 'launch' })
  const memories: number[] = []
  const reader: { store?: RunLogStore } = {}
  const writer = RunLogWriter.create(home, head, {
    onWritten: ({ bytes }) => void reader.store?.advance(bytes),
  })
  const run = new Run(head.capture_id, systemClock, plainRedactor, writer)
  await run.emit({ phase: 'process', data: { state: 'started' } })
  await run.flush()
  await writer.flush()
  const store = await RunLogStore.open(writer.paths.log, startWorker)
  reader.store = store
  await store.advance(writer.written.bytes)
  const view = await store.view({})
  let isReading = false
  let seen = 0
  const stop = view.onDidChange(() => {
    if (isReading) return
    isReading = true
    void view.rows(view.count - 50, view.count).then((rows) => {
      isReading = false
      const now = performance.now()
      const last = rows.at(-1)?.seq ?? 0
      for (let seq = seen + 1; seq <= last; seq++) {
        const sent = times.get(seq)
        times.delete(seq)
        if (sent !== undefined) delays.push(now - sent)
      }
      seen = Math.max(seen, last)
    })
  })
  store.summarize(
    () => undefined,
    (error) => {
      throw error
    },
  )
  const held = await watched(async () => {
    const start = performance.now()
    let seq = 1
    while (performance.now() - start < SECONDS * 1000) {
      const due = Math.floor(((performance.now() - start) / 1000) * LIVE_PER_SECOND)
      for (; seq <= due; seq++) {
        // One in twenty is timed: the times themselves must not be what memory goes to.
        if (seq % 20 === 0) times.set(seq, performance.now())
        void run.emit({
          phase: 'log_line',
          data: { text: `live line ${String(seq)} of a busy command`, stream: 'stdout' },
        })
      }
      if (memories.length < (performance.now() - start) / 5000) memories.push(memory())
      await wait(4)
    }
    await run.flush()
    await writer.flush()
    await store.advance(writer.written.bytes)
  })
  stop()
  console.log(
    `  ${String(LIVE_PER_SECOND)} events a second for ${String(SECONDS)} s: event to rows median ${at(delays, 0.5).toFixed(1)} ms, 95th percentile ${at(delays, 0.95).toFixed(1)} ms; ${toldHeld([held])} (writing and collecting garbage in it too)`,
  )
  console.log(`  memory every 5 s: ${memories.map((mb) => mb.toFixed(0)).join(', ')} MB`)
  store.dispose()
  await writer.abandon()
}

async function main(): Promise<void> {
  // The threads alone don't keep the process.
  const alive = setInterval(() => undefined, 60_000)
  try {
    if (EVENTS > 0) {
      const run = generateRun(home, EVENTS)
      console.log(`${String(EVENTS)} events, ${(run.bytes / 2 ** 20).toFixed(0)} MB:`)
      const idle = memory()
      await opening(run)
      await asking(run, idle)
    }
    if (SECONDS > 0) await live()
  } finally {
    clearInterval(alive)
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

/**
 * How long a log directory of 10,000 runs takes to be listed: without the cache, with it, and again in the same window; and how long
 * the thread was held at most. Peer in the same run: a shell that lists the files and prints the beginning and the end of each.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { changeNotes } from '../src/node/runlog/notes'
import { makeLogDirectory, logPaths } from '../src/node/runlog/layout'
import { openingLine, closingLine } from '../src/node/runlog/format'
import { RunHistory } from '../src/node/runlog/runHistory'
import type { RunHead } from '../src/shared/events/schema'

const RUNS = 10_000
const LIMIT_MS = 300
const EVENTS = 20

const folder = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-bench-'))
process.env['XDG_STATE_HOME'] = path.join(folder, 'state')
const directory = path.join(folder, '.tapedeck')

function makeLogs(): string[] {
  makeLogDirectory(directory)
  const start = Date.parse('2026-01-01T00:00:00Z')
  return Array.from({ length: RUNS }, (_, number) => {
    const started_at = new Date(start + number * 600_000).toISOString()
    const capture_id = `${started_at.slice(0, 19).replaceAll(':', '-')}Z-${String(number).padStart(6, 'a')}`
    const head: RunHead = {
      capture_id,
      kind: 'launch',
      title: `training ${String(number % 40)}`,
      started_at,
      pid: 1234,
      machine: 'bench',
      tool: { name: 'tapedeck', version: '0.1.0' },
      command: 'python',
      args: ['train.py', '--seed', String(number)],
      cwd: '/home/someone/project',
      env_names: ['SEED', 'HOME', 'PATH'],
    }
    const events = Array.from({ length: EVENTS }, (_, seq) =>
      JSON.stringify({
        capture_id,
        seq,
        timestamp: started_at,
        phase: 'log_line',
        data: { text: `epoch ${String(seq)} loss ${String(1 / (seq + 1))}`, stream: 'stdout' },
      }),
    )
    const log = logPaths(directory, capture_id)
    const metadata = {
      ...head,
      status: number % 7 === 0 ? ('failed' as const) : ('completed' as const),
      finished_at: started_at,
      duration_ms: 12_345,
      event_count: EVENTS,
      phase_counts: { log_line: EVENTS },
      level_counts: { info: EVENTS },
      dropped: 0,
      redacted: {},
      exit_code: number % 7 === 0 ? 1 : 0,
    }
    writeFileSync(log.log, `${openingLine(head)}${events.join('\n,')}\n${closingLine(metadata)}`)
    writeFileSync(log.index, 'x'.repeat(200))
    return capture_id
  })
}

/** The longest time that nobody else had the thread, in milliseconds. */
function watchThread(): () => number {
  let last = performance.now()
  let longest = 0
  const timer = setInterval(() => {
    const now = performance.now()
    longest = Math.max(longest, now - last - 1)
    last = now
  }, 1)
  return () => {
    clearInterval(timer)
    return longest
  }
}

async function measure(name: string, history: RunHistory, limit?: number): Promise<void> {
  globalThis.gc?.()
  const ended = watchThread()
  const began = performance.now()
  const runs = await history.list()
  const took = performance.now() - began
  const held = ended()
  if (runs.length !== RUNS) throw new Error(`${String(runs.length)} runs were listed`)
  const most = limit === undefined ? '' : ` (limit ${String(limit)} ms)`
  console.log(`${name}: ${took.toFixed(0)} ms${most}, thread held at most ${held.toFixed(1)} ms (limit 10 ms)`)
}

async function main(): Promise<void> {
  const ids = makeLogs()
  for (const id of ids.slice(0, 100))
    await changeNotes(logPaths(directory, id).log, (notes) => ({ ...notes, pinned: true, tags: ['kept'] }))
  const cold = new RunHistory(directory)
  await measure('without a cache', cold)
  const began = performance.now()
  const ended = watchThread()
  await cold.save()
  console.log(
    `writing the cache: ${(performance.now() - began).toFixed(0)} ms, thread held at most ${ended().toFixed(1)} ms`,
  )
  for (let round = 0; round < 3; round++)
    await measure('with the cache, a new window', new RunHistory(directory), LIMIT_MS)
  for (let round = 0; round < 3; round++) await measure('again in the same window', cold, LIMIT_MS)
  const shell = performance.now()
  const script = 'ls -l . >/dev/null; for f in *.json; do head -c 8192 "$f"; tail -c 16384 "$f"; done >/dev/null'
  execFileSync('sh', ['-c', script], { cwd: path.join(directory, 'runs') })
  console.log(`peer, ls -l and head and tail of each: ${(performance.now() - shell).toFixed(0)} ms`)
}

void main().finally(() => {
  rmSync(folder, { recursive: true, force: true })
})

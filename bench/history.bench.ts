/**
 * How long a log directory of 10,000 runs takes to be listed: without the cache, with it, and again in the same window; and how long
 * the thread was held at most. Peer in the same run: a shell that lists the files and prints the beginning of each.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { changeNotes } from '../src/node/runlog/notes'
import { groupRuns } from '../src/host/history/runGroups'
import { logPaths } from '../src/node/runlog/layout'
import { RunHistory } from '../src/node/runlog/runHistory'
import { writePastRun } from '../test/fakes/history'

const RUNS = 10_000
const LIMIT_MS = 300
const EVENTS = 20

const folder = mkdtempSync(path.join(os.tmpdir(), 'tapedeck-bench-'))
process.env['XDG_STATE_HOME'] = path.join(folder, 'state')
const directory = path.join(folder, '.tapedeck')

function makeLogs(): string[] {
  const start = Date.parse('2026-01-01T00:00:00Z')
  return Array.from({ length: RUNS }, (_, number) => {
    const id = writePastRun(directory, {
      startedMs: start + number * 600_000,
      title: `training ${String(number % 40)}`,
      status: number % 7 === 0 ? 'failed' : 'completed',
      suffix: String(number).padStart(6, 'a'),
      lines: Array.from({ length: EVENTS }, (_, epoch) => `epoch ${String(epoch)} loss ${String(1 / (epoch + 1))}`),
      head: { args: ['train.py', '--seed', String(number)], env_names: ['SEED', 'HOME', 'PATH'] },
    })
    writeFileSync(logPaths(directory, id).index, 'x'.repeat(200))
    return id
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
  const listed = await cold.list()
  const grouping = performance.now()
  const groups = groupRuns(listed, 'newest', new Date())
  console.log(`grouped for the view: ${(performance.now() - grouping).toFixed(1)} ms, ${String(groups.length)} groups`)
  const shell = performance.now()
  const script = 'ls -l . >/dev/null; for f in *.json; do head -c 8192 "$f"; done >/dev/null'
  execFileSync('sh', ['-c', script], { cwd: path.join(directory, 'runs') })
  console.log(`peer, ls -l and head of each: ${(performance.now() - shell).toFixed(0)} ms`)
}

void main().finally(() => {
  rmSync(folder, { recursive: true, force: true })
})

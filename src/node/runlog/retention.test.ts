import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { writePastRun } from '../../../test/fakes/history'
import { logLines, startLog, temporaryFolder } from '../../../test/fakes/logs'
import { newSeed, Random } from '../../../test/fakes/random'
import { leaseLogs, leasedLogs } from '../control/openLogs'
import { stateDirectory } from '../machine/directories'
import { bootId, machineId } from '../machine/processIdentity'
import { logPaths } from './layout'
import { changeNotes, notesPathOf } from './notes'
import { withPruneLock } from './pruneLock'
import { boundOf, planPrune, prune } from './retention'
import { listRuns } from './runHistory'

const DAY = 86_400_000
const NOW = Date.UTC(2026, 10, 21, 12)
const none = { maxRuns: 0, maxAgeDays: 0, maxSizeGB: 0 }

describe('the bounds of a history', () => {
  const folder = temporaryFolder()
  let before: string | undefined

  beforeEach(() => {
    before = process.env['XDG_STATE_HOME']
    process.env['XDG_STATE_HOME'] = path.join(folder.path, 'state')
  })
  afterEach(() => {
    leaseLogs([])
    if (before === undefined) delete process.env['XDG_STATE_HOME']
    else process.env['XDG_STATE_HOME'] = before
  })

  const directory = (): string => path.join(folder.path, 'logs')
  const past = (daysAgo: number): string =>
    writePastRun(directory(), { startedMs: NOW - daysAgo * DAY, title: `${String(daysAgo)} days ago` })
  const logOf = (id: string): string => logPaths(directory(), id).log
  const left = (): string[] =>
    readdirSync(path.join(directory(), 'runs'))
      .filter((name) => !name.includes('.notes.'))
      .map((name) => path.basename(name, '.json'))
      .sort()
  /** A pid that was somebody's a moment ago. */
  const deadPid = (): number => spawnSync(process.execPath, ['-e', '']).pid

  it('are kept by taking away the oldest with all their files, and it is told which', async () => {
    const [old, middle, fresh] = [past(9), past(5), past(1)]
    writeFileSync(logPaths(directory(), old).index, 'x')
    await changeNotes(logOf(old), (notes) => ({ ...notes, tags: ['a'] }))
    const done = await prune(directory(), { ...none, maxRuns: 2 }, NOW)
    assert.deepEqual(
      done?.removed.map(({ run, reason }) => [run.capture_id, reason]),
      [[old, 'number']],
    )
    assert.deepEqual(left(), [middle, fresh].sort())
    const { log, index, notes } = logPaths(directory(), old)
    for (const file of [log, index, notes]) assert.ok(!existsSync(file), file)
    assert.ok(!existsSync(path.join(directory(), 'index', 'prune.lock')))
    assert.deepEqual((await prune(directory(), { ...none, maxRuns: 2 }, NOW))?.removed, [])
  })

  it('are kept where somebody threw the caches away', async () => {
    const [old, fresh] = [past(9), past(1)]
    rmSync(path.join(directory(), 'index'), { recursive: true })
    const done = await prune(directory(), { ...none, maxRuns: 1 }, NOW)
    assert.deepEqual(
      done?.removed.map(({ run }) => run.capture_id),
      [old],
    )
    assert.deepEqual(left(), [fresh])
  })

  it('count from the end of a run, and from when it was imported', async () => {
    const [old, long, imported] = [past(9), past(9), past(900)]
    for (const id of [long, imported]) utimesSync(logOf(id), new Date(NOW - DAY / 2), new Date(NOW - DAY / 2))
    const fresh = past(2)
    const gone = async (bounds: Partial<typeof none>): Promise<string[] | undefined> =>
      (await prune(directory(), { ...none, ...bounds }, NOW))?.removed.map(({ run }) => run.capture_id)
    assert.deepEqual(await gone({ maxAgeDays: 5 }), [old])
    assert.deepEqual(await gone({ maxRuns: 2 }), [fresh])
    assert.deepEqual(left(), [long, imported].sort())
  })

  it('never cost a run that is pinned, open, damaged, or has notes that can’t be read', async () => {
    const [pinned, odd, plain] = [past(9), past(8), past(7)]
    await changeNotes(logOf(pinned), (notes) => ({ ...notes, pinned: true }))
    writeFileSync(notesPathOf(logOf(odd)), '{')
    const open = startLog(directory())
    await open.emit(...logLines(1))
    const stale = startLog(directory())
    await stale.emit(...logLines(1))
    const then = new Date(NOW - 100 * DAY)
    utimesSync(stale.path, then, then)
    const damaged = path.join(directory(), 'runs', '2026-01-01T03-30-05Z-abc123.json')
    writeFileSync(damaged, 'nothing')
    const runs = left()
    const done = await prune(directory(), { maxRuns: 1, maxAgeDays: 0.001, maxSizeGB: 1e-9 }, NOW)
    assert.deepEqual(
      done?.removed.map(({ run }) => run.capture_id),
      [plain],
    )
    assert.deepEqual(
      left(),
      runs.filter((id) => id !== plain),
    )
    assert.deepEqual(done.over, ['age', 'number'])
    await open.writer.abandon()
    await stale.writer.abandon()
  })

  it('never cost a run that a window shows, by whatever path, as long as that window lives', async () => {
    const [one, other, third] = [past(9), past(8), past(7)]
    const link = path.join(folder.path, 'link')
    symlinkSync(directory(), link)
    leaseLogs([logPaths(link, one).log])
    const leases = path.join(stateDirectory(), 'open')
    const own = JSON.parse(readFileSync(path.join(leases, `${String(process.pid)}.json`), 'utf8')) as object
    const dead = path.join(leases, '1.json')
    writeFileSync(dead, JSON.stringify({ ...own, pid: deadPid(), logs: [logOf(other)] }))
    const foreign = path.join(leases, '2.json')
    writeFileSync(foreign, JSON.stringify({ ...own, machine: 'another', logs: [logOf(third)] }))
    writeFileSync(path.join(leases, '3.json'), 'nothing')
    utimesSync(foreign, new Date(NOW), new Date(NOW))
    const bounds = { ...none, maxAgeDays: 1 }
    assert.deepEqual(
      (await prune(directory(), bounds, NOW))?.removed.map(({ run }) => run.capture_id),
      [other],
    )
    assert.ok(!existsSync(dead))
    // A window of another machine that has said nothing for more than a day.
    leaseLogs([])
    await prune(directory(), bounds, NOW + 2 * DAY)
    assert.deepEqual(left(), [])
    assert.deepEqual(leasedLogs(NOW + 2 * DAY), [])
  })

  it('cost nothing by age where the clock may be wrong, until a person says so', async () => {
    const [old, older] = [past(1), past(3)]
    const later = NOW + 3000 * DAY
    const bounds = { ...none, maxAgeDays: 10 }
    const done = await prune(directory(), bounds, later)
    assert.deepEqual([done?.removed, done?.doubtful], [[], 2])
    // Other bounds hold all the same.
    const one = await prune(directory(), { ...bounds, maxRuns: 1 }, later)
    assert.deepEqual(
      one?.removed.map(({ run, reason }) => [run.capture_id, reason]),
      [[older, 'number']],
    )
    assert.equal((await prune(directory(), bounds, later, { isSure: true }))?.removed[0]?.run.capture_id, old)
    assert.deepEqual(left(), [])
  })

  it('cost no other run than those that were chosen', async () => {
    const [one, two] = [past(9), past(8)]
    const done = await prune(directory(), { ...none, maxAgeDays: 1 }, NOW, {
      only: new Set([logOf(two)]),
      isSure: true,
    })
    assert.equal(done?.removed.length, 1)
    assert.deepEqual(left(), [one])
  })

  it('are looked after by one process at a time; what a dead one left is taken over', async () => {
    past(9)
    const lock = path.join(directory(), 'index', 'prune.lock')
    const bounds = { ...none, maxAgeDays: 1 }
    await withPruneLock(directory(), NOW, async () => {
      assert.equal(await prune(directory(), bounds, NOW), undefined)
    })
    assert.equal(left().length, 1)
    const gone = { pid: deadPid(), pid_start: '1', machine: machineId(), boot: bootId() }
    writeFileSync(lock, JSON.stringify(gone))
    assert.equal((await prune(directory(), bounds, NOW))?.removed.length, 1)
    // Of another machine, or half written: given an hour.
    for (const text of [JSON.stringify({ ...gone, machine: 'another' }), '{"pid":']) {
      writeFileSync(lock, text)
      utimesSync(lock, new Date(NOW), new Date(NOW))
      assert.equal(await prune(directory(), bounds, NOW), undefined)
      assert.ok(await prune(directory(), bounds, NOW + 2 * 3_600_000))
    }
    assert.deepEqual(readdirSync(path.dirname(lock)), [])
  })

  it('take away what many ask for at once only once', async () => {
    for (let day = 2; day < 22; day++) past(day)
    const done = await Promise.all(Array.from({ length: 8 }, () => prune(directory(), { ...none, maxRuns: 5 }, NOW)))
    const removed = done.flatMap((one) => one?.removed.map(({ run }) => run.capture_id) ?? [])
    assert.equal(new Set(removed).size, removed.length)
    assert.equal(left().length, 5)
  })

  it('make nothing where there is no history, and give the lock back after a failure', async () => {
    assert.deepEqual((await prune(path.join(folder.path, 'no'), { ...none, maxRuns: 1 }, NOW))?.removed, [])
    assert.ok(!existsSync(path.join(folder.path, 'no')))
    mkdirSync(path.join(directory(), 'index'), { recursive: true })
    await assert.rejects(withPruneLock(directory(), NOW, () => Promise.reject(new Error('no'))))
    assert.equal(await withPruneLock(directory(), NOW, () => Promise.resolve(7)), 7)
  })

  const seed = newSeed()
  it(`hold for histories of any kind (TAPEDECK_SEED=${String(seed)})`, async () => {
    const random = new Random(seed)
    const pinned = new Set<string>()
    for (let round = 0; round < 15; round++) {
      for (let i = random.below(6); i > 0; i--) {
        const id = past(random.below(30))
        if (random.below(4) === 0) {
          await changeNotes(logOf(id), (notes) => ({ ...notes, pinned: true }))
          pinned.add(id)
        }
      }
      if (!existsSync(directory())) continue
      const shown = left().filter(() => random.below(5) === 0)
      leaseLogs(shown.map(logOf))
      const bounds = { maxRuns: random.below(12), maxAgeDays: random.below(20), maxSizeGB: random.below(10) * 1e-6 }
      const was = left()
      const planned = planPrune(await listRuns(directory()), bounds, NOW)
      const done = await prune(directory(), bounds, NOW)
      assert.ok(done)
      const gone = done.removed.map(({ run }) => run.capture_id)
      const told = JSON.stringify({ round, bounds, gone, shown })
      assert.deepEqual(
        gone,
        planned.remove.map(({ run }) => run.capture_id),
        told,
      )
      assert.deepEqual(
        left(),
        was.filter((id) => !gone.includes(id)),
        told,
      )
      for (const id of gone) assert.ok(!pinned.has(id) && !shown.includes(id), told)
      const after = planPrune(await listRuns(directory()), bounds, NOW)
      assert.deepEqual(after.remove, [], told)
      assert.deepEqual(after.over, done.over, told)
    }
  })
})

describe('a bound that is given as text', () => {
  it('is a number from 0', () => {
    assert.equal(boundOf(undefined, 5, 'x'), 5)
    assert.equal(boundOf('0', 5, 'x'), 0)
    assert.equal(boundOf('1.5', 5, 'x'), 1.5)
    for (const bad of ['', ' ', '-1', 'x', 'NaN', 'Infinity', '1e999'])
      assert.throws(() => boundOf(bad, 5, 'x'), /--x takes/)
  })
})

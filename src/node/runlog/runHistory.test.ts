import assert from 'node:assert/strict'
import { existsSync, readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { logLines, startLog, temporaryFolder, testHead, type TestLog } from '../../../test/fakes/logs'
import { newSeed, randomFrom } from '../../../test/fakes/random'
import { describeRun, titleOf, type ListedRun } from './history'
import { changeNotes, notesPathOf } from './notes'
import { RunHistory, listRuns } from './runHistory'

/** More than the number of new runs from which on the cache is written. */
const MANY = 20

describe('the history of a log directory', () => {
  const folder = temporaryFolder()
  const cache = (): string => path.join(folder.path, 'index', 'history.ndjson')

  const finished = async (title = 'a test'): Promise<TestLog> => {
    const log = startLog(folder.path, {}, testHead({ title }))
    await log.emit(...logLines(2))
    await log.finish()
    return log
  }
  const many = async (): Promise<TestLog[]> => {
    const logs: TestLog[] = []
    for (let i = 0; i < MANY; i++) logs.push(await finished(`run ${String(i)}`))
    return logs
  }
  const byId = (runs: readonly ListedRun[], log: TestLog | undefined): ListedRun => {
    const run = runs.find(({ capture_id }) => capture_id === log?.head.capture_id)
    assert.ok(run)
    return run
  }

  it('is the same from its cache, and logs that it knows are not opened again', async () => {
    const logs = await many()
    const [first] = logs
    assert.ok(first)
    const then = new Date('2026-01-01')
    utimesSync(first.path, then, then)
    await changeNotes(first.path, (notes) => ({ ...notes, title: 'my own', pinned: true, tags: ['a', 'b'] }))
    const read = await listRuns(folder.path)
    const kept = await listRuns(folder.path)
    assert.deepEqual(kept, read)
    assert.equal(titleOf(byId(kept, first)), 'my own')
    // Other bytes with the same size and time: whoever opened them would find no log.
    const { size } = statSync(first.path)
    writeFileSync(first.path, 'x'.repeat(size))
    utimesSync(first.path, then, then)
    assert.deepEqual(byId(await listRuns(folder.path), first).head, first.head)
    rmSync(cache())
    assert.equal(byId(await listRuns(folder.path), first).state, 'damaged')
  })

  it('reads a log anew that changed since it was kept', async () => {
    const [log, other] = await many()
    assert.ok(log && other)
    await listRuns(folder.path)
    writeFileSync(log.path, readFileSync(log.path, 'utf8').replaceAll('run 0', 'run 000'))
    rmSync(other.path)
    const runs = await listRuns(folder.path)
    assert.equal(titleOf(byId(runs, log)), 'run 000')
    assert.equal(runs.length, MANY - 1)
  })

  it('believes no cache that is not its own', async () => {
    const logs = await many()
    const right = await listRuns(folder.path)
    const whole = readFileSync(cache(), 'utf8')
    const [first = '', ...lines] = whole.trimEnd().split('\n')
    const hostile = [
      whole.replace('history/1', 'history/9'),
      'not a cache',
      '',
      whole.replaceAll('"title":"run 1', '"title":{"toString":1},"x":"'),
      whole.replaceAll('"kind":"capture"', '"kind":"__proto__"'),
      [first, ...lines.map((line) => line.slice(0, -7))].join('\n'),
      `${first}\n${'[]\nnull\n7\n{"id":"../../../etc/passwd"}\n'.repeat(10)}${lines.join('\n')}\n`,
      whole.slice(0, whole.length / 2),
    ]
    for (const text of hostile) {
      writeFileSync(cache(), text)
      assert.deepEqual(await listRuns(folder.path), right, text.slice(0, 80))
    }
    assert.equal(logs.length, right.length)
  })

  it('gives the same objects for what did not change', async () => {
    const [log, other] = await many()
    assert.ok(log && other)
    const history = new RunHistory(folder.path)
    const before = await history.list()
    await changeNotes(log.path, (notes) => ({ ...notes, tags: ['new'] }))
    const after = await history.list()
    assert.notEqual(byId(after, log), byId(before, log))
    assert.deepEqual(byId(after, log).notes?.tags, ['new'])
    assert.equal(byId(after, other), byId(before, other))
    rmSync(notesPathOf(log.path))
    assert.equal(byId(await history.list(), log).notes, undefined)
  })

  it('says that notes are damaged, and lists the run all the same', async () => {
    const log = await finished('whole')
    writeFileSync(notesPathOf(log.path), '{"format":"tapedeck-notes/1","title":7}')
    const [run] = await listRuns(folder.path)
    assert.ok(run)
    assert.equal(titleOf(run), 'whole')
    assert.match(run.notesProblem ?? '', /notes/)
  })

  it('writes nothing where there is nothing to keep, and needs no cache', async () => {
    assert.deepEqual(await listRuns(path.join(folder.path, 'nowhere')), [])
    assert.ok(!existsSync(path.join(folder.path, 'nowhere')))
    await finished()
    await listRuns(folder.path)
    assert.ok(!existsSync(cache()))
    await many()
    rmSync(path.join(folder.path, 'index'), { recursive: true })
    writeFileSync(path.join(folder.path, 'index'), 'a file')
    assert.equal((await listRuns(folder.path)).length, MANY + 1)
  })

  const seed = newSeed()
  it(`is what a fresh look finds, whatever happens (TAPEDECK_SEED=${String(seed)})`, async () => {
    const random = randomFrom(seed)
    const open: TestLog[] = []
    const history = new RunHistory(folder.path)
    const any = <T>(items: readonly T[]): T | undefined => items[Math.floor(random() * items.length)]
    const logs = (): string[] =>
      readdirSync(path.join(folder.path, 'runs'))
        .filter((name) => !name.endsWith('.notes.json'))
        .map((name) => path.join(folder.path, 'runs', name))
    await finished()
    for (let step = 0; step < 60; step++) {
      const what = random()
      if (what < 0.3) await finished(`run ${String(step)}`)
      else if (what < 0.45) open.push(startLog(folder.path))
      else if (what < 0.6) await open.pop()?.finish(random() < 0.5 ? 'failed' : 'completed')
      else if (what < 0.7) {
        const log = any(logs())
        if (log !== undefined && !open.some((one) => one.path === log)) rmSync(log)
      } else if (what < 0.9) {
        const log = any(logs())
        if (log !== undefined)
          await changeNotes(log, (notes) => ({ ...notes, title: `${notes.title ?? ''}x`, pinned: random() < 0.5 }))
      } else await any(open)?.emit(...logLines(1))
      const right = await Promise.all(
        logs()
          .sort()
          .reverse()
          .map((log) => describeRun(log, undefined)),
      )
      assert.deepEqual(withoutNoNotes(await history.list()), withoutNoNotes(right))
      if (random() < 0.2) assert.deepEqual(withoutNoNotes(await listRuns(folder.path)), withoutNoNotes(right))
    }
    for (const log of open) await log.writer.abandon()
  })
})

/** No notes and empty notes say the same. */
function withoutNoNotes(runs: readonly ListedRun[]): unknown[] {
  return runs.map(({ notes, ...run }) =>
    notes === undefined || Object.keys(notes).length === 1 ? run : { ...run, notes },
  )
}

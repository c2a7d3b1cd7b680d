import assert from 'node:assert/strict'
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import path from 'node:path'
import { logLines, startLog, temporaryFolder, testHead, type TestLog } from '../../../test/fakes/logs'
import type { RegistryEntry } from '../../shared/control'
import { UserError } from '../../shared/userError'
import type { Claim } from '../control/registry'
import type { LogWorker } from '../store/logWorker'
import { RunLogStore } from '../store/runLogStore'
import { checkFile } from './checkFile'
import { exportRun, writeExport } from './exportRun'
import { readEvents, readLogInfo } from './reader'
import { closeLostLog } from './recovery'
import { deleteRun, describeRun, findRun } from './history'
import { listRuns } from './runHistory'

const noWorker = (): LogWorker => {
  throw new Error('no worker is needed here')
}

function entryOf({ head, path: log_path }: TestLog): RegistryEntry {
  return { ...head, log_path, pid_start: '', boot: '', address: '', token: '', protocol: 1, tool_version: '0' }
}

const codeIs = (code: string) => (error: unknown) => error instanceof UserError && error.code === code

function claimOf(entry: RegistryEntry): Claim & { readonly done: string[] } {
  const done: string[] = []
  return {
    entry,
    restarted: false,
    release: () => done.push('released'),
    giveBack: () => done.push('given back'),
    done,
  }
}

async function positions(path: string): Promise<number[]> {
  const seqs: number[] = []
  for await (const event of readEvents(await readLogInfo(path))) seqs.push(event.seq)
  return seqs
}

describe('a run log', () => {
  const folder = temporaryFolder()

  const finished = async (count: number): Promise<TestLog> => {
    const log = startLog(folder.path)
    await log.emit(...logLines(count))
    await log.finish()
    return log
  }

  it('is read finished, running and cut anywhere', async () => {
    const log = await finished(5)
    const whole = readFileSync(log.path)
    const head = whole.indexOf('\n') + 1
    assert.deepEqual(await positions(log.path), [0, 1, 2, 3, 4])
    for (let cut = head; cut < whole.length; cut++) {
      writeFileSync(log.path, whole.subarray(0, cut))
      const lines = whole.subarray(head, cut).toString('latin1').split('\n').length - 1
      assert.equal((await positions(log.path)).length, Math.min(5, lines), `cut at ${String(cut)}`)
    }
  })

  it('checks clean, and every kind of damage is told with its line', async () => {
    const log = await finished(5)
    assert.deepEqual(await checkFile(log.path), { events: 5, violations: [] })
    const lines = readFileSync(log.path, 'utf8').split('\n')
    const told = async (change: (copy: string[]) => void): Promise<string> => {
      const copy = [...lines]
      change(copy)
      writeFileSync(log.path, copy.join('\n'))
      return (await checkFile(log.path)).violations.map(({ line, message }) => `${String(line)}: ${message}`).join('; ')
    }
    assert.match(await told((copy) => copy.splice(3, 1)), /3: seq is|4: seq is 3, expected 2/)
    assert.match(await told((copy) => (copy[2] = (copy[2] ?? '').slice(1))), /3: the leading comma is missing/)
    assert.match(await told((copy) => (copy[2] = '{')), /3: .*no JSON object/)
    assert.match(
      await told((copy) => (copy[2] = (copy[2] ?? '').replace('"stream":"stdout"', '"stream":"x"'))),
      /3: stream/,
    )
    assert.match(await told((copy) => copy.splice(6, 1)), /not closed/)
    assert.match(await told((copy) => copy.push('more', '')), /nothing may follow/)
    assert.match(
      await told((copy) => (copy[6] = (copy[6] ?? '').replace('"event_count":5', '"event_count":6'))),
      /7: .*event_count/,
    )
    assert.match(await told((copy) => (copy[0] = '{}')), /^1: .*the first line is not[^;]*$/)
  })

  it('is closed after its recorder died, without losing a line', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(3))
    await log.writer.abandon()
    appendFileSync(log.path, ',{"capture_id":"half a li')
    const entry = entryOf(log)
    await closeLostLog(claimOf(entry))
    const { events, violations } = await checkFile(log.path)
    assert.deepEqual(violations, [])
    assert.equal(events, 4)
    const run = await describeRun(log.path, undefined)
    assert.equal(run.state, 'aborted')
    assert.equal(run.metadata?.level_counts['fatal'], 1)
    const closed = readFileSync(log.path, 'utf8')
    await closeLostLog(claimOf(entry))
    assert.equal(readFileSync(log.path, 'utf8'), closed)
  })

  it('is closed as failed where its recorder left the reason', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(1))
    await log.writer.abandon()
    const failure = { message: 'The disk is full.', code: 'disk_full' }
    const entry = { ...entryOf(log), failure }
    await closeLostLog(claimOf(entry))
    assert.equal((await describeRun(log.path, undefined)).metadata?.status, 'failed')
    assert.deepEqual((await checkFile(log.path)).violations, [])
  })

  it('is listed, found by a part of its id, and deleted with all its files', async () => {
    const log = await finished(1)
    const [run] = await listRuns(folder.path)
    assert.equal(run?.state, 'completed')
    const found = await findRun(folder.path, log.head.capture_id.slice(-6))
    assert.equal(found.capture_id, log.head.capture_id)
    await assert.rejects(
      findRun(folder.path, '../../x'),
      (error) => error instanceof UserError && error.code === 'bad_capture_id',
    )
    await deleteRun(folder.path, found)
    assert.deepEqual(await listRuns(folder.path), [])
  })

  it('that is none is told as damaged and hides no other', async () => {
    await finished(1)
    const bad = startLog(folder.path)
    await bad.finish()
    writeFileSync(bad.path, 'not a log')
    assert.deepEqual((await listRuns(folder.path)).map(({ state }) => state).sort(), ['completed', 'damaged'])
  })
})

describe('a run log that something is wrong with', () => {
  const folder = temporaryFolder()

  const change = async (from: string, to: string): Promise<TestLog> => {
    const log = startLog(folder.path)
    await log.emit(...logLines(3))
    await log.finish()
    const text = readFileSync(log.path, 'utf8')
    assert.ok(text.includes(from))
    writeFileSync(log.path, text.replace(from, to))
    return log
  }

  it('keeps its entry while its folder is away, and loses it when it was deleted', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(2))
    await log.writer.abandon()
    const runs = path.dirname(log.path)
    renameSync(runs, `${runs}.away`)
    const away = claimOf(entryOf(log))
    await assert.rejects(closeLostLog(away), codeIs('log_unreadable'))
    assert.deepEqual(away.done, ['given back'])
    renameSync(`${runs}.away`, runs)
    rmSync(log.path)
    const gone = claimOf(entryOf(log))
    await assert.rejects(closeLostLog(gone), codeIs('log_unreadable'))
    assert.deepEqual(gone.done, ['released'])
  })

  it('is listed with what is sound of its last line and of its head', async () => {
    const odd = await change('"status":"completed"', '"status":7')
    assert.equal((await describeRun(odd.path, undefined)).state, 'aborted')
    const nameless = await change('"title":"a test"', '"title":{}')
    const { head } = await describeRun(nameless.path, undefined)
    assert.equal(head?.title, nameless.head.capture_id)
    assert.equal(head.kind, 'capture')
  })

  it('of a format that is not known is not read as if it were', async () => {
    const { path: file } = await change('tapedeck-run/1', 'tapedeck-run/9')
    const run = await describeRun(file, undefined)
    assert.equal(run.state, 'damaged')
    assert.match(run.problem ?? '', /tapedeck-run\/9/)
    await assert.rejects(readLogInfo(file), codeIs('unknown_format'))
  })

  it('is exported without its damaged lines, which are counted', async () => {
    const { path: file } = await change(',"seq":1,', ',"seq":1,,,')
    for (const format of ['json', 'ndjson', 'csv', 'markdown', 'har', 'text'] as const) {
      let damaged = 0
      let text = ''
      for await (const piece of exportRun(file, format, { onDamaged: () => damaged++ })) text += piece.toString()
      assert.equal(damaged, 1, format)
      if (format === 'json') assert.equal((JSON.parse(text) as { events: unknown[] }).events.length, 2)
    }
  })

  it('is never the target of an export', async () => {
    const { path: file } = await change('"status":"completed"', '"status":"failed"')
    const before = readFileSync(file, 'utf8')
    const link = path.join(folder.path, 'link')
    symlinkSync(path.dirname(file), link)
    for (const target of [file, path.join(link, path.basename(file)), path.join(link, 'new.json')]) {
      await assert.rejects(writeExport(file, 'json', target), codeIs('export_not_written'))
    }
    await assert.rejects(writeExport(file, 'json', folder.path), /is a folder/)
    await assert.rejects(writeExport(file, 'json', path.join(folder.path, 'no', 'x')), /folder does not exist/)
    assert.equal(readFileSync(file, 'utf8'), before)
    const elsewhere = path.join(folder.path, path.basename(file))
    writeFileSync(elsewhere, before)
    await assert.rejects(writeExport(elsewhere, 'json', elsewhere), /the run log itself/)
    assert.equal(await writeExport(elsewhere, 'text', path.join(folder.path, 'beside.txt')), 0)
    assert.equal(readFileSync(elsewhere, 'utf8'), before)
  })

  it('may be recorded by somebody who is not in our registry, and is not deleted then', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(1))
    const fresh = await findRun(folder.path, log.head.capture_id, true)
    assert.equal(fresh.state, 'elsewhere')
    await assert.rejects(deleteRun(folder.path, fresh), codeIs('run_is_active'))
    const old = new Date(Date.now() - 3_600_000)
    utimesSync(log.path, old, old)
    assert.equal((await findRun(folder.path, log.head.capture_id)).state, 'stale')
    const here = startLog(folder.path, {}, testHead({ machine: hostname() }))
    await here.emit(...logLines(1))
    utimesSync(here.path, old, old)
    assert.equal((await findRun(folder.path, here.head.capture_id)).state, 'elsewhere')
    await assert.rejects(findRun(folder.path, here.head.capture_id.slice(0, 12), true), codeIs('no_such_run'))
    await log.writer.abandon()
    await here.writer.abandon()
  })

  it('is the same by every path to it', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(1))
    const link = `${folder.path}-link`
    symlinkSync(folder.path, link)
    try {
      const entry = { ...entryOf(log), machine: 'another' }
      const run = await describeRun(path.join(link, 'runs', path.basename(log.path)), entry)
      assert.equal(run.entry, entry)
    } finally {
      rmSync(link)
      await log.writer.abandon()
    }
  })
})

describe('the store of a run log', () => {
  const folder = temporaryFolder()
  const isError = (n: number): boolean => n % 10 === 0

  for (const index of ['with its index', 'without it', 'with a damaged index']) {
    it(`answers windows, filters and places ${index}`, async () => {
      const log = startLog(folder.path)
      await log.emit(...logLines(5000))
      await log.finish()
      if (index === 'without it') rmSync(log.writer.paths.index)
      if (index === 'with a damaged index') truncateSync(log.writer.paths.index, 300)
      const store = await RunLogStore.open(log.path, noWorker)
      await store.advance()
      assert.equal(store.growth.size, 5000)
      assert.equal(store.growth.levelCounts['error'], 500)
      const all = await store.view({})
      for (const from of [0, 1, 777, 2500, 4990]) {
        const rows = await all.rows(from, from + 10)
        assert.deepEqual(
          rows.map(({ seq }) => seq),
          Array.from({ length: 10 }, (_, i) => from + i),
        )
      }
      assert.deepEqual(await all.rows(5000, 6000), [])
      const errors = await store.view({ levels: ['error'] })
      assert.equal(errors.count, 500)
      const wanted = Array.from({ length: 5000 }, (_, i) => i).filter(isError)
      for (const from of [0, 13, 250, 495]) {
        assert.deepEqual(
          (await errors.rows(from, from + 5)).map(({ seq }) => seq),
          wanted.slice(from, from + 5),
        )
      }
      assert.equal(
        await errors.positionOf({ seq: 1234 }),
        wanted.findIndex((n) => n >= 1234),
      )
      assert.equal((await store.view({ phases: ['network'] })).count, 0)
      assert.equal((await store.view({ withoutPhases: ['log_line'] })).count, 0)
      assert.equal((await store.detail(4321)).event?.seq, 4321)
      await assert.rejects(store.detail(5000), RangeError)
      store.dispose()
    })
  }

  it('follows a log that grows, block after block', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(10))
    const store = await RunLogStore.open(log.path, noWorker)
    await store.advance()
    const all = await store.view({})
    const warnings = await store.view({ levels: ['warn'] })
    for (let from = 10; from < 4000; from += 133) {
      await log.emit(...logLines(133, from))
      await store.advance(log.writer.written.bytes)
      const size = from + 133
      assert.equal(all.count, size)
      assert.deepEqual(
        (await all.rows(size - 3, size)).map(({ seq }) => seq),
        [size - 3, size - 2, size - 1],
      )
      const expected = Array.from({ length: size }, (_, i) => i).filter((n) => !isError(n) && n % 3 === 0)
      assert.equal(warnings.count, expected.length)
      assert.deepEqual(
        (await warnings.rows(expected.length - 2, expected.length)).map(({ seq }) => seq),
        expected.slice(-2),
      )
    }
    store.dispose()
    await log.finish()
  })

  it('shows a damaged line as one and goes on', async () => {
    const log = startLog(folder.path)
    await log.emit(...logLines(20))
    await log.finish()
    const lines = readFileSync(log.path, 'utf8').split('\n')
    lines[8] = ',{"capture_id":"x'
    writeFileSync(log.path, lines.join('\n'))
    const store = await RunLogStore.open(log.path, noWorker)
    await store.advance()
    const rows = await (await store.view({})).rows(6, 9)
    assert.deepEqual(
      rows.map(({ phase }) => phase),
      ['log_line', 'damaged', 'log_line'],
    )
    assert.equal((await store.detail(7)).event, undefined)
    store.dispose()
  })
})

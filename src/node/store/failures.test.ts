import assert from 'node:assert/strict'
import { appendFileSync, closeSync, ftruncateSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs'
import path from 'node:path'
import type { View } from '../../core/store/eventStore'
import { temporaryFolder } from '../../../test/fakes/logs'
import { buildThread } from '../../../test/fakes/threadBundle'
import { randomEvents, randomOf } from '../../../test/fakes/randomRuns'
import { linesOf, writeLog } from '../../../test/fakes/writtenLog'
import { LogWorker } from './logWorker'
import { RunLogStore } from './runLogStore'

const MB = 1024 * 1024

describe('what a run log’s store says when its threads can’t go on', function () {
  this.timeout(60_000)
  const folder = temporaryFolder()
  const script = path.join(__dirname, 'failingLogWorker.bundle.js')
  const events = randomEvents(randomOf(5), 300)
  const failures: string[] = []
  let store: RunLogStore | undefined
  /** Messages of threads alone don't keep the test's process awake. */
  let alive: NodeJS.Timeout

  before(() => buildThread('src/node/store/worker.ts', script))
  beforeEach(() => {
    failures.length = 0
    alive = setInterval(() => undefined, 1000)
  })
  afterEach(() => {
    clearInterval(alive)
    store?.dispose()
    store = undefined
  })

  async function opened(file: string, worker = script): Promise<RunLogStore> {
    store = await RunLogStore.open(file, (info) => new LogWorker(worker, info, (message) => failures.push(message)))
    await store.advance()
    return store
  }

  async function complete(view: View): Promise<void> {
    while (!view.complete) {
      await new Promise<void>((resolve) => {
        const stop = view.onDidChange(() => {
          stop()
          resolve()
        })
      })
    }
  }

  const dying = (): string => {
    const file = path.join(folder.path, 'dying.js')
    writeFileSync(
      file,
      "require('worker_threads').parentPort.on('message', ({ type }) => { if (type !== 'grew') throw new Error('a defect') })",
    )
    return file
  }

  it('ends a search of a log that is gone, and says so', async () => {
    const file = writeLog(folder.path, 'launch', linesOf(events))
    const log = await opened(file)
    rmSync(file)
    const view = await log.view({ text: { pattern: 'line' } })
    await complete(view)
    assert.match(view.problem?.message ?? '', /can't be searched to its end: ENOENT/)
    assert.equal(failures.length, 1)
  })

  it('ends every search whose thread died, and says so; the next one has another thread', async () => {
    const log = await opened(writeLog(folder.path, 'launch', linesOf(events)), dying())
    const views = [await log.view({ text: { pattern: 'a' } }), await log.view({ text: { pattern: 'b' } })]
    await Promise.all(views.map(complete))
    for (const { problem } of views) assert.match(problem?.message ?? '', /a defect/)
    const next = await log.view({ text: { pattern: 'c' } })
    await complete(next)
    assert.match(next.problem?.message ?? '', /a defect/)
  })

  it('says that a summary can’t be made, once, and not when the store is closed', async () => {
    const log = await opened(writeLog(folder.path, 'launch', linesOf(events)), dying())
    const told: string[] = []
    await new Promise<void>((resolve) => {
      log.summarize(
        () => undefined,
        ({ message }) => {
          told.push(message)
          resolve()
        },
      )
    })
    assert.equal(told.length, 1)
    assert.match(told[0] ?? '', /summary could not be made/)
    log.summarize(
      () => undefined,
      ({ message }) => told.push(message),
    )
    log.dispose()
    assert.equal(told.length, 1)
  })

  it('passes over a line that is longer than a string can be', async () => {
    const file = writeLog(folder.path, 'launch', linesOf(events.slice(0, 100)))
    const begin = `,{"capture_id":"x","seq":100,"timestamp":"${events[99]?.timestamp ?? ''}","phase":"log_line","data":{"text":"needle `
    const fd = openSync(file, 'r+')
    // A hole: it takes no room on the disk.
    const { size } = statSync(file)
    writeSync(fd, begin, size)
    ftruncateSync(fd, size + 600 * MB)
    closeSync(fd)
    const last = {
      ...events[101],
      seq: 101,
      phase: 'log_line',
      data: { text: 'a needle at the end', stream: 'stdout' },
    }
    appendFileSync(file, `","stream":"stdout","level":"error"}}\n,${JSON.stringify(last)}\n`)
    const log = await opened(file)
    const before = process.memoryUsage().rss
    assert.equal(log.growth.size, 102)
    const view = await log.view({ text: { pattern: 'needle', caseSensitive: true } })
    await complete(view)
    const found = await view.rows(0, 9)
    assert.equal(found.at(-1)?.seq, 101)
    assert.equal((await log.timeline.stateAt(101)).position, 101)
    await log.timeline.info()
    assert.equal(
      (await (await log.view({ levels: ['error'] })).rows(0, 999)).some(({ seq }) => seq === 100),
      true,
    )
    assert.ok(process.memoryUsage().rss - before < 300 * MB)
    assert.deepEqual(failures, [])
  })
})

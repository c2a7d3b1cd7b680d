import assert from 'node:assert/strict'
import {
  appendFileSync,
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  writeSync,
  readdirSync,
  readlinkSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { temporaryFolder } from '../../../test/fakes/logs'
import { buildThread } from '../../../test/fakes/threadBundle'
import { UserError } from '../../shared/userError'
import { TextFileStore, type TextThreads } from './textFileStore'
import { createTextThreads } from './textThreads'
import type { TextView } from './textViews'

describe('the threads of text files', function () {
  this.timeout(60_000)
  const folder = temporaryFolder()
  const script = path.join(__dirname, 'textWorker.bundle.js')
  let file = ''
  let threads: TextThreads
  /** Messages of threads alone don't keep the test's process awake. */
  let alive: NodeJS.Timeout

  before(() => buildThread('src/node/textfile/textWorker.ts', script))
  beforeEach(() => {
    file = path.join(folder.path, 'x.log')
    threads = createTextThreads(script)
    alive = setInterval(() => undefined, 1000)
  })
  afterEach(() => {
    clearInterval(alive)
    threads.reader.dispose()
  })

  async function done(view: TextView): Promise<void> {
    while (!view.complete) {
      await new Promise<void>((resolve) => {
        const stop = view.onDidChange(() => {
          stop()
          resolve()
        })
      })
    }
  }

  it('end a regular expression that takes for ever, and search on', async () => {
    writeFileSync(file, `${'a'.repeat(60)}b\nplain\n`)
    const store = await TextFileStore.open(file, {}, threads)
    const other = await store.view({ text: { pattern: 'plain' } })
    await done(other)
    const bad = await store.view({ text: { pattern: '(a+)+$', regex: true } })
    bad.dispose()
    const next = await store.view({ text: { pattern: 'lain' } })
    await done(next)
    assert.equal(next.count, 1)
    // The one that stood beside it was begun again and goes on.
    appendFileSync(file, 'plain again\n')
    while (other.count !== 2)
      await new Promise<void>((resolve) => {
        const stop = other.onDidChange(() => {
          stop()
          resolve()
        })
      })
    await store.close()
  })

  it('leave no descriptor of 1,000 opens and closes', async function () {
    if (!existsSync('/proc/self/fd')) this.skip()
    writeFileSync(file, 'a\nb\n')
    const held = (): string[] =>
      readdirSync('/proc/self/fd').flatMap((fd) => {
        try {
          const target = readlinkSync(`/proc/self/fd/${fd}`)
          return target.startsWith(folder.path) || target.includes('inotify') ? [target] : []
        } catch {
          return []
        }
      })
    // A thread that has watched something keeps one descriptor for all its watches.
    await (await TextFileStore.open(file, {}, threads)).close()
    const before = held()
    for (let i = 0; i < 1000; i++) {
      const store = await TextFileStore.open(file, {}, threads)
      if (i % 100 === 0) {
        const view = await store.view({ levels: ['error'] })
        await done(view)
        renameSync(file, `${file}.1`)
        writeFileSync(file, 'a\nb\n')
      }
      await store.close()
    }
    assert.deepEqual(held(), before)
  })

  it('show the end of a file that has no index yet, and settle without moving it', async () => {
    const line = (i: number) => `2026-11-20 03:30:05.231 INFO line ${String(i)} ${'.'.repeat(i % 97)}\n`
    const parts: string[] = []
    let count = 0
    for (let bytes = 0; bytes < 60_000_000; count++) {
      const text = line(count)
      parts.push(text)
      bytes += text.length
    }
    writeFileSync(file, parts.join(''))
    const store = await TextFileStore.open(file, {}, threads)
    const view = await store.view({})
    const estimated = view.count
    const early = await view.rows(estimated - 30, estimated)
    await done(view)
    assert.equal(view.count, count)
    assert.ok(Math.abs(estimated - count) < count / 20, `${String(estimated)} of ${String(count)}`)
    const late = await view.rows(count - 30, count)
    assert.deepEqual(
      late.map(({ seq, text: shown }) => [seq, shown]),
      early.map(({ seq, text: shown }) => [seq, shown]),
    )
    assert.equal(await view.positionOf({ seq: early[0]?.seq ?? 0 }), count - 30)
    await store.close()
  })

  it('show the end of a file whose first line is gigabytes long', async () => {
    const fd = openSync(file, 'w')
    ftruncateSync(fd, 3 * 2 ** 30)
    writeSync(fd, `\n${'a line\n'.repeat(1000)}`, 3 * 2 ** 30)
    closeSync(fd)
    const store = await TextFileStore.open(file, {}, threads)
    assert.equal(store.state.isComplete, false)
    const view = await store.view({})
    const rows = await view.rows(view.count - 50, view.count)
    assert.deepEqual(
      rows.map(({ text }) => text),
      Array.from({ length: 50 }, () => 'a line'),
    )
    await store.close()
  })

  it('tell when they have ended, so that nobody waits for them', async () => {
    const thread = threads.startScanner()
    const told = new Promise<Error>((resolve) => {
      thread.onError(resolve)
    })
    await thread.terminate()
    assert.match((await told).message, /it ended/)
  })

  it('say in plain words that a file can not be read', async function () {
    if (process.platform !== 'linux') this.skip()
    await assert.rejects(
      TextFileStore.open('/proc/self/mem', {}, threads),
      (error) => error instanceof UserError && error.message.startsWith("/proc/self/mem can't be read: "),
    )
  })
})

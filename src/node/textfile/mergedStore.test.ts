import assert from 'node:assert/strict'
import { appendFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { newSeed, Random } from '../../../test/fakes/random'
import { textThreads } from '../../../test/fakes/textThreads'
import type { View } from '../../core/store/eventStore'
import type { Query } from '../../shared/protocol/rows'
import { MergedStore } from './mergedStore'
import { TextFileStore, type TextThreads } from './textFileStore'

const START = Date.UTC(2026, 10, 20, 3, 0, 0)
const LEVELS = ['INFO', 'WARN', 'ERROR'] as const
const seed = newSeed()

interface Line {
  readonly time: number
  readonly file: number
  readonly text: string
  readonly level: string
}

/** Lines of a file: in steps of a few milliseconds, some at the same time, some traces below an entry. */
function written(random: Random, file: number, count: number, from: number): Line[] {
  let time = from
  let level = 'INFO'
  return Array.from({ length: count }, (_, i) => {
    const isTrace = i > 0 && random.below(10) === 0
    if (!isTrace) {
      time += random.below(5) * random.below(20)
      level = random.pick(LEVELS)
    }
    const text = isTrace
      ? `    at app.Main.run(Main.java:${String(i)})`
      : `${new Date(time).toISOString()} ${level.padEnd(5)} [main] app.File${String(file)} - line ${String(i)}`
    return { time, file, text, level }
  })
}

/** The order that is wanted: by time, of equal times the earlier file first, each file in its own order. */
function merged(lines: readonly (readonly Line[])[]): Line[] {
  return lines
    .flatMap((list, file) => list.map((line, i) => ({ line, file, i })))
    .sort((a, b) => a.line.time - b.line.time || a.file - b.file || a.i - b.i)
    .map(({ line }) => line)
}

describe('several text files as one', () => {
  const folder = temporaryFolder()
  let threads: TextThreads
  let store: MergedStore
  const pathOf = (file: number) => path.join(folder.path, `${String(file)}.log`)

  beforeEach(() => {
    threads = textThreads()
  })
  afterEach(async () => {
    await store.close()
    threads.reader.dispose()
  })

  async function open(files: readonly (readonly Line[])[]): Promise<void> {
    for (const [i, lines] of files.entries()) writeFileSync(pathOf(i), lines.map(({ text }) => `${text}\n`).join(''))
    store = new MergedStore(await Promise.all(files.map((_, i) => TextFileStore.open(pathOf(i), {}, threads))))
    await until(() => store.files.every(({ state }) => state.isComplete))
  }

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) {
      await new Promise<void>((resolve) => {
        const stop = store.onDidChangeState(() => {
          stop()
          resolve()
        })
      })
    }
  }

  async function complete(query: Query): Promise<View> {
    const view = await store.view(query)
    while (!view.complete) {
      await new Promise<void>((resolve) => {
        const stop = view.onDidChange(() => {
          stop()
          resolve()
        })
      })
    }
    return view
  }

  it(`are in the order of their times, whatever window is asked for (seed ${String(seed)})`, async () => {
    const random = new Random(seed)
    const files = [3000, 7000, 500].map((count, file) => written(random, file, count, START + file * 700))
    await open(files)
    const wanted = merged(files)
    const view = await complete({})
    assert.equal(view.count, wanted.length)
    const seqs = new Set<number>()
    for (let round = 0; round < 60; round++) {
      const from = round === 0 ? wanted.length - 50 : random.below(wanted.length)
      const rows = await view.rows(from, from + random.below(120))
      for (const [i, row] of rows.entries()) {
        const line = wanted[from + i]
        assert.deepEqual([row.text, row.source], [line?.text, line?.file], `row ${String(from + i)}`)
        seqs.add(row.seq)
      }
      const [row] = rows
      if (row === undefined) continue
      assert.equal(await view.positionOf({ seq: row.seq }), from)
      assert.equal(
        await view.positionOf({ time: row.time }),
        wanted.findIndex(({ time }) => time >= row.time),
      )
      const detail = await store.detail(row.position)
      assert.equal(detail.event?.data['text'], row.text)
    }
    assert.ok(seqs.size > 1000)
    assert.equal(await view.positionOf({ time: START + 1e9 }), wanted.length)
    view.dispose()
  })

  it(`are narrowed by level, text and file (seed ${String(seed)})`, async () => {
    const random = new Random(seed)
    const files = [2000, 3000].map((count, file) => written(random, file, count, START))
    await open(files)
    const wanted = merged(files)
    const texts = async (query: Query) => {
      const view = await complete(query)
      const rows = await view.rows(0, view.count)
      view.dispose()
      return rows.map(({ text }) => text)
    }
    const of = (lines: readonly Line[]) => lines.map(({ text }) => text)
    const errors = of(wanted.filter(({ level }) => level === 'ERROR'))
    assert.deepEqual(await texts({ levels: ['error'] }), errors)
    assert.deepEqual(await texts({ withoutLevels: ['info', 'warn'] }), errors)
    assert.deepEqual(
      await texts({ include: [{ pattern: 'line 1' }] }),
      of(wanted.filter(({ text }) => text.includes('line 1'))),
    )
    assert.deepEqual(await texts({ withoutSources: [pathOf(0)] }), of(files[1] ?? []))
    assert.deepEqual(await texts({ sources: [pathOf(0), pathOf(1)] }), of(wanted))
    assert.deepEqual(await texts({ withoutSources: [pathOf(0), pathOf(1)] }), [])
  })

  it('go on with what is appended, tell of lines that come late, and take another file in', async () => {
    const random = new Random(7)
    const files = [written(random, 0, 50, START), written(random, 1, 50, START)]
    await open(files)
    const view = await complete({})
    const last = Math.max(...files.flat().map(({ time }) => time))
    const more = (file: number, time: number): Line => ({
      time,
      file,
      text: `${new Date(time).toISOString()} WARN  [main] app.File${String(file)} - more`,
      level: 'WARN',
    })
    const append = async (line: Line): Promise<void> => {
      const size = store.growth.size
      files[line.file]?.push(line)
      appendFileSync(pathOf(line.file), `${line.text}\n`)
      await until(() => store.growth.size > size)
    }
    await append(more(1, last + 5000))
    assert.deepEqual(
      (await view.rows(100, 101)).map(({ text }) => text),
      [more(1, last + 5000).text],
    )
    const reset = new Promise<void>((resolve) => {
      store.onDidReset(() => {
        resolve()
      })
    })
    await append(more(0, last + 1000))
    await reset
    const rows = await view.rows(0, 200)
    assert.deepEqual(
      rows.map(({ text }) => text),
      merged(files).map(({ text }) => text),
    )
    const third = written(random, 2, 20, START)
    writeFileSync(pathOf(2), third.map(({ text }) => `${text}\n`).join(''))
    store.add(await TextFileStore.open(pathOf(2), {}, threads))
    await until(() => store.files.every(({ state }) => state.isComplete))
    const all = await complete({})
    assert.deepEqual(
      (await all.rows(0, 500)).map(({ text }) => text),
      merged([...files, third]).map(({ text }) => text),
    )
    assert.deepEqual(store.growth.size, 122)
  })

  it('may be none at first: those that join are shown, counted and told', async () => {
    await open([])
    const files = [0, 1].map((file) => written(new Random(file), file, 30, START))
    const entries = files.flat().filter(({ text }) => !text.startsWith(' ')).length
    let told = 0
    store.onDidChangeState(() => told++)
    let isCounted = false
    const total = () => Object.values(store.growth.levelCounts).reduce((sum, count) => sum + count, 0)
    let tellCounted: () => void = () => undefined
    const allCounted = new Promise<void>((resolve) => (tellCounted = resolve))
    const counting = store.countLevels((isComplete) => {
      isCounted = isComplete
      if (total() === entries) tellCounted()
    })
    assert.ok(isCounted)
    const empty = await complete({})
    assert.deepEqual([empty.count, await empty.rows(0, 10), await empty.positionOf({ time: 0 })], [0, [], 0])
    for (const [i, lines] of files.entries()) {
      writeFileSync(pathOf(i), lines.map(({ text }) => `${text}\n`).join(''))
      const before = told
      store.add(await TextFileStore.open(pathOf(i), {}, threads))
      assert.ok(told > before)
    }
    const view = await complete({})
    assert.deepEqual(
      (await view.rows(0, 100)).map(({ text }) => text),
      merged(files).map(({ text }) => text),
    )
    await allCounted
    counting.dispose()
  })

  it('are told apart where the path of one is part of another’s', async () => {
    const paths = [pathOf(0), `${pathOf(0)}.err`]
    for (const file of paths) writeFileSync(file, `${path.basename(file)}\n`)
    store = new MergedStore(await Promise.all(paths.map((file) => TextFileStore.open(file, {}, threads))))
    const names = async (query: Query): Promise<string> => {
      const view = await complete(query)
      const rows = await view.rows(0, 10)
      view.dispose()
      return rows.map(({ text }) => text).join(' ')
    }
    const [first = '', second = ''] = paths
    assert.equal(await names({ withoutSources: [first] }), '0.log.err')
    assert.equal(await names({ sources: [first] }), '0.log')
    assert.equal(await names({ sources: [second] }), '0.log.err')
    assert.equal(await names({ sources: ['.err'] }), '0.log.err')
    assert.equal(await names({ sources: ['none'] }), '')
  })

  it('are named by their packed files where unpacked copies are read', async () => {
    writeFileSync(pathOf(0), 'packed\n')
    const shownAs = `${pathOf(0)}.gz`
    store = new MergedStore([await TextFileStore.open(pathOf(0), { follow: false, shownAs }, threads)])
    assert.deepEqual(
      store.files.map((file) => file.path),
      [shownAs],
    )
    const view = await complete({ sources: [shownAs] })
    assert.equal((await view.rows(0, 1))[0]?.text, 'packed')
  })

  it('are at most 64, since more could not be told apart', async () => {
    const stores: TextFileStore[] = []
    for (let file = 0; file < 65; file++) {
      writeFileSync(pathOf(file), `line ${String(file)}\n`)
      stores.push(await TextFileStore.open(pathOf(file), { follow: false }, threads))
    }
    assert.throws(() => new MergedStore(stores), { code: 'too_many_files', message: /64\.log is one more/ })
    store = new MergedStore(stores.slice(0, 64))
    const view = await store.view({})
    const rows = await view.rows(0, view.count)
    assert.equal(new Set(rows.map(({ seq }) => seq)).size, 64)
    assert.ok(rows.every(({ seq }) => Number.isSafeInteger(seq)))
    await stores[64]?.close()
  })
})

import assert from 'node:assert/strict'
import { isAscii as isAsciiBytes } from 'node:buffer'
import { appendFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { temporaryFolder } from '../../../test/fakes/logs'
import { Random } from '../../../test/fakes/random'
import { textThreads } from '../../../test/fakes/textThreads'
import { createLineParser } from '../../core/lines/lineParser'
import { textExpression } from '../../core/query/textMatcher'
import type { Query, TextQuery } from '../../shared/protocol/rows'
import { TextFileStore, type TextThreads } from './textFileStore'
import type { TextView } from './textViews'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

describe('a search in a text file', () => {
  const folder = temporaryFolder()
  let file = ''
  let threads: TextThreads
  let store: TextFileStore

  beforeEach(() => {
    file = path.join(folder.path, 'x.log')
    threads = textThreads()
  })
  afterEach(async () => {
    await store.close()
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

  async function found(query: Query): Promise<{ lines: number[]; texts: string[] }> {
    const view = await store.view(query)
    await done(view)
    assert.equal(view.problem, undefined)
    const rows = await view.rows(0, view.count)
    assert.equal(rows.length, view.count)
    for (const [index, { seq }] of rows.entries()) {
      if (index % 50 === 0) assert.equal(await view.positionOf({ seq }), index)
    }
    view.dispose()
    return { lines: rows.map(({ position }) => position), texts: rows.map(({ text }) => text) }
  }

  const pieces = [
    'error',
    'Error',
    'timeout',
    'took 12 ms',
    'a.b',
    'Kelvin',
    'maße',
    '\u212a',
    'x',
    ' ',
    '\t',
    '[42]',
    'ſs',
    '😀',
    'z'.repeat(1500),
  ]
  const patterns: readonly TextQuery[] = [
    { pattern: 'error' },
    { pattern: 'error', caseSensitive: true },
    { pattern: 'Error', caseSensitive: true, wholeWord: true },
    { pattern: 'kelvin' },
    { pattern: 'k' },
    { pattern: 's' },
    { pattern: 'x' },
    { pattern: 'maße' },
    { pattern: 'a.b' },
    { pattern: 'a.b', regex: true },
    { pattern: 'took \\d+ ms', regex: true },
    { pattern: '(error|timeout)', regex: true },
    { pattern: '(?:error|timeout).*x', regex: true, caseSensitive: true },
    { pattern: '^x', regex: true },
    { pattern: 'x$', regex: true },
    { pattern: '^$', regex: true },
    { pattern: 'x\\s+x', regex: true },
    { pattern: 'error[^x]*x', regex: true },
    { pattern: 'e(?!r)', regex: true },
    { pattern: '\\[\\d{2}\\]', regex: true },
    { pattern: 'ti?meo+ut', regex: true },
    { pattern: '\\S\\s\\S', regex: true },
    { pattern: '[\\s\\S]{200}', regex: true },
    { pattern: '\\s', regex: true },
    { pattern: 'x(?=\\s)', regex: true },
    { pattern: 'nowhere at all' },
  ]

  for (const [name, encode] of [
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['UTF-16 LE', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 BE', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
  ] as const) {
    it(`finds what testing line by line finds: ${name} (seed ${String(seed)})`, async () => {
      const random = new Random(seed)
      const isAscii = random.below(2) === 0
      const words = isAscii ? pieces.filter((piece) => isAsciiBytes(Buffer.from(piece))) : pieces
      const lines = Array.from({ length: 5000 }, () =>
        Array.from({ length: random.below(6) }, () => random.pick(words)).join(random.pick(['', ' '])),
      )
      const end = random.pick(['\n', '\r\n'])
      const isWhole = random.below(2) === 0
      writeFileSync(file, encode(lines.join(end) + (isWhole ? end : '')))
      if (!isWhole && lines.at(-1) === '') lines.pop()
      store = await TextFileStore.open(file, {}, threads)
      const check = async (query: Query, isWanted: (line: string) => boolean): Promise<void> => {
        const expected = lines.flatMap((line, i) => (isWanted(line) ? [i] : []))
        const { lines: got } = await found(query)
        assert.deepEqual(got, expected, JSON.stringify(query))
      }
      for (const pattern of patterns) await check({ text: pattern }, (line) => textExpression(pattern).test(line))
      for (let i = 0; i < 10; i++) {
        const [one, two, not] = [random.pick(patterns), random.pick(patterns), random.pick(patterns)]
        const test = (pattern: TextQuery, line: string) => textExpression(pattern).test(line)
        await check(
          { text: one, include: [two], exclude: [not] },
          (line) => test(one, line) && test(two, line) && !test(not, line),
        )
      }
      await check({ exclude: [{ pattern: 'error' }] }, (line) => !/error/iu.test(line))
    })
  }

  it('finds what is in a line of 20 MB, and none of it in the next', async () => {
    const long = Buffer.alloc(20 * 1024 * 1024, 'y')
    long.write('NEEDLE', 1024 * 1024 - 3)
    long.write('other', 15_000_000)
    writeFileSync(file, Buffer.concat([Buffer.from('a\nother\n'), long, Buffer.from('\nother NEEDLE\nb\n')]))
    store = await TextFileStore.open(file, {}, threads)
    assert.deepEqual((await found({ text: { pattern: 'needle' } })).lines, [2, 3])
    assert.deepEqual((await found({ text: { pattern: 'oth[e]r', regex: true } })).lines, [1, 2, 3])
    assert.deepEqual((await found({ text: { pattern: 'needle' }, exclude: [{ pattern: 'other' }] })).lines, [])
    assert.deepEqual((await found({ exclude: [{ pattern: 'other' }] })).lines, [0, 4])
  })

  it('finds in what is appended, and in a last line without an end', async () => {
    writeFileSync(file, 'one hit\ntwo\nhi')
    store = await TextFileStore.open(file, {}, threads)
    const view = await store.view({ text: { pattern: 'hit' } })
    await done(view)
    assert.equal(view.count, 1)
    const until = async (count: number): Promise<void> => {
      while (view.count !== count)
        await new Promise<void>((resolve) => {
          const stop = view.onDidChange(() => {
            stop()
            resolve()
          })
        })
    }
    appendFileSync(file, 't')
    await until(2)
    assert.equal((await view.rows(1, 2))[0]?.text, 'hit')
    appendFileSync(file, ' and more\nnothing\nlast hit\n')
    await until(3)
    assert.deepEqual(
      (await view.rows(0, 10)).map(({ text, position }) => [position, text]),
      [
        [0, 'one hit'],
        [2, 'hit and more'],
        [4, 'last hit'],
      ],
    )
  })

  function appLog(random: Random, lines: number): string[] {
    const start = Date.UTC(2026, 10, 20, 3, 30)
    const log: string[] = []
    for (let i = 0; log.length < lines; i++) {
      const stamp = new Date(start + i * 250).toISOString().replace('T', ' ').replace('Z', '')
      const level = random.pick(['INFO', 'INFO', 'DEBUG', 'WARN', 'ERROR'])
      log.push(`${stamp} ${level} [worker-${String(random.below(4))}] com.example.Service - request ${String(i)} done`)
      if (level === 'ERROR')
        log.push(
          'java.lang.IllegalStateException: no',
          '\tat com.example.A.b(A.java:12)',
          '\tat com.example.C.d(C.java:34)',
        )
    }
    return log
  }

  it(`keeps a stack trace with its entry in a filter by level or time, as the parser does (seed ${String(seed)})`, async () => {
    const log = appLog(new Random(seed), 5000)
    writeFileSync(file, `${log.join('\n')}\n`)
    store = await TextFileStore.open(file, {}, threads)
    const parser = createLineParser()
    for (const line of log) parser.parse(line)
    const again = createLineParser(parser.format === undefined ? {} : { format: parser.format.id })
    let time = Number.NaN
    const parsed = log.map((line) => {
      const { level, loggedAt } = again.parse(line)
      if (loggedAt !== undefined) time = loggedAt
      return { level, time }
    })
    assert.ok(parsed.some(({ level }, i) => level === 'error' && log[i]?.startsWith('\tat') === true))
    const errors = parsed.flatMap(({ level }, i) => (level === 'error' ? [i] : []))
    assert.deepEqual((await found({ levels: ['error'] })).lines, errors)
    const [from, to] = [parsed[1000]?.time ?? 0, parsed[2000]?.time ?? 0]
    const within = parsed.flatMap((line, i) => (line.time >= from && line.time < to ? [i] : []))
    assert.deepEqual((await found({ time: { from, to } })).lines, within)
    assert.deepEqual(
      (await found({ levels: ['error'], text: { pattern: 'java' }, time: { from, to } })).lines,
      within.filter((i) => parsed[i]?.level === 'error' && /java/i.test(log[i] ?? '')),
    )
    const view = await store.view({})
    for (const i of [0, 1, 999, 1234, 4999]) {
      const at = parsed[i]?.time ?? 0
      assert.equal(
        await view.positionOf({ time: at }),
        parsed.findIndex((line) => line.time >= at),
      )
    }
    assert.equal(await view.positionOf({ time: time + 1 }), view.count)
    assert.equal(await view.positionOf({ line: 100 }), 99)
  })

  it('counts entries by level over time', async () => {
    const log = appLog(new Random(5), 3000)
    writeFileSync(file, `${log.join('\n')}\n`)
    store = await TextFileStore.open(file, {}, threads)
    const all = await new Promise<{ start: number; width: number; counts: Float64Array; totals: Float64Array }>(
      (resolve) => {
        const counter = store.histogram(undefined, ({ buckets, isComplete }) => {
          if (!isComplete) return
          counter.dispose()
          resolve(buckets)
        })
      },
    )
    const sum = (numbers: Float64Array) => numbers.reduce((a, b) => a + b, 0)
    const entries = log.filter((line) => !/^(?:\s|java|Caused)/.test(line))
    assert.ok(entries.length < log.length - 100)
    assert.equal(sum(all.totals), entries.length)
    assert.equal(sum(all.counts), entries.length)
    const errors = entries.filter((line) => line.includes(' ERROR ')).length
    assert.equal(all.totals[5], errors)
    assert.equal(store.growth.levelCounts['error'], errors)
    // A filter keeps the lines of a trace with their entry.
    assert.ok((await found({ levels: ['error'] })).lines.length > errors)
    assert.ok(all.counts.length / 7 > 500 && all.width < 1000, `${String(all.width)} ms`)
  })

  it('says that an expression can’t be used', async () => {
    writeFileSync(file, 'a\n')
    store = await TextFileStore.open(file, {}, threads)
    const view = await store.view({ text: { pattern: '(', regex: true } })
    await done(view)
    assert.match(view.problem?.message ?? '', /search/)
  })
})

import assert from 'node:assert/strict'
import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { writePastRun } from '../../../test/fakes/history'
import { logLines, startLog, temporaryFolder, testHead } from '../../../test/fakes/logs'
import { newSeed, Random } from '../../../test/fakes/random'
import type { TextQuery } from '../../shared/protocol/rows'
import { UserError } from '../../shared/userError'
import { changeNotes } from './notes'
import { listRuns } from './runHistory'
import { rawPlace, searchedRun, searchRuns, type RunHit, type SearchEnd } from './searchRuns'

const everything = { perRun: Infinity, total: Infinity }

describe('a search over all runs', () => {
  const folder = temporaryFolder()
  const at = (hour: number): number => Date.UTC(2026, 10, 20, hour)

  interface Found {
    readonly id: string
    readonly hits: readonly RunHit[]
    readonly isCut: boolean
  }
  const search = async (query: TextQuery, bounds = everything): Promise<{ found: Found[]; end: SearchEnd }> => {
    const found: Found[] = []
    const runs = (await listRuns(folder.path)).map(searchedRun)
    const end = await searchRuns(runs, query, bounds, ({ capture_id }, hits, isCut) => {
      found.push({ id: capture_id, hits, isCut })
    })
    return { found, end }
  }
  const texts = ({ found }: { found: Found[] }): string[] => found.flatMap(({ hits }) => hits.map(({ text }) => text))

  it('finds what events and names hold, the newest run first, with what is around it', async () => {
    const old = writePastRun(folder.path, {
      startedMs: at(1),
      title: 'old',
      lines: ['a', `${'x'.repeat(500)} Needle ${'y'.repeat(500)}`],
    })
    const fresh = writePastRun(folder.path, { startedMs: at(2), title: 'needle hunt', lines: ['the needle', 'b'] })
    const { found, end } = await search({ pattern: 'needle' })
    assert.deepEqual(
      found.map(({ id }) => id),
      [fresh, fresh, old],
    )
    assert.deepEqual(texts({ found }).slice(0, 2), ['needle hunt', 'the needle'])
    const [far] = found.at(-1)?.hits ?? []
    assert.ok(far)
    assert.equal(far.text.slice(far.from, far.from + far.length), 'Needle')
    assert.ok(far.text.length < 300 && far.text.startsWith('…') && far.text.endsWith('…'))
    assert.equal(far.seq, 1)
    assert.equal(far.phase, 'log_line')
    assert.deepEqual(end, { searched: 2, unreadable: 0, isCut: false })
  })

  it('knows case, whole words and expressions', async () => {
    writePastRun(folder.path, {
      startedMs: at(1),
      title: 't',
      // The letters of an id may match as well; it has no exclamation mark.
      lines: ['Error 42', 'errors 4', 'a.b!', 'axb!', 'two\tparts', '"quoted" \\ path'],
    })
    assert.deepEqual(texts(await search({ pattern: 'error', wholeWord: true })), ['Error 42'])
    assert.deepEqual(texts(await search({ pattern: 'error', caseSensitive: true })), ['errors 4'])
    assert.deepEqual(texts(await search({ pattern: 'a.b!' })), ['a.b!'])
    assert.deepEqual(texts(await search({ pattern: 'a.b!', regex: true })), ['a.b!', 'axb!'])
    assert.deepEqual(texts(await search({ pattern: '\t' })), ['two parts'])
    assert.deepEqual(texts(await search({ pattern: '"quoted" \\' })), ['"quoted" \\ path'])
    await assert.rejects(
      search({ pattern: '(', regex: true }),
      (error) => error instanceof UserError && error.code === 'bad_expression',
    )
  })

  it('finds own titles, tags and markers', async () => {
    const id = writePastRun(folder.path, { startedMs: at(1), title: 'recorded' })
    const log = path.join(folder.path, 'runs', `${id}.json`)
    await changeNotes(log, (notes) => ({
      ...notes,
      title: 'mine',
      tags: ['paper'],
      markers: [{ seq: 0, time: 0, name: 'peak' }],
    }))
    for (const pattern of ['mine', 'recorded', 'paper', 'peak', id.slice(-6)])
      assert.equal((await search({ pattern })).found.length, 1, pattern)
    // The machinery of a log is nothing that a person searches.
    for (const pattern of ['capture_id', 'tapedeck-run', 'timestamp', 'stdout2'])
      assert.equal((await search({ pattern })).found.length, 0, pattern)
  })

  it('tells what was made of the wire before the wire itself, and says which is which', async () => {
    const log = startLog(folder.path, {}, testHead({ kind: 'capture', title: 'bees' }))
    const body = { phase: 'network_body' as const, data: { request_id: 'r', offset: 0, text: 'a needle on the wire' } }
    await log.emit(
      ...Array.from({ length: 30 }, () => body),
      { phase: 'network', data: { request_id: 'r', method: 'GET', url: 'https://a.example/needle', state: 'sent' } },
      { phase: 'search_query', data: { query: 'a needle to read', index: 0 } },
    )
    await log.finish()
    const all = await search({ pattern: 'needle' })
    const hits = all.found.flatMap((found) => found.hits)
    assert.deepEqual(
      hits.map(({ seq }) => seq),
      [31, ...Array.from({ length: 31 }, (_, seq) => seq)],
    )
    assert.deepEqual(
      [hits[0], hits[1], hits.at(-1)].map((hit) => hit && rawPlace(hit)),
      [undefined, 'in a response body', 'in a request'],
    )
    const few = await search({ pattern: 'needle' }, { perRun: 5, total: 100 })
    assert.equal(texts(few)[0], 'a needle to read')
    assert.equal(texts(few).length, 5)
    assert.ok(few.found.at(-1)?.isCut)
    assert.deepEqual(texts(await search({ pattern: 'read' })), ['a needle to read'])
  })

  it('ends at its bounds and says so', async () => {
    for (let hour = 1; hour <= 3; hour++)
      writePastRun(folder.path, { startedMs: at(hour), title: 't', lines: Array.from({ length: 10 }, () => 'hit') })
    const perRun = await search({ pattern: 'hit' }, { perRun: 4, total: 100 })
    assert.equal(texts(perRun).length, 12)
    assert.ok(perRun.found.every(({ isCut }) => isCut))
    assert.equal(perRun.end.isCut, false)
    const total = await search({ pattern: 'hit' }, { perRun: 100, total: 15 })
    assert.equal(texts(total).length, 15)
    assert.deepEqual(total.end, { searched: 2, unreadable: 0, isCut: true })
  })

  it('reads open, cut and damaged logs as far as they go, and counts those that are none', async () => {
    const open = startLog(folder.path)
    await open.emit(...logLines(3))
    appendFileSync(open.path, ',{"capture_id":"half a needle')
    const damaged = writePastRun(folder.path, { startedMs: at(1), title: 't', lines: ['needle', 'b'] })
    const file = path.join(folder.path, 'runs', `${damaged}.json`)
    writeFileSync(path.join(folder.path, 'runs', '2026-11-20T03-30-05Z-abc123.json'), 'needle')
    mkdirSync(path.join(folder.path, 'runs', '2026-11-20T03-30-06Z-abc123.json'))
    const { end, found } = await search({ pattern: 'needle' })
    assert.deepEqual(
      found.map(({ id }) => id),
      [damaged],
    )
    assert.equal(end.unreadable, 2)
    rmSync(file)
    await open.writer.abandon()
  })

  it('goes on with the others where reading one fails in the middle', async () => {
    writePastRun(folder.path, { startedMs: at(1), title: 't', lines: ['needle'] })
    const broken = {
      capture_id: 'x',
      names: [],
      get path(): string {
        throw new Error('EIO: i/o error, read')
      },
    }
    let hits = 0
    const runs = [broken, ...(await listRuns(folder.path)).map(searchedRun)]
    const end = await searchRuns(runs, { pattern: 'needle' }, everything, (_, found) => (hits += found.length))
    assert.deepEqual([hits, end.unreadable], [1, 1])
  })

  it('stops where it is told to', async () => {
    writePastRun(folder.path, { startedMs: at(1), title: 't' })
    const stop = new AbortController()
    stop.abort()
    await assert.rejects(
      searchRuns(
        (await listRuns(folder.path)).map(searchedRun),
        { pattern: 'x' },
        everything,
        () => undefined,
        stop.signal,
      ),
    )
  })

  const seed = newSeed()
  it(`finds every line that holds the text, and no other (TAPEDECK_SEED=${String(seed)})`, async () => {
    const random = new Random(seed)
    const alphabet = ['a', 'b', 'B', ' ', 'ß', 'é', '"', '\\', '\t', '😀', '\u001b[31m', '<', '$']
    const word = (length: number): string => Array.from({ length }, () => random.pick(alphabet)).join('')
    const all: string[][] = []
    for (let hour = 1; hour <= 8; hour++) {
      const lines = Array.from({ length: random.below(60) }, () =>
        word(random.below(random.below(20) === 0 ? 40_000 : 30)),
      )
      all.unshift(lines)
      writePastRun(folder.path, { startedMs: at(hour), title: 'T', lines, head: { command: 'C', args: [] } })
    }
    for (let round = 0; round < 20; round++) {
      const pattern = word(1 + random.below(3)).replaceAll('\u001b[31m', 'b')
      const right = all.flatMap((lines) =>
        lines.flatMap((line, seq) => (line.toLowerCase().includes(pattern.toLowerCase()) ? [seq] : [])),
      )
      const { found } = await search({ pattern })
      // What a hit looks like depends on the row; that there is one does not.
      const seqs = found.flatMap(({ hits }) => hits.flatMap(({ seq }) => seq ?? []))
      const inTitle = found.length > 0 && 't'.includes(pattern.toLowerCase())
      assert.ok(!inTitle)
      assert.deepEqual(seqs, right, JSON.stringify(pattern))
    }
  })
})

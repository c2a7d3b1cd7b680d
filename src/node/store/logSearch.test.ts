import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { TextKernel } from '../../core/lines/wasm/textKernel'
import { createEventMatcher, isInTime } from '../../core/query/textMatcher'
import type { Query, TextQuery } from '../../shared/protocol/rows'
import { temporaryFolder } from '../../../test/fakes/logs'
import { randomEvents, randomOf } from '../../../test/fakes/randomRuns'
import { keyFilter } from '../../core/query/keyFilter'
import { stampOf } from '../runlog/eventLine'
import { SCAN_TEXT_BYTES } from '../textfile/scanText'
import { LogSearch } from './logSearch'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

const texts = [
  'plain text',
  'a "quoted" one',
  'back\\slash',
  'tab\there',
  'new\nline',
  'Größe',
  '\u001b[31mred',
  'name',
  '\\name',
  'KELVIN K sſ',
  'stdout',
]
const patterns: readonly TextQuery[] = [
  ...[
    'plain',
    'text',
    '"quoted"',
    '"',
    '\\',
    'k\\s',
    'n',
    'name',
    'ame',
    'tab\t',
    '\n',
    'größe',
    'red',
    '1b[31',
    'stdout',
    'stream',
    'k',
    's',
    'kelvin',
    '7',
    'nowhere',
  ].map((pattern) => ({ pattern })),
  { pattern: '^plain', regex: true },
  { pattern: 'one$', regex: true },
  { pattern: '(?<="|w)ord\\d+', regex: true },
  { pattern: '(word1|line 2)\\d*', regex: true },
  { pattern: '[^a-z]here', regex: true },
  { pattern: 'Text', caseSensitive: true },
  { pattern: 'name', wholeWord: true, caseSensitive: true },
  { pattern: 'at \\d+', regex: true, wholeWord: true },
]

describe('a search of a log', () => {
  const folder = temporaryFolder()

  it(`finds what each line by itself would be found for, seed ${String(seed)}`, function () {
    this.timeout(120_000)
    const random = randomOf(seed)
    const pick = <T>(of: readonly T[]): T => of[random(of.length)] as T
    const kernel = new TextKernel(SCAN_TEXT_BYTES)
    for (let round = 0; round < 4; round++) {
      const lines = randomEvents(random, 4000).map((event, i) => {
        const text = `${pick(texts)} ${pick(texts)}`
        const changed = random(2) === 0 ? event : { ...event, phase: 'log_line', data: { text, stream: 'stdout' } }
        const line = `${i === 0 ? '' : ','}${JSON.stringify(changed)}`
        return random(50) === 0 ? line.slice(0, random(line.length)) : line
      })
      if (round === 1)
        lines[70] = `,${JSON.stringify({ capture_id: 'x', seq: 70, timestamp: '2026-11-20T00:00:01.000Z', phase: 'log_line', data: { text: `plain ${'x'.repeat(5_000_000)} name`, stream: 'stdout' } })}`
      const file = path.join(folder.path, `${String(round)}.json`)
      writeFileSync(file, `${lines.join('\n')}\n`)
      const stamps = lines.map((line) => stampOf(Buffer.from(line), 0, Buffer.byteLength(line)))
      const offsets = [0]
      for (const line of lines) offsets.push((offsets.at(-1) ?? 0) + Buffer.byteLength(line) + 1)
      const end = offsets.at(-1) ?? 0
      const times = stamps.map(({ timeMs }) => timeMs).filter((time) => !Number.isNaN(time))
      for (let i = 0; i < 40; i++) {
        const query: Query = {
          text: pick(patterns),
          ...(random(4) === 0 ? { include: [pick(patterns)] } : {}),
          ...(random(4) === 0 ? { exclude: [pick(patterns)] } : {}),
          ...(random(4) === 0 ? { levels: ['error', 'fatal'] } : {}),
          ...(random(4) === 0 ? { withoutPhases: ['log_line'] } : {}),
          ...(random(4) === 0 ? { time: { from: pick(times), to: pick(times) } } : {}),
          ...(random(4) === 0 ? { sources: ['out'] } : {}),
        }
        const [from, to] = random(3) === 0 ? [500, 2500] : [0, lines.length]
        const stretches =
          from === 0
            ? [0, Number.POSITIVE_INFINITY, 0]
            : [offsets[from] ?? 0, offsets[1000] ?? 0, from, offsets[1500] ?? 0, offsets[to] ?? 0, 1500]
        const found: number[] = []
        const search = new LogSearch(file, kernel, query, Float64Array.from(stretches), (position) =>
          found.push(position),
        )
        while (search.step(end));
        assert.ok(search.scanned >= (from === 0 ? end : Number.POSITIVE_INFINITY))
        search.close()
        const [wanted, matches] = [keyFilter(query), createEventMatcher(query)]
        const expected = lines.flatMap((line, position) => {
          const isThere = from === 0 || (position >= from && position < 1000) || (position >= 1500 && position < to)
          const { key, timeMs } = stamps[position] ?? { key: '', timeMs: 0 }
          const isIn = isThere && wanted?.(key) !== false && isInTime(query, timeMs)
          return isIn && matches?.(line) !== false ? [position] : []
        })
        assert.deepEqual(found, expected, JSON.stringify(query))
      }
    }
  })
})

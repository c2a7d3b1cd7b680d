import assert from 'node:assert/strict'
import { TextKernel } from '../../core/lines/wasm/textKernel'
import { randomEvents, randomOf } from '../../../test/fakes/randomRuns'
import { stampOf } from '../runlog/eventLine'
import { SCAN_TEXT_BYTES } from '../textfile/scanText'
import { StampScan } from './stampScan'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

const hostileTexts = [
  '',
  '"',
  '\\',
  '\\"',
  'ends with a backslash \\',
  '","stream":"stdout","level":"fatal"}}',
  'é😀\u0000\n',
  'x'.repeat(9000),
  `${'\\'.repeat(5)}"`,
  '{"text":"y","stream":"stderr"}',
]

function hostileLines(random: (limit: number) => number, count: number): string[] {
  return randomEvents(random, count).map((event, i) => {
    const line = JSON.stringify(event)
    switch (random(12)) {
      case 0: {
        const text = hostileTexts[random(hostileTexts.length)] ?? ''
        const source = random(2) === 0 ? { source: `/a "b"/${String(random(3))}.log` } : {}
        const level = random(2) === 0 ? { level: ['warn', 'error', 'odd'][random(3)] } : {}
        const more = [{}, { outcome: 'failure' }, { logged_at: event.timestamp }, { lines: 1 }, { stream: 'x' }][
          random(5)
        ]
        return `,${JSON.stringify({ ...event, phase: 'log_line', data: { text, stream: 'file', ...source, ...level, ...more } })}`
      }
      case 1:
        return line.slice(0, random(line.length))
      case 2:
        return `,${line.replace('"seq"', '"other":1,"seq"')}`
      case 3:
        return `,${JSON.stringify({ ...event, data: { level: 'error', stream: 'stdout', text: 'order' }, phase: 'log_line' })}`
      case 4:
        return `,${JSON.stringify({ ...event, timestamp: '2026-11-20T03:30:05Z' })}`
      case 5:
        return `,${JSON.stringify({ ...event, capture_id: `2026-11-20T00-00-0${String(random(9))}Z-other1` })}`
      default:
        return i === 0 ? line : `,${line}`
    }
  })
}

describe('stamps from the bytes of a log', () => {
  it(`are those of the lines one by one, seed ${String(seed)}`, function () {
    this.timeout(60_000)
    const random = randomOf(seed)
    const kernel = new TextKernel(SCAN_TEXT_BYTES)
    const scan = new StampScan(kernel)
    const buffer = Buffer.from(kernel.text.buffer, kernel.text.byteOffset, kernel.text.length)
    for (let round = 0; round < 20; round++) {
      const lines = hostileLines(random, 1500)
      const length = buffer.write(`${lines.join('\n')}\n`)
      const seen: unknown[] = []
      scan.lines(length, (from, to, { key, phase, level }, time) => {
        assert.equal(level === undefined ? phase : `${phase}:${level}`, key)
        seen.push([buffer.toString('utf8', from, to), key, time])
      })
      const expected = lines.map((line) => {
        const bytes = Buffer.from(line)
        const { key, timeMs } = stampOf(bytes, 0, bytes.length)
        return [line, key, timeMs]
      })
      assert.deepEqual(seen, expected)
    }
  })

  it('knows a level behind a text of any length', () => {
    for (const length of [10, 8150, 8200, 300_000]) {
      const data = JSON.stringify({ text: '"'.repeat(length), stream: 'stdout', level: 'error' })
      const line = Buffer.from(
        `,{"capture_id":"x","seq":1,"timestamp":"2026-11-20T03:30:05.231Z","phase":"log_line","data":${data}}`,
      )
      assert.equal(stampOf(line, 0, line.length).key, 'log_line:error')
      const error = Buffer.from(
        `,{"capture_id":"x","seq":1,"timestamp":"2026-11-20T03:30:05.231Z","phase":"error","data":${JSON.stringify({ message: '"fatal":true}}'.repeat(length), fatal: false })}}`,
      )
      assert.equal(stampOf(error, 0, error.length).key, 'error:error')
    }
  })
})

import assert from 'node:assert/strict'
import { formatSamples, sampleClock } from '../../../test/fakes/lineSamples'
import { Random } from '../../../test/fakes/random'
import { builtInFormats } from './formats/table'
import { createLevelTimeScanner } from './levelTime'
import { FormatParser } from './lineParser'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)
const samples = formatSamples()
/**
 * A hostile line may take so many times as long as a plain one of the same length. An expression that backtracks over its 4,096
 * characters twice needs ten thousand times as long as a linear one, one with three runs a million times.
 */
const FACTOR = 300
const LENGTH = 65_536

/** The least of some tries, in ms: what a busy machine adds is not counted. */
function leastTime(tries: number, run: () => void): number {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < tries; i++) {
    const start = performance.now()
    run()
    least = Math.min(least, performance.now() - start)
  }
  return least
}

/** A line that begins well and goes on with a piece of itself, over and over, and then does not end as it should. */
function hostile(random: Random, text: string): string {
  const start = random.below(text.length + 1)
  const from = random.below(text.length)
  const unit =
    random.below(2) === 0
      ? text.slice(from, from + 1 + random.below(12))
      : random.pick([
          ' ',
          'a',
          '0',
          '[',
          '"',
          '\\',
          '\t',
          '/',
          '-',
          ': ',
          '" ',
          '] [',
          'a=',
          'a:',
          '(',
          ' at ',
          '\u00e9',
          'a.b',
        ])
  const body = unit.repeat(Math.ceil(LENGTH / unit.length)).slice(0, LENGTH)
  return `${text.slice(0, start)}${body}${random.pick(['', '\u0000', '"', ']', '!', '\r'])}`
}

describe('hostile lines', () => {
  it(`take no expression long (seed ${String(seed)})`, () => {
    const random = new Random(seed)
    for (const { format: id, lines } of samples) {
      const format = builtInFormats.find((one) => one.id === id)
      const parser = new FormatParser(sampleClock, format, 'no')
      const scanner = createLevelTimeScanner(format, sampleClock)
      for (let round = 0; round < 25; round++) {
        const { text } = random.pick(lines)
        if (text === '') continue
        const line = hostile(random, text)
        const plain = `${text} ${'some more words '.repeat(LENGTH / 16)}`
        const [bytes, plainBytes] = [Buffer.from(line), Buffer.from(plain)]
        const usual = leastTime(3, () => {
          parser.parse(plain)
          scanner.scan(plainBytes, 0, plainBytes.length)
        })
        const limit = FACTOR * Math.max(usual, 0.05)
        const took = leastTime(1, () => {
          parser.parse(line)
          scanner.scan(bytes, 0, bytes.length)
        })
        // Again, for the machine may have been busy.
        if (took <= limit) continue
        const again = leastTime(3, () => {
          parser.parse(line)
          scanner.scan(bytes, 0, bytes.length)
        })
        assert.ok(
          again <= limit,
          `${id}: ${again.toFixed(1)} ms, usual ${usual.toFixed(3)} ms: ${JSON.stringify(line.slice(0, 300))}`,
        )
      }
    }
  })
})

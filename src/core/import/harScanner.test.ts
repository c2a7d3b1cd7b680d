import assert from 'node:assert/strict'
import { randomOf } from '../../../test/fakes/randomRuns'
import { HarScanner, type HarPlace } from './harScanner'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

describe('the scanner of HARs', () => {
  it(`finds the entries that JSON.parse finds, cut anywhere (seed ${String(seed)})`, () => {
    const random = randomOf(seed)
    const texts = ['"', '\\', '\\"', '{', '}', '[', ']', 'entries', 'log', 'ä😀', ',', ':', '"entries":[{}]', '\n']
    const text = (): string => Array.from({ length: random(6) }, () => texts[random(texts.length)]).join('')
    // Keys begin with a letter: V8 (Node 24) reads the key `"` as `\\` where an object before had that one.
    const value = (depth: number): unknown => {
      const kind = random(depth > 3 ? 3 : 5)
      if (kind === 3) return Array.from({ length: random(4) }, () => value(depth + 1))
      if (kind === 4)
        return Object.fromEntries(Array.from({ length: random(4) }, () => [`k${text()}`, value(depth + 1)]))
      return [text(), random(100), null][kind]
    }
    for (let round = 0; round < 300; round++) {
      const entries = Array.from({ length: random(5) }, () => ({
        [`k${text()}`]: value(0),
        log: { entries: [value(0)] },
      }))
      const har = {
        [`x${text()}`]: value(0),
        log: {
          comment: 'entries',
          pages: [value(0)],
          browser: { entries: [1, {}] },
          entries,
          [`y${text()}`]: value(0),
        },
        entries: [{}],
      }
      const bytes = Buffer.from(JSON.stringify(har, undefined, random(3)))
      const places: HarPlace[] = []
      const scanner = new HarScanner((place) => places.push(place))
      for (let at = 0; at < bytes.length;) {
        const end = at + 1 + random(40)
        scanner.push(bytes.subarray(at, end))
        at = end
      }
      const found = places.map(
        ({ offset, bytes: length }) => JSON.parse(bytes.toString('utf8', offset, offset + length)) as unknown,
      )
      assert.deepEqual(found, entries)
      assert.ok(scanner.isWhole && scanner.hasEntries)
    }
  })
})

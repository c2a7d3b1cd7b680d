import assert from 'node:assert/strict'
import { newSeed, randomFrom } from '../../../test/fakes/random'
import { fixtureNames, play, randomCut, stepsOf, type Step } from '../../../test/fixtures/decode/replay'
import { eventData } from '../../shared/events/schema'

const ROUNDS = 40

type Random = () => number

function pick<T>(random: Random, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)]
  if (item === undefined) throw new RangeError('nothing to pick from')
  return item
}

/** Values that a decoder may not expect anywhere. */
function nonsense(random: Random): unknown {
  const deep: unknown = JSON.parse('['.repeat(3000) + ']'.repeat(3000))
  const values: unknown[] = [
    ...[null, true, 0, -1, 1.5, 1e308, 4294967296, '', 'x', '\ud83d', '\ue200cite\ue202', [], {}, [[]], [null], deep],
    ...['__proto__', 'constructor', { message: null }, { message: { id: 7 } }, { p: '', o: 'patch', v: [] }],
    JSON.parse('{"__proto__":{"polluted":true},"id":"x"}') as unknown,
    ...[{ url: 'x' }, [{ url: '' }], 'https://[', '/a/b/0'],
    { id: 'ans-1', author: { role: 'assistant' }, content: { content_type: 'text', parts: [{}, 1, null, 'y'] } },
  ]
  return pick(random, [undefined, ...values].slice(1))
}

/** A copy in which every value may be something else, missing, or there twice. */
function mutated(random: Random, value: unknown, chance: number): unknown {
  if (random() < chance) return nonsense(random)
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => {
      const copy = mutated(random, item, chance)
      return random() < chance ? [] : random() < chance ? [copy, copy] : [copy]
    })
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(() => random() >= chance)
    const key = (name: string): string =>
      random() < chance ? pick(random, ['__proto__', 'type', 'v', 'p', 'error', '']) : name
    return Object.fromEntries(entries.map(([name, item]) => [key(name), mutated(random, item, chance)]))
  }
  return value
}

function mutatedText(random: Random, text: string, chance: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (random() < chance / 2) return []
      const [, field = '', json = ''] = /^(data: ?)(.*)$/.exec(line) ?? []
      let value: unknown
      try {
        value = JSON.parse(json)
      } catch {
        return [line]
      }
      return [field + JSON.stringify(mutated(random, value, chance))]
    })
    .join('\n')
}

function mutatedSteps(random: Random, steps: readonly Step[], chance: number): Step[] {
  return steps.flatMap((step): Step[] => {
    if (random() < chance) return []
    if ('body' in step) return [{ ...step, text: mutatedText(random, step.text, chance) }]
    if ('frame' in step) return [{ ...step, frame: JSON.stringify(mutated(random, JSON.parse(step.frame), chance)) }]
    return random() < chance ? [step, step] : [step]
  })
}

describe('the decoders, against hostile streams', () => {
  const seed = newSeed()

  it(`never throw, never make an event that the schema refuses, never touch a prototype (SEED=${String(seed)})`, () => {
    const random = randomFrom(seed)
    for (let round = 0; round < ROUNDS; round++) {
      for (const name of fixtureNames()) {
        const steps = mutatedSteps(random, stepsOf(name), pick(random, [0.002, 0.01, 0.05, 0.2]))
        const what = `seed ${String(seed)}, round ${String(round)}, ${name}`
        try {
          for (const entry of play(steps, randomCut(random, 500))) {
            if ('phase' in entry) eventData[entry.phase].parse(entry.data)
          }
        } catch (error) {
          throw new Error(what, { cause: error })
        }
      }
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined)
    }
  })
})

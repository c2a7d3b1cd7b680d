import assert from 'node:assert/strict'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'
import { newSeed, randomFrom } from '../../../test/fakes/random'
import { fixtureNames, goldenPath, play, randomCut, stepsOf, type Made } from '../../../test/fixtures/decode/replay'
import { eventData } from '../../shared/events/schema'

/** Deltas of one message that follow each other, as one: where a body is cut may decide how text is divided. */
function merged(made: readonly Made[]): Made[] {
  const result: Made[] = []
  for (const entry of made) {
    const last = result.at(-1)
    if (
      'phase' in entry &&
      entry.phase === 'assistant_delta' &&
      last !== undefined &&
      'phase' in last &&
      last.phase === 'assistant_delta' &&
      last.data.message_id === entry.data.message_id &&
      entry.data.rewrite !== true
    ) {
      result[result.length - 1] = { phase: last.phase, data: { ...last.data, text: last.data.text + entry.data.text } }
    } else result.push(entry)
  }
  return result
}

describe('the decoders, against goldens', () => {
  const seed = newSeed()

  for (const name of fixtureNames()) {
    it(name, async () => {
      const made = play(stepsOf(name))
      const path = goldenPath(name)
      if (process.env['UPDATE_GOLDENS'] === '1') {
        const options = { ...(await resolveConfig(path)), filepath: path }
        writeFileSync(path, await format(JSON.stringify(made), options))
      }
      assert.ok(existsSync(path), `${path} is missing: UPDATE_GOLDENS=1 writes it`)
      assert.deepEqual(made, JSON.parse(readFileSync(path, 'utf8')))
      for (const entry of made) if ('phase' in entry) eventData[entry.phase].parse(entry.data)
    })

    it(`${name}, cut anywhere (SEED=${String(seed)})`, () => {
      const random = randomFrom(seed)
      const whole = merged(play(stepsOf(name)))
      for (const longest of [1, 3, 40, 2000]) {
        assert.deepEqual(merged(play(stepsOf(name), randomCut(random, longest))), whole)
      }
    })
  }
})

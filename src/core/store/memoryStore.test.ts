import assert from 'node:assert/strict'
import { hostileLog } from '../../../test/fakes/hostileLog'
import { countsOf, randomEvents, randomOf } from '../../../test/fakes/randomRuns'
import { levelOf } from '../../shared/events/levels'
import type { AnyEvent } from '../../shared/events/schema'
import type { RunInfo } from '../../shared/protocol/contract'
import type { Query } from '../../shared/protocol/rows'
import { memoryRun } from '../panel/memoryRun'
import { createRunReducer } from '../reduce/byKind'
import type { View } from './eventStore'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)
const info = { kind: 'capture', started_at: '2026-11-20T03:30:05.000Z' } as RunInfo

function logOf(events: readonly AnyEvent[], end = '],"metadata":{}}\n'): Uint8Array {
  const lines = events.map((event, i) => `${i === 0 ? '' : ','}${JSON.stringify(event)}\n`)
  return new TextEncoder().encode(`{"format":"tapedeck-run/1","head":{},"events":[\n${lines.join('')}${end}`)
}

async function done(view: View): Promise<View> {
  if (!view.complete)
    await new Promise<void>((resolve) => {
      const stop = view.onDidChange(() => {
        if (!view.complete) return
        stop()
        resolve()
      })
    })
  return view
}

describe('a run in memory', () => {
  it(`answers windows, filters and places as its events say (seed ${String(seed)})`, async () => {
    const events = randomEvents(randomOf(seed), 3000)
    const { store } = await memoryRun(info, logOf(events))
    assert.equal(store.growth.size, events.length)
    const phase = events[7]?.phase ?? ''
    const word = /[a-z]{4,}/.exec(JSON.stringify(events[11]?.data))?.[0] ?? 'a'
    const middle = Date.parse(events[1500]?.timestamp ?? '')
    const queries: readonly (readonly [Query, (event: AnyEvent) => boolean])[] = [
      [{}, () => true],
      [{ phases: [phase] }, (event) => event.phase === phase],
      [{ withoutPhases: [phase] }, (event) => event.phase !== phase],
      [{ levels: ['error'] }, ({ phase, data }) => levelOf(phase, data) === 'error'],
      [{ time: { from: middle } }, ({ timestamp }) => Date.parse(timestamp) >= middle],
      [{ text: { pattern: word } }, ({ data }) => valuesOf(data).some((value) => value.toLowerCase().includes(word))],
    ]
    for (const [query, wanted] of queries) {
      const view = await done(await store.view(query))
      const expected = events.filter(wanted).map(({ seq }) => seq)
      const rows = await view.rows(0, events.length)
      assert.deepEqual(
        rows.map(({ seq }) => seq),
        expected,
        JSON.stringify(query),
      )
      assert.equal(view.count, expected.length)
      const seq = expected[Math.floor(expected.length / 2)] ?? 0
      assert.equal(await view.positionOf({ seq }), expected.indexOf(seq) < 0 ? 0 : expected.indexOf(seq))
      assert.equal(await view.positionOf({ seq: 1e9 }), expected.length)
    }
    assert.deepEqual((await store.detail(5)).event, events[5])
    assert.throws(() => void store.detail(3000), RangeError)
  })

  it(`is at each of its events what a reducer says (seed ${String(seed)})`, async () => {
    const random = randomOf(seed + 1)
    const events = randomEvents(random, 6000)
    const { store } = await memoryRun(info, logOf(events))
    const { timeline } = store
    for (const position of [5999, 17, 4000, 3999, 0]) {
      const reducer = createRunReducer('capture')
      for (const event of events.slice(0, position + 1)) if (reducer.wants(event.phase)) reducer.add(event)
      const state = await timeline?.stateAt(position)
      assert.deepEqual(state?.summary, reducer.summary())
      assert.equal(state.position, position)
      const { phaseCounts, levelCounts } = state
      assert.deepEqual({ phaseCounts, levelCounts }, countsOf(events.slice(0, position + 1)))
    }
    const { start, end } = (await timeline?.info()) ?? { start: 0, end: 0 }
    const levels = await timeline?.levels(start, end + 1, 50)
    const counted = Object.values(levels?.counts ?? {}).flat()
    assert.equal(
      counted.reduce((sum, count) => sum + count, 0),
      events.length,
    )
  })

  it('holds damaged lines and hostile values, and what is open', async () => {
    const { store } = await memoryRun(info, new TextEncoder().encode(hostileLog('capture')))
    const all = await store.view({})
    const rows = await all.rows(0, 1000)
    assert.equal(rows.length, store.growth.size)
    assert.equal(rows.at(-1)?.phase, 'damaged')
    assert.ok(rows.every(({ text }) => text.length <= 4100))
    assert.equal((await store.detail(rows.length - 1)).event, undefined)
    const open = await memoryRun(info, logOf(randomEvents(randomOf(1), 3), ''))
    assert.equal(open.store.growth.size, 3)
    const empty = await memoryRun(info, logOf([]))
    assert.deepEqual(await (await empty.store.view({})).rows(0, 10), [])
  })
})

function valuesOf(value: unknown): string[] {
  if (typeof value === 'string' || typeof value === 'number') return [String(value)]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(valuesOf) : []
}

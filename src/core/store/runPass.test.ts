import assert from 'node:assert/strict'
import { levelOf } from '../../shared/events/levels'
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import { createRunReducer } from '../reduce/byKind'
import { randomEvents, randomOf } from '../../../test/fakes/randomRuns'
import { Replayer, RunPass, type ReducedState } from './runPass'

const seed = Number(process.env['TAPEDECK_SEED'] ?? Date.now() % 1_000_000)

function passOver(kind: RunKind, events: readonly AnyEvent[], maxBytes?: number): RunPass {
  const pass = new RunPass(kind, maxBytes)
  for (const [position, event] of events.entries()) {
    const time = Date.parse(event.timestamp)
    const isWanted = pass.wants(event.phase, levelOf(event.phase, event.data), time)
    pass.add({ time, offset: position * 4000, end: position * 4000 + 4000 }, isWanted ? event : undefined)
  }
  return pass
}

function stateBy(replayer: Replayer, events: readonly AnyEvent[], position: number): ReducedState {
  for (let at = replayer.seek(position).position; at <= position; at++) {
    const event = events[at]
    assert.ok(event !== undefined)
    const time = Date.parse(event.timestamp)
    replayer.add(
      at * 4000 + 4000,
      time,
      replayer.wants(event.phase, levelOf(event.phase, event.data), time) ? event : undefined,
    )
  }
  return replayer.state()
}

function stateFromStart(kind: RunKind, events: readonly AnyEvent[], position: number): Partial<ReducedState> {
  const reducer = createRunReducer(kind)
  for (const event of events.slice(0, position + 1)) {
    const level = levelOf(event.phase, event.data)
    if (reducer.wants(event.phase)) reducer.add(event)
    else reducer.count?.(level === undefined ? event.phase : `${event.phase}:${level}`, 1, Date.parse(event.timestamp))
  }
  const answers = [...(reducer.capture?.answers.keys() ?? [])].map((message_id) => ({
    message_id,
    text: reducer.capture?.answer(message_id) ?? '',
  }))
  return { position, summary: reducer.summary(), answers }
}

describe('a pass over a run', () => {
  for (const kind of ['capture', 'launch', 'follow', 'session', 'stream'] as const) {
    it(`makes the state of a ${kind} at any event as a reducer from the start would, seed ${String(seed)}`, function () {
      this.timeout(60_000)
      const random = randomOf(seed)
      for (const maxBytes of [undefined, 40_000]) {
        const events = randomEvents(random, 12_000)
        const { keyframes } = passOver(kind, events, maxBytes)
        assert.ok(keyframes.count >= 2, `${String(keyframes.count)} keyframes`)
        const replayer = new Replayer(kind, keyframes, 0)
        const positions = Array.from({ length: 40 }, () => random(events.length))
        // Near each other, forwards and backwards, and the ends.
        for (const at of [0, 6000, 6001, 6003, 6002, events.length - 1, 0]) positions.push(at)
        for (const position of positions) {
          const { time, ...state } = stateBy(replayer, events, position)
          assert.deepEqual(state, stateFromStart(kind, events, position), `at ${String(position)}`)
          assert.equal(time, Date.parse(events[position]?.timestamp ?? ''))
        }
      }
    })

    it(`leaves the snapshots of a ${kind} as they were, and they can be cloned, seed ${String(seed)}`, () => {
      const random = randomOf(seed + 1)
      const events = randomEvents(random, 3000)
      const reducer = createRunReducer(kind)
      for (const event of events.slice(0, 1500)) reducer.add(event)
      const before = reducer.summary()
      const snapshot = reducer.snapshot()
      for (const event of events.slice(1500)) reducer.add(event)
      const first = createRunReducer(kind, snapshot)
      assert.deepEqual(first.summary(), before)
      for (const event of events.slice(1500)) first.add(event)
      assert.deepEqual(first.summary(), reducer.summary())
      assert.deepEqual(createRunReducer(kind, structuredClone(snapshot)).summary(), before)
    })
  }

  it('keeps its keyframes within their bound and spread over the run', () => {
    const events = randomEvents(randomOf(seed + 2), 40_000)
    const { keyframes } = passOver('launch', events, 60_000)
    assert.ok(keyframes.size <= 60_000 || keyframes.count <= 4, `${String(keyframes.size)} bytes`)
    const last = keyframes.before(events.length)?.position ?? 0
    assert.ok(last > events.length / 4, `the last one at ${String(last)}`)
    assert.equal(keyframes.before(0), undefined)
  })
})

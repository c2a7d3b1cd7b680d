import assert from 'node:assert/strict'
import { newSeed, randomFrom } from '../../../test/fakes/random'
import type { AnyEvent, RunKind } from '../../shared/events/schema'
import { createRunReducer } from './byKind'
import { UsageCourse } from './usageCourse'

const START = Date.parse('2026-11-20T03:30:05.000Z')

function courseOf(uses: readonly { readonly s: number; readonly data: AnyEvent['data'] }[]): UsageCourse {
  const course = new UsageCourse()
  course.reach(START)
  for (const { s, data } of uses) course.add(data, START + s * 1000)
  return course
}
const use = (s: number, input: number, output = 0, more: AnyEvent['data'] = {}) => ({
  s,
  data: { input_tokens: input, output_tokens: output, cost_basis: 'unknown', ...more },
})
/** The value at the first point at or behind a moment. */
const valueBy = (points: readonly (readonly [number, number])[], s: number) => points.find(([x]) => x >= s)?.[1]

describe('the course of what a run uses', () => {
  it('tells tokens an hour over the window that ends with a moment', () => {
    const told = courseOf([use(10, 100, 10), use(40, 200), use(200, 0)]).summary()
    assert.equal(told?.window_s, 60)
    const [input, output] = told.tokens
    assert.deepEqual(
      [input?.name, output?.name, input?.x, input?.count],
      ['input tokens an hour', 'output tokens an hour', 'time', 3],
    )
    const points = input?.points ?? []
    assert.equal(valueBy(points, 5), 0)
    assert.equal(valueBy(points, 11), 100 * 60)
    assert.equal(valueBy(points, 45), 300 * 60)
    assert.equal(valueBy(points, 72), 200 * 60, 'the first use has left the window')
    assert.equal(valueBy(points, 110), 0)
    assert.deepEqual([input?.min, input?.max, input?.last], [0, 300 * 60, 0])
    assert.equal(output?.max, 600)
    assert.equal(told.cost, undefined)
  })

  it('falls while other events come and nothing is used', () => {
    const course = courseOf([use(10, 100), use(20, 100)])
    assert.equal(course.summary()?.tokens[0]?.last, 200 * 60)
    course.reach(START + 75_000)
    const input = course.summary()?.tokens[0]
    assert.deepEqual([input?.last, input?.points.at(-1)?.[0]], [100 * 60, 75])
    course.reach(START + 400_000)
    assert.equal(course.summary()?.tokens[0]?.last, 0)
    course.reach(START + 60_000)
    assert.equal(course.summary()?.tokens[0]?.points.at(-1)?.[0], 400)
  })

  it('takes a longer window for a longer run', () => {
    const window = (s: number) => courseOf([use(0, 1), use(s, 1)]).summary()?.window_s
    assert.deepEqual([1, 2399, 2400, 7200, 8 * 3600, 40 * 3600].map(window), [60, 60, 300, 900, 3600, 3600])
    // A stretch that is longer than an hour is the window itself.
    assert.equal(window(1000 * 3600), 8192)
  })

  it('adds up what was spent, and tells where that is from', () => {
    const cost = (usd: number, basis: string) => ({ cost_usd: usd, cost_basis: basis })
    const both = courseOf([use(1, 1, 1, cost(0.5, 'recorded')), use(90, 1, 1, cost(0.25, 'estimated')), use(95, 1)])
    const told = both.summary()?.cost
    assert.deepEqual(
      [told?.basis, told?.unpriced, told?.last, told?.min, told?.count],
      ['partly estimated', 1, 0.75, 0, 2],
    )
    assert.equal(valueBy(told?.points ?? [], 60), 0.5)
    for (const basis of ['recorded', 'estimated']) {
      const one = courseOf([use(1, 1, 1, cost(1, basis)), use(2, 1, 1, cost(1, basis))]).summary()?.cost
      assert.deepEqual([one?.basis, one?.unpriced], [basis, 0])
    }
  })

  it('says nothing of a run that used nothing, or once', () => {
    assert.equal(new UsageCourse().summary(), undefined)
    assert.equal(courseOf([use(1, 5)]).summary(), undefined)
  })

  it('loses no token and stays within its bound however long the run is, and whatever the events hold', () => {
    const seed = newSeed()
    const random = randomFrom(seed)
    const course = new UsageCourse()
    let [time, input, spent] = [START, 0, 0]
    course.reach(time)
    for (let i = 0; i < 20_000; i++) {
      time += Math.floor(random() ** 8 * 3_600_000)
      const tokens = Math.floor(random() * 1000)
      input += tokens
      spent += 0.01
      course.add({ input_tokens: tokens, output_tokens: 1, cost_usd: 0.01, cost_basis: 'recorded' }, time)
    }
    const at = `seed ${String(seed)}`
    const { scalars, buckets } = course.snapshot()
    const { width } = scalars
    assert.ok(buckets.length <= 600, `${String(buckets.length)}, ${at}`)
    assert.ok(width * 600 > (time - START) / 1000 && (width === 1 || width * 300 <= (time - START) / 1000), at)
    assert.equal(
      buckets.reduce((sum, bucket) => sum + bucket.input, 0),
      input,
      at,
    )
    const { tokens, cost } = course.summary() ?? { tokens: [] }
    assert.ok(Math.abs((cost?.last ?? 0) - spent) < 1e-6, at)
    for (const { points } of tokens)
      assert.ok(
        points.every(([x, value], i) => x >= (points[i - 1]?.[0] ?? 0) && value >= 0 && Number.isFinite(value)),
        at,
      )
    for (const bad of [Number.NaN, Infinity, -1, 'x', null, {}]) {
      course.add({ input_tokens: bad, output_tokens: bad, cost_usd: bad }, time)
      course.add({}, Number.NaN)
      course.add({}, 0)
    }
    course.add({ input_tokens: 1 }, 8.64e15)
    assert.ok(course.snapshot().buckets.length <= 600)
    assert.equal(typeof JSON.stringify(course.summary()), 'string')
  })

  it('holds nothing but numbers, whatever amounts the events hold', () => {
    const huge = (s: number) => use(s, 1e308, 1e308, { cost_usd: 1e308 })
    const mended = courseOf([
      huge(1),
      huge(2),
      use(100, -5, 7, { cost_usd: -1 }),
      huge(200),
      use(201, 1, 1, { cost_usd: 1 }),
    ])
    const { tokens, cost } = mended.summary() ?? { tokens: [] }
    assert.deepEqual([tokens.map(({ last }) => last), cost?.last, cost?.unpriced], [[60, 60], 1, 4])
    for (const { points } of tokens) assert.ok(points.every(([, value]) => value >= 0 && Number.isFinite(value)))
  })

  it('is told of every kind of run, and goes on from a snapshot', () => {
    const events = Array.from({ length: 200 }, (_, seq) => ({
      capture_id: 'x',
      seq,
      timestamp: new Date(START + seq * 60_000).toISOString(),
      phase: seq % 2 === 0 ? 'usage' : 'message',
      data: { input_tokens: seq, output_tokens: 1, cost_usd: 0.5, cost_basis: 'estimated', role: 'user', text: 'x' },
    }))
    for (const kind of ['capture', 'launch', 'follow', 'session', 'stream', 'ingest'] satisfies RunKind[]) {
      const whole = createRunReducer(kind)
      assert.ok(whole.wants('usage'), kind)
      for (const event of events.slice(0, 99)) whole.add(event)
      const snapshot: unknown = structuredClone(whole.snapshot())
      for (const event of events.slice(99)) whole.add(event)
      const { usage_course: course } = whole.summary()
      assert.equal(course?.cost?.last, 50, kind)
      const second = createRunReducer(kind, snapshot)
      assert.equal(second.summary().usage_course?.cost?.last, 25, kind)
      for (const event of events.slice(99)) second.add(event)
      assert.deepEqual(second.summary(), whole.summary(), kind)
    }
  })
})

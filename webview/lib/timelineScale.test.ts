import assert from 'node:assert/strict'
import type { RequestBar } from '../../src/shared/protocol/timeline'
import { axisOf, countsBetween, lanesOf, partOf, stretched, tickNear, timeOf, xOf } from './timelineScale'

describe('axis of a timeline', () => {
  it('ends with a run that is over, even one of a single moment', () => {
    assert.deepEqual(axisOf({ start: 1000, end: 9000 }, false), { from: 1000, to: 9000 })
    assert.deepEqual(axisOf({ start: 1000, end: 1000 }, false), { from: 1000, to: 1001 })
  })

  it('stands still while a run grows, and then makes room by a quarter or so', () => {
    const ends = new Set<number>()
    for (let end = 0; end <= 1_000_000; end += 500) {
      const { to } = axisOf({ start: 0, end }, true)
      assert.ok(to >= end, `${String(to)} ${String(end)}`)
      assert.ok(end < 10_000 || to <= end * 1.29, `${String(to)} ${String(end)}`)
      ends.add(to)
    }
    assert.ok(ends.size <= 22, String([...ends]))
  })

  it('has parts, which lie within it and are never shorter than can be seen', () => {
    const whole = { from: 1000, to: 9000 }
    assert.deepEqual(partOf(whole, { from: 2000, to: 3000 }), { from: 2000, to: 3000 })
    assert.deepEqual(partOf(whole, { from: 0, to: 2000 }), { from: 1000, to: 3000 })
    assert.deepEqual(partOf(whole, { from: 8500, to: 9500 }), { from: 8000, to: 9000 })
    assert.equal(partOf(whole, { from: 0, to: 20_000 }), undefined)
    const least = partOf(whole, { from: 5000, to: 5000 })
    assert.deepEqual(least, { from: 4990, to: 5010 })
    assert.deepEqual(stretched(whole, 0.5, 3000), { from: 2000, to: 6000 })
    assert.deepEqual(stretched(stretched(whole, 0.5, 3000), 2, 3000), whole)
  })

  it('has a place for each time and a time for each place', () => {
    const axis = { from: 1000, to: 3000 }
    assert.equal(xOf(2000, axis, 800), 400)
    assert.equal(timeOf(400, axis, 800), 2000)
    assert.equal(timeOf(-5, axis, 800), 1000)
    assert.equal(timeOf(900, axis, 800), 3000)
    assert.equal(timeOf(5, axis, 0), 1000)
  })
})

describe('what stands at a place of a timeline', () => {
  it('counts the buckets that a stretch touches', () => {
    const series = { from: 0, step: 10, counts: { none: [1, 2, 3, 4], error: [0, 0, 1, 0] }, complete: true }
    assert.deepEqual(
      [...countsBetween(series, 10, 30)],
      [
        ['none', 5],
        ['error', 1],
      ],
    )
    assert.deepEqual([...countsBetween(series, 15, 15)], [['none', 2]])
    assert.deepEqual([...countsBetween(series, 35, 900)], [['none', 4]])
  })

  it('is the nearest tick within reach', () => {
    const ticks = [10, 20, 27].map((time, seq) => ({ seq, time, label: '' }))
    assert.equal(tickNear(ticks, 23, 5)?.time, 20)
    assert.equal(tickNear(ticks, 24, 5)?.time, 27)
    assert.equal(tickNear(ticks, 40, 5), undefined)
  })
})

describe('lanes of requests', () => {
  const bar = (seq: number, from: number, to?: number): RequestBar => ({
    seq,
    from,
    ...(to === undefined ? {} : { to }),
    method: 'GET',
    url: '',
  })

  it('keep what overlaps apart, and use a lane again', () => {
    const lanes = lanesOf([bar(0, 0, 10), bar(2, 12, 20), bar(1, 5), bar(3, 21, 22)], 100, 3, 1)
    assert.deepEqual(
      lanes.map(({ request, lane }) => [request.seq, lane]),
      [
        [0, 0],
        [1, 1],
        [2, 0],
        [3, 0],
      ],
    )
  })

  it('draw what finds no free lane over the one that is free first', () => {
    const lanes = lanesOf([bar(0, 0, 50), bar(1, 0, 30), bar(2, 5, 40)], 100, 2, 1)
    assert.deepEqual(
      lanes.map(({ lane }) => lane),
      [0, 1, 1],
    )
  })
})

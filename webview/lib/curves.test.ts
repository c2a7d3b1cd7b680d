import assert from 'node:assert/strict'
import { aligned, smoothed, valueAt, type Points } from './curves'

describe('curves', () => {
  it('are as they are without smoothing', () => {
    const points: Points = [
      [0, 5],
      [1, 7],
    ]
    assert.equal(smoothed(points, 'none'), points)
  })

  it('begin where their values begin, stay between them, and get calmer', () => {
    const points: Points = Array.from({ length: 200 }, (_, i) => [i, 100 + (i % 2 === 0 ? 10 : -10)] as const)
    const spread = (curve: Points) => {
      const late = curve.slice(150).map(([, value]) => value)
      return Math.max(...late) - Math.min(...late)
    }
    const [some, much] = [smoothed(points, 'some'), smoothed(points, 'much')]
    assert.equal(some[0]?.[1], 110)
    assert.ok(spread(much) < spread(some) && spread(some) < 20, `${String(spread(some))} ${String(spread(much))}`)
    assert.ok(much.every(([, value]) => value >= 90 && value <= 110))
    // A flat line stays what it is.
    assert.ok(
      smoothed(
        [
          [0, 3],
          [1, 3],
          [2, 3],
        ],
        'much',
      ).every(([, value]) => Math.abs(value - 3) < 1e-12),
    )
  })

  it('pass over what is no number', () => {
    const curve = smoothed(
      [
        [0, 1],
        [1, NaN],
        [2, 1],
      ],
      'some',
    )
    assert.ok(Number.isNaN(curve[1]?.[1]))
    assert.equal(curve[2]?.[1], 1)
  })

  it('share one list of places', () => {
    const a: Points = [
      [0, 1],
      [2, 3],
    ]
    const b: Points = [
      [1, 9],
      [2, 8],
    ]
    assert.deepEqual(aligned([a, b]), [
      [0, 1, 2],
      [1, null, 3],
      [null, 9, 8],
    ])
    assert.deepEqual(aligned([a]), [
      [0, 2],
      [1, 3],
    ])
    assert.deepEqual(aligned([]), [[]])
    assert.equal(valueAt(a, 1), 1)
    assert.equal(valueAt(b, 0.5), undefined)
  })
})

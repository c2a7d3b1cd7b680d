import assert from 'node:assert/strict'
import { RequestBars } from './requestBars'

const START = Date.UTC(2026, 10, 20)
let seq = 0
const network = (ms: number, id: string, state: string, more: Record<string, unknown> = {}) => ({
  capture_id: 'x',
  seq: seq++,
  timestamp: new Date(START + ms).toISOString(),
  phase: 'network',
  data: { request_id: id, method: 'GET', url: `https://${id}.example/`, state, ...more },
})

describe('the requests of a stretch as bars', () => {
  it('reach from their sending to their end, also where one of both is not in it', () => {
    const bars = new RequestBars()
    bars.add(network(100, 'early', 'finished', { duration_ms: 400, status: 200 }))
    bars.add(network(110, 'a', 'sent'))
    bars.add(network(120, 'b', 'sent'))
    bars.add(network(130, 'a', 'response', { status: 503 }))
    bars.add(network(150, 'a', 'finished'))
    bars.add(network(160, 'c', 'sent'))
    bars.add(network(170, 'c', 'failed'))
    bars.add(network(180, 'redirected', 'sent'))
    bars.add(network(190, 'redirected', 'sent'))
    bars.add({ ...network(199, 'x', 'sent'), phase: 'marker' })
    const { requests, left_out } = bars.bars()
    assert.deepEqual(
      requests.map(({ url, from, to, status, failed }) => [
        url.slice(8, -9),
        from - START,
        (to ?? 0) - START,
        status,
        failed,
      ]),
      [
        ['early', -300, 100, 200, undefined],
        ['a', 110, 150, 503, undefined],
        ['b', 120, -START, undefined, undefined],
        ['c', 160, 170, undefined, true],
        ['redirected', 180, 190, undefined, undefined],
        ['redirected', 190, -START, undefined, undefined],
      ],
    )
    assert.equal(left_out, 0)
  })

  it('are the 500 longest, and the others are counted', () => {
    const bars = new RequestBars()
    for (let i = 0; i < 30_000; i++) {
      bars.add(network(i * 10, `r${String(i)}`, 'sent'))
      if (i % 2 === 0) bars.add(network(i * 10 + (i % 1000), `r${String(i)}`, 'finished'))
    }
    const { requests, left_out } = bars.bars()
    assert.equal(requests.length, 500)
    assert.equal(left_out, 30_000 - 500)
    assert.ok(requests.every(({ from }, i) => from >= (requests[i - 1]?.from ?? 0)))
  })
})

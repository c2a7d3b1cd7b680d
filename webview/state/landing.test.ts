import assert from 'node:assert/strict'
import type { Client } from '../../src/shared/protocol/peer'
import { landIn } from './landing'

/** A view in which each event is where its number says. */
function client(count: number): { client: Client; asked: unknown[] } {
  const asked: unknown[] = []
  const call = (name: string, params: { at: { seq: number }; from: number; to: number }): Promise<unknown> => {
    if (name === 'position/find') return Promise.resolve({ position: Math.min(params.at.seq, count) })
    asked.push([params.from, params.to])
    return Promise.resolve({ rows: [], count })
  }
  return { client: { call } as unknown as Client, asked }
}

const list = {
  height: 100,
  rowHeight: 20,
  follow: false,
  bounds: { cleared: undefined, until: undefined },
  selectedSeq: undefined,
}

describe('landing in a view', () => {
  it('stands at the end while it follows, else where the anchor was', async () => {
    const { client: host, asked } = client(1000)
    const opened = { view: 1, count: 1000 }
    const end = await landIn(host, opened, { ...list, follow: true }, { seq: 10, offset: 0 })
    assert.deepEqual([end.from, end.selected], [995, -1])
    const anchored = await landIn(host, opened, { ...list, selectedSeq: 12 }, { seq: 10, offset: 30 })
    assert.deepEqual([anchored.place, anchored.from, anchored.selected], [{ index: 10, y: 30 }, 8, 12])
    assert.deepEqual((await landIn(host, opened, list, undefined)).place, { index: 0, y: 0 })
    assert.deepEqual(asked, [
      [995, 1001],
      [8, 14],
      [0, 6],
    ])
  })

  it('asks for no rows above what was cleared, nor below the end', async () => {
    const { client: host } = client(1000)
    const opened = { view: 1, count: 1000 }
    const cleared = await landIn(
      host,
      opened,
      { ...list, bounds: { cleared: 500, until: undefined } },
      { seq: 10, offset: 0 },
    )
    assert.deepEqual([cleared.base, cleared.from], [500, 500])
    const all = await landIn(
      host,
      opened,
      { ...list, bounds: { cleared: 1000, until: undefined }, follow: true },
      undefined,
    )
    assert.deepEqual([all.base, all.from], [1000, 1000])
    assert.equal((await landIn(host, opened, list, { seq: 999, offset: 0 })).from, 995)
  })
})

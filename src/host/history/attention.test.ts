import assert from 'node:assert/strict'
import type { ListedRun } from '../../node/runlog/history'
import { Attention, type Memory } from './attention'

class Kept implements Memory {
  private readonly values = new Map<string, string>()
  get(key: string): unknown {
    const text = this.values.get(key)
    return text === undefined ? undefined : JSON.parse(text)
  }
  update(key: string, value: unknown): Promise<void> {
    this.values.set(key, JSON.stringify(value))
    return Promise.resolve()
  }
  get bytes(): number {
    return [...this.values.values()].join('').length
  }
}

const run = (capture_id: string, state: ListedRun['state'], modifiedMs: number): ListedRun => ({
  capture_id,
  path: `/${capture_id}.json`,
  state,
  modifiedMs,
})

describe('what the person has not looked at', () => {
  it('are runs that failed since the view was closed and were not opened, over a reload too', () => {
    const memory = new Kept()
    let time = 100
    const attention = new Attention(memory, () => time)
    const runs = [run('a', 'failed', 50), run('b', 'failed', 150), run('c', 'failed', 160), run('d', 'completed', 170)]
    assert.deepEqual(attention.unseen(runs), { failed: 2, waiting: 0 })
    attention.noteOpened(['b'])
    assert.deepEqual(attention.unseen(runs), { failed: 1, waiting: 0 })
    assert.deepEqual(new Attention(memory, () => 999).unseen(runs), { failed: 1, waiting: 0 })
    time = 200
    attention.noteLooked()
    assert.deepEqual(attention.unseen(runs), { failed: 0, waiting: 0 })
    assert.deepEqual(new Attention(memory, () => 999).unseen([run('e', 'failed', 300)]), { failed: 1, waiting: 0 })
  })

  it('are runs that wait, until they are opened or over, and again when they wait again', () => {
    const attention = new Attention(new Kept(), () => 0)
    let told = 0
    attention.onDidChange(() => told++)
    const runs = [run('a', 'running', 1)]
    attention.noteWaiting('a')
    assert.deepEqual(attention.unseen(runs), { failed: 0, waiting: 1 })
    attention.noteOpened(['a'])
    assert.deepEqual(attention.unseen(runs), { failed: 0, waiting: 0 })
    attention.noteWaiting('a')
    assert.deepEqual(attention.unseen(runs), { failed: 0, waiting: 1 })
    attention.noteEnded('a')
    assert.deepEqual(attention.unseen(runs), { failed: 0, waiting: 0 })
    assert.equal(told, 4)
  })

  it('takes little room, and nothing of what somebody else put there', () => {
    const memory = new Kept()
    const attention = new Attention(memory, () => 0)
    for (let i = 0; i < 10_000; i++) attention.noteOpened([`2026-11-20T03-30-05Z-${String(i).padStart(6, '0')}`])
    assert.ok(memory.bytes < 10_000)
    void memory.update('tapedeck.lookedAt', { sinceMs: 'x', opened: 7 })
    assert.deepEqual(new Attention(memory, () => 5).unseen([run('a', 'failed', 6)]), { failed: 1, waiting: 0 })
  })
})

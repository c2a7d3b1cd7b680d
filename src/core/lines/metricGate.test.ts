import assert from 'node:assert/strict'
import type { EventDraft } from '../../shared/events/schema'
import { MetricGate } from './metricGate'

type Told = Extract<EventDraft, { phase: 'metric' }>['data']

function start(): { gate: MetricGate; told: Told[] } {
  const told: Told[] = []
  const gate = new MetricGate((draft) => {
    if (draft.phase === 'metric') told.push(draft.data)
  })
  return { gate, told }
}

const sum = (told: readonly Told[], key: string): number =>
  told.reduce((total, { raw }) => total + Number((raw as Record<string, unknown> | undefined)?.[key] ?? 0), 0)

describe('the gate of metrics', () => {
  it('says how many values of a name it left out, and tells the last', () => {
    const { gate, told } = start()
    for (let i = 0; i < 1000; i++) gate.look(`loss=${String(i)}`, i / 2)
    gate.flush()
    assert.equal(told.at(-1)?.value, 999)
    assert.ok(told.length < 100)
    assert.equal(told.length + sum(told, 'left_out'), 1000)
    assert.deepEqual(told[0], { name: 'loss', value: 0 })
    assert.deepEqual(told[1], { name: 'loss', value: 20, raw: { left_out: 19 } })
  })

  it('leaves nothing out where the same number comes again', () => {
    const { gate, told } = start()
    for (let i = 0; i < 100; i++) gate.look(`loss=${String(Math.floor(i / 10))}`, i * 2)
    gate.flush()
    assert.equal(sum(told, 'left_out'), 0)
    assert.deepEqual([...new Set(told.map(({ value }) => value))].length, 10)
  })

  it('leaves nothing out of a slow run', () => {
    const { gate, told } = start()
    for (let i = 0; i < 100; i++) gate.look(`loss=${String(i)}, acc=0.5`, i * 10)
    gate.flush()
    assert.equal(told.length, 200)
    assert.deepEqual(
      told.filter(({ raw }) => raw !== undefined),
      [],
    )
  })

  it('says how many lines it did not look at', () => {
    const { gate, told } = start()
    let skipped = 0
    for (let i = 0; i < 5000; i++) {
      if (gate.wantsMore(i / 100)) gate.look(`loss=${String(i)}`, i / 100)
      else skipped++
    }
    gate.flush()
    assert.equal(skipped, 3000)
    assert.equal(sum(told, 'unread_lines'), 3000)
    assert.equal(told.length + sum(told, 'left_out'), 2000)
  })

  it('counts the values of names past its bound', () => {
    const { gate, told } = start()
    for (let i = 0; i < 250; i++) gate.look(`a${String(i)}_loss=1`, i * 20)
    gate.look('a0_loss=2', 10_000)
    assert.equal(told.length, 201)
    assert.equal(sum(told, 'other_names'), 50)
  })

  it('keeps the newest state of a bar, which leaves nothing out', () => {
    const { gate, told } = start()
    for (let i = 0; i <= 100; i++) gate.look(` ${String(i)}%|##  | ${String(i)}/100 [00:10<00:12, 45.0it/s]`, i)
    gate.flush()
    assert.equal(told.at(-1)?.value, 100)
    assert.equal(sum(told, 'left_out'), 0)
  })
})
